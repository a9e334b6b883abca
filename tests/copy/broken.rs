//! Copies from and to registries that do not behave.

use std::{fs, path::Path};

use crate::{
    process::{Server, command, end, refused, run, text},
    world::layout,
};

const SEEDS: &str = r#"[{ "ref": "a:v1", "image": { "layers": ["one", "two", "three"] } }]"#;

/// A registry with one image and these faults.
fn faulty(scratch: &Path, rules: &str) -> Server {
    layout(SEEDS, &scratch.join("layout"));
    fs::write(scratch.join("faults"), rules).unwrap();
    let (layout, faults) = (scratch.join("layout"), scratch.join("faults"));
    Server::start(&["--load", text(&layout), "--faults", text(&faults)])
}

#[test]
fn what_passes_is_waited_for() {
    for rule in [
        r#"{ "when": { "first": 2 }, "do": [{ "verb": "status", "status": 503 }] }"#,
        r#"{ "match": { "operation": "blob.get" }, "when": { "first": 3 }, "do": [{ "verb": "reset" }] }"#,
        r#"{ "match": { "operation": "blob.get" }, "when": { "first": 3 }, "do": [{ "verb": "truncate", "at": 1 }] }"#,
        r#"{ "match": { "operation": "manifest.get" }, "when": { "first": 1 }, "do": [{ "verb": "truncate", "at": 100 }] }"#,
    ] {
        let scratch = tempfile::tempdir().unwrap();
        let server = faulty(scratch.path(), rule);
        let to = scratch.path().join("to");
        run(&["copy", &server.at("a:v1"), text(&to)]);
        let printed = run(&["catalog", text(&to)]);
        assert_eq!(printed, run(&["catalog", &server.host]), "{rule}");
    }
}

#[test]
fn pushes_are_sent_again() {
    for rule in [
        r#"{ "match": { "method": "PUT" }, "when": { "first": 3 }, "do": [{ "verb": "status", "status": 500 }] }"#,
        r#"{ "match": { "method": "POST" }, "when": { "first": 2 }, "do": [{ "verb": "status", "status": 429 }] }"#,
        r#"{ "match": { "operation": "upload.put" }, "when": { "first": 2 }, "do": [{ "verb": "reset" }] }"#,
    ] {
        let scratch = tempfile::tempdir().unwrap();
        let server = faulty(scratch.path(), rule);
        let from = scratch.path().join("layout");
        run(&["copy", text(&from), &server.at("b")]);
        assert!(run(&["catalog", &server.host]).contains("b:v1"), "{rule}");
    }
}

#[test]
fn a_registry_that_says_when_is_not_asked_before() {
    let scratch = tempfile::tempdir().unwrap();
    let rule = r#"{ "match": { "operation": "manifest.get" }, "when": { "first": 1 },
                    "do": [{ "verb": "status", "status": 429, "headers": { "Retry-After": "1" } }] }"#;
    let server = faulty(scratch.path(), rule);
    let to = scratch.path().join("to");
    let took = crate::load::seconds(|| drop(run(&["copy", &server.at("a:v1"), text(&to)])));
    assert!(took >= 1.0, "{took}");
    assert_eq!(server.asked("/manifests/"), 2, "{}", server.told());
}

#[test]
fn wrong_bytes_are_not_kept() {
    let scratch = tempfile::tempdir().unwrap();
    let rule = r#"{ "match": { "operation": "blob.get", "role": "layer" }, "do": [{ "verb": "corrupt", "at": 0 }] }"#;
    let server = faulty(scratch.path(), rule);
    let to = scratch.path().join("to");
    let told = refused(&["copy", &server.at("a:v1"), text(&to)]);
    assert!(told.contains("its bytes have the digest sha256:"), "{told}");
    assert!(!to.join("index.json").exists());
    let partial = fs::read_dir(to.join("blobs/sha256")).unwrap();
    let names: Vec<_> = partial.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        names
            .iter()
            .all(|name| !name.to_string_lossy().contains("partial")),
        "{names:?}"
    );
    let other = Server::start(&[]);
    let told = refused(&["copy", &server.at("a:v1"), &other.at("b:v1")]);
    assert!(told.contains("its bytes have the digest sha256:"), "{told}");
    assert_eq!(run(&["catalog", &other.host]), "");
}

#[test]
fn an_interrupted_copy_goes_on() {
    let scratch = tempfile::tempdir().unwrap();
    let rule = r#"{ "match": { "operation": "blob.get" }, "when": { "after": 2 }, "do": [{ "verb": "status", "status": 404 }] }"#;
    let server = faulty(scratch.path(), rule);
    let to = scratch.path().join("to");
    let told = refused(&["copy", &server.at("a:v1"), text(&to)]);
    assert!(told.contains("404"), "{told}");
    // The same images where nothing is in the way.
    let layout = scratch.path().join("layout");
    let server = Server::start(&["--load", text(&layout)]);
    let said = run(&["copy", &server.at("a:v1"), text(&to)]);
    assert!(
        said.contains("(2 blobs sent, 0 mounted, 2 there already"),
        "{said}"
    );
    assert_eq!(server.asked("/blobs/"), 2, "{}", server.told());
}

#[test]
fn an_upstream_that_stops_half_way_for_good_is_told() {
    let scratch = tempfile::tempdir().unwrap();
    let rule = r#"{ "match": { "operation": "blob.get", "role": "layer" }, "when": { "after": 1 }, "do": [{ "verb": "reset" }] }"#;
    let server = faulty(scratch.path(), rule);
    let to = scratch.path().join("to");
    let told = refused(&["copy", &server.at("a:v1"), text(&to)]);
    assert!(told.contains("blobs/sha256:"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    // No image is listed that is not whole; what came goes on from there.
    assert!(!to.join("index.json").exists());
    let layout = scratch.path().join("layout");
    let server = Server::start(&["--load", text(&layout)]);
    run(&["copy", &server.at("a:v1"), text(&to)]);
    assert_eq!(
        run(&["catalog", text(&to)]),
        run(&["catalog", &server.host])
    );
}

#[test]
fn no_room_on_the_disk_is_told() {
    let scratch = tempfile::tempdir().unwrap();
    let server = faulty(scratch.path(), "[]");
    for (name, wanted) in [
        ("to.tar", "to.tar.partial: File too large"),
        ("to", "blobs/sha256/"),
        ("storage:tree", "/data: File too large"),
    ] {
        // A limit on the size of files stands for a disk that is full.
        let binary = env!("CARGO_BIN_EXE_registrette");
        let mut shell = std::process::Command::new("sh");
        let from = server.at("a:v1");
        let script = format!("trap '' XFSZ; ulimit -f 1; {binary} copy {from} {name}");
        shell.args(["-c", &script]).current_dir(scratch.path());
        let ended = end(shell);
        let told = ended.complained;
        assert_eq!(ended.code, Some(2), "{name}: {told}");
        assert!(told.contains(wanted), "{name}: {told}");
        assert!(told.contains("File too large"), "{name}: {told}");
    }
    let at = |name: &str| scratch.path().join(name);
    assert!(!at("to.tar").exists() && !at("to.tar.partial").exists());
    assert!(!at("to/index.json").exists());
    assert!(!at("tree/docker/registry/v2/repositories/a/_manifests/tags").exists());
}

#[test]
fn nobody_there_is_told() {
    // Nothing listens on it: the port was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = free.local_addr().unwrap().to_string();
    drop(free);
    let mut catalog = command(&["catalog", &host]);
    catalog.env("NO_COLOR", "1");
    let ended = end(catalog);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.complained.contains("Connection refused"),
        "{}",
        ended.complained
    );
}
