//! Limits: what does not fit is refused whole, and what fits exactly is taken.

use registrette::{Config, Registry, spec::Limits};

use crate::client::{Ask, at, sha256};

fn registry(limit: impl FnOnce(&mut Limits)) -> Registry {
    let mut config = Config::new(7);
    limit(&mut config.settings.limits);
    Registry::new(config)
}

#[test]
fn tags_are_counted_one_by_one() {
    let mut registry = registry(|limits| limits.tags = 3);
    let put = |query: &str| Ask::opaque("app", &format!("{}{query}", sha256("text")), "text");
    put("?tag=a&tag=b&tag=a").to(&mut registry).is(201);
    let before = registry.snapshot();
    put("?tag=c&tag=d")
        .to(&mut registry)
        .fails(429, "TOOMANYREQUESTS");
    assert!(registry.diff(&before).is_empty());
    put("?tag=b&tag=c&tag=c").to(&mut registry).is(201);
    Ask::opaque("app", "d", "text")
        .to(&mut registry)
        .fails(429, "TOOMANYREQUESTS");
    Ask::opaque("app", "c", "moved").to(&mut registry).is(201);
    Ask::delete("/v2/app/manifests/a").to(&mut registry).is(202);
    Ask::opaque("app", "d", "text").to(&mut registry).is(201);
    Ask::opaque("other", "d", "text").to(&mut registry).is(201);
}

#[test]
fn repositories_are_counted() {
    let mut registry = registry(|limits| limits.repositories = 1);
    Ask::blob("app", "layer").to(&mut registry).is(201);
    let before = registry.snapshot();
    Ask::blob("other", "layer")
        .to(&mut registry)
        .fails(429, "TOOMANYREQUESTS");
    Ask::opaque("other", "v1", "text")
        .to(&mut registry)
        .fails(429, "TOOMANYREQUESTS");
    Ask::post("/v2/other/blobs/uploads/")
        .to(&mut registry)
        .fails(429, "TOOMANYREQUESTS");
    let mount = format!(
        "/v2/other/blobs/uploads/?mount={}&from=app",
        sha256("layer")
    );
    Ask::post(mount)
        .to(&mut registry)
        .fails(429, "TOOMANYREQUESTS");
    assert!(registry.diff(&before).is_empty());
    Ask::opaque("app", "v1", "text").to(&mut registry).is(201);
}

#[test]
fn the_last_byte_fits() {
    let mut registry = registry(|limits| (limits.blob, limits.manifest, limits.total) = (5, 4, 9));
    Ask::blob("app", "12345").to(&mut registry).is(201);
    Ask::blob("app", "123456")
        .to(&mut registry)
        .fails(413, "SIZE_INVALID");
    Ask::opaque("app", "v1", "12345")
        .to(&mut registry)
        .fails(413, "SIZE_INVALID");
    Ask::opaque("app", "v1", "1234").to(&mut registry).is(201);
    Ask::blob("app", "1").to(&mut registry).fails(413, "DENIED");
    Ask::blob("app", "").to(&mut registry).is(201);
    assert_eq!(registry.stats().bytes, 9);
}

#[test]
fn a_session_has_the_blobs_limit() {
    let mut registry = registry(|limits| limits.blob = 5);
    let location = Ask::post("/v2/app/blobs/uploads/")
        .to(&mut registry)
        .location()
        .to_owned();
    Ask::patch(&location).body("123").to(&mut registry).is(202);
    Ask::patch(&location)
        .body("456")
        .to(&mut registry)
        .fails(413, "SIZE_INVALID");
    Ask::patch(&location).body("45").to(&mut registry).is(202);
    let close = Ask::put(format!("{location}?digest={}", sha256("123456"))).body("6");
    close.to(&mut registry).fails(413, "SIZE_INVALID");
    Ask::put(format!("{location}?digest={}", sha256("12345")))
        .to(&mut registry)
        .is(201);
}

#[test]
fn targets_headers_and_names_have_limits() {
    let mut registry =
        registry(|limits| (limits.target, limits.headers, limits.name) = (60, 100, 8));
    let last = |length: usize| Ask::get(format!("/v2/_catalog?last={}", "a".repeat(length - 18)));
    last(60).to(&mut registry).is(200);
    last(61).to(&mut registry).fails(414, "NAME_INVALID");
    let header = |length: usize| Ask::get("/v2/").header("x", "a".repeat(length - 5));
    header(100).to(&mut registry).is(200);
    header(101).to(&mut registry).fails(431, "SIZE_INVALID");
    Ask::opaque("12345678", "v1", "text")
        .to(&mut registry)
        .is(201);
    Ask::opaque("123456789", "v1", "text")
        .to(&mut registry)
        .fails(400, "NAME_INVALID");
}

#[test]
fn a_full_registry_is_refused_by_the_announcement() {
    let mut registry = registry(|limits| limits.total = 10);
    let push = Ask::blob("app", "x").header("content-length", "11");
    let exchange = registry.begin(at(0), push.parts());
    assert!(exchange.is_answered());
    crate::host::answer(registry.finish(at(0), exchange)).fails(413, "DENIED");
}
