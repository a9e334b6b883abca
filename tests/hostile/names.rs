//! Names, headers and queries of enormous size.

use std::time::Duration;

use registrette::{
    Config, Registry,
    spec::{Digest, Error, MediaType, Quirks, Reference, RepositoryName, SessionId, Tag, nearest},
};

use crate::{assert_alive, client::Ask, in_time};

const TEN_MIB: usize = 10 << 20;

/// What an error says is a line or two, whatever it is about.
#[track_caller]
fn is_short<T: std::fmt::Debug>(read: Result<T, Error>) {
    let said = read.unwrap_err().to_string();
    assert!(said.len() < 1000, "{} bytes", said.len());
}

#[test]
fn words_of_10_mib_are_refused_in_a_line() {
    in_time(|| {
        for pattern in ["A", "a/", "a-", "é", "-"] {
            let text = pattern.repeat(TEN_MIB / pattern.len());
            is_short(RepositoryName::parse(&text));
            is_short(Tag::parse(&text));
            is_short(Digest::parse(&format!("sha256:{text}")));
            is_short(Digest::parse(&text));
            is_short(Reference::parse(&text));
            is_short(SessionId::parse(&text));
            assert!(nearest(&text, Quirks::names()).is_none());
            drop(MediaType::parse(&text));
        }
        // By its grammar this one is a name; how long a name may be is the registry's to say.
        assert!(RepositoryName::parse(&"a/b-".repeat(TEN_MIB / 4 - 1)[..TEN_MIB / 2 + 1]).is_ok());
    });
}

#[test]
fn a_target_as_long_as_can_be_is_refused() {
    let mut registry = Registry::new(Config::new(7));
    let before = registry.snapshot();
    let long = "a".repeat(60_000);
    Ask::get(format!("/v2/{long}/tags/list"))
        .to(&mut registry)
        .fails(414, "NAME_INVALID");
    let mut settings = registry.settings().clone();
    settings.limits.target = usize::MAX;
    registry.configure(settings).unwrap();
    for target in [
        format!("/v2/{long}/tags/list"),
        format!("/v2/{}a/tags/list", "a/".repeat(30_000)),
    ] {
        Ask::get(target)
            .to(&mut registry)
            .fails(400, "NAME_INVALID");
    }
    let escaped = format!("/v2/a/manifests/{}", "%41".repeat(20_000));
    let reply = Ask::get(escaped).to(&mut registry);
    assert!(reply.body.len() < 1000);
    reply.fails(404, "MANIFEST_UNKNOWN");
    let tags = format!("/v2/a/manifests/v1?{}", "tag=a&".repeat(10_000));
    let reply = Ask::put(tags)
        .header("content-type", "a/b")
        .body("x")
        .to(&mut registry);
    reply.is(201);
    registry.restore(&before).unwrap();
    assert!(registry.diff(&before).is_empty());
    assert_alive(&mut registry);
}

#[test]
fn thousands_of_tags_at_once_are_all_set() {
    let mut registry = Registry::new(Config::new(7));
    let mut settings = registry.settings().clone();
    settings.limits.target = usize::MAX;
    registry.configure(settings).unwrap();
    let digest = crate::client::sha256("text");
    let query: Vec<_> = (0..6000).map(|number| format!("tag={number}")).collect();
    let put = Ask::opaque("app", &format!("{digest}?{}", query.join("&")), "text");
    let reply = in_time(|| put.to(&mut registry)).is(201);
    assert_eq!(
        reply
            .headers
            .iter()
            .filter(|(name, _)| name == "oci-tag")
            .count(),
        6000
    );
    in_time(|| Ask::delete(format!("/v2/app/manifests/{digest}")).to(&mut registry)).is(202);
    assert_eq!(registry.stats().bytes, 0);
}

#[test]
fn headers_of_1_mib_are_refused() {
    let mut registry = Registry::new(Config::new(7));
    let before = registry.snapshot();
    let push = Ask::blob("app", "content").header("x-long", "x".repeat(1 << 20));
    push.to(&mut registry).fails(431, "SIZE_INVALID");
    let mut many = Ask::blob("app", "content");
    for number in 0..20_000 {
        many = many.header(&format!("x-{number}"), "x".repeat(50));
    }
    many.to(&mut registry).fails(431, "SIZE_INVALID");
    assert!(registry.diff(&before).is_empty());
    assert_alive(&mut registry);
}

#[test]
fn lists_in_headers_are_read_in_time() {
    let mut registry = Registry::new(Config::new(7));
    let mut settings = registry.settings().clone();
    settings.limits.headers = usize::MAX;
    settings.accept = registrette::spec::Accept::Strict;
    registry.configure(settings).unwrap();
    Ask::opaque("app", "v1", "text").to(&mut registry).is(201);
    let get = Ask::get("/v2/app/manifests/v1");
    in_time(|| {
        let types = "a/b;q=0.5,".repeat(100_000);
        get.clone()
            .header("accept", types)
            .to(&mut registry)
            .fails(404, "MANIFEST_UNKNOWN");
        let tags = "\"sha256:abc\",".repeat(100_000);
        get.clone()
            .header("if-none-match", tags)
            .to(&mut registry)
            .is(200);
        let ranges = format!("bytes={}", "0-0,".repeat(200_000));
        get.clone()
            .header("range", ranges)
            .to(&mut registry)
            .is(200);
    });
    assert_alive(&mut registry);
}

#[test]
fn a_retry_is_never_at_once() {
    // What `Retry-After` says is at least a second, also when a session expires this moment.
    let mut config = Config::new(7);
    (
        config.settings.limits.sessions,
        config.settings.limits.session_idle,
    ) = (1, Duration::from_millis(10));
    let mut registry = Registry::new(config);
    let start = Ask::post("/v2/app/blobs/uploads/");
    start.to(&mut registry).is(202);
    let reply = start.to(&mut registry).is(429);
    assert_eq!(reply.header("retry-after"), Some("1"));
}
