//! `registrette catalog`.

use std::path::Path;

use crate::{
    process::{Server, run, text},
    world::{IMAGES, PRINTED, layout},
};

#[test]
fn it_is_the_same_from_a_folder_an_archive_a_tree_and_over_http() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    layout(IMAGES, &at("layout"));
    let (folder, tar, tree) = (at("layout"), at("all.tar"), at("tree"));
    run(&["copy", text(&folder), text(&tar)]);
    run(&["copy", text(&folder), &format!("storage:{}", text(&tree))]);
    let server = Server::start(&["--load", text(&tree)]);
    let url = format!("http://{}", server.host);
    for place in [text(&folder), text(&tar), text(&tree), &url, &server.host] {
        assert_eq!(run(&["catalog", place]), PRINTED, "{place}");
    }
}

#[test]
fn raw_is_the_registrys_own_answer() {
    let server = Server::start(&[]);
    assert_eq!(
        run(&["catalog", "--raw", &server.host]),
        "{\"repositories\":[]}\n"
    );
    assert_eq!(run(&["catalog", &server.host]), "");
    let scratch = tempfile::tempdir().unwrap();
    layout(IMAGES, scratch.path());
    run(&["copy", text(scratch.path()), &server.host]);
    let wanted = "{\"repositories\":[\"demo/multi\",\"demo/single\",\"list\"]}\n";
    for place in [text(scratch.path()), &server.host] {
        assert_eq!(run(&["catalog", "--raw", place]), wanted);
    }
}

#[test]
fn as_json_there_is_an_object_for_each_tag() {
    let scratch = tempfile::tempdir().unwrap();
    layout(IMAGES, scratch.path());
    let server = Server::start(&["--load", text(scratch.path())]);
    let read = |place: &str| -> serde_json::Value {
        serde_json::from_str(&run(&["catalog", "--json", place])).unwrap()
    };
    let json = read(&server.host);
    assert_eq!(json, read(text(scratch.path())));
    assert_eq!(json[0]["repository"], "demo/multi");
    assert_eq!(json[0]["manifests"][1]["platform"], "linux/arm64");
    assert_eq!(json[1]["manifests"], serde_json::Value::Null);
}

/// Pages are followed, however short a registry makes them.
#[test]
fn pages_are_followed() {
    let scratch = tempfile::tempdir().unwrap();
    let images: Vec<String> = (0..1005)
        .map(|n| format!(r#"{{ "ref": "app:t{n:04}", "image": {{}} }}"#))
        .collect();
    layout(&format!("[{}]", images.join(",")), scratch.path());
    let server = Server::start(&["--load", text(scratch.path())]);
    let lines = run(&["catalog", &server.host]);
    let tags = lines.lines().filter(|line| !line.starts_with(' '));
    assert_eq!(tags.count(), 1005);
    assert_eq!(server.asked("/v2/app/tags/list"), 2);
}

#[test]
fn packed_archives_are_read() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    layout(IMAGES, &at("layout"));
    run(&["copy", text(&at("layout")), text(&at("all.tar"))]);
    let bytes = std::fs::read(at("all.tar")).unwrap();
    let packed = |path: &Path| {
        let file = std::fs::File::create(path).unwrap();
        let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, &bytes).unwrap();
        encoder.finish().unwrap();
    };
    packed(&at("all.tgz"));
    assert_eq!(run(&["catalog", text(&at("all.tgz"))]), PRINTED);
}
