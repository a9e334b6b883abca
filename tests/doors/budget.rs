//! The budget: `Stats::bytes` is what is alive.

use registrette::{Config, Registry, content::Budget};

use crate::{
    client::{Ask, at, sha256},
    day::{BLOBS, day, targets},
    host::{begin, stream, work},
};

fn registry() -> Registry {
    Registry::new(Config::new(7))
}

#[test]
fn it_is_the_bytes_of_what_is_there() {
    let mut registry = registry();
    for content in BLOBS {
        Ask::blob("app", content).to(&mut registry).is(201);
        Ask::blob("copy", content).to(&mut registry).is(201);
    }
    let total: usize = BLOBS.iter().map(|content| content.len()).sum();
    assert_eq!(registry.stats().bytes, total as u64);
}

#[test]
fn nothing_is_alive_after_all_is_deleted() {
    for pieces in [false, true] {
        let mut registry = registry();
        day(|ask| {
            if pieces {
                stream(&mut registry, at(0), &ask)
            } else {
                ask.to(&mut registry)
            }
        });
        assert!(registry.stats().bytes > 0);
        for target in targets(&registry) {
            Ask::delete(target).to(&mut registry);
        }
        for (target, status) in targets(&registry)
            .iter()
            .map(|target| (target, Ask::get(target).to(&mut registry).status))
        {
            assert!(
                status == 200 && (target.contains("_catalog") || target.contains("tags/list")),
                "{target}"
            );
        }
        // The session that was left open.
        registry.tick(at(u64::MAX));
        assert_eq!((registry.stats().bytes, registry.stats().uploads), (0, 0));
    }
}

#[test]
fn a_manifest_counts_however_it_came() {
    for (piece, worked) in [
        (usize::MAX, false),
        (usize::MAX, true),
        (3, false),
        (3, true),
    ] {
        let mut registry = registry();
        let mut exchange = begin(
            &mut registry,
            at(0),
            &Ask::opaque("app", "v1", "0123456789"),
            piece,
        );
        assert_eq!(registry.stats().bytes, 10);
        if worked {
            work(&mut exchange, 1);
        }
        crate::host::answer(registry.finish(at(0), exchange)).is(201);
        assert_eq!(
            registry.stats().bytes,
            10,
            "in pieces of {piece}, worked: {worked}"
        );
        Ask::delete(format!("/v2/app/manifests/{}", sha256("0123456789")))
            .to(&mut registry)
            .is(202);
        assert_eq!(registry.stats().bytes, 0);
    }
}

#[test]
fn what_a_snapshot_or_a_fork_holds_is_alive() {
    let mut registry = registry();
    Ask::blob("app", "content").to(&mut registry).is(201);
    let (snapshot, mut fork) = (registry.snapshot(), registry.fork());
    let delete = Ask::delete(format!("/v2/app/blobs/{}", sha256("content")));
    delete.to(&mut registry).is(202);
    assert_eq!(registry.stats().bytes, 7);
    drop(snapshot);
    assert_eq!(registry.stats().bytes, 7);
    delete.to(&mut fork).is(202);
    assert_eq!((registry.stats().bytes, fork.stats().bytes), (0, 0));
}

#[test]
fn what_a_journal_holds_is_alive() {
    let mut registry = Registry::new(Config {
        journal: Some(10),
        ..Config::new(7)
    });
    Ask::blob("app", "content").to(&mut registry).is(201);
    Ask::delete(format!("/v2/app/blobs/{}", sha256("content")))
        .to(&mut registry)
        .is(202);
    assert_eq!(registry.stats().bytes, 7);
    let changes = registry.take_changes();
    assert_eq!(registry.stats().bytes, 7);
    drop(changes);
    assert_eq!(registry.stats().bytes, 0);
}

#[test]
fn what_is_being_sent_is_alive() {
    let mut registry = registry();
    Ask::blob("app", "content").to(&mut registry).is(201);
    let target = format!("/v2/app/blobs/{}", sha256("content"));
    let answer = registry.handle(at(0), Ask::get(&target).request());
    Ask::delete(&target).to(&mut registry).is(202);
    assert_eq!(registry.stats().bytes, 7);
    drop(answer);
    assert_eq!(registry.stats().bytes, 0);
}

#[test]
fn a_budget_outlives_its_registry() {
    let budget = Budget::default();
    let kept = budget
        .keep(bytes::Bytes::from_static(b"0123").into(), 10)
        .unwrap();
    let again = budget.clone();
    drop(budget);
    assert_eq!(again.used(), 4);
    drop(kept);
    assert_eq!(again.used(), 0);
}
