//! Blobs that nothing names: `Registry::gc`.

use registrette::{Config, Registry, Swept};

use crate::client::{Ask, sha256};

fn registry() -> Registry {
    Registry::new(Config::new(7))
}

#[test]
fn what_a_manifest_names_stays() {
    let mut registry = registry();
    for content in ["config", "layer", "unnamed"] {
        Ask::blob("app", content).to(&mut registry).is(201);
    }
    let manifest = format!(
        r#"{{"blobs":[{{"digest":"{}"}}],"config":"{}"}}"#,
        sha256("layer"),
        sha256("config")
    );
    Ask::opaque("app", "v1", &manifest)
        .to(&mut registry)
        .is(201);
    let swept = registry.gc().unwrap();
    assert_eq!(swept, Swept { blobs: 1, bytes: 7 });
    let status = |registry: &mut Registry, content: &str| {
        Ask::get(format!("/v2/app/blobs/{}", sha256(content)))
            .to(registry)
            .status
    };
    assert_eq!(status(&mut registry, "config"), 200);
    assert_eq!(status(&mut registry, "layer"), 200);
    assert_eq!(status(&mut registry, "unnamed"), 404);
    assert_eq!(registry.gc().unwrap(), Swept::default());
}

#[test]
fn a_blob_counts_once_and_goes_where_it_is_not_named() {
    let mut registry = registry();
    Ask::blob("one", "shared").to(&mut registry).is(201);
    Ask::blob("two", "shared").to(&mut registry).is(201);
    Ask::opaque("one", "v1", &format!("[\"{}\"]", sha256("shared")))
        .to(&mut registry)
        .is(201);
    let stats = registry.stats();
    assert_eq!(
        (stats.blobs, stats.manifests, stats.repositories),
        (1, 1, 2)
    );
    // Gone from the one, but kept by the other: nothing is freed.
    assert_eq!(registry.gc().unwrap(), Swept::default());
    let target = |name: &str| format!("/v2/{name}/blobs/{}", sha256("shared"));
    Ask::get(target("one")).to(&mut registry).is(200);
    Ask::get(target("two")).to(&mut registry).is(404);
}

#[test]
fn a_snapshot_brings_back_what_was_swept() {
    let mut registry = registry();
    Ask::blob("app", "unnamed").to(&mut registry).is(201);
    let before = registry.snapshot();
    registry.gc().unwrap();
    assert_eq!(registry.stats().blobs, 0);
    registry.restore(&before).unwrap();
    Ask::get(format!("/v2/app/blobs/{}", sha256("unnamed")))
        .to(&mut registry)
        .is(200);
}
