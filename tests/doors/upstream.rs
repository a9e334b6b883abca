//! Pull-through: `Outcome::Fetch` and `Registry::resume`.

use http::StatusCode;
use registrette::{Config, Outcome, Registry, Upstream};

use crate::{
    client::{Ask, Reply, at, sha256, sha512},
    day::{IMAGE, image},
    host::{Mirror, Tamper, begin},
};

const ZEROS: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// A mirror of an upstream that holds an image with one layer; with the image's text.
fn mirror() -> (Mirror, String) {
    let mut mirror = Mirror::of_one();
    let text = image("{}", &["a layer"], None);
    let up = mirror.upstream("up");
    Ask::blob("app", "{}").to(up).is(201);
    Ask::blob("app", "a layer").to(up).is(201);
    Ask::manifest("app", "latest", IMAGE, &text).to(up).is(201);
    (mirror, text)
}

fn blob() -> Ask {
    Ask::get(format!("/v2/app/blobs/{}", sha256("a layer")))
}

/// Nothing is kept, and no byte is alive.
#[track_caller]
fn assert_untouched(registry: &Registry) {
    assert!(
        registry
            .diff(&Registry::new(Config::new(0)).snapshot())
            .is_empty()
    );
    assert_eq!(
        (registry.stats().bytes, registry.stats().repositories),
        (0, 0)
    );
}

#[test]
fn what_is_missing_is_fetched_once() {
    let (mut mirror, text) = mirror();
    let digest = sha256(&text);
    let by_tag = mirror.ask(&Ask::get("/v2/app/manifests/latest")).is(200);
    assert_eq!(
        (by_tag.text(), by_tag.header("content-type")),
        (text.as_str(), Some(IMAGE))
    );
    assert_eq!(
        by_tag.header("docker-content-digest"),
        Some(digest.as_str())
    );
    assert_eq!(mirror.ask(&blob()).is(200).text(), "a layer");
    assert_eq!(
        mirror
            .ask(&blob().header("range", "bytes=2-"))
            .is(206)
            .text(),
        "layer"
    );
    mirror
        .ask(&Ask::get(format!("/v2/app/manifests/{digest}")))
        .is(200);
    mirror.ask(&Ask::get("/v2/app/manifests/latest")).is(200);
    let asked = [
        "up/v2/app/manifests/latest".to_owned(),
        format!("up/v2/app/blobs/{}", sha256("a layer")),
    ];
    assert_eq!(mirror.asked, asked);
}

#[test]
fn by_digest_no_tag_is_made() {
    let (mut mirror, text) = mirror();
    mirror
        .ask(&Ask::get(format!("/v2/app/manifests/{}", sha256(&text))))
        .is(200);
    assert_eq!(
        mirror.ask(&Ask::get("/v2/app/tags/list")).is(200).text(),
        r#"{"name":"app","tags":[]}"#
    );
    let up = mirror.upstream("up");
    Ask::opaque("app", &sha512("other"), "other").to(up).is(201);
    mirror
        .ask(&Ask::get(format!("/v2/app/manifests/{}", sha512("other"))))
        .is(200);
    assert_eq!(mirror.asked.len(), 2);
}

#[test]
fn a_head_is_answered_without_body_and_keeps_what_was_fetched() {
    let (mut mirror, text) = mirror();
    for ask in [
        Ask::head("/v2/app/manifests/latest"),
        Ask::head(blob().target),
    ] {
        let head = mirror.ask(&ask).is(200);
        assert!(head.body.is_empty());
        let get = mirror.ask(&Ask::get(&ask.target)).is(200);
        assert_eq!(head.headers, get.headers);
    }
    assert_eq!(mirror.asked.len(), 2);
    let length = text.len() as u64 + "a layer".len() as u64;
    assert_eq!(mirror.local.stats().bytes, length);
}

#[test]
fn a_request_of_its_own_answers_the_fetched_content() {
    let (mut mirror, _) = mirror();
    let known = blob().header("if-none-match", format!("\"{}\"", sha256("a layer")));
    mirror.ask(&known).is(304);
    mirror.ask(&blob()).is(200);
    assert_eq!(mirror.asked.len(), 1);
}

#[test]
fn bad_upstreams_are_502_and_nothing_is_kept() {
    let server_error = Tamper::Status(StatusCode::INTERNAL_SERVER_ERROR);
    let moved = Tamper::Status(StatusCode::TEMPORARY_REDIRECT);
    for tamper in [Tamper::Bytes, Tamper::Cut, server_error, moved] {
        let (mut mirror, text) = mirror();
        mirror.tamper = tamper;
        let targets = ["latest".to_owned(), sha256(&text)]
            .map(|it| Ask::get(format!("/v2/app/manifests/{it}")));
        for ask in targets
            .into_iter()
            .chain([blob(), Ask::head(blob().target)])
        {
            let reply = mirror.ask(&ask);
            assert_eq!(reply.status, 502, "{reply:?}");
            assert_untouched(&mirror.local);
        }
    }
}

#[test]
fn bytes_that_are_no_manifest_of_their_type_are_502() {
    let (mut mirror, _) = mirror();
    // Kept unread where it is, but sent under a type that is read here.
    let up = mirror.upstream("up");
    let mut settings = up.settings().clone();
    settings.quirks.opaque_manifests = true;
    up.configure(settings).unwrap();
    Ask::manifest("app", "bad", IMAGE, "{").to(up).is(201);
    mirror
        .ask(&Ask::get("/v2/app/manifests/bad"))
        .fails(502, "UNSUPPORTED");
    assert_untouched(&mirror.local);
}

#[test]
fn an_upstreams_digest_of_a_tag_is_held_against_its_bytes() {
    for said in [ZEROS, "sha256:nonsense"] {
        let (mut mirror, _) = mirror();
        mirror.tamper = Tamper::Digest(said);
        mirror
            .ask(&Ask::get("/v2/app/manifests/latest"))
            .fails(502, "UNSUPPORTED");
        assert_untouched(&mirror.local);
    }
}

#[test]
fn what_the_upstream_has_not_is_the_error_it_was() {
    let (mut mirror, _) = mirror();
    mirror
        .ask(&Ask::get("/v2/app/manifests/none"))
        .fails(404, "NAME_UNKNOWN");
    mirror.ask(&blob()).is(200);
    mirror
        .ask(&Ask::get("/v2/app/manifests/none"))
        .fails(404, "MANIFEST_UNKNOWN");
    mirror
        .ask(&Ask::get(format!("/v2/app/blobs/{ZEROS}")))
        .fails(404, "BLOB_UNKNOWN");
    assert_eq!(mirror.asked.len(), 4);
}

#[test]
fn only_pulls_are_asked_for_elsewhere() {
    let (mut mirror, _) = mirror();
    mirror.ask(&Ask::get("/v2/app/tags/list")).is(404);
    mirror
        .ask(&Ask::get(format!("/v2/app/referrers/{ZEROS}")))
        .is(200);
    mirror.ask(&Ask::delete("/v2/app/manifests/latest")).is(404);
    mirror.ask(&Ask::delete(blob().target)).is(404);
    mirror.ask(&Ask::get("/v2/app/manifests/.bad")).is(404);
    assert!(mirror.asked.is_empty());
}

#[test]
fn a_fetch_that_is_dropped_leaves_no_trace() {
    let (mut mirror, _) = mirror();
    let local = &mut mirror.local;
    let exchange = begin(local, at(0), &blob(), 1);
    let Outcome::Fetch(fetch) = local.finish(at(0), exchange) else {
        panic!()
    };
    drop(fetch);
    assert_untouched(local);
    let exchange = begin(local, at(0), &blob(), 1);
    let Outcome::Fetch(fetch) = local.finish(at(0), exchange) else {
        panic!()
    };
    let mut exchange = local.resume(at(0), *fetch, &http::Response::new(()).into_parts().0);
    exchange.body(bytes::Bytes::from_static(b"a lay"));
    assert_eq!(local.stats().bytes, 5);
    drop(exchange);
    assert_untouched(local);
}

#[test]
fn handle_asks_nobody() {
    let (mut mirror, _) = mirror();
    blob().to(&mut mirror.local).fails(404, "NAME_UNKNOWN");
    assert_eq!(mirror.local.calls().count(), 1);
}

#[test]
fn a_client_that_announces_a_length_is_no_matter_to_the_upstreams_body() {
    let (mut mirror, _) = mirror();
    let ask = blob().header("content-length", "0");
    assert_eq!(mirror.ask(&ask).is(200).text(), "a layer");
}

#[test]
fn a_full_registry_says_so() {
    let (mut mirror, _) = mirror();
    let mut settings = mirror.local.settings().clone();
    settings.limits.total = 5;
    mirror.local.configure(settings).unwrap();
    mirror.ask(&blob()).fails(413, "DENIED");
    assert_untouched(&mirror.local);
}

#[test]
fn fetched_content_is_stored_like_any_other() {
    let upstream = Upstream {
        default: Some("up".to_owned()),
        ..Upstream::default()
    };
    let config = Config {
        upstream: Some(upstream),
        durable: true,
        journal: Some(9),
        ..Config::new(1)
    };
    let mut mirror = Mirror::with(config, &["up"]);
    Ask::blob("app", "a layer")
        .to(mirror.upstream("up"))
        .is(201);
    let exchange = begin(&mut mirror.local, at(0), &blob(), 1);
    let Outcome::Fetch(fetch) = mirror.local.finish(at(0), exchange) else {
        panic!()
    };
    let mut exchange = mirror
        .local
        .resume(at(0), *fetch, &http::Response::new(()).into_parts().0);
    exchange.body(bytes::Bytes::from_static(b"a layer"));
    let Outcome::Persist(persist) = mirror.local.finish(at(0), exchange) else {
        panic!()
    };
    assert_eq!(persist.changes.len(), 1);
    assert_eq!(mirror.local.stats().repositories, 0);
    let reply = Reply::of(mirror.local.discard(at(0), *persist, "the disk is full"));
    assert_eq!(reply.status, 503);
    assert_eq!(mirror.local.stats().bytes, 0);
    assert_eq!(mirror.ask(&blob()).is(200).text(), "a layer");
    assert_eq!(mirror.local.take_changes().len(), 1);
}
