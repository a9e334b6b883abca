//! Exchanges: bodies in pieces, work in slices, early answers, bodies that break off.

use bytes::Bytes;
use registrette::{Config, Outcome, Registry};

use crate::{
    client::{Ask, Reply, at, session, sha256},
    day::{assert_equal, day},
    host::{answer, begin, feed, stream, work},
};

fn registry() -> Registry {
    Registry::new(Config::new(7))
}

#[test]
fn pieces_and_slices_make_no_difference() {
    let (mut whole, mut pieces) = (registry(), registry());
    let expected = day(|ask| ask.to(&mut whole));
    assert_eq!(day(|ask| stream(&mut pieces, at(0), &ask)), expected);
    assert_equal(&whole, &pieces);
    assert_eq!(whole.stats(), pieces.stats());
}

#[test]
fn work_between_the_pieces_loses_none_of_them() {
    let mut registry = registry();
    let image = "{\"config\":{\"digest\":\"sha256:0\"}}";
    for ask in [
        Ask::opaque("app", "v1", image),
        Ask::blob("app", image),
        Ask::manifest("app", "v2", "application/x-opaque", image),
    ] {
        let mut exchange = registry.begin(at(0), ask.parts());
        for place in 0..ask.body.len() {
            exchange.body(ask.body.slice(place..place + 1));
            work(&mut exchange, 1);
        }
        answer(registry.finish(at(0), exchange)).is(201);
    }
    for tag in ["v1", "v2"] {
        let pulled = Ask::get(format!("/v2/app/manifests/{tag}")).to(&mut registry);
        assert_eq!(pulled.text(), image);
    }
    assert_eq!(registry.stats().bytes, 2 * image.len() as u64);
}

#[test]
fn a_body_needs_no_registry() {
    let mut registry = registry();
    let push = Ask::blob("app", "content");
    let exchange = registry.begin(at(0), push.parts());
    let worker = std::thread::spawn(move || {
        let mut exchange = exchange;
        feed(&mut exchange, &push.body, 2);
        work(&mut exchange, 1);
        exchange
    });
    Ask::blob("app", "meanwhile").to(&mut registry).is(201);
    answer(registry.finish(at(0), worker.join().unwrap())).is(201);
}

#[test]
fn what_needs_no_body_is_answered_before_it() {
    let mut registry = registry();
    let mut settings = registry.settings().clone();
    (
        settings.limits.blob,
        settings.limits.manifest,
        settings.limits.total,
    ) = (100, 50, 1000);
    registry.configure(settings).unwrap();
    let location = session(&mut registry, "12345");
    for (ask, status, code) in [
        (
            Ask::blob("app", "x").header("content-length", "101"),
            413,
            "SIZE_INVALID",
        ),
        (
            Ask::patch(&location).header("content-length", "96"),
            413,
            "SIZE_INVALID",
        ),
        (
            Ask::opaque("app", "v1", "x").header("content-length", "51"),
            413,
            "SIZE_INVALID",
        ),
        (
            Ask::patch(&location).header("content-range", "4-5"),
            416,
            "BLOB_UPLOAD_INVALID",
        ),
        (
            Ask::patch(&location)
                .header("content-range", "5-6")
                .header("content-length", "3"),
            416,
            "BLOB_UPLOAD_INVALID",
        ),
        (
            Ask::patch(&location).header("content-range", "nonsense"),
            416,
            "BLOB_UPLOAD_INVALID",
        ),
        (
            Ask::patch("/v2/app/blobs/uploads/nobodys"),
            404,
            "BLOB_UPLOAD_UNKNOWN",
        ),
        (Ask::put(&location), 400, "DIGEST_INVALID"),
        (Ask::put("/v2/app/manifests/.bad"), 400, "MANIFEST_INVALID"),
        (Ask::post("/v2/APP/blobs/uploads/"), 400, "NAME_INVALID"),
        (Ask::get("/v2/app/tags/list"), 404, "NAME_UNKNOWN"),
    ] {
        let exchange = registry.begin(at(0), ask.parts());
        assert!(exchange.is_answered(), "{ask:?}");
        answer(registry.finish(at(0), exchange)).fails(status, code);
    }
    let reply = Ask::patch(&location)
        .header("content-range", "4-5")
        .to(&mut registry);
    assert_eq!(
        (reply.header("range"), reply.location()),
        (Some("0-4"), location.as_str())
    );
}

#[test]
fn a_body_that_outgrows_its_limit_is_answered_half_way() {
    let mut registry = registry();
    let mut settings = registry.settings().clone();
    (
        settings.limits.blob,
        settings.limits.manifest,
        settings.limits.total,
    ) = (10, 5, 12);
    registry.configure(settings).unwrap();
    let long = || Bytes::from(vec![b'x'; 11]);
    let too_long = [
        (Ask::blob("app", "x").body(long()), "SIZE_INVALID"),
        (Ask::opaque("app", "v1", "x").body(long()), "SIZE_INVALID"),
    ];
    for (ask, code) in too_long {
        let mut exchange = registry.begin(at(0), ask.parts());
        feed(&mut exchange, &ask.body, 3);
        assert!(exchange.is_answered());
        assert_eq!(registry.stats().bytes, 0, "bytes of no use are given back");
        exchange.body(long());
        assert_eq!(registry.stats().bytes, 0);
        answer(registry.finish(at(0), exchange)).fails(413, code);
    }
    Ask::blob("app", "0123456789").to(&mut registry).is(201);
    let ask = Ask::blob("app", "abc");
    let mut exchange = registry.begin(at(0), ask.parts());
    feed(&mut exchange, &ask.body, 1);
    assert!(exchange.is_answered());
    let reply = answer(registry.finish(at(0), exchange));
    assert!(
        reply.text().contains(r#""limit":12,"used":12"#),
        "{reply:?}"
    );
    reply.fails(413, "DENIED");
}

#[test]
fn two_bodies_share_one_bound() {
    let mut registry = registry();
    let mut settings = registry.settings().clone();
    settings.limits.total = 10;
    registry.configure(settings).unwrap();
    let [one, two] = ["0123456", "abcdefg"].map(|text| Ask::blob("app", text));
    let mut first = begin(&mut registry, at(0), &one, 2);
    let mut second = begin(&mut registry, at(0), &two, 2);
    assert!(!first.is_answered() && second.is_answered());
    first.work(1);
    second.work(1);
    answer(registry.finish(at(0), second)).fails(413, "DENIED");
    answer(registry.finish(at(0), first)).is(201);
    two.to(&mut registry).fails(413, "DENIED");
    Ask::delete(format!("/v2/app/blobs/{}", sha256("0123456")))
        .to(&mut registry)
        .is(202);
    two.to(&mut registry).is(201);
}

#[test]
fn a_length_that_lies_is_an_error() {
    let mut registry = registry();
    for (declared, detail) in [("6", r#""received":7"#), ("8", r#""received":7"#)] {
        let push = Ask::blob("app", "content").header("content-length", declared);
        let reply = push.to(&mut registry);
        assert!(reply.text().contains(detail), "{reply:?}");
        reply.fails(400, "SIZE_INVALID");
    }
    assert_eq!(registry.stats().repositories, 0);
    Ask::blob("app", "content")
        .header("content-length", "7")
        .to(&mut registry)
        .is(201);
}

#[test]
fn a_body_that_breaks_off_changes_nothing() {
    let mut registry = registry();
    let location = Ask::post("/v2/app/blobs/uploads/")
        .to(&mut registry)
        .location()
        .to_owned();
    Ask::blob("app", "layer").to(&mut registry).is(201);
    let before = registry.snapshot();
    for ask in [
        Ask::blob("app", "content"),
        Ask::opaque("app", "v1", "text"),
        Ask::patch(&location).body("chunk"),
        Ask::put(format!("{location}?digest={}", sha256("content"))).body("content"),
        Ask::delete(format!("/v2/app/blobs/{}", sha256("layer"))),
    ] {
        let mut exchange = begin(&mut registry, at(0), &ask, 2);
        exchange.cut();
        answer(registry.finish(at(0), exchange)).fails(400, "SIZE_INVALID");
        assert!(registry.diff(&before).is_empty(), "{ask:?}");
    }
    assert_eq!(registry.stats().bytes, 5);
}

#[test]
fn a_dropped_exchange_did_nothing() {
    let mut registry = registry();
    let before = registry.snapshot();
    drop(begin(&mut registry, at(0), &Ask::blob("app", "content"), 2));
    drop(begin(
        &mut registry,
        at(0),
        &Ask::post("/v2/app/blobs/uploads/"),
        2,
    ));
    assert!(registry.diff(&before).is_empty());
    assert_eq!((registry.stats().bytes, registry.calls().count()), (0, 0));
}

#[test]
fn what_begin_checked_finish_checks_again() {
    let mut registry = registry();
    Ask::opaque("app", "v1", "first").to(&mut registry).is(201);
    let create = Ask::opaque("app", "v2", "text").header("if-none-match", "*");
    let exchange = begin(&mut registry, at(0), &create, 2);
    Ask::opaque("app", "v2", "other").to(&mut registry).is(201);
    answer(registry.finish(at(0), exchange)).fails(412, "DENIED");
    let delete = begin(
        &mut registry,
        at(0),
        &Ask::delete("/v2/app/manifests/v1"),
        1,
    );
    Ask::delete("/v2/app/manifests/v1")
        .to(&mut registry)
        .is(202);
    answer(registry.finish(at(0), delete)).fails(404, "MANIFEST_UNKNOWN");
}

#[test]
fn every_answer_says_what_a_browser_may_do() {
    let mut registry = registry();
    Ask::manifest("app", "v1", "text/html", "<script>")
        .to(&mut registry)
        .is(201);
    let page = Ask::get("/v2/app/manifests/v1").to(&mut registry).is(200);
    assert_eq!(
        page.header("content-security-policy"),
        Some("default-src 'none'; sandbox")
    );
    assert_eq!(page.header("content-disposition"), Some("attachment"));
    assert_eq!(page.header("content-type"), Some("text/html"));
    for ask in [
        Ask::get("/v2/"),
        Ask::get("/nonsense"),
        Ask::head("/v2/"),
        Ask::delete("/v2/"),
    ] {
        let reply = ask.to(&mut registry);
        assert_eq!(
            reply.header("content-security-policy"),
            Some("default-src 'none'")
        );
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(
            reply.header("docker-distribution-api-version"),
            Some("registry/2.0")
        );
    }
}

#[test]
fn a_head_has_the_headers_of_its_get_and_no_body() {
    let mut registry = registry();
    day(|ask| ask.to(&mut registry));
    for target in crate::day::targets(&registry) {
        let get = Ask::get(&target).to(&mut registry);
        let head = Ask::head(&target).to(&mut registry);
        assert_eq!(
            (get.status, &get.headers),
            (head.status, &head.headers),
            "{target}"
        );
        assert!(head.body.is_empty());
        if get.status != 204 {
            assert_eq!(
                get.header("content-length"),
                Some(get.body.len().to_string().as_str()),
                "{target}"
            );
        }
    }
}

#[test]
fn bodies_of_requests_that_want_none_are_taken_and_forgotten() {
    let mut registry = registry();
    let start = Ask::post("/v2/app/blobs/uploads/").body("not wanted");
    let exchange = begin(&mut registry, at(0), &start, 3);
    assert_eq!(registry.stats().bytes, 0);
    let Outcome::Answer(answer) = registry.finish(at(0), exchange) else {
        panic!()
    };
    Reply::of(answer).is(202);
}
