//! A day in the life of a registry: every operation once or more, and looking at all there is.

use std::collections::BTreeSet;

use registrette::{Config, Registry, store::Diff};
use serde_json::{Value, json};

use crate::client::{Ask, Reply, sha256, sha512};

pub(crate) const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// What is pushed in the course of the day.
pub(crate) const BLOBS: [&str; 4] = [
    "{}",
    "the first layer",
    "the second layer, in three chunks",
    "left open",
];

/// An image of a config and layers that are such blobs.
pub(crate) fn image(config: &str, layers: &[&str], subject: Option<(&str, &str)>) -> String {
    let layers: Vec<_> = layers
        .iter()
        .map(|layer| descriptor("application/x-layer", layer))
        .collect();
    let mut image = json!({ "schemaVersion": 2, "mediaType": IMAGE, "config": descriptor("application/x-config", config), "layers": layers });
    if let Some((media_type, content)) = subject {
        image["subject"] = descriptor(media_type, content);
        image["artifactType"] = json!("application/x-signature");
        image["annotations"] = json!({ "by": "hand" });
    }
    image.to_string()
}

/// An index of images.
pub(crate) fn index(images: &[&str]) -> String {
    let manifests: Vec<_> = images
        .iter()
        .map(|image| descriptor(IMAGE, image))
        .collect();
    json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests }).to_string()
}

fn descriptor(media_type: &str, content: &str) -> Value {
    json!({ "mediaType": media_type, "digest": sha256(content), "size": content.len() })
}

/// Sends the day's requests through `send`; gives the answers.
pub(crate) fn day(mut send: impl FnMut(Ask) -> Reply) -> Vec<Reply> {
    let mut replies = Vec::new();
    let mut ask = |ask: Ask| {
        let reply = send(ask);
        replies.push(reply.clone());
        reply
    };
    let [config, first, second, open] = BLOBS;
    ask(Ask::blob("app", config)).is(201);
    // A session in chunks, once out of order, closed by the last of them.
    let session = ask(Ask::post("/v2/app/blobs/uploads/"))
        .is(202)
        .location()
        .to_owned();
    let chunk = |from: usize, to: usize| {
        let range = format!("{from}-{}", to - 1);
        Ask::patch(&session)
            .header("content-range", range)
            .body(second.as_bytes()[from..to].to_vec())
    };
    ask(chunk(0, 5)).is(202);
    ask(chunk(0, 5)).is(416);
    ask(chunk(5, 9)).is(202);
    ask(Ask::put(format!("{session}?digest={}", sha256("else"))).body(&second.as_bytes()[9..]))
        .is(400);
    ask(Ask::get(&session)).is(204);
    ask(Ask::put(format!("{session}?digest={}", sha256(second))).body(&second.as_bytes()[9..]))
        .is(201);
    ask(Ask::get(&session)).is(404);
    // A session closed by the digest of another algorithm, without a last chunk.
    let session = ask(Ask::post("/v2/app/blobs/uploads/"))
        .is(202)
        .location()
        .to_owned();
    ask(Ask::patch(&session).body(first.to_owned())).is(202);
    ask(Ask::put(format!("{session}?digest={}", sha512(first)))).is(201);
    ask(Ask::blob("app", first)).is(201);
    ask(Ask::post(format!(
        "/v2/copy/blobs/uploads/?mount={}&from=app",
        sha256(first)
    )))
    .is(201);
    ask(Ask::post(format!(
        "/v2/copy/blobs/uploads/?mount={}&from=app",
        sha256("missing")
    )))
    .is(202);
    let image = image(config, &[first, second], None);
    ask(Ask::manifest("app", "latest", IMAGE, &image)).is(201);
    ask(Ask::manifest(
        "app",
        &format!("{}?tag=v1&tag=v2", sha256(&image)),
        IMAGE,
        &image,
    ))
    .is(201);
    ask(Ask::manifest("app", "all", INDEX, &index(&[&image]))).is(201);
    let signature = crate::day::image(config, &[], Some((IMAGE, &image)));
    ask(Ask::manifest("app", &sha256(&signature), IMAGE, &signature)).is(201);
    ask(Ask::manifest(
        "app",
        "broken",
        IMAGE,
        &crate::day::image("missing", &[], None),
    ))
    .is(400);
    ask(Ask::opaque("other/deep/name", "one", "anything")).is(201);
    ask(Ask::opaque("other/deep/name", "one", "anything else")).is(201);
    ask(Ask::opaque("other/deep/name", "two", "anything else")).is(201);
    ask(Ask::delete("/v2/app/manifests/v2")).is(202);
    ask(Ask::delete(format!(
        "/v2/other/deep/name/manifests/{}",
        sha256("anything else")
    )))
    .is(202);
    ask(Ask::delete(format!("/v2/copy/blobs/{}", sha256(first)))).is(202);
    ask(Ask::delete(format!("/v2/copy/blobs/{}", sha256(first)))).is(404);
    let cancelled = ask(Ask::post("/v2/copy/blobs/uploads/?digest-algorithm=sha512"))
        .is(202)
        .location()
        .to_owned();
    ask(Ask::delete(cancelled)).is(204);
    let session = ask(Ask::post("/v2/copy/blobs/uploads/"))
        .is(202)
        .location()
        .to_owned();
    ask(Ask::patch(session).body(open.to_owned())).is(202);
    replies
}

/// Every name there is, as targets.
pub(crate) fn targets(registry: &Registry) -> BTreeSet<String> {
    let nothing = Registry::new(Config::new(0)).snapshot();
    let Diff {
        tags,
        manifests_added,
        blobs_added,
        uploads_open,
        ..
    } = registry.diff(&nothing);
    let mut targets: BTreeSet<String> =
        ["/v2/_catalog".to_owned(), "/v2/_catalog?n=1".to_owned()].into();
    for tag in tags {
        let (repository, tag) = (tag.repository, tag.tag);
        targets.extend([
            format!("/v2/{repository}/tags/list"),
            format!("/v2/{repository}/tags/list?n=1"),
            format!("/v2/{repository}/tags/list?last={tag}"),
            format!("/v2/{repository}/manifests/{tag}"),
        ]);
    }
    for (repository, digest) in manifests_added {
        targets.insert(format!("/v2/{repository}/manifests/{digest}"));
        targets.insert(format!("/v2/{repository}/referrers/{digest}"));
        targets.insert(format!(
            "/v2/{repository}/referrers/{digest}?artifactType=application/x-signature"
        ));
    }
    for (repository, digest) in blobs_added {
        targets.insert(format!("/v2/{repository}/tags/list"));
        targets.insert(format!("/v2/{repository}/blobs/{digest}"));
    }
    for (repository, session) in uploads_open {
        targets.insert(format!("/v2/{repository}/blobs/uploads/{session}"));
    }
    targets
}

/// Fails unless two registries hold the same and answer alike: all they are asked to read, and a new session.
#[track_caller]
pub(crate) fn assert_equal(one: &Registry, other: &Registry) {
    let diff = other.diff(&one.snapshot());
    assert!(diff.is_empty(), "{diff:#?}");
    let targets: BTreeSet<_> = targets(one).into_iter().chain(targets(other)).collect();
    let (mut one, mut other) = (one.fork(), other.fork());
    for target in targets {
        for ask in [Ask::get(&target), Ask::head(&target)] {
            assert_eq!(ask.to(&mut one), ask.to(&mut other), "{ask:?}");
        }
    }
    let start = Ask::post("/v2/app/blobs/uploads/");
    assert_eq!(start.to(&mut one), start.to(&mut other));
    assert_eq!(one.settings(), other.settings());
}

/// Fails where a tag points at nothing.
#[track_caller]
pub(crate) fn assert_no_dangling_tag(registry: &Registry) {
    for (name, repository) in registry.store().repositories_after(None) {
        for (tag, digest) in repository.tags_after(None) {
            assert!(
                repository.manifest(digest).is_some(),
                "{name}:{tag} points at {digest}, which is not there"
            );
        }
    }
}
