//! Writes that build on writes that are not stored yet.

use registrette::{Config, Persist, Registry};

use crate::{
    client::{Ask, Reply, at, sha256},
    day::assert_equal,
    host::{persist, store},
};

fn durable() -> Registry {
    Registry::new(Config {
        durable: true,
        ..Config::new(7)
    })
}

fn plain() -> Registry {
    Registry::new(Config::new(7))
}

fn push(registry: &mut Registry, repository: &str, tag: &str) -> Persist {
    persist(registry, at(0), &Ask::opaque(repository, tag, tag))
}

fn commit(registry: &mut Registry, persist: Persist) -> Reply {
    Reply::of(registry.commit(at(0), persist))
}

fn discard(registry: &mut Registry, persist: Persist) -> Reply {
    Reply::of(registry.discard(at(0), persist, "no"))
}

#[test]
fn writes_on_one_repository_wait_for_another() {
    let mut registry = durable();
    let [one, two] = ["one", "two"].map(|tag| push(&mut registry, "app", tag));
    let other = push(&mut registry, "other", "one");
    let three = push(&mut registry, "app", "three");
    assert!(one.waits_for.is_empty());
    assert_eq!(two.waits_for, [one.ticket]);
    assert!(other.waits_for.is_empty());
    assert_eq!(three.waits_for, [one.ticket, two.ticket]);
    for write in [one, two, other, three] {
        commit(&mut registry, write).is(201);
    }
    assert!(push(&mut registry, "app", "four").waits_for.is_empty());
}

#[test]
fn a_mount_waits_for_both_repositories() {
    let mut registry = durable();
    let blob = persist(&mut registry, at(0), &Ask::blob("app", "layer"));
    let tag = push(&mut registry, "copy", "one");
    let mount = Ask::post(format!(
        "/v2/copy/blobs/uploads/?mount={}&from=app",
        sha256("layer")
    ));
    let mount = persist(&mut registry, at(0), &mount);
    assert_eq!(mount.waits_for, [blob.ticket, tag.ticket]);
    for (write, status) in [(blob, 201), (tag, 201), (mount, 201)] {
        commit(&mut registry, write).is(status);
    }
    store(
        &mut registry,
        at(0),
        &Ask::get(format!("/v2/copy/blobs/{}", sha256("layer"))),
    )
    .is(200);
}

#[test]
fn a_write_is_decided_against_what_will_be() {
    let mut registry = durable();
    let one = push(&mut registry, "app", "one");
    // Refused now already, and not only when it would be stored.
    let create = Ask::opaque("app", "one", "other").header("if-none-match", "*");
    store(&mut registry, at(0), &create).fails(412, "DENIED");
    let delete = persist(&mut registry, at(0), &Ask::delete("/v2/app/manifests/one"));
    store(&mut registry, at(0), &Ask::delete("/v2/app/manifests/one"))
        .fails(404, "MANIFEST_UNKNOWN");
    commit(&mut registry, one).is(201);
    store(&mut registry, at(0), &Ask::get("/v2/app/manifests/one")).is(200);
    commit(&mut registry, delete).is(202);
    store(&mut registry, at(0), &Ask::get("/v2/app/manifests/one")).fails(404, "MANIFEST_UNKNOWN");
}

#[test]
fn giving_up_a_write_gives_up_what_builds_on_it_and_only_that() {
    let mut registry = durable();
    let [one, two] = ["one", "two"].map(|tag| push(&mut registry, "app", tag));
    let other = push(&mut registry, "other", "one");
    discard(&mut registry, one).fails(503, "DENIED");
    let before = registry.snapshot();
    commit(&mut registry, two).fails(503, "DENIED");
    assert!(registry.diff(&before).is_empty());
    commit(&mut registry, other).is(201);
    let mut expected = plain();
    Ask::opaque("other", "one", "one").to(&mut expected);
    assert_equal(&expected, &registry);
}

#[test]
fn a_write_stored_out_of_turn_is_refused_and_the_first_still_counts() {
    let mut registry = durable();
    let [one, two, three] = ["one", "two", "three"].map(|tag| push(&mut registry, "app", tag));
    let before = registry.snapshot();
    commit(&mut registry, two).fails(503, "DENIED");
    assert!(registry.diff(&before).is_empty());
    commit(&mut registry, one).is(201);
    commit(&mut registry, three).fails(503, "DENIED");
    assert_eq!(
        store(&mut registry, at(0), &Ask::get("/v2/app/tags/list")).text(),
        r#"{"name":"app","tags":["one"]}"#
    );
}

#[test]
fn a_write_after_one_that_was_given_up_does_not_fall_with_it() {
    let mut registry = durable();
    let [one, two] = ["one", "two"].map(|tag| push(&mut registry, "app", tag));
    discard(&mut registry, one).is(503);
    // `two` is lost already, though nobody has settled it yet; `three` is decided without it.
    let three = push(&mut registry, "app", "three");
    assert!(three.waits_for.is_empty());
    commit(&mut registry, two).is(503);
    commit(&mut registry, three).is(201);
    store(&mut registry, at(0), &Ask::get("/v2/app/manifests/three")).is(200);
}

#[test]
fn independent_writes_are_stored_in_any_order() {
    let mut registry = durable();
    let names = ["a", "b", "c", "d"];
    let mut writes = names.map(|name| push(&mut registry, name, "one"));
    writes.reverse();
    for write in writes {
        commit(&mut registry, write).is(201);
    }
    let mut expected = plain();
    for name in names {
        Ask::opaque(name, "one", "one").to(&mut expected).is(201);
    }
    assert_equal(&expected, &registry);
}

#[test]
fn no_two_sessions_have_one_id() {
    let mut registry = durable();
    let start = |registry: &mut Registry, name: &str| {
        persist(
            registry,
            at(0),
            &Ask::post(format!("/v2/{name}/blobs/uploads/")),
        )
    };
    let id = |reply: Reply| {
        reply
            .is(202)
            .header("docker-upload-uuid")
            .unwrap()
            .to_owned()
    };
    let [a, b] = ["a", "b"].map(|name| start(&mut registry, name));
    discard(&mut registry, a).is(503);
    let c = start(&mut registry, "c");
    let b = id(commit(&mut registry, b));
    let c = id(commit(&mut registry, c));
    let d = start(&mut registry, "d");
    let d = id(commit(&mut registry, d));
    assert!(b != c && c != d && b != d, "{b} {c} {d}");
    assert_eq!(registry.stats().uploads, 3);
}

#[test]
fn a_write_from_before_a_restore_counts_no_more() {
    let mut registry = durable();
    let empty = registry.snapshot();
    let before = push(&mut registry, "app", "before");
    registry.restore(&empty).unwrap();
    let after = push(&mut registry, "app", "after");
    commit(&mut registry, before).is(503);
    commit(&mut registry, after).is(201);
    assert_eq!(
        store(&mut registry, at(0), &Ask::get("/v2/app/tags/list")).text(),
        r#"{"name":"app","tags":["after"]}"#
    );
}

#[test]
fn a_write_that_the_journal_has_no_room_for_is_not_built_on() {
    let mut registry = Registry::new(Config {
        durable: true,
        journal: Some(1),
        ..Config::new(7)
    });
    let [one, two] = ["one", "two"].map(|tag| push(&mut registry, "app", tag));
    let other = push(&mut registry, "other", "one");
    commit(&mut registry, other).is(201);
    commit(&mut registry, one).fails(503, "TOOMANYREQUESTS");
    registry.take_changes();
    commit(&mut registry, two).fails(503, "DENIED");
    let three = push(&mut registry, "app", "three");
    commit(&mut registry, three).is(201);
    assert_eq!(
        store(&mut registry, at(0), &Ask::get("/v2/app/tags/list")).text(),
        r#"{"name":"app","tags":["three"]}"#
    );
}

#[test]
fn a_fork_and_a_snapshot_are_of_what_is_stored() {
    let mut registry = durable();
    let one = push(&mut registry, "app", "one");
    let mut fork = registry.fork();
    let snapshot = registry.snapshot();
    commit(&mut registry, one).is(201);
    assert_eq!(registry.diff(&snapshot).tags.len(), 1);
    store(&mut fork, at(0), &Ask::get("/v2/app/manifests/one")).fails(404, "NAME_UNKNOWN");
    store(&mut fork, at(0), &Ask::opaque("app", "two", "two")).is(201);
}

#[test]
fn settings_count_for_writes_that_come_after() {
    let mut registry = durable();
    let one = push(&mut registry, "app", "one");
    let mut settings = registry.settings().clone();
    settings.deletes = false;
    settings.quirks.immutable_tags = true;
    registry.configure(settings).unwrap();
    store(&mut registry, at(0), &Ask::opaque("app", "one", "moved")).fails(403, "DENIED");
    commit(&mut registry, one).is(201);
    store(&mut registry, at(0), &Ask::delete("/v2/app/manifests/one")).is(405);
}

#[test]
fn what_is_pushed_again_while_it_is_stored_waits_too() {
    for is_stored in [true, false] {
        let mut registry = durable();
        let first = push(&mut registry, "app", "v1");
        let again = push(&mut registry, "app", "v1");
        assert!(again.changes.is_empty());
        assert_eq!(again.waits_for, [first.ticket]);
        let statuses = if is_stored {
            [commit(&mut registry, first), commit(&mut registry, again)].map(|reply| reply.status)
        } else {
            [discard(&mut registry, first), commit(&mut registry, again)].map(|reply| reply.status)
        };
        assert_eq!(statuses, if is_stored { [201, 201] } else { [503, 503] });
        // Once it is there, there is nothing to wait for.
        if is_stored {
            let put = Ask::opaque("app", "v1", "v1");
            let exchange = crate::host::begin(&mut registry, at(0), &put, 3);
            crate::host::answer(registry.finish(at(0), exchange)).is(201);
        }
    }
}
