//! Sessions: very many of them, and very many chunks in one.

use registrette::{Config, Outcome, Registry};

use crate::{
    assert_alive,
    client::{Ask, at, sha256},
    in_time,
};

fn start() -> Ask {
    Ask::post("/v2/app/blobs/uploads/")
}

#[test]
fn after_ten_thousand_open_sessions_one_is_told_to_wait() {
    let mut registry = Registry::new(Config::new(7));
    in_time(|| {
        for _ in 0..10_000 {
            start().to(&mut registry).is(202);
        }
        for _ in 0..90_000 {
            let reply = registry.handle(at(1000), start().request());
            assert_eq!(reply.status(), 429);
            assert_eq!(reply.headers()["retry-after"], "3599");
        }
    });
    assert_eq!(registry.stats().uploads, 10_000);
    start().to(&mut registry).fails(429, "TOOMANYREQUESTS");
    assert_alive(&mut registry);
    // They make room when they have been idle for an hour.
    start().send(&mut registry, at(3_600_000)).is(202);
    assert_eq!(registry.stats().uploads, 1);
}

#[test]
fn a_hundred_thousand_sessions_are_open_where_they_may_be() {
    let mut config = Config::new(7);
    config.settings.limits.sessions = 100_000;
    let mut registry = Registry::new(config);
    in_time(|| {
        let mut last = String::new();
        for _ in 0..100_000 {
            last = start().to(&mut registry).is(202).location().to_owned();
        }
        start().to(&mut registry).fails(429, "TOOMANYREQUESTS");
        Ask::patch(&last).body("hello").to(&mut registry).is(202);
        Ask::put(format!("{last}?digest={}", sha256("hello")))
            .to(&mut registry)
            .is(201);
        assert_eq!(registry.stats().uploads, 99_999);
        registry.tick(at(3_600_000));
        assert_eq!((registry.stats().uploads, registry.stats().bytes), (0, 5));
    });
}

/// Sends so many chunks of a byte to one session, through storage or not; gives the registry.
fn chunked(durable: bool, chunks: usize) -> Registry {
    let mut registry = Registry::new(Config {
        durable,
        ..Config::new(7)
    });
    let start = start().to(&mut registry);
    let patch = Ask::patch(start.location()).body("x");
    for _ in 0..chunks {
        let mut exchange = registry.begin(at(0), patch.parts());
        exchange.body(patch.body.clone());
        let status = match registry.finish(at(0), exchange) {
            Outcome::Answer(answer) => answer.status(),
            Outcome::Persist(persist) => registry.commit(at(0), *persist).status(),
            Outcome::Fetch(_) => panic!("there is no upstream"),
        };
        assert_eq!(status, 202);
    }
    let digest = sha256("x".repeat(chunks));
    Ask::put(format!("{}?digest={digest}", start.location()))
        .to(&mut registry)
        .is(201);
    registry
}

#[test]
fn a_session_of_very_many_chunks_is_appended_to_in_time() {
    for durable in [false, true] {
        let registry = in_time(|| chunked(durable, 60_000));
        assert_eq!(registry.stats().bytes, 60_000);
    }
}

#[test]
fn of_a_hundred_writers_on_one_session_one_wins() {
    let mut registry = Registry::new(Config::new(7));
    let start = start().to(&mut registry);
    let bodies: Vec<_> = (0..100)
        .map(|number| format!("{number:03}").repeat(10))
        .collect();
    let exchanges: Vec<_> = bodies
        .iter()
        .map(|body| {
            let patch = Ask::patch(start.location()).body(body.clone());
            let mut exchange = registry.begin(at(0), patch.parts());
            exchange.body(patch.body);
            exchange
        })
        .collect();
    assert_eq!(registry.stats().bytes, 3000);
    let mut statuses = Vec::new();
    for exchange in exchanges.into_iter().rev() {
        let Outcome::Answer(answer) = registry.finish(at(0), exchange) else {
            panic!()
        };
        statuses.push(answer.status().as_u16());
    }
    assert_eq!(statuses[0], 202);
    assert!(
        statuses[1..].iter().all(|status| *status == 416),
        "{statuses:?}"
    );
    assert_eq!(registry.stats().bytes, 30);
    let close = Ask::put(format!(
        "{}?digest={}",
        start.location(),
        sha256(&bodies[99])
    ));
    close.to(&mut registry).is(201);
}
