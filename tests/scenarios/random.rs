//! `broken/random`. The digests in `digests.json` are those of every host: `pkg-js/test/scenarios.test.mjs` reads it, too.

use std::{env, fs};

use registrette::{Progress, Registry};
use serde_json::Value;

use crate::{
    client::{Ask, Reply, at, sha256},
    manifest, registry,
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/digests.json");

fn pull(registry: &mut Registry, tag: &str) -> Reply {
    Ask::get(manifest("broken/random", tag))
        .to(registry)
        .is(200)
}

fn digest(tag: &str) -> String {
    let reply = pull(&mut registry(), tag);
    reply.header("docker-content-digest").unwrap().to_owned()
}

/// The digests and sizes of a manifest's layers.
fn layers(manifest: &Reply) -> Vec<(String, u64)> {
    let manifest: Value = serde_json::from_slice(&manifest.body).unwrap();
    let layers = manifest["layers"].as_array().unwrap().iter();
    let named = |layer: &Value| {
        Some((
            layer["digest"].as_str()?.to_owned(),
            layer["size"].as_u64()?,
        ))
    };
    layers.map(|layer| named(layer).unwrap()).collect()
}

fn blob(registry: &mut Registry, digest: &str) -> Reply {
    Ask::get(format!("/v2/broken/random/blobs/{digest}")).to(registry)
}

#[test]
fn s4_20_it_has_as_many_layers_of_as_many_bytes() {
    for (tag, count, size) in [
        ("layers-3_size-1024", 3, 1024),
        ("layers-1_size-0", 1, 0),
        ("layers-0_size-7", 0, 7),
        ("layers-2_size-100000", 2, 100_000),
    ] {
        let mut registry = registry();
        let layers = layers(&pull(&mut registry, tag));
        assert_eq!(layers.len(), count);
        for (number, (digest, length)) in layers.iter().enumerate() {
            let layer = blob(&mut registry, digest).is(200).body;
            assert_eq!(*length, layer.len() as u64);
            let name = format!("random-0-{number}.bin\0");
            assert!(layer.starts_with(name.as_bytes()), "{tag}");
            assert_eq!(layer[124..135], *format!("{size:011o}").as_bytes());
        }
    }
}

#[test]
fn s4_21_the_seed_is_0() {
    assert_eq!(digest("layers-1_size-9"), digest("layers-1_size-9_seed-0"));
}

#[test]
fn s4_22_the_same_tag_has_the_same_digest() {
    let mut file: Value = serde_json::from_str(&fs::read_to_string(FILE).unwrap()).unwrap();
    let digests = file.as_object_mut().unwrap();
    for (tag, wanted) in digests.iter_mut() {
        let mut registry = registry();
        let first = pull(&mut registry, tag);
        assert_eq!(first, pull(&mut registry, tag));
        if env::var_os("UPDATE").is_some() {
            *wanted = sha256(&first.body).into();
        }
        // Another registry is as one that was started again.
        assert_eq!(digest(tag), wanted.as_str().unwrap(), "{tag}");
        registry.reset().unwrap();
        assert_eq!(first, pull(&mut registry, tag));
    }
    if env::var_os("UPDATE").is_some() {
        fs::write(FILE, serde_json::to_string_pretty(&file).unwrap() + "\n").unwrap();
    }
}

#[test]
fn s4_23_config_and_layers_can_be_pulled_then() {
    let mut registry = registry();
    let head = Ask::head(manifest("broken/random", "layers-2_size-10"));
    let head = head.to(&mut registry).is(200);
    let digest = head.header("docker-content-digest").unwrap();
    let reply = Ask::get(manifest("broken/random", digest)).to(&mut registry);
    let manifest: Value = serde_json::from_slice(&reply.is(200).body).unwrap();
    let mut named = manifest["layers"].as_array().unwrap().clone();
    named.push(manifest["config"].clone());
    for blob_of in named {
        let digest = blob_of["digest"].as_str().unwrap();
        assert_eq!(sha256(blob(&mut registry, digest).is(200).body), digest);
    }
}

#[test]
fn s4_24_pairs_may_stand_in_any_order() {
    let wanted = digest("layers-2_size-30_seed-4");
    for tag in [
        "seed-4_size-30_layers-2",
        "layers-2_size-30_seed-4_colour-red",
        "layers-7_size-9_x_layers-2_size-30_seed-4",
        "layers-2-3_size-30-1_seed-4",
    ] {
        assert_eq!(digest(tag), wanted, "{tag}");
    }
}

#[test]
fn s4_25_what_is_missing_is_told_and_what_is_no_number_is_replaced() {
    for (tag, message) in [
        ("size-3", "tag missing num layers"),
        ("latest", "tag missing num layers"),
        ("layers-3", "tag missing layer size"),
        ("layers-1001_size-1", "an image has at most 1000 layers"),
    ] {
        let ask = Ask::get(manifest("broken/random", tag));
        let reply = ask.to(&mut registry()).fails(400, "BAD_REQUEST");
        assert!(reply.text().contains(message), "{reply:?}");
    }
    for tag in [
        "layers-x_size-y_seed-z",
        "layers-_size-",
        "layers-1_size-1k",
    ] {
        assert_eq!(digest(tag), digest("layers-1_size-1024_seed-0"), "{tag}");
    }
}

#[test]
fn s4_28_an_unknown_digest_is_404() {
    let (mut registry, nothing) = (registry(), sha256("nothing"));
    let ask = Ask::get(manifest("broken/random", &nothing));
    ask.to(&mut registry).is(404);
    blob(&mut registry, &nothing).is(404);
    pull(&mut registry, "layers-1_size-1");
    ask.to(&mut registry).fails(404, "MANIFEST_UNKNOWN");
    blob(&mut registry, &nothing).fails(404, "BLOB_UNKNOWN");
}

#[test]
fn s4_29_another_seed_is_another_digest() {
    let mut digests: Vec<_> = (0..20)
        .map(|seed| digest(&format!("layers-1_size-8_seed-{seed}")))
        .collect();
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), 20);
}

#[test]
fn a_large_layer_takes_no_room_and_is_hashed_in_slices_once() {
    let mut registry = registry();
    let ask = Ask::get(manifest("broken/random", "layers-2_size-5000000"));
    for is_first in [true, false] {
        let mut exchange = registry.begin(at(0), ask.parts());
        assert!(!exchange.is_answered());
        let mut worked = 1;
        while exchange.work(1 << 20) == Progress::More {
            worked += 1;
        }
        assert_eq!(worked > 1, is_first, "{worked}");
        // Nothing happened yet: a client that goes away leaves nothing behind.
        assert_eq!(registry.stats().repositories, 0);
        let registrette::Outcome::Answer(answer) = registry.finish(at(0), exchange) else {
            panic!("nobody stores this");
        };
        assert_eq!(answer.status(), 200);
        assert!(registry.stats().bytes < 8192, "{:?}", registry.stats());
        registry.reset().unwrap();
    }
}

#[test]
fn ten_gigabytes_begin_at_once() {
    let mut registry = registry();
    let ask = Ask::get(manifest("broken/random", "layers-1_size-10737418240"));
    let mut exchange = registry.begin(at(0), ask.parts());
    assert_eq!(exchange.work(1 << 20), Progress::More);
    assert_eq!(registry.stats().bytes, 0);
    for (tag, status, code) in [
        ("layers-1_size-18446744073709551615", 413, "SIZE_INVALID"),
        ("layers-1000_size-10737418240", 413, "DENIED"),
    ] {
        let ask = Ask::get(manifest("broken/random", tag));
        ask.to(&mut registry).fails(status, code);
    }
}
