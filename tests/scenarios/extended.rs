//! Failures and delays of what is no manifest.

use std::{sync::Arc, time::Duration};

use http::Method;
use registrette::{
    Config, Registry,
    layer::{AuthOptions, Scenarios},
};
use serde_json::json;

use crate::{
    client::{Ask, sha256},
    manifest, registry, timed,
};

#[test]
fn s4_64_a_repository_says_which_operations_fail() {
    let digest = sha256("a");
    let below = |path: &str| path.replace("DIGEST", &digest);
    for (of, method, path) in [
        ("blob", "GET", "blobs/DIGEST"),
        ("blob", "HEAD", "blobs/DIGEST"),
        ("blob.get", "GET", "blobs/DIGEST"),
        ("blob", "POST", "blobs/uploads/?digest=DIGEST"),
        ("blob", "POST", "blobs/uploads/?mount=DIGEST"),
        ("upload", "POST", "blobs/uploads/"),
        ("upload.patch", "PATCH", "blobs/uploads/x"),
        ("upload", "PUT", "blobs/uploads/x?digest=DIGEST"),
        ("tags", "GET", "tags/list"),
        ("referrers", "GET", "referrers/DIGEST"),
        ("manifest", "GET", "manifests/v1"),
        ("manifest.put", "PUT", "manifests/v1"),
    ] {
        let path = below(path);
        let method: Method = method.parse().unwrap();
        let target = format!("/v2/broken/error/{of}/500/{path}");
        let reply = Ask::new(method.clone(), target).to(&mut registry());
        assert_eq!(reply.status, 500, "{of} {method} {path}");
        let target = format!("/v2/broken/timeout/{of}/5s/{path}");
        let (waited, reply) = timed(&mut registry(), &Ask::new(method, target));
        assert_eq!((waited, reply.status), (Duration::from_secs(5), 408));
    }
}

#[test]
fn s4_64_what_does_not_fail_there_is_a_random_image() {
    let (mut registry, name) = (registry(), "broken/error/blob.get/403");
    let pull = Ask::get(manifest(name, "layers-1_size-10"));
    let reply = pull.to(&mut registry).is(200);
    let manifest: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    let layer = manifest["layers"][0]["digest"].as_str().unwrap();
    let target = format!("/v2/{name}/blobs/{layer}");
    Ask::head(&target).to(&mut registry).is(200);
    Ask::get(&target).to(&mut registry).fails(403, "FORBIDDEN");
}

/// A registry with scenarios that knows `alice`.
fn guarded() -> Registry {
    let mut config = Config::new(0);
    config.scenarios = Some(Scenarios::default());
    let auth = json!({ "type": "bearer", "users": { "alice": "secret" } });
    let gate = AuthOptions::read(&auth).unwrap().gate().unwrap();
    config.auth = Some(Arc::clone(&gate));
    Registry::new(config)
}

#[test]
fn s4_64_a_token_fails_by_its_scope() {
    let ask = |name: &str| {
        let ask = Ask::get(format!("/_token?scope=repository:{name}:pull"));
        ask.to(&mut guarded()).status
    };
    assert_eq!(ask("broken/error/token/500"), 500);
    assert_eq!(ask("broken/timeout/token/5s"), 408);
    assert_eq!(ask("broken/error/blob/500"), 401);
}

#[test]
fn s4_64_everything_fails_at_a_host() {
    let digest = sha256("a");
    for path in [
        "/v2/",
        "/",
        "/v2/_catalog",
        "/_token",
        &format!("/v2/demo/app/blobs/{digest}"),
        "/v2/demo/app/tags/list",
    ] {
        let at = |host: &str| timed(&mut registry(), &Ask::get(path).header("host", host));
        let (waited, reply) = at("error-403.broken.localhost:5000");
        assert_eq!((waited, reply.status), (Duration::ZERO, 403), "{path}");
        let (waited, reply) = at("Timeout-1.5s.broken.localhost");
        assert_eq!((waited, reply.status), (Duration::from_millis(1500), 408));
        let (_, reply) = at("error-403.broken.example");
        assert_ne!(reply.status, 403);
    }
}

#[test]
fn failures_come_before_credentials_and_content_after() {
    let mut registry = guarded();
    Ask::get(manifest("broken/error", "500"))
        .to(&mut registry)
        .is(500);
    let random = Ask::get(manifest("broken/random", "layers-1_size-1"));
    random.to(&mut registry).is(401);
    assert_eq!(registry.stats().repositories, 0);
}
