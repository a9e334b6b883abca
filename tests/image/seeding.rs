//! Seeds in a registry: pulled, referred to, limited, and all of them or none.

use bytes::Bytes;
use http::Request;
use registrette::{
    Config, Outcome, Registry, SeedError,
    content::Chunk,
    image::Seed,
    spec::{Digest, Error, RepositoryName, Timestamp},
};
use serde_json::{Value, json};

use crate::{
    puller::{get, pull, seeded},
    untar::files,
};

fn read(json: &Value) -> Vec<Seed> {
    Seed::read(json.to_string().as_bytes(), &[]).unwrap()
}

#[test]
fn an_image_is_pulled_as_it_was_described() {
    for docker in [false, true] {
        let image =
            json!({ "files": { "etc/hi.txt": "hi" }, "layers": ["below"], "docker": docker });
        let (mut registry, made) = seeded(&json!({ "ref": "demo/app:v1", "image": image }));
        let by_tag = pull(&mut registry, "demo/app", "v1").unwrap();
        let by_digest = pull(&mut registry, "demo/app", &made[0].digest).unwrap();
        assert_eq!(by_tag.manifest, by_digest.manifest);
        assert_eq!(by_tag.media_type, made[0].media_type);
        assert_eq!(by_tag.media_type.contains("docker"), docker);
        assert_eq!(by_tag.config["architecture"], "amd64");
        assert_eq!(by_tag.layers[0], "below");
        assert_eq!(files(&by_tag.layers[1])["etc/hi.txt"], "hi");
        let tags = get(&mut registry, "/v2/demo/app/tags/list").json();
        assert_eq!(tags, json!({ "name": "demo/app", "tags": ["v1"] }));
    }
}

#[test]
fn every_platform_of_an_index_is_pulled() {
    let images = json!([{}, { "platform": "linux/arm64/v8", "files": { "a": "arm" } }]);
    let (mut registry, _) = seeded(&json!({ "index": { "ref": "a:1", "images": images } }));
    let index = get(&mut registry, "/v2/a/manifests/1").json();
    for child in index["manifests"].as_array().unwrap() {
        let digest = child["digest"].as_str().unwrap();
        let pulled = pull(&mut registry, "a", digest).unwrap();
        for name in ["architecture", "os", "variant"] {
            assert_eq!(pulled.config[name], child["platform"][name]);
        }
    }
    // Only the index has a tag.
    let tags = get(&mut registry, "/v2/a/tags/list").json();
    assert_eq!(tags["tags"], json!(["1"]));
}

#[test]
fn an_artifact_is_listed_at_its_subject() {
    let sbom = |more: Value| {
        let mut artifact =
            json!({ "artifactType": "a/sbom", "blobs": ["x"], "annotations": { "k": "v" } });
        artifact
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({ "artifact": artifact })
    };
    let (mut registry, made) = seeded(&json!([
        { "ref": "a:1", "image": {} },
        sbom(json!({ "subject": "a:1" })),
        sbom(json!({ "subject": "a:1", "ref": "a:sbom", "blobs": [] })),
    ]));
    let list = get(
        &mut registry,
        &format!("/v2/a/referrers/{}", made[0].digest),
    )
    .json();
    let mut listed: Vec<_> = list["manifests"].as_array().unwrap().iter().collect();
    listed.sort_by_key(|listed| listed["digest"] != made[1].digest.as_str());
    for (listed, made) in listed.iter().zip(&made[1..]) {
        assert_eq!(listed["digest"], made.digest.as_str());
        assert_eq!(listed["size"], made.size);
        assert_eq!(listed["artifactType"], "a/sbom");
        assert_eq!(listed["annotations"]["k"], "v");
        pull(&mut registry, "a", &made.digest).unwrap_err();
    }
    let manifest = get(&mut registry, "/v2/a/manifests/sbom").json();
    assert_eq!(
        manifest["subject"],
        json!({ "mediaType": made[0].media_type, "digest": made[0].digest, "size": made[0].size })
    );
}

#[test]
fn raw_content_is_kept_as_it_is() {
    let sha512 = "sha512:27c74670adb75075fad058d5ceaf7b20c4e7786c83bae8a32f626f9782af34c9\
                  a33c2046ef60fd2a7878d378e29fec851806bbd9a67878f3a9f1cda4830763fd";
    let (mut registry, made) = seeded(&json!([
        { "blob": { "repository": "a", "bytes": "foo" } },
        { "manifest": { "ref": "b:1", "mediaType": "a/b", "bytes": " any bytes " } },
        { "manifest": { "ref": "c:1", "json": {
            "mediaType": "application/vnd.oci.image.index.v1+json", "schemaVersion": 2,
            "manifests": [{ "mediaType": "a/b", "size": 1, "digest": made_up() }] } } },
        { "manifest": { "ref": format!("d:1@{sha512}"), "mediaType": "a/b", "bytes": "{}" } },
    ]));
    let foo = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
    assert_eq!((made[0].digest.as_str(), made[0].size), (foo, 3));
    assert_eq!(
        get(&mut registry, &format!("/v2/a/blobs/{foo}")).body,
        "foo"
    );
    let got = get(&mut registry, "/v2/b/manifests/1");
    assert_eq!(
        (got.media_type.as_str(), &got.body[..]),
        ("a/b", &b" any bytes "[..])
    );
    // What it refers to need not be there.
    assert_eq!(
        get(&mut registry, "/v2/c/manifests/1").json()["manifests"][0]["digest"],
        made_up()
    );
    assert_eq!(get(&mut registry, "/v2/d/manifests/1").digest, sha512);
}

fn made_up() -> String {
    format!("sha256:{}", "0".repeat(64))
}

#[test]
fn a_large_blob_is_kept_in_chunks() {
    let bytes = "x".repeat(3 << 20);
    let (registry, made) = seeded(&json!({ "blob": { "repository": "a", "bytes": bytes } }));
    let name = RepositoryName::parse("a").unwrap();
    let digest = Digest::parse(&made[0].digest).unwrap();
    let held = registry.store().repository(&name).unwrap().blob(&digest);
    let lengths: Vec<_> = held
        .unwrap()
        .chunks()
        .iter()
        .map(|chunk| chunk.len())
        .collect();
    assert_eq!(lengths, [Chunk::MAX_LENGTH; 3]);
}

#[test]
fn the_same_seed_twice_changes_nothing_and_a_tag_may_move() {
    let one = json!({ "ref": "a:1", "image": {} });
    let (mut registry, made) = seeded(&one);
    let (before, bytes) = (registry.snapshot(), registry.stats().bytes);
    assert_eq!(registry.seed(read(&one)).unwrap(), made);
    assert!(registry.diff(&before).is_empty());
    assert_eq!(registry.stats().bytes, bytes);
    let other = json!({ "ref": "a:1", "image": { "files": { "a": "b" } } });
    registry.seed(read(&other)).unwrap();
    assert_eq!(registry.diff(&before).tags.len(), 1);
}

#[test]
fn content_that_another_repository_holds_costs_nothing() {
    let layer = "x".repeat(5000);
    let seed = |name: &str| json!({ "ref": name, "image": { "layers": [&layer] } });
    let (mut registry, _) = seeded(&seed("a"));
    let before = registry.stats().bytes;
    registry.seed(read(&seed("b"))).unwrap();
    assert!(registry.stats().bytes - before < 1000);
    pull(&mut registry, "b", "latest").unwrap();
}

/// The error of the second of two seeds; the first is good.
#[track_caller]
fn refused(registry: &mut Registry, second: &Value) -> Error {
    let first = json!({ "ref": "good:1", "image": { "files": { "a": "good" } } });
    let (before, used) = (registry.snapshot(), registry.stats().bytes);
    let fault = registry.seed(read(&json!([first, second]))).unwrap_err();
    assert!(registry.diff(&before).is_empty(), "something was changed");
    assert_eq!(registry.stats().bytes, used, "something is still held");
    let shown = fault.to_string();
    let SeedError::Refused { seed: 1, error } = fault else {
        panic!("{fault:?}")
    };
    assert_eq!(shown, format!("[1]: {error}"));
    error
}

#[test]
fn limits_hold_with_the_errors_of_a_push_and_nothing_is_changed() {
    let mut config = Config::new(0);
    let limits = &mut config.settings.limits;
    limits.blob = 10_000;
    limits.manifest = 1000;
    limits.total = 30_000;
    limits.repositories = 2;
    limits.tags = 2;
    limits.name = 10;
    let mut registry = Registry::new(config);
    let held = json!([{ "ref": "a:1", "image": {} }, { "ref": "a:2", "image": {} }]);
    registry.seed(read(&held)).unwrap();
    let long = |length: usize| "x".repeat(length);
    let blob = |length| json!({ "blob": { "repository": "a", "bytes": long(length) } });
    assert_eq!(
        refused(&mut registry, &blob(10_001)),
        Error::BlobTooLarge { limit: 10_000 }
    );
    let manifest = json!({ "manifest": { "ref": "a:1", "mediaType": "a/b", "bytes": long(1001) } });
    assert_eq!(
        refused(&mut registry, &manifest),
        Error::ManifestTooLarge { limit: 1000 }
    );
    let third = json!({ "blob": { "repository": "b", "bytes": "" } });
    let error = refused(&mut registry, &third);
    assert!(
        matches!(
            error,
            Error::TooMany {
                what: "repositories",
                limit: 2,
                ..
            }
        ),
        "{error}"
    );
    let tag = json!({ "ref": "a:3", "image": {} });
    let error = refused(&mut registry, &tag);
    assert!(
        matches!(
            error,
            Error::TooMany {
                what: "tags in the repository",
                limit: 2,
                ..
            }
        ),
        "{error}"
    );
    let moved = json!({ "ref": "a:2", "image": { "config": { "author": "b" } } });
    registry.seed(read(&moved)).unwrap();
    let name = json!({ "blob": { "repository": long(11), "bytes": "" } });
    assert!(matches!(
        refused(&mut registry, &name),
        Error::NameInvalid { .. }
    ));
    registry
        .seed(read(&json!([blob(9000), blob(9001)])))
        .unwrap();
    assert!(matches!(
        refused(&mut registry, &blob(9002)),
        Error::Full { limit: 30_000, .. }
    ));
}

#[test]
fn what_is_not_what_it_says_is_refused() {
    let mut registry = Registry::new(Config::new(0));
    let mut refused = |seed: Value| refused(&mut registry, &seed);
    let digest = made_up();
    for seed in [
        json!({ "ref": format!("a@{digest}"), "image": {} }),
        json!({ "manifest": { "ref": format!("a@{digest}"), "mediaType": "a/b", "bytes": "{}" } }),
    ] {
        assert!(matches!(refused(seed), Error::DigestMismatch { .. }));
    }
    let image = "application/vnd.oci.image.manifest.v1+json";
    for manifest in [
        json!({ "ref": "a", "mediaType": image, "bytes": "no JSON" }),
        json!({ "ref": "a", "mediaType": image, "json": {} }),
        json!({ "ref": "a", "json": {} }),
    ] {
        let error = refused(json!({ "manifest": manifest }));
        assert!(matches!(error, Error::ManifestInvalid { .. }));
    }
    for subject in [
        "good:2".to_owned(),
        "other".to_owned(),
        format!("good@{digest}"),
    ] {
        let artifact = json!({ "subject": subject, "artifactType": "a/b" });
        let error = refused(json!({ "artifact": artifact }));
        assert!(matches!(error, Error::ManifestUnknown { .. }));
    }
}

#[test]
fn a_description_that_cannot_be_built_says_which() {
    let mut registry = Registry::new(Config::new(0));
    let fault = |registry: &mut Registry, seeds: Value| {
        registry.seed(read(&seeds)).unwrap_err().to_string()
    };
    let bad = json!({ "files": { "../a": "" } });
    let shown = fault(
        &mut registry,
        json!([{ "ref": "a", "image": {} }, { "ref": "a", "image": bad }]),
    );
    assert!(
        shown.starts_with(r#"[1].image.files["../a"]: a path must"#),
        "{shown}"
    );
    let shown = fault(
        &mut registry,
        json!({ "index": { "ref": "a", "images": [{}, bad] } }),
    );
    assert!(
        shown.starts_with(r#"[0].index.images[1].files["../a"]: "#),
        "{shown}"
    );
    let shown = fault(
        &mut registry,
        json!({ "artifact": { "ref": "a", "artifactType": "x" } }),
    );
    assert!(
        shown.starts_with("[0].artifact.artifactType: \"x\" is no"),
        "{shown}"
    );
    assert_eq!(registry.stats().repositories, 0);
}

#[test]
fn a_journal_tells_of_seeds() {
    let config = Config {
        journal: Some(2),
        ..Config::new(0)
    };
    let mut registry = Registry::new(config.clone());
    let seeds = read(&json!({ "ref": "a", "image": { "broken": "layer-bytes" } }));
    let made = registry.seed(seeds).unwrap();
    // It was not full before, and is now.
    let other = read(&json!({ "ref": "b", "image": {} }));
    assert_eq!(
        registry.seed(other.clone()).unwrap_err(),
        SeedError::Full(Error::JournalFull { limit: 2 })
    );
    let mut replayed = Registry::new(config);
    for change in registry.take_changes() {
        replayed.apply(change).unwrap();
    }
    let target = format!("/v2/a/manifests/{}", made[0].digest);
    assert_eq!(get(&mut replayed, &target).status, 200);
    assert_eq!(
        pull(&mut replayed, "a", "latest").unwrap_err(),
        "layers[0]: digest"
    );
    registry.seed(other).unwrap();
}

#[test]
fn a_write_that_is_being_stored_sees_what_was_seeded() {
    let mut config = Config::new(0);
    config.durable = true;
    let mut registry = Registry::new(config);
    let now = Timestamp::default();
    let push = |registry: &mut Registry, tag: &str, media_type: &str, body: Bytes| {
        let put = Request::put(format!("/v2/a/manifests/{tag}"));
        let put = put.header("content-type", media_type).body(()).unwrap();
        let mut exchange = registry.begin(now, put.into_parts().0);
        exchange.body(body);
        match registry.finish(now, exchange) {
            Outcome::Persist(write) => write,
            other @ (Outcome::Answer(_) | Outcome::Fetch(_)) => {
                panic!("not to be stored: {other:?}")
            }
        }
    };
    let first = push(&mut registry, "1", "a/b", Bytes::from("x"));
    let seeds = read(&json!({ "ref": "a:seeded", "image": {} }));
    registry.seed(seeds).unwrap();
    // Its config and layer are there for a write that is decided while another is open.
    let seeded = get(&mut registry, "/v2/a/manifests/seeded");
    let second = push(&mut registry, "2", &seeded.media_type, seeded.body);
    assert_eq!(registry.commit(now, *first).status(), 201);
    assert_eq!(registry.commit(now, *second).status(), 201);
    let tags = get(&mut registry, "/v2/a/tags/list").json();
    assert_eq!(tags["tags"], json!(["1", "2", "seeded"]));
    pull(&mut registry, "a", "2").unwrap();
}
