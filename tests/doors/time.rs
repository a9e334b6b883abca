//! Time and chance: both come from outside, and nothing else does.

use registrette::{Config, Registry};

use crate::{
    client::{Ask, Reply, at, sha256},
    day::{assert_equal, day},
};

const HOUR: u64 = 3_600_000;

fn registry() -> Registry {
    Registry::new(Config::new(7))
}

#[test]
fn a_session_that_is_idle_expires() {
    for ticks in [false, true] {
        let mut registry = registry();
        let start = Ask::post("/v2/app/blobs/uploads/");
        let location = start.send(&mut registry, at(0)).location().to_owned();
        let mut ask = |now: u64, ask: Ask| {
            if ticks {
                registry.tick(at(now));
            }
            ask.send(&mut registry, at(now))
        };
        ask(HOUR - 1, Ask::get(&location)).is(204);
        ask(HOUR - 1, Ask::patch(&location).body("a")).is(202);
        // A look at it is no use of it.
        ask(2 * HOUR - 2, Ask::get(&location)).is(204);
        ask(2 * HOUR - 1, Ask::get(&location)).fails(404, "BLOB_UPLOAD_UNKNOWN");
        ask(2 * HOUR - 1, Ask::patch(&location).body("b")).fails(404, "BLOB_UPLOAD_UNKNOWN");
        ask(
            2 * HOUR - 1,
            Ask::put(format!("{location}?digest={}", sha256("a"))),
        )
        .fails(404, "BLOB_UPLOAD_UNKNOWN");
        ask(2 * HOUR - 1, Ask::delete(&location)).fails(404, "BLOB_UPLOAD_UNKNOWN");
    }
}

#[test]
fn a_session_that_expires_while_its_chunk_arrives_is_unknown() {
    let mut registry = registry();
    let location = Ask::post("/v2/app/blobs/uploads/")
        .send(&mut registry, at(0))
        .location()
        .to_owned();
    let exchange = crate::host::begin(&mut registry, at(5), &Ask::patch(&location).body("a"), 1);
    crate::host::answer(registry.finish(at(HOUR), exchange)).fails(404, "BLOB_UPLOAD_UNKNOWN");
}

#[test]
fn sessions_that_expired_make_room_for_others() {
    for ticks in [false, true] {
        let mut registry = registry();
        let mut settings = registry.settings().clone();
        settings.limits.sessions = 2;
        registry.configure(settings).unwrap();
        let mut start = |now: u64| {
            if ticks {
                registry.tick(at(now));
            }
            Ask::post("/v2/app/blobs/uploads/").send(&mut registry, at(now))
        };
        start(0).is(202);
        start(1000).is(202);
        let refused = start(HOUR - 5000);
        assert_eq!(refused.header("retry-after"), Some("5"));
        refused.fails(429, "TOOMANYREQUESTS");
        start(HOUR).is(202);
        start(HOUR).fails(429, "TOOMANYREQUESTS");
        start(HOUR + 1000).is(202);
    }
}

/// A day on which an hour passes every few requests.
fn long_day(registry: &mut Registry, ticks: u64, on_sight: bool) -> Vec<Reply> {
    let mut settings = registry.settings().clone();
    settings.quirks.upload_on_sight = on_sight;
    settings.limits.sessions = 3;
    registry.configure(settings).unwrap();
    let mut now = 0;
    let mut replies = Vec::new();
    for round in 0..40_u64 {
        let location = format!("/v2/app/blobs/uploads/mine-{}", round % 3);
        let own = Ask::post("/v2/app/blobs/uploads/").send(registry, at(now));
        for ask in [
            Ask::patch(own.header("location").unwrap_or(&location)).body("own"),
            Ask::patch(&location).body(format!("{round}")),
            Ask::get(&location),
            Ask::get("/v2/_catalog"),
        ] {
            replies.push(ask.send(registry, at(now)));
        }
        let close = Ask::put(format!("{location}?digest={}", sha256(format!("{round}"))));
        replies.push(close.send(registry, at(now)));
        now += HOUR * (round % 4) / 3;
        for _ in 0..ticks {
            registry.tick(at(now));
        }
        replies.push(own);
    }
    replies
}

#[test]
fn answers_do_not_depend_on_ticks() {
    for on_sight in [false, true] {
        let mut never = registry();
        let expected = long_day(&mut never, 0, on_sight);
        assert!(expected.iter().any(|reply| reply.status == 202));
        for ticks in [1, 2] {
            let mut often = registry();
            let replies = long_day(&mut often, ticks, on_sight);
            for (place, (reply, expected)) in replies.iter().zip(&expected).enumerate() {
                assert_eq!(reply, expected, "answer {place}, on sight: {on_sight}");
            }
        }
    }
}

#[test]
fn one_seed_gives_one_course_of_events() {
    let [mut one, mut two] = [registry(), registry()];
    assert_eq!(day(|ask| ask.to(&mut one)), day(|ask| ask.to(&mut two)));
    assert_equal(&one, &two);
    let calls = |registry: &Registry| registry.calls().cloned().collect::<Vec<_>>();
    assert_eq!(calls(&one), calls(&two));
}

#[test]
fn another_seed_gives_other_ids_and_nothing_else() {
    let [mut one, mut two] = [7, 8].map(|seed| Registry::new(Config::new(seed)));
    let replies = day(|ask| ask.to(&mut one));
    let others = day(|ask| ask.to(&mut two));
    let ids = |replies: &[Reply]| -> Vec<String> {
        replies
            .iter()
            .filter_map(|reply| reply.header("docker-upload-uuid").map(str::to_owned))
            .collect()
    };
    assert!(ids(&replies).iter().all(|id| !ids(&others).contains(id)));
    for (reply, other) in replies.iter().zip(&others) {
        assert_eq!(reply.status, other.status);
    }
}

#[test]
fn time_may_stand_still_or_run_backwards() {
    let mut registry = registry();
    let location = Ask::post("/v2/app/blobs/uploads/")
        .send(&mut registry, at(10 * HOUR))
        .location()
        .to_owned();
    Ask::patch(&location)
        .body("a")
        .send(&mut registry, at(9 * HOUR))
        .is(202);
    registry.tick(at(0));
    Ask::get(&location)
        .send(&mut registry, at(u64::MAX))
        .is(404);
    Ask::put(format!("{location}?digest={}", sha256("a")))
        .send(&mut registry, at(0))
        .is(201);
    registry.tick(at(u64::MAX));
    assert_eq!(registry.stats().uploads, 0);
}
