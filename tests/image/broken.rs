//! Images that are broken on purpose, each noticed by a client that verifies.

use http::Request;
use registrette::{Registry, image::Broken, spec::Timestamp};
use serde_json::{Value, json};

use crate::puller::{get, pull, seeded, sha256};

/// A whole image and one of each fault, of the same files, all in one repository.
fn all_kinds(docker: bool) -> Value {
    let image = |broken: Option<&str>| {
        let mut image = json!({ "files": { "hi.txt": "hi" }, "docker": docker });
        if let Some(broken) = broken {
            image["broken"] = broken.into();
        }
        let tag = broken.unwrap_or("whole");
        json!({ "ref": format!("demo/app:{tag}"), "image": image })
    };
    let kinds = Broken::ALL.map(|(name, _)| Some(name));
    Value::Array(kinds.into_iter().chain([None]).map(image).collect())
}

#[test]
fn each_fault_is_noticed_and_no_other_image_is_touched() {
    for docker in [false, true] {
        let (mut registry, _) = seeded(&all_kinds(docker));
        let faults: Vec<_> = Broken::ALL
            .map(|(name, _)| (name, pull(&mut registry, "demo/app", name).unwrap_err()))
            .into();
        let wanted = [
            ("layer-bytes", "layers[0]: digest"),
            ("layer-digest", "layers[0]: 404"),
            ("missing-layer", "layers[0]: 404"),
            ("missing-config", "config: 404"),
            ("empty", "layers: none"),
        ];
        assert_eq!(faults, wanted.map(|(name, fault)| (name, fault.to_owned())));
        pull(&mut registry, "demo/app", "whole").unwrap();
    }
}

#[test]
fn only_the_last_layer_is_broken() {
    let layers = json!(["first", "second"]);
    for (broken, wanted) in [
        ("layer-bytes", "layers[1]: digest"),
        ("layer-digest", "layers[1]: 404"),
        ("missing-layer", "layers[1]: 404"),
    ] {
        let image = json!({ "layers": layers, "broken": broken });
        let (mut registry, _) = seeded(&json!({ "ref": "a", "image": image }));
        let fault = pull(&mut registry, "a", "latest").unwrap_err();
        assert_eq!(fault, wanted);
    }
}

#[test]
fn a_layer_without_a_byte_can_be_broken_too() {
    let image = json!({ "layers": [""], "broken": "layer-bytes" });
    let (mut registry, _) = seeded(&json!({ "ref": "a", "image": image }));
    assert_eq!(
        pull(&mut registry, "a", "latest").unwrap_err(),
        "layers[0]: digest"
    );
}

fn manifest(registry: &mut Registry, tag: &str) -> Value {
    get(registry, &format!("/v2/demo/app/manifests/{tag}")).json()
}

#[test]
fn a_wrong_digest_comes_with_a_wrong_size_and_the_layer_is_there() {
    let (mut registry, _) = seeded(&all_kinds(false));
    let (whole, wrong) = (
        manifest(&mut registry, "whole"),
        manifest(&mut registry, "layer-digest"),
    );
    let size = whole["layers"][0]["size"].as_u64().unwrap();
    assert_eq!(wrong["layers"][0]["size"], size + 1);
    // The config knows better, and what it names can be pulled.
    assert_eq!(wrong["config"], whole["config"]);
    let digest = whole["layers"][0]["digest"].as_str().unwrap();
    assert_eq!(
        get(&mut registry, &format!("/v2/demo/app/blobs/{digest}")).status,
        200
    );
}

#[test]
fn wrong_bytes_are_served_as_if_they_were_right() {
    let (mut registry, _) = seeded(&all_kinds(false));
    let layer = manifest(&mut registry, "layer-bytes")["layers"][0].clone();
    let digest = layer["digest"].as_str().unwrap();
    let got = get(&mut registry, &format!("/v2/demo/app/blobs/{digest}"));
    assert_eq!((got.status, got.digest.as_str()), (200, digest));
    assert_eq!(layer["size"], got.body.len() as u64);
    // They are the archive that was described: only who hashes them notices.
    let files = crate::untar::files(&got.body);
    assert_eq!(files["hi.txt"], "hi");
}

#[test]
fn a_broken_image_does_not_spoil_what_is_pushed_elsewhere() {
    let (mut registry, _) = seeded(&all_kinds(false));
    let whole = manifest(&mut registry, "whole");
    let digest = whole["layers"][0]["digest"].as_str().unwrap();
    let bytes = get(&mut registry, &format!("/v2/demo/app/blobs/{digest}")).body;
    let push = Request::post(format!("/v2/other/blobs/uploads/?digest={digest}"));
    let answer = registry.handle(Timestamp::default(), push.body(bytes).unwrap());
    assert_eq!(answer.status(), 201);
    let got = get(&mut registry, &format!("/v2/other/blobs/{digest}"));
    assert_eq!(sha256(&got.body), digest);
}

#[test]
fn a_push_of_the_same_would_be_refused() {
    let (mut registry, _) = seeded(&all_kinds(false));
    for (tag, status) in [
        ("missing-layer", 400),
        ("missing-config", 400),
        ("whole", 201),
    ] {
        let got = get(&mut registry, &format!("/v2/demo/app/manifests/{tag}"));
        let put = Request::put("/v2/demo/app/manifests/pushed");
        let put = put.header("content-type", got.media_type).body(got.body);
        let answer = registry.handle(Timestamp::default(), put.unwrap());
        assert_eq!(answer.status(), status, "{tag}");
    }
}
