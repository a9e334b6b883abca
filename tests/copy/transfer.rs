//! Transfers by other people's clients, with the v2 API alone.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::{
    process::{Server, run, text},
    world::layout,
};

/// Copies an image with nothing but curl, as shell scripts do: the location is found by its header's exact name, and
/// the digest is put behind it.
const CURL: &str = r#"
set -eu
from=$1 to=$2 name=$3 tag=$4
kind=application/vnd.docker.distribution.manifest.v2+json
curl -sf -H "Accept: $kind" "http://$from/v2/$name/manifests/$tag" -o manifest
for digest in $(grep -o 'sha256:[0-9a-f]*' manifest); do
    curl -sf "http://$from/v2/$name/blobs/$digest" -o blob
    location=$(curl -sf -X POST -D - -o answer "http://$to/v2/$name/blobs/uploads/" \
        | grep '^Location:' | cut -d ' ' -f 2 | tr -d '\r')
    curl -sf -X PUT -H 'Content-Type: application/octet-stream' --data-binary @blob "$location&digest=$digest"
done
curl -sf -X PUT -H "Content-Type: $kind" --data-binary @manifest "http://$to/v2/$name/manifests/$tag"
"#;

/// The workflow of a Python client: push, list, get the manifest, pull. Then once more against stubs that are made of
/// the answers that were recorded.
const PYTHON: &str = include_str!("workflow.py");

fn is_here(program: &str, args: &[&str]) -> bool {
    let found = Command::new(program)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let is_here = found.is_ok_and(|status| status.success());
    assert!(
        is_here || std::env::var_os("CI").is_none(),
        "{program} {args:?} does not run"
    );
    if !is_here {
        println!("skipped: {program} {args:?} does not run");
    }
    is_here
}

/// So many images, each with content of its own.
fn images(repository: &str, count: usize) -> String {
    let images: Vec<String> = (0..count)
        .map(|n| {
            format!(
                r#"{{ "ref": "{repository}:t{n}", "image": {{ "docker": true, "files": {{ "n": "{repository} {n}" }} }} }}"#
            )
        })
        .collect();
    images.join(",")
}

fn transfer(from: &Server, to: &Server, name: &str, tag: &str) {
    let scratch = tempfile::tempdir().unwrap();
    let args = ["-c", CURL, "sh", &from.host, &to.host, name, tag];
    let output = Command::new("sh")
        .args(args)
        .current_dir(scratch.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned() + &to.told();
    assert!(output.status.success(), "{name}:{tag}: {told}");
}

fn tags(server: &Server) -> Vec<(String, usize)> {
    let json: Value = serde_json::from_str(&run(&["catalog", "--json", &server.host])).unwrap();
    let mut counts: Vec<(String, usize)> = Vec::new();
    for image in json.as_array().unwrap() {
        let name = image["repository"].as_str().unwrap();
        match counts.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((name.to_owned(), 1)),
        }
    }
    counts
}

#[test]
fn curl_transfers_images_between_two_registries() {
    if !is_here("curl", &["--version"]) {
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    let all = [images("app", 1), images("one", 10), images("two", 10)].join(",");
    layout(&format!("[{all}]"), scratch.path());
    let from = Server::start(&["--load", text(scratch.path()), "--profile", "distribution"]);
    let to = Server::start(&["--profile", "distribution"]);
    assert_eq!(tags(&to), []);
    transfer(&from, &to, "app", "t0");
    assert_eq!(tags(&to), [("app".to_owned(), 1)]);
    for name in ["one", "two"] {
        for n in 0..10 {
            transfer(&from, &to, name, &format!("t{n}"));
        }
    }
    let wanted = [
        ("app".to_owned(), 1),
        ("one".to_owned(), 10),
        ("two".to_owned(), 10),
    ];
    assert_eq!(tags(&to), wanted);
    // The same once more: the same digests, no more tags.
    let before = run(&["catalog", &to.host]);
    transfer(&from, &to, "one", "t3");
    assert_eq!(run(&["catalog", &to.host]), before);
    assert_eq!(run(&["catalog", &from.host]), before);
}

#[test]
fn a_python_client_goes_through_its_cycle_and_stubs_give_the_same() {
    if !is_here("python3", &["-c", "import requests"]) {
        return;
    }
    let server = Server::start(&[]);
    let url = format!("http://{}", server.host);
    let output = Command::new("python3")
        .args(["-c", PYTHON, &url])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "the same\n");
    // One request lists the repositories, and no more.
    assert_eq!(server.asked("/v2/_catalog"), 1, "{}", server.told());
}
