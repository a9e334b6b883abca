//! Content of any length that is computed, not kept.

use bytes::Bytes;
use http::Request;
use registrette::{
    content::{Formula, Sha2},
    image::Seed,
    spec::{Algorithm, Timestamp},
};
use serde_json::json;

use crate::puller::{get, pull, seeded};

const SIZE: u64 = 48 << 20;

#[test]
fn a_virtual_layer_is_pulled_and_takes_no_room() {
    let file = json!({ "virtual": SIZE, "seed": 7 });
    let image = json!({ "files": { "big.bin": file } });
    let (mut registry, _) = seeded(&json!({ "ref": "demo/big:v1", "image": image }));
    assert!(registry.stats().bytes < 4 << 10, "{:?}", registry.stats());
    // A client that verifies digests pulls it.
    let pulled = pull(&mut registry, "demo/big", "v1").unwrap();
    let content = Formula::Noise.content(7, SIZE).bytes();
    assert_eq!(pulled.layers[0].len() as u64, SIZE + 3 * 512);
    assert!(pulled.layers[0][512..].starts_with(&content));
    let layer = pulled.manifest["layers"][0]["digest"]
        .as_str()
        .unwrap()
        .to_owned();
    let range = Request::get(format!("/v2/demo/big/blobs/{layer}"))
        .header("range", "bytes=30000003-30000009")
        .body(Bytes::new())
        .unwrap();
    let answer = registry.handle(Timestamp::default(), range);
    assert_eq!(answer.status(), 206);
    assert_eq!(
        answer.into_body().bytes(),
        content[30_000_003 - 512..30_000_010 - 512]
    );
}

#[test]
fn over_8_gib_only_the_list_of_pieces_is_kept() {
    // Blobs of an artifact are hashed too, so it is the length that is looked at here, in the archive of a layer.
    let content = Formula::Zeros.content(0, 10 << 30);
    assert_eq!(
        (content.len(), content.chunks().len()),
        (10 << 30, 10 << 10)
    );
    let files = std::collections::BTreeMap::from([("big".to_owned(), content)]);
    let archive = registrette::image::archive(&files).unwrap();
    assert_eq!(archive.len(), (10 << 30) + 3 * 512);
    let header = archive.slice(0..512).next().unwrap().bytes();
    assert_eq!(header[124..136], [0x80, 0, 0, 0, 0, 0, 0, 2, 0x80, 0, 0, 0]);
}

#[test]
fn the_same_description_gives_the_same_digest() {
    for (described, wanted) in [
        (
            json!({ "virtual": 1_000_003 }),
            "sha256:217ab4263eba835c1b1d99fe0d2ba23fee32e0068d246151f6414dfd1efa3804",
        ),
        (
            json!({ "virtual": 1_000_003, "seed": 1 }),
            "sha256:b7e6df0f4c3f6ca0af79050de73bbc8c23434edf36c30596d25c14f3335a8768",
        ),
        (
            json!({ "virtual": 1_000_003, "seed": 1, "formula": "zeros" }),
            "sha256:9e3c25400146ab5a01345705a1916a2e76a43c45789e38e14420f4eb47d5e384",
        ),
        (
            json!({ "virtual": 0 }),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
    ] {
        let blob = json!({ "blob": { "repository": "a", "bytes": described } });
        let (mut registry, made) = seeded(&blob);
        let got = get(&mut registry, &format!("/v2/a/blobs/{}", made[0].digest));
        assert_eq!(
            Sha2::digest(Algorithm::Sha256, &got.body).to_string(),
            made[0].digest
        );
        assert_eq!(made[0].digest, wanted, "{described}");
    }
}

#[test]
fn mistakes_are_told() {
    for (bytes, wanted) in [
        (
            json!({ "virtual": -1 }),
            "blob.bytes.virtual: expected a whole number from 0 upwards, got -1",
        ),
        (
            json!({ "virtual": "1" }),
            "blob.bytes.virtual: expected a whole number from 0 upwards, got \"1\"",
        ),
        (
            json!({ "virtual": 1_u64 << 41 }),
            "blob.bytes.virtual: 2199023255552 bytes are too many",
        ),
        (
            json!({ "virtual": 1, "formula": "nois" }),
            "no formula \"nois\"; did you mean \"noise\"?",
        ),
        (
            json!({ "virtual": 1, "sed": 1 }),
            "there is no such member; did you mean \"seed\"?",
        ),
    ] {
        let text = json!({ "blob": { "repository": "a", "bytes": bytes } }).to_string();
        let told = Seed::read(text.as_bytes(), &[]).unwrap_err().to_string();
        assert!(told.contains(wanted), "{told}");
    }
}
