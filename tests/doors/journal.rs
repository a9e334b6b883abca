//! Journals: `take_changes` and `apply`.

use registrette::{Config, Registry, spec::References, store::Change};

use crate::{
    client::{Ask, at, session},
    day::{assert_equal, assert_no_dangling_tag, day},
};

fn journaled(limit: usize) -> Registry {
    Registry::new(Config {
        journal: Some(limit),
        ..Config::new(7)
    })
}

fn replay(changes: &[Change]) -> Registry {
    let mut registry = Registry::new(Config::new(7));
    for change in changes {
        registry.apply(change.clone()).unwrap();
    }
    registry
}

/// The change as a host that keeps no hashers would keep it.
fn without_hasher(change: Change) -> Change {
    if let Change::AppendUpload {
        session,
        chunks,
        at,
        ..
    } = change
    {
        return Change::AppendUpload {
            session,
            chunks,
            hasher: None,
            at,
        };
    }
    change
}

#[test]
fn a_whole_journal_makes_an_equal_registry() {
    let mut registry = journaled(1000);
    day(|ask| ask.to(&mut registry));
    let changes = registry.take_changes();
    assert!(changes.len() > 25, "{}", changes.len());
    assert_equal(&registry, &replay(&changes));
    let stripped: Vec<_> = changes.into_iter().map(without_hasher).collect();
    assert_equal(&registry, &replay(&stripped));
}

#[test]
fn an_open_session_goes_on_after_a_replay() {
    let mut registry = journaled(10);
    let location = session(&mut registry, "hello ");
    let changes = registry
        .take_changes()
        .into_iter()
        .map(without_hasher)
        .collect::<Vec<_>>();
    let close = Ask::put(format!(
        "{location}?digest={}",
        crate::client::sha256("hello world")
    ))
    .body("world");
    for mut registry in [registry, replay(&changes)] {
        close.to(&mut registry).is(201);
    }
}

#[test]
fn every_prefix_of_a_journal_makes_a_sound_registry() {
    let mut registry = journaled(1000);
    day(|ask| ask.to(&mut registry));
    let changes = registry.take_changes();
    for length in 0..changes.len() {
        let prefix = replay(&changes[..length]);
        assert_no_dangling_tag(&prefix);
        // And the rest of it completes it.
        let mut whole = prefix;
        for change in &changes[length..] {
            whole.apply(change.clone()).unwrap();
        }
        assert_equal(&registry, &whole);
    }
}

#[test]
fn what_was_taken_is_not_taken_twice() {
    let mut registry = journaled(10);
    Ask::blob("app", "one").to(&mut registry);
    assert_eq!(registry.take_changes().len(), 1);
    assert!(registry.take_changes().is_empty());
    Ask::blob("app", "two").to(&mut registry);
    assert_eq!(registry.take_changes().len(), 1);
}

#[test]
fn without_a_journal_there_are_no_changes() {
    let mut registry = Registry::new(Config::new(7));
    Ask::blob("app", "one").to(&mut registry).is(201);
    assert!(registry.take_changes().is_empty());
}

#[test]
fn what_is_replayed_is_not_recorded() {
    let mut source = journaled(10);
    Ask::blob("app", "one").to(&mut source);
    let mut follower = journaled(10);
    for change in source.take_changes() {
        follower.apply(change).unwrap();
    }
    assert!(follower.take_changes().is_empty());
}

#[test]
fn a_journal_that_is_not_drained_stops_writes_and_nothing_else() {
    let mut registry = journaled(2);
    Ask::blob("app", "one").to(&mut registry).is(201);
    Ask::blob("app", "two").to(&mut registry).is(201);
    let before = registry.snapshot();
    Ask::blob("app", "three")
        .to(&mut registry)
        .fails(503, "TOOMANYREQUESTS");
    Ask::post("/v2/app/blobs/uploads/")
        .to(&mut registry)
        .fails(503, "TOOMANYREQUESTS");
    assert!(registry.configure(registry.settings().clone()).is_err());
    assert!(registry.restore(&before).is_err());
    assert!(registry.reset().is_err());
    assert!(registry.diff(&before).is_empty());
    Ask::get("/v2/_catalog").to(&mut registry).is(200);
    assert_eq!(registry.take_changes().len(), 2);
    Ask::blob("app", "three").to(&mut registry).is(201);
}

#[test]
fn settings_are_changes() {
    let mut registry = journaled(10);
    Ask::opaque("app", "one", "one").to(&mut registry);
    let mut settings = registry.settings().clone();
    settings.references = References::Sparse;
    settings.deletes = false;
    registry.configure(settings).unwrap();
    Ask::delete("/v2/app/manifests/one")
        .to(&mut registry)
        .is(405);
    let mut copy = replay(&registry.take_changes());
    assert_eq!(copy.settings().references, References::Sparse);
    Ask::delete("/v2/app/manifests/one").to(&mut copy).is(405);
    assert_equal(&registry, &copy);
}

#[test]
fn a_restore_is_a_change() {
    let mut registry = journaled(1000);
    Ask::opaque("app", "one", "one").to(&mut registry);
    let snapshot = registry.snapshot();
    day(|ask| ask.to(&mut registry));
    registry.restore(&snapshot).unwrap();
    Ask::opaque("app", "two", "two").to(&mut registry).is(201);
    let changes = registry.take_changes();
    assert_equal(&registry, &replay(&changes));
    for length in 0..changes.len() {
        assert_no_dangling_tag(&replay(&changes[..length]));
    }
}

#[test]
fn a_reset_is_a_change() {
    let mut registry = journaled(1000);
    day(|ask| ask.to(&mut registry));
    registry.reset().unwrap();
    let copy = replay(&registry.take_changes());
    assert_equal(&registry, &copy);
    assert_equal(&registry, &Registry::new(Config::new(7)));
    drop(copy);
}

#[test]
fn expiry_is_a_change() {
    let mut registry = journaled(10);
    Ask::post("/v2/app/blobs/uploads/")
        .to(&mut registry)
        .is(202);
    registry.tick(at(3_600_000));
    let changes = registry.take_changes();
    assert!(
        matches!(
            changes.as_slice(),
            [Change::OpenUpload { .. }, Change::CancelUpload { .. }]
        ),
        "{changes:?}"
    );
    assert_eq!(replay(&changes).stats().uploads, 0);
}

#[test]
fn a_change_that_fits_nothing_changes_nothing() {
    let mut source = journaled(1000);
    day(|ask| ask.to(&mut source));
    let mut refused = 0;
    for change in source.take_changes() {
        let mut registry = Registry::new(Config::new(7));
        let before = registry.snapshot();
        if registry.apply(change).is_err() {
            refused += 1;
            assert!(registry.diff(&before).is_empty());
            assert_eq!(registry.stats().repositories, 0);
        }
    }
    assert!(refused > 10, "{refused}");
}
