//! A run, repeated by a script.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use registrette::content::Sha2;
use registrette::spec::Algorithm;

use crate::{
    desk::{Desk, desk},
    running::{Running, start, start_with},
};

/// Pushes in chunks and in one go, pulls, asks for parts, fails, deletes.
fn some_day(desk: &mut Desk) {
    let digest = |content: &str| Sha2::digest(Algorithm::Sha256, content.as_bytes()).to_string();
    let start = desk.ask_with(
        "POST",
        "/v2/a/b/blobs/uploads/",
        &["User-Agent: it's me"],
        "",
    );
    let location = start.header("Location").unwrap().to_owned();
    let next = |answer: &crate::client::Answer| answer.header("Location").unwrap().to_owned();
    let path = |location: &str| {
        location
            .strip_prefix("http://localhost")
            .unwrap_or(location)
            .to_owned()
    };
    let patch = desk.ask_with(
        "PATCH",
        &path(&location),
        &["Content-Range: 0-2"],
        "\u{7}'b",
    );
    assert_eq!(patch.status, 202);
    let joint = |location: &str| if location.contains('?') { '&' } else { '?' };
    let (at, sum) = (path(&next(&patch)), digest("\u{7}'bc"));
    assert_eq!(desk.ask_with("GET", &at, &[], "").status, 204);
    let put = desk.ask_with(
        "PUT",
        &format!("{at}{}digest={sum}", joint(&at)),
        &["Content-Range: 3-3"],
        "c",
    );
    assert_eq!(put.status, 201, "{}", put.text());
    let blob = format!("/v2/a/b/blobs/{sum}");
    let gone = desk.ask_with("POST", "/v2/a/b/blobs/uploads/", &[], "");
    for (method, target, header, body, status) in [
        ("GET", blob.as_str(), "Range: bytes=1-2", "", 206),
        ("HEAD", &blob, "Accept: */*", "", 200),
        ("DELETE", &path(&next(&gone)), "A;: b", "", 204),
        (
            "PUT",
            "/v2/a/b/manifests/v1",
            "Content-Type: application/x-opaque",
            "{ \"$x\": `1` }",
            201,
        ),
        (
            "GET",
            "/v2/a/b/manifests/v1",
            "Authorization: Basic c2VjcmV0",
            "",
            200,
        ),
        ("GET", "/v2/a/b/manifests/none", "X: a\tb", "", 404),
        ("GET", "/v2/a/b/tags/list?n=1", "X: ", "", 200),
        (
            "POST",
            "/v2/a/b/blobs/uploads/?digest=sha256:0",
            "X: y",
            "abc",
            400,
        ),
        ("GET", "/v2/a/../b", "X: y", "", 404),
        ("DELETE", "/v2/a/b/manifests/v1", "X: y", "", 202),
    ] {
        let header = if header.starts_with("A;") {
            "X: z"
        } else {
            header
        };
        assert_eq!(
            desk.ask_with(method, target, &[header], body).status,
            status,
            "{method} {target}"
        );
    }
}

/// Runs it by a shell, against that server.
fn run(script: &str, server: &Running) -> Output {
    let mut shell = Command::new("sh")
        .env("REGISTRY", format!("http://{}", server.address))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    shell
        .stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    shell.wait_with_output().unwrap()
}

/// Whether there is a curl to run it by. Where CI is `true` there has to be.
fn has_curl() -> bool {
    let found = Command::new("curl")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    let is_there = found.is_ok_and(|status| status.success());
    assert!(
        is_there || std::env::var("CI").is_ok_and(|ci| ci != "true"),
        "curl is not installed"
    );
    is_there
}

fn is_repeated(profile: &str) {
    let wanted: serde_json::Value = serde_json::from_str(profile).unwrap();
    let mut desk = desk();
    desk.json("PUT", "/_control/profile", profile, 200);
    some_day(&mut desk);
    let script = desk.ask("GET", "/_control/calls.sh", "").text();
    assert!(
        !script.contains("c2VjcmV0"),
        "credentials are in the script"
    );
    // Another seed: its sessions have other names.
    let second = start_with(
        |_| {},
        |registry| {
            let mut config = registrette::Config::new(9);
            config.settings.quirks = registrette::spec::Quirks::read(&wanted).unwrap();
            *registry = registrette::Registry::new(config);
        },
    );
    let output = run(&script, &second);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}\n{script}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(
        said.lines().filter(|line| line.starts_with("ok ")).count(),
        15,
        "{said}"
    );

    // What differs is told: a call fewer, and the manifest is not there.
    let script = desk
        .ask("GET", "/_control/calls.sh?operation=manifest.get", "")
        .text();
    let output = run(&script, &start());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        !output.status.success() && said.contains("DIFFERS 10 404 /v2/a/b/manifests/v1 (was 200)"),
        "{said}"
    );
}

#[test]
fn a_run_is_repeated_on_another_server() {
    if has_curl() {
        is_repeated(r#"{ "name": "spec" }"#);
    }
}

#[test]
fn a_run_with_absolute_locations_is_repeated_on_another_server() {
    if has_curl() {
        is_repeated(r#"{ "quirks": { "uploadLocation": "absolute-with-state" } }"#);
    }
}
