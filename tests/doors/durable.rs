//! Durable writes: `Outcome::Persist`, `Registry::commit`, `Registry::discard`.

use registrette::{Config, Outcome, Registry, store::Change};

use crate::{
    client::{Ask, Reply, at, sha256},
    day::{assert_equal, day},
    host::{begin, persist, store},
};

fn durable() -> Registry {
    Registry::new(Config {
        durable: true,
        ..Config::new(7)
    })
}

fn blob(content: &str) -> Ask {
    Ask::get(format!("/v2/app/blobs/{}", sha256(content)))
}

#[test]
fn a_write_is_seen_once_it_is_stored() {
    let mut registry = durable();
    let push = persist(&mut registry, at(0), &Ask::blob("app", "one"));
    assert_eq!((push.changes.len(), push.waits_for.len()), (1, 0));
    store(&mut registry, at(0), &blob("one")).fails(404, "NAME_UNKNOWN");
    let reply = Reply::of(registry.commit(at(0), push));
    assert_eq!(
        reply.is(201).header("docker-content-digest"),
        Some(sha256("one").as_str())
    );
    assert_eq!(
        store(&mut registry, at(0), &blob("one")).is(200).text(),
        "one"
    );
}

#[test]
fn a_write_that_is_not_stored_never_was() {
    let mut registry = durable();
    let before = registry.snapshot();
    let push = persist(&mut registry, at(0), &Ask::blob("app", "one"));
    let reply = Reply::of(registry.discard(at(0), push, "the disk is full"));
    assert!(reply.text().contains("the disk is full"));
    reply.fails(503, "DENIED");
    assert!(registry.diff(&before).is_empty());
    assert_eq!(registry.stats().bytes, 0);
    store(&mut registry, at(0), &blob("one")).fails(404, "NAME_UNKNOWN");
}

#[test]
fn errors_and_reads_are_not_stored() {
    let mut registry = durable();
    for ask in [
        Ask::get("/v2/"),
        Ask::delete(blob("one").target),
        Ask::blob("app", "x").body("y"),
    ] {
        let exchange = begin(&mut registry, at(0), &ask, 1);
        assert!(
            matches!(registry.finish(at(0), exchange), Outcome::Answer(_)),
            "{ask:?}"
        );
    }
}

#[test]
fn what_changes_nothing_is_not_stored() {
    let mut registry = durable();
    let put = Ask::opaque("app", "v1", "text");
    store(&mut registry, at(0), &put).is(201);
    let exchange = begin(&mut registry, at(0), &put, 1);
    assert!(matches!(
        registry.finish(at(0), exchange),
        Outcome::Answer(_)
    ));
}

#[test]
fn a_session_is_written_step_by_step() {
    let mut registry = durable();
    let start = persist(&mut registry, at(0), &Ask::post("/v2/app/blobs/uploads/"));
    let [Change::OpenUpload { session, .. }] = start.changes.as_slice() else {
        panic!("{:?}", start.changes)
    };
    let location = format!("/v2/app/blobs/uploads/{session}");
    store(&mut registry, at(0), &Ask::get(&location)).fails(404, "BLOB_UPLOAD_UNKNOWN");
    // A client that guesses it may write to it before it is stored, and waits.
    let chunk = persist(&mut registry, at(0), &Ask::patch(&location).body("hello "));
    assert_eq!(chunk.waits_for, [start.ticket]);
    assert_eq!(
        Reply::of(registry.commit(at(0), start)).is(202).location(),
        location
    );
    let status = |registry: &mut Registry| {
        store(registry, at(0), &Ask::get(&location))
            .header("range")
            .map(str::to_owned)
    };
    assert_eq!(status(&mut registry).as_deref(), Some("0-0"));
    let close = Ask::put(format!("{location}?digest={}", sha256("hello world"))).body("world");
    let close = persist(&mut registry, at(0), &close);
    assert_eq!(close.waits_for, [chunk.ticket]);
    Reply::of(registry.commit(at(0), chunk)).is(202);
    assert_eq!(status(&mut registry).as_deref(), Some("0-5"));
    Reply::of(registry.commit(at(0), close)).is(201);
    assert_eq!(
        store(&mut registry, at(0), &blob("hello world"))
            .is(200)
            .text(),
        "hello world"
    );
}

#[test]
fn a_discarded_chunk_leaves_the_session_where_it_was() {
    let mut registry = durable();
    let location = store(&mut registry, at(0), &Ask::post("/v2/app/blobs/uploads/"))
        .location()
        .to_owned();
    store(&mut registry, at(0), &Ask::patch(&location).body("hello ")).is(202);
    let chunk = persist(&mut registry, at(0), &Ask::patch(&location).body("moon"));
    Reply::of(registry.discard(at(0), chunk, "no")).is(503);
    let status = store(&mut registry, at(0), &Ask::get(&location)).is(204);
    assert_eq!(status.header("range"), Some("0-5"));
    store(
        &mut registry,
        at(0),
        &Ask::patch(&location)
            .header("content-range", "6-10")
            .body("world"),
    )
    .is(202);
    let close = Ask::put(format!("{location}?digest={}", sha256("hello world")));
    store(&mut registry, at(0), &close).is(201);
}

#[test]
fn a_body_that_began_on_a_chunk_which_was_discarded_comes_too_late() {
    let mut registry = durable();
    let location = store(&mut registry, at(0), &Ask::post("/v2/app/blobs/uploads/"))
        .location()
        .to_owned();
    let first = persist(&mut registry, at(0), &Ask::patch(&location).body("AAAA"));
    let on_first = begin(&mut registry, at(0), &Ask::patch(&location).body("cc"), 1);
    Reply::of(registry.discard(at(0), first, "no")).is(503);
    // As long as the first, and not the same.
    let other = persist(&mut registry, at(0), &Ask::patch(&location).body("BBBB"));
    match registry.finish(at(0), on_first) {
        Outcome::Answer(answer) => drop(Reply::of(answer).fails(416, "BLOB_UPLOAD_INVALID")),
        other @ (Outcome::Fetch(_) | Outcome::Persist(_)) => {
            panic!("what it builds on is not there: {other:?}")
        }
    }
    Reply::of(registry.commit(at(0), other)).is(202);
}

#[test]
fn all_is_as_without_storage() {
    let mut plain = Registry::new(Config::new(7));
    let expected = day(|ask| ask.to(&mut plain));
    let mut registry = durable();
    let replies = day(|ask| store(&mut registry, at(0), &ask));
    assert_eq!(replies, expected);
    assert_equal(&plain, &registry);
    assert_eq!(plain.stats(), registry.stats());
}

#[test]
fn handle_stores_at_once() {
    let mut plain = Registry::new(Config::new(7));
    let expected = day(|ask| ask.to(&mut plain));
    let mut registry = durable();
    assert_eq!(day(|ask| ask.to(&mut registry)), expected);
    assert_equal(&plain, &registry);
}

#[test]
fn what_is_stored_makes_the_state_again() {
    let mut registry = durable();
    let mut stored = Vec::new();
    day(|ask| {
        let exchange = begin(&mut registry, at(0), &ask, usize::MAX);
        match registry.finish(at(0), exchange) {
            Outcome::Persist(persist) => {
                stored.extend(persist.changes.clone());
                Reply::of(registry.commit(at(0), *persist))
            }
            Outcome::Answer(answer) => Reply::of(answer),
            Outcome::Fetch(_) => panic!(),
        }
    });
    let mut restarted = durable();
    for change in stored {
        restarted.apply(change).unwrap();
    }
    assert_equal(&registry, &restarted);
}
