//! Two requests on one session.

use registrette::{Config, Registry};

use crate::{
    client::{Ask, Reply, at, session, sha256, sha512},
    host::{answer, begin},
};

/// A registry, and a session of it that holds `hello `.
fn opened() -> (Registry, String) {
    let mut registry = Registry::new(Config::new(7));
    let location = session(&mut registry, "hello ");
    (registry, location)
}

#[track_caller]
fn assert_overtaken(reply: Reply, acknowledged: &str) {
    assert_eq!(reply.header("range"), Some(acknowledged));
    assert!(
        reply
            .text()
            .contains("another request on this session came first"),
        "{reply:?}"
    );
    reply.fails(416, "BLOB_UPLOAD_INVALID");
}

#[test]
fn of_two_chunks_the_first_to_finish_wins() {
    let (mut registry, location) = opened();
    let first = begin(
        &mut registry,
        at(0),
        &Ask::patch(&location).body("world"),
        2,
    );
    let second = begin(&mut registry, at(0), &Ask::patch(&location).body("moon"), 2);
    let reply = answer(registry.finish(at(0), second)).is(202);
    assert_eq!(reply.header("range"), Some("0-9"));
    assert_overtaken(answer(registry.finish(at(0), first)), "0-9");
    let close = Ask::put(format!("{location}?digest={}", sha256("hello moon")));
    close.to(&mut registry).is(201);
}

#[test]
fn a_closing_chunk_may_be_overtaken_too() {
    let (mut registry, location) = opened();
    for digest in [sha256("hello world"), sha512("hello world")] {
        let close = Ask::put(format!("{location}?digest={digest}")).body("world");
        let closing = begin(&mut registry, at(0), &close, 2);
        Ask::patch(&location).body("x").to(&mut registry).is(202);
        let reply = answer(registry.finish(at(0), closing));
        assert_eq!(reply.status, 416, "{reply:?}");
    }
    assert_eq!(registry.stats().repositories, 0);
    assert_eq!(
        Ask::get(&location).to(&mut registry).header("range"),
        Some("0-7")
    );
}

#[test]
fn a_session_that_was_closed_or_cancelled_meanwhile_is_unknown() {
    let (mut registry, location) = opened();
    let patch = begin(
        &mut registry,
        at(0),
        &Ask::patch(&location).body("world"),
        2,
    );
    Ask::delete(&location).to(&mut registry).is(204);
    answer(registry.finish(at(0), patch)).fails(404, "BLOB_UPLOAD_UNKNOWN");
    assert_eq!(registry.stats().bytes, 0);
    let (mut registry, location) = opened();
    let patch = begin(
        &mut registry,
        at(0),
        &Ask::patch(&location).body("world"),
        2,
    );
    Ask::put(format!("{location}?digest={}", sha256("hello ")))
        .to(&mut registry)
        .is(201);
    answer(registry.finish(at(0), patch)).fails(404, "BLOB_UPLOAD_UNKNOWN");
}

#[test]
fn the_status_is_what_was_acknowledged() {
    let (mut registry, location) = opened();
    let patch = begin(
        &mut registry,
        at(0),
        &Ask::patch(&location).body("world"),
        2,
    );
    assert_eq!(
        Ask::get(&location)
            .to(&mut registry)
            .is(204)
            .header("range"),
        Some("0-5")
    );
    answer(registry.finish(at(0), patch)).is(202);
    assert_eq!(
        Ask::get(&location)
            .to(&mut registry)
            .is(204)
            .header("range"),
        Some("0-10")
    );
}

#[test]
fn a_session_is_of_its_repository() {
    let (mut registry, location) = opened();
    Ask::blob("other", "layer").to(&mut registry).is(201);
    let foreign = location.replace("/app/", "/other/");
    for ask in [
        Ask::get(&foreign),
        Ask::patch(&foreign).body("x"),
        Ask::delete(&foreign),
    ] {
        ask.to(&mut registry).fails(404, "BLOB_UPLOAD_UNKNOWN");
    }
    Ask::get(&location).to(&mut registry).is(204);
}

#[test]
fn a_wrong_digest_leaves_the_session_as_it_was() {
    let (mut registry, location) = opened();
    for digest in [sha256("x"), sha512("x")] {
        let close = Ask::put(format!("{location}?digest={digest}")).body("moon");
        close.to(&mut registry).fails(400, "DIGEST_INVALID");
    }
    assert_eq!(registry.stats().bytes, 6);
    Ask::put(format!("{location}?digest={}", sha256("hello world")))
        .body("world")
        .to(&mut registry)
        .is(201);
}

/// A registry that opens sessions for any id it is shown.
fn on_sight() -> Registry {
    let mut config = Config::new(7);
    config.settings.quirks.upload_on_sight = true;
    Registry::new(config)
}

#[test]
fn a_session_seen_again_is_a_new_one() {
    let mut registry = on_sight();
    let location = "/v2/app/blobs/uploads/mine";
    Ask::patch(location).body("AAAA").to(&mut registry).is(202);
    let late = begin(&mut registry, at(0), &Ask::patch(location).body("cc"), 1);
    Ask::delete(location).to(&mut registry).is(204);
    Ask::patch(location).body("BBBB").to(&mut registry).is(202);
    answer(registry.finish(at(0), late)).fails(416, "BLOB_UPLOAD_INVALID");
    Ask::put(format!("{location}?digest={}", sha256("BBBB")))
        .to(&mut registry)
        .is(201);
}

#[test]
fn an_expired_session_seen_again_lives_on() {
    let mut registry = on_sight();
    let location = "/v2/app/blobs/uploads/mine";
    let hour = 3_600_000;
    Ask::patch(location)
        .body("old")
        .send(&mut registry, at(0))
        .is(202);
    Ask::patch(location)
        .body("new")
        .send(&mut registry, at(hour))
        .is(202);
    registry.tick(at(hour + 1));
    let close = Ask::put(format!("{location}?digest={}", sha256("new")));
    close.send(&mut registry, at(hour + 2)).is(201);
    registry.tick(at(3 * hour));
    assert_eq!(registry.stats().bytes, 3);
}
