//! State as a whole: `fork`, `snapshot`, `restore`, `reset`, `diff`.

use registrette::{Config, Registry};

use crate::{
    client::{Ask, at, session, sha256},
    day::{assert_equal, day, targets},
    host::{answer, begin},
};

fn registry() -> Registry {
    Registry::new(Config::new(7))
}

#[test]
fn what_happens_to_a_fork_does_not_happen_to_the_first() {
    let mut registry = registry();
    Ask::opaque("app", "v1", "first").to(&mut registry).is(201);
    let before = registry.snapshot();
    let mut fork = registry.fork();
    day(|ask| ask.to(&mut fork));
    Ask::delete("/v2/app/manifests/v1").to(&mut fork).is(202);
    assert!(registry.diff(&before).is_empty());
    assert_eq!(
        Ask::get("/v2/app/manifests/v1")
            .to(&mut registry)
            .is(200)
            .text(),
        "first"
    );
    let middle = fork.snapshot();
    day(|ask| ask.to(&mut registry));
    assert!(fork.diff(&middle).is_empty());
}

#[test]
fn a_fork_goes_on_as_the_first_would() {
    let mut registry = registry();
    Ask::opaque("app", "v1", "first").to(&mut registry).is(201);
    let mut fork = registry.fork();
    assert_eq!(
        day(|ask| ask.to(&mut fork)),
        day(|ask| ask.to(&mut registry))
    );
    assert_equal(&registry, &fork);
}

#[test]
fn sessions_of_a_fork_are_its_own() {
    let mut registry = registry();
    let location = session(&mut registry, "hello ");
    let mut fork = registry.fork();
    Ask::patch(&location).body("moon").to(&mut fork).is(202);
    Ask::put(format!("{location}?digest={}", sha256("hello world")))
        .body("world")
        .to(&mut registry)
        .is(201);
    Ask::put(format!("{location}?digest={}", sha256("hello moon")))
        .to(&mut fork)
        .is(201);
}

#[test]
fn a_restore_brings_everything_back() {
    let mut registry = registry();
    day(|ask| ask.to(&mut registry));
    let snapshot = registry.snapshot();
    let kept = registry.fork();
    let mut settings = registry.settings().clone();
    settings.quirks.empty_check = true;
    registry.configure(settings).unwrap();
    for target in targets(&registry) {
        Ask::delete(target).to(&mut registry);
    }
    Ask::opaque("new", "v1", "text").to(&mut registry).is(201);
    assert!(!registry.diff(&snapshot).is_empty());
    registry.restore(&snapshot).unwrap();
    assert_equal(&kept, &registry);
    registry.restore(&snapshot).unwrap();
    assert_equal(&kept, &registry);
}

#[test]
fn a_reset_is_a_new_registry() {
    let mut registry = registry();
    day(|ask| ask.to(&mut registry));
    registry.reset().unwrap();
    assert_equal(&crate::state::registry(), &registry);
    assert_eq!(registry.stats().bytes, 0);
    assert_eq!(registry.calls().count(), 0);
}

#[test]
fn a_body_from_before_a_restore_changes_nothing() {
    let mut registry = registry();
    let location = session(&mut registry, "hello ");
    let snapshot = registry.snapshot();
    let asks = [
        Ask::patch(&location).body("world"),
        Ask::put(format!("{location}?digest={}", sha256("hello world"))).body("world"),
        Ask::blob("app", "content"),
        Ask::opaque("app", "v1", "text"),
        Ask::post("/v2/app/blobs/uploads/"),
    ];
    let exchanges: Vec<_> = asks
        .iter()
        .map(|ask| begin(&mut registry, at(0), ask, 2))
        .collect();
    registry.restore(&snapshot).unwrap();
    for exchange in exchanges {
        let reply = answer(registry.finish(at(0), exchange));
        assert_eq!(reply.status, 404, "{reply:?}");
        assert!(registry.diff(&snapshot).is_empty());
    }
    Ask::put(format!("{location}?digest={}", sha256("hello world")))
        .body("world")
        .to(&mut registry)
        .is(201);
}

#[test]
fn a_read_from_before_a_restore_is_answered() {
    let mut registry = registry();
    Ask::opaque("app", "v1", "text").to(&mut registry).is(201);
    let exchange = registry.begin(at(0), Ask::get("/v2/app/manifests/v1").parts());
    registry.reset().unwrap();
    assert_eq!(
        answer(registry.finish(at(0), exchange)).is(200).text(),
        "text"
    );
}

#[test]
fn a_diff_names_what_differs() {
    let mut registry = registry();
    Ask::opaque("app", "moved", "one").to(&mut registry);
    Ask::opaque("app", "gone", "one").to(&mut registry);
    Ask::opaque("app", "stays", "one").to(&mut registry);
    Ask::blob("app", "old").to(&mut registry);
    Ask::blob("untouched", "old").to(&mut registry);
    let closed = Ask::post("/v2/app/blobs/uploads/")
        .to(&mut registry)
        .location()
        .to_owned();
    let grown = Ask::post("/v2/app/blobs/uploads/")
        .to(&mut registry)
        .location()
        .to_owned();
    Ask::post("/v2/app/blobs/uploads/")
        .to(&mut registry)
        .is(202);
    let before = registry.snapshot();
    Ask::opaque("app", "moved", "two").to(&mut registry).is(201);
    Ask::opaque("app", "new", "two").to(&mut registry).is(201);
    Ask::delete("/v2/app/manifests/gone")
        .to(&mut registry)
        .is(202);
    Ask::delete(format!("/v2/app/blobs/{}", sha256("old")))
        .to(&mut registry)
        .is(202);
    Ask::delete(&closed).to(&mut registry).is(204);
    Ask::patch(&grown).body("x").to(&mut registry).is(202);
    Ask::blob("added", "new").to(&mut registry).is(201);
    let diff = registry.diff(&before);
    let tag = |at: usize| {
        let moved = &diff.tags[at];
        (
            moved.tag.as_str(),
            moved.before.as_ref().map(ToString::to_string),
            moved.after.as_ref().map(ToString::to_string),
        )
    };
    let (one, two) = (Some(sha256("one")), Some(sha256("two")));
    assert_eq!(tag(0), ("gone", one.clone(), None));
    assert_eq!(tag(1), ("moved", one, two.clone()));
    assert_eq!(tag(2), ("new", None, two));
    assert_eq!(diff.tags.len(), 3);
    let text =
        |pairs: &[(registrette::spec::RepositoryName, registrette::spec::Digest)]| -> Vec<String> {
            pairs
                .iter()
                .map(|(name, digest)| format!("{name} {digest}"))
                .collect()
        };
    assert_eq!(
        text(&diff.manifests_added),
        [format!("app {}", sha256("two"))]
    );
    assert_eq!(text(&diff.manifests_gone), [""; 0]);
    assert_eq!(
        text(&diff.blobs_added),
        [format!("added {}", sha256("new"))]
    );
    assert_eq!(text(&diff.blobs_gone), [format!("app {}", sha256("old"))]);
    assert!(closed.ends_with(diff.uploads_gone[0].1.as_str()) && diff.uploads_gone.len() == 1);
    assert!(grown.ends_with(diff.uploads_open[0].1.as_str()) && diff.uploads_open.len() == 1);
}

#[test]
fn a_diff_backwards_is_the_reverse() {
    let (mut registry, empty) = (registry(), registry());
    day(|ask| ask.to(&mut registry));
    let (there, back) = (
        registry.diff(&empty.snapshot()),
        empty.diff(&registry.snapshot()),
    );
    assert_eq!(
        (there.blobs_added, there.manifests_added),
        (back.blobs_gone, back.manifests_gone)
    );
    assert_eq!(there.uploads_open, back.uploads_gone);
    assert_eq!(there.tags.len(), back.tags.len());
    for (set, unset) in there.tags.iter().zip(&back.tags) {
        assert_eq!(
            (&set.tag, &set.before, &set.after),
            (&unset.tag, &unset.after, &unset.before)
        );
    }
}
