//! `registrette init`.

use std::fs;

use crate::{
    process::{Server, refused, run, text},
    world::{IMAGES, PRINTED, layout},
};

#[test]
fn a_tree_is_made_of_images_of_a_registry() {
    let scratch = tempfile::tempdir().unwrap();
    layout(IMAGES, &scratch.path().join("layout"));
    let server = Server::start(&["--load", text(&scratch.path().join("layout"))]);
    let tree = scratch.path().join("tree");
    let images = ["demo/multi:v1", "demo/single:v1", "list:v1"];
    let args = [&["init", text(&tree), "--from", &server.host], &images[..]].concat();
    let said = run(&args);
    assert_eq!(said.lines().count(), 3, "{said}");
    assert_eq!(run(&["catalog", text(&tree)]), PRINTED);
    // Children of an index have no tag; a tree holds nothing else at its root.
    let names: Vec<_> = fs::read_dir(&tree)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["docker"]);
    let told = refused(&args);
    assert!(
        told.contains("is not empty; give init a folder that is"),
        "{told}"
    );
}

#[test]
fn platforms_can_be_chosen() {
    let scratch = tempfile::tempdir().unwrap();
    layout(IMAGES, &scratch.path().join("layout"));
    let server = Server::start(&["--load", text(&scratch.path().join("layout"))]);
    let tree = scratch.path().join("tree");
    let from = ["--from", &server.host];
    run(&[
        &["init", text(&tree), "--platform", "linux/arm64"],
        &from[..],
        &["demo/multi:v1"],
    ]
    .concat());
    let revisions =
        tree.join("docker/registry/v2/repositories/demo/multi/_manifests/revisions/sha256");
    assert_eq!(fs::read_dir(revisions).unwrap().count(), 2);
    let other = scratch.path().join("other");
    let told = refused(
        &[
            &["init", text(&other), "--platform", "plan9/386"],
            &from[..],
            &["demo/multi:v1"],
        ]
        .concat(),
    );
    assert!(told.contains("it has no image for plan9/386"), "{told}");
}

#[test]
fn an_interrupted_init_goes_on() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    layout(IMAGES, &at("layout"));
    let rule = r#"{ "match": { "operation": "blob.get" }, "when": { "after": 3 }, "do": [{ "verb": "status", "status": 404 }] }"#;
    fs::write(at("faults"), rule).unwrap();
    let server = Server::start(&[
        "--load",
        text(&at("layout")),
        "--faults",
        text(&at("faults")),
    ]);
    let tree = at("tree");
    let args = |host| {
        [
            "init",
            text(&tree),
            "--from",
            host,
            "demo/multi:v1",
            "demo/single:v1",
            "list:v1",
        ]
    };
    assert!(refused(&args(&server.host)).contains("404"));
    // Nothing is tagged that is not whole.
    assert_eq!(run(&["catalog", text(&tree)]), "");
    let server = Server::start(&["--load", text(&at("layout"))]);
    let said = run(&args(&server.host));
    assert!(
        said.lines()
            .next()
            .unwrap()
            .contains("(1 blobs sent, 0 mounted, 3 there already"),
        "{said}"
    );
    assert_eq!(run(&["catalog", text(&tree)]), PRINTED);
}
