//! Manifests that are deep, wide, or about themselves.

use registrette::{Config, Registry, spec::References};
use serde_json::json;

use crate::{
    assert_alive,
    client::{Ask, Reply, sha256},
    in_time,
};

const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

fn registry(references: References) -> Registry {
    let mut config = Config::new(7);
    config.settings.references = references;
    config.settings.limits.manifest = 64 << 20;
    Registry::new(config)
}

fn push(registry: &mut Registry, media_type: &str, text: &str) -> Reply {
    Ask::manifest("app", "v1", media_type, text).to(registry)
}

#[test]
fn ten_thousand_levels_do_not_take_the_stack() {
    let mut registry = registry(References::Sparse);
    let before = registry.snapshot();
    let levels = 10_000;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(levels), close.repeat(levels));
        for member in [
            "config",
            "layers",
            "manifests",
            "subject",
            "annotations",
            "mediaType",
        ] {
            for media_type in [IMAGE, INDEX] {
                let text = format!("{{\"{member}\":{deep}}}");
                push(&mut registry, media_type, &text).fails(400, "MANIFEST_INVALID");
            }
        }
        push(&mut registry, IMAGE, &deep).fails(400, "MANIFEST_INVALID");
        // Half of it: the parser runs into the end.
        push(&mut registry, IMAGE, &open.repeat(levels)).fails(400, "MANIFEST_INVALID");
        Ask::put("/v2/app/manifests/v1")
            .body(deep.clone())
            .to(&mut registry)
            .fails(400, "MANIFEST_INVALID");
        assert!(serde_json::from_str::<serde_json::Value>(&deep).is_err());
        assert!(registry.diff(&before).is_empty());
        // Where nothing is read, nothing is too deep.
        let text = format!("{{\"config\":{{\"digest\":\"a:b\"}},\"other\":{deep}}}");
        assert!(matches!(
            push(&mut registry, IMAGE, &text).status,
            201 | 400
        ));
        Ask::opaque("app", "v1", &deep).to(&mut registry).is(201);
        assert_eq!(
            Ask::get("/v2/app/manifests/v1").to(&mut registry).text(),
            deep
        );
        registry.reset().unwrap();
    }
    assert_alive(&mut registry);
}

#[test]
fn a_million_descriptors_are_refused_by_length_or_read_in_time() {
    let descriptors = r#"{"digest":"sha256:0"},"#.repeat(1_000_000);
    let descriptors = descriptors.trim_end_matches(',');
    let image = format!(r#"{{"config":{{"digest":"sha256:0"}},"layers":[{descriptors}]}}"#);
    let index = format!(r#"{{"manifests":[{descriptors}]}}"#);
    let mut small = Registry::new(Config::new(7));
    for (media_type, text, missing) in [(IMAGE, &image, 1_000_001), (INDEX, &index, 1_000_000)] {
        push(&mut small, media_type, text).fails(413, "SIZE_INVALID");
        assert_eq!(small.stats().bytes, 0);
        in_time(|| {
            let mut registry = registry(References::Strict);
            let reply = push(&mut registry, media_type, text);
            assert!(reply.body.len() < 2000, "{} bytes", reply.body.len());
            assert!(
                reply.text().contains(&format!("\"total\":{missing}")),
                "{reply:?}"
            );
            reply.fails(400, "MANIFEST_BLOB_UNKNOWN");
            assert_eq!(
                (registry.stats().bytes, registry.stats().repositories),
                (0, 0)
            );
        });
        in_time(|| {
            let mut registry = registry(References::Sparse);
            push(&mut registry, media_type, text).is(201);
            assert_eq!(registry.stats().bytes, text.len() as u64);
        });
    }
}

#[test]
fn a_manifest_that_comes_byte_by_byte_is_read_once() {
    // Each piece is looked at by `work`; what was read is not read again from the start for each.
    let mut registry = registry(References::Sparse);
    let text = format!("{{\"manifests\":[],\"x\":\"{}\"}}", "x".repeat(20_000));
    let put = Ask::manifest("app", "v1", INDEX, &text);
    let mut exchange = registry.begin(crate::client::at(0), put.parts());
    for place in 0..put.body.len() {
        exchange.body(put.body.slice(place..place + 1));
    }
    in_time(|| while exchange.work(1) == registrette::Progress::More {});
    drop(registry.finish(crate::client::at(0), exchange));
    assert_eq!(
        Ask::get("/v2/app/manifests/v1")
            .to(&mut registry)
            .is(200)
            .text(),
        text
    );
    assert_eq!(registry.stats().bytes, text.len() as u64);
}

#[test]
fn manifests_that_name_each_other_end() {
    let mut registry = registry(References::Sparse);
    // Two indexes under the fallback tags of each other, and each the subject of the other as far as that can be.
    let first = json!({ "mediaType": INDEX, "manifests": [{ "digest": "sha256:0" }] }).to_string();
    let second = json!({
        "mediaType": INDEX,
        "manifests": [{ "digest": sha256(&first) }],
        "subject": { "digest": sha256(&first) },
    });
    let second = second.to_string();
    let third = json!({
        "mediaType": INDEX,
        "manifests": [{ "digest": sha256(&second) }, { "digest": sha256(&first) }],
        "subject": { "digest": sha256(&second) },
    });
    let third = third.to_string();
    let fallback = |text: &str| sha256(text).replacen(':', "-", 1);
    for (reference, text) in [
        (fallback(&second), &first),
        (fallback(&first), &third),
        (fallback(&third), &third),
        ("v1".to_owned(), &second),
    ] {
        Ask::manifest("app", &reference, INDEX, text)
            .to(&mut registry)
            .is(201);
    }
    for text in [&first, &second, &third] {
        let list = Ask::get(format!("/v2/app/referrers/{}", sha256(text))).to(&mut registry);
        assert!(list.is(200).body.len() < 2000);
    }
    for text in [&first, &second, &third] {
        Ask::delete(format!("/v2/app/manifests/{}", sha256(text)))
            .to(&mut registry)
            .is(202);
    }
    assert_eq!(registry.stats().bytes, 0);
}

#[test]
fn an_index_that_names_itself_waits_for_itself() {
    let mut registry = registry(References::Strict);
    // A digest cannot stand in what it is made of, so this names what it would like to be.
    let index = json!({ "manifests": [{ "digest": sha256("itself"), "mediaType": INDEX }] });
    push(&mut registry, INDEX, &index.to_string()).fails(400, "MANIFEST_BLOB_UNKNOWN");
    assert_eq!(registry.stats().repositories, 0);
    // Opaque bytes may be a child; then the index is complete, and takes its tag.
    Ask::opaque("app", "v1", "itself").to(&mut registry).is(201);
    push(&mut registry, INDEX, &index.to_string()).is(201);
    assert_alive(&mut registry);
}

#[test]
fn many_referrers_of_one_subject_are_listed_in_pages() {
    let mut registry = registry(References::Sparse);
    let mut settings = registry.settings().clone();
    settings.limits.manifest = 20_000;
    registry.configure(settings).unwrap();
    let subject = sha256("subject");
    for number in 0..200 {
        let long = "x".repeat(1000);
        let image = json!({ "config": { "digest": "a:b" }, "subject": { "digest": subject }, "annotations": { "n": format!("{number}{long}") } });
        let text = image.to_string();
        Ask::manifest("app", &sha256(&text), IMAGE, &text)
            .to(&mut registry)
            .is(201);
    }
    let (mut seen, mut next) = (0, Some(format!("/v2/app/referrers/{subject}")));
    while let Some(target) = next {
        let page = Ask::get(target).to(&mut registry).is(200);
        assert!(page.body.len() < 25_000, "{} bytes", page.body.len());
        let list: serde_json::Value = serde_json::from_slice(&page.body).unwrap();
        seen += list["manifests"].as_array().unwrap().len();
        next = page
            .header("link")
            .map(|link| link[1..link.find('>').unwrap()].to_owned());
    }
    assert_eq!(seen, 200);
}
