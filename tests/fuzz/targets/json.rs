//! JSON: manifests, profiles, switches.

use bytes::Bytes;
use http::Request;
use registrette::{
    Config, Registry,
    content::Sha2,
    spec::{Algorithm, Manifest, ManifestKind, MediaType, Profile, Quirks, Timestamp},
    store::StoredManifest,
};
use serde_json::Value;

use super::{ask::TYPES, input::Input};

pub(crate) fn run(data: &[u8]) {
    let mut input = Input::new(data);
    match input.below(3) {
        0 => switches(input.rest()),
        _ => {
            let media_type = input.pick(&TYPES);
            manifest(media_type, input.rest());
        }
    }
}

fn manifest(media_type: &str, bytes: &[u8]) {
    let json: Option<Value> = serde_json::from_slice(bytes).ok().filter(Value::is_object);
    let own = Manifest::own_media_type(bytes);
    let said = json.as_ref().and_then(|json| json["mediaType"].as_str());
    if let (Some(own), Some(_)) = (&own, &json) {
        assert_eq!(Some(own), said.and_then(MediaType::parse).as_ref());
    }
    let Some(media_type) = MediaType::parse(media_type).or(own) else {
        return;
    };
    let Ok(manifest) = Manifest::parse(&media_type, bytes) else {
        return;
    };
    assert_eq!(manifest.kind, ManifestKind::of(&media_type));
    let digest = Sha2::digest(Algorithm::Sha256, bytes);
    let bytes = Bytes::copy_from_slice(bytes);
    let stored = StoredManifest::new(&digest, media_type.clone(), bytes, manifest.clone());
    assert_eq!(stored.children(), manifest.manifests);
    assert_eq!(stored.descriptor.is_empty(), manifest.subject.is_none());
    if manifest.kind == ManifestKind::Opaque {
        return;
    }
    // What is not looked at may be deeper, and its numbers larger, than a whole reading takes.
    let Some(json) = &json else { return };
    assert!(said.is_none_or(|said| said == media_type.as_str()));
    let digest_at = |place: &str| {
        let pointer = format!("/{}/digest", place.replace('[', "/").replace(']', ""));
        json.pointer(&pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    for need in &manifest.needs {
        assert_eq!(digest_at(&need.place.to_string()), Some(need.written()));
        assert_eq!(need.is_manifest(), manifest.kind == ManifestKind::Index);
    }
    let subject = manifest.subject.as_ref().map(ToString::to_string);
    assert_eq!(subject, digest_at("subject"));
    if !stored.descriptor.is_empty() {
        let shown: Value = serde_json::from_slice(&stored.descriptor).unwrap();
        assert_eq!(shown["digest"], digest.to_string());
        assert_eq!(
            shown["artifactType"].as_str(),
            manifest.artifact_type.as_deref()
        );
    }
}

/// Switches as a profile has them, or by name; a registry under any of them answers.
fn switches(bytes: &[u8]) {
    let mut quirks = Quirks::default();
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    if let Ok(profile) = Profile::parse(text) {
        match profile.quirks() {
            Ok(read) => quirks = read,
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    } else if let Ok(Value::Object(switches)) = serde_json::from_slice(bytes) {
        for (name, value) in &switches {
            let before = quirks.clone();
            if let Err(reason) = quirks.set(name, value) {
                assert!(!reason.is_empty());
                assert_eq!(quirks, before);
            }
        }
    }
    let mut config = Config::new(0);
    config.settings.quirks = quirks;
    let mut registry = Registry::new(config);
    for (method, target) in [
        ("POST", "/v2/a/blobs/uploads/"),
        ("PUT", "/v2/a/manifests/v1"),
        ("GET", "/v2/a/manifests/v1"),
        ("GET", "/v2/a/tags/list"),
    ] {
        let request = Request::builder().method(method).uri(target);
        let request = request
            .header("content-type", "a/b")
            .body(Bytes::from("text"))
            .unwrap();
        let answer = registry.handle(Timestamp::default(), request);
        assert!(answer.status().as_u16() < 500);
        let is_sent_on = matches!(answer.status().as_u16(), 202 | 307);
        assert!(!is_sent_on || answer.headers().contains_key("location"));
    }
}
