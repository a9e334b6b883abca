//! `registrette copy` between everything it knows.

use std::fs;

use crate::{
    process::{Server, run, text},
    world::{IMAGES, PRINTED, layout},
};

const SINGLE: &str = "sha256:53a63050941398c63ca2ceabd7927b5144ba527dc0b37f38cde04ba85778c9a5";
const MULTI: &str = "sha256:adde0353faf7c1a0a6a852b7acc638568a8c5762b0cd795f95ce893a5d587df5";

#[test]
fn all_images_go_from_anything_to_anything() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name).display().to_string();
    layout(IMAGES, &scratch.path().join("layout"));
    let (one, two) = (Server::start(&[]), Server::start(&[]));
    let tree = format!("storage:{}", at("tree"));
    // Each from the one before it.
    let stations = [
        &at("layout"),
        &one.host,
        &at("a.tar"),
        &tree,
        &two.host,
        &at("again"),
    ];
    for pair in stations.windows(2) {
        run(&["copy", pair[0], pair[1]]);
        let place = pair[1].trim_start_matches("storage:");
        assert_eq!(
            run(&["catalog", place]),
            PRINTED,
            "{} -> {}",
            pair[0],
            pair[1]
        );
    }
    // Once more changes nothing, and sends nothing.
    let said = run(&["copy", &at("tree"), &two.host]);
    assert!(
        said.lines()
            .all(|line| line.contains("(0 blobs sent, 0 mounted,")),
        "{said}"
    );
    assert_eq!(run(&["catalog", &two.host]), PRINTED);
    let said = run(&["copy", &one.host, &at("again")]);
    assert!(
        said.lines()
            .all(|line| line.contains("(0 blobs sent, 0 mounted,")),
        "{said}"
    );
}

#[test]
fn one_image_goes_under_another_name() {
    let scratch = tempfile::tempdir().unwrap();
    layout(IMAGES, scratch.path());
    let folder = text(scratch.path());
    let server = Server::start(&[]);
    let single = format!("{folder}#demo/single:v1");
    run(&["copy", &single, &server.at("a/b:c")]);
    run(&["copy", &server.at("a/b:c"), &server.at("d")]);
    run(&[
        "copy",
        &server.at(&format!("a/b@{SINGLE}")),
        &server.at("e:f"),
    ]);
    let kind = "application/vnd.oci.image.manifest.v1+json";
    let block = |name: &str| format!("{name} {kind}\n  single platform image -> {SINGLE}\n");
    let wanted = ["a/b:c", "d:c", "e:f"].map(block).concat();
    assert_eq!(run(&["catalog", &server.host]), wanted);
}

#[test]
fn what_the_registry_has_is_mounted() {
    let scratch = tempfile::tempdir().unwrap();
    layout(IMAGES, scratch.path());
    let server = Server::start(&["--load", text(scratch.path())]);
    let said = run(&["copy", &server.at("demo/multi:v1"), &server.at("other:v1")]);
    assert!(
        said.contains("(0 blobs sent, 4 mounted, 0 there already,"),
        "{said}"
    );
    assert!(
        said.starts_with(&format!("copied other:v1 {MULTI}")),
        "{said}"
    );
    assert_eq!(server.asked("PUT /v2/other/blobs"), 0, "{}", server.told());
}

#[test]
fn a_whole_repository_goes_with_all_its_tags() {
    let scratch = tempfile::tempdir().unwrap();
    let seeds = r#"[{ "ref": "a:one", "image": {} }, { "ref": "a:two", "image": { "files": { "x": "y" } } }]"#;
    layout(seeds, scratch.path());
    let server = Server::start(&["--load", text(scratch.path())]);
    run(&["copy", "--all-tags", &server.at("a"), &server.at("b")]);
    let printed = run(&["catalog", &server.host]);
    let half = printed.len() / 2;
    assert_eq!(
        printed[..half].replace("a:", "b:"),
        printed[half..].replace("sha256a:", "sha256:")
    );
}

#[test]
fn referrers_come_along_when_they_are_asked_for() {
    let scratch = tempfile::tempdir().unwrap();
    let seeds = r#"[
        { "ref": "a:v1", "image": {} },
        { "artifact": { "ref": "a:signature", "subject": "a:v1", "artifactType": "test/signature", "blobs": ["s"] } },
        { "artifact": { "subject": "a:signature", "artifactType": "test/seal", "blobs": ["t"] } } ]"#;
    layout(seeds, scratch.path());
    let server = Server::start(&["--load", text(scratch.path())]);
    let without = run(&["copy", &server.at("a:v1"), &server.at("b:v1")]);
    assert_eq!(without.lines().count(), 1, "{without}");
    let with = run(&[
        "copy",
        "--referrers",
        &server.at("a:v1"),
        &server.at("b:v1"),
    ]);
    assert_eq!(with.lines().count(), 3, "{with}");
    // Also out of a folder, and from a registry that has no list of them.
    let from_folder = run(&[
        "copy",
        "--referrers",
        &format!("{}#a:v1", text(scratch.path())),
        &server.at("c:v1"),
    ]);
    assert_eq!(from_folder.lines().count(), 3, "{from_folder}");
}

#[test]
fn one_platform_of_an_index_is_enough() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name).display().to_string();
    layout(IMAGES, &scratch.path().join("layout"));
    let from = format!("{}#demo/multi:v1", at("layout"));
    run(&["copy", "--platform", "linux/arm64", &from, &at("some")]);
    let blobs = fs::read_dir(scratch.path().join("some/blobs/sha256")).unwrap();
    // The index, one manifest, its config and its layer.
    assert_eq!(blobs.count(), 4);
    // What the index names besides may be missing when it is loaded.
    let server = Server::start(&["--load", &at("some")]);
    assert!(run(&["catalog", &server.host]).contains(MULTI));
}
