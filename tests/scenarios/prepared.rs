//! `broken/prepared`.

use registrette::Registry;

use crate::{
    client::{Ask, sha256},
    manifest, registry,
};

const DOCKER: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const OCI: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// Pushes a manifest, and fails unless it is served back as it came.
#[track_caller]
fn comes_back(registry: &mut Registry, repository: &str, media_type: &str, content: &str) {
    let push = Ask::manifest(repository, "name", media_type, content);
    push.to(registry).is(201);
    for reference in ["name", &sha256(content)] {
        let reply = Ask::get(manifest(repository, reference)).to(registry);
        assert_eq!(reply.text(), content);
        assert_eq!(reply.header("content-type"), Some(media_type));
        let digest = reply.header("docker-content-digest");
        assert_eq!(digest, Some(&*sha256(content)));
    }
}

/// A manifest of one config and one layer, which are there.
fn image(registry: &mut Registry, media_type: &str) -> String {
    let named = ["{}", "no tar at all"].map(|content| {
        Ask::blob("broken/prepared", content).to(registry).is(201);
        let (digest, size) = (sha256(content), content.len());
        format!(r#"{{"mediaType":"a/b","digest":"{digest}","size":{size}}}"#)
    });
    let [config, layer] = named;
    format!(
        r#"{{"schemaVersion":2,"mediaType":"{media_type}","config":{config},"layers":[{layer}]}}"#
    )
}

#[test]
fn s4_40_what_was_pushed_is_served_back() {
    let mut registry = registry();
    let content = image(&mut registry, DOCKER);
    comes_back(&mut registry, "broken/prepared", DOCKER, &content);
}

#[test]
fn s4_41_any_kind_works_and_nothing_is_looked_at() {
    let mut registry = registry();
    for media_type in [OCI, DOCKER] {
        let content = image(&mut registry, media_type);
        comes_back(&mut registry, "broken/prepared", media_type, &content);
    }
    let missing = format!(
        r#"{{"mediaType":"{OCI}","digest":"{}","size":1}}"#,
        sha256("missing")
    );
    for media_type in [INDEX, DOCKER_LIST] {
        let content =
            format!(r#"{{"schemaVersion":2,"mediaType":"{media_type}","manifests":[{missing}]}}"#);
        comes_back(&mut registry, "broken/prepared/below", media_type, &content);
        comes_back(&mut registry, "broken/prepared", media_type, "no JSON");
        // Elsewhere it is as ever.
        let push = Ask::manifest("demo/app", "name", media_type, &content);
        push.to(&mut registry).fails(400, "MANIFEST_BLOB_UNKNOWN");
        let push = Ask::manifest("broken/preparedness", "name", media_type, "no JSON");
        push.to(&mut registry).fails(400, "MANIFEST_INVALID");
    }
}

#[test]
fn s4_43_blobs_are_uploaded_the_usual_way() {
    let mut registry = registry();
    Ask::blob("broken/prepared", "at once")
        .to(&mut registry)
        .is(201);
    let start = Ask::post("/v2/broken/prepared/blobs/uploads/");
    let session = start.to(&mut registry).is(202).location().to_owned();
    for part in ["in ", "parts"] {
        let patch = Ask::patch(&session).body(part);
        patch.to(&mut registry).is(202);
    }
    let digest = sha256("in parts");
    Ask::put(format!("{session}?digest={digest}"))
        .to(&mut registry)
        .is(201);
    for content in ["at once", "in parts"] {
        let pull = Ask::get(format!("/v2/broken/prepared/blobs/{}", sha256(content)));
        assert_eq!(pull.to(&mut registry).is(200).text(), content);
    }
}
