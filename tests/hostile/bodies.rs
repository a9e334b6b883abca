//! Bodies: lengths that lie, and more of them at a time than there is room for.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use registrette::{
    Config, Exchange, Outcome, Registry,
    content::{Chunk, Hasher, Hashers},
    spec::{Algorithm, Digest},
};

use crate::{
    assert_alive,
    client::{Ask, Reply, at, sha256},
    effort::Nothing,
    in_time,
};

const GIB: u64 = 1 << 30;

/// Hashers that look at nothing, for bodies that are not there.
#[derive(Clone, Copy, Debug)]
struct Blind;

impl Hashers for Blind {
    fn start(&self, _: Algorithm) -> Box<dyn Hasher> {
        Box::new(Self)
    }
}

impl Hasher for Blind {
    fn update(&mut self, _: &Chunk) {}

    fn finish(self: Box<Self>) -> Digest {
        Digest::sha256([0; 32])
    }

    fn duplicate(&self) -> Box<dyn Hasher> {
        Box::new(Self)
    }
}

fn finish(registry: &mut Registry, exchange: Exchange) -> Reply {
    match registry.finish(at(0), exchange) {
        Outcome::Answer(answer) => Reply::of(answer),
        other @ (Outcome::Fetch(_) | Outcome::Persist(_)) => panic!("{other:?}"),
    }
}

#[test]
fn a_hundred_bodies_of_10_gib_are_refused_when_they_are_announced() {
    let mut registry = Registry::new(Config::new(7));
    let before = registry.snapshot();
    let length = (10 * GIB).to_string();
    let session = Ask::post("/v2/app/blobs/uploads/").to(&mut registry);
    let asks = [
        Ask::blob("app", "x"),
        Ask::patch(session.location()),
        Ask::put(format!("{}?digest={}", session.location(), sha256("x"))),
    ];
    let exchanges: Vec<_> = (0..100)
        .map(|number| {
            let ask = asks[number % 3].clone().header("content-length", &length);
            registry.begin(at(0), ask.parts())
        })
        .collect();
    assert!(exchanges.iter().all(Exchange::is_answered));
    for exchange in exchanges {
        finish(&mut registry, exchange).fails(413, "DENIED");
    }
    assert_eq!(
        (registry.stats().bytes, registry.stats().repositories),
        (0, 0)
    );
    assert_eq!(registry.diff(&before).uploads_open.len(), 1);
    assert_alive(&mut registry);
}

#[test]
fn a_hundred_bodies_of_10_gib_that_arrive_never_are_more_than_8() {
    let read = Arc::new(AtomicU64::new(0));
    let mut registry = Registry::new(Config {
        hashers: Arc::new(Blind),
        ..Config::new(7)
    });
    let before = registry.snapshot();
    let limit = registry.settings().limits.total;
    assert_eq!(limit, 8 * GIB);
    let push = Ask::post(format!("/v2/app/blobs/uploads/?digest={}", sha256("x")));
    let begin = |_| registry.begin(at(0), push.parts());
    let mut exchanges: Vec<_> = (0..100).map(begin).collect();
    // Bytes that nobody has: only their count is kept.
    let piece = || Chunk::host(Arc::new(Nothing(512 << 20, read.clone())));
    in_time(|| {
        for _ in 0..20 {
            for exchange in &mut exchanges {
                exchange.body(piece());
                assert!(registry.stats().bytes <= limit);
            }
        }
    });
    assert!(exchanges.iter().all(Exchange::is_answered));
    assert_eq!(
        registry.stats().bytes,
        0,
        "what is refused is given back at once"
    );
    for exchange in exchanges {
        finish(&mut registry, exchange).fails(413, "DENIED");
    }
    assert_eq!(read.load(Ordering::Relaxed), 0);
    assert!(registry.diff(&before).is_empty());
}

#[test]
fn who_fits_is_served_beside_those_who_do_not() {
    let mut config = Config::new(7);
    config.settings.limits.total = 1000;
    let mut registry = Registry::new(config);
    let begin = |registry: &mut Registry, ask: &Ask| {
        let mut exchange = registry.begin(at(0), ask.parts());
        exchange.body(ask.body.clone());
        exchange
    };
    let small = Ask::blob("app", "small");
    let small = begin(&mut registry, &small);
    let large: Vec<_> = (0..100)
        .map(|number| begin(&mut registry, &Ask::blob("app", &format!("{number:0300}"))))
        .collect();
    assert_eq!(registry.stats().bytes, 905);
    let statuses: Vec<_> = large
        .into_iter()
        .map(|exchange| finish(&mut registry, exchange).status)
        .collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 3);
    assert_eq!(statuses.iter().filter(|status| **status == 413).count(), 97);
    finish(&mut registry, small).is(201);
    assert_eq!(registry.stats().bytes, 905);
    registry.reset().unwrap();
    assert_alive(&mut registry);
}

#[test]
fn a_length_that_lies_stores_nothing_wherever_it_stands() {
    let mut registry = Registry::new(Config::new(7));
    let session = Ask::post("/v2/app/blobs/uploads/").to(&mut registry);
    let session = session.location();
    Ask::patch(session).body("hello ").to(&mut registry).is(202);
    let before = registry.snapshot();
    for ask in [
        Ask::blob("app", "content"),
        Ask::opaque("app", "v1", "content"),
        Ask::patch(session).body("content"),
        Ask::put(format!("{session}?digest={}", sha256("hello content"))).body("content"),
        Ask::post("/v2/app/blobs/uploads/").body("content"),
        Ask::delete(session).body("content"),
    ] {
        for length in ["0", "6", "8", "4000000"] {
            // Once whole, once in pieces, once with nothing of it sent.
            let ask = ask.clone().header("content-length", length);
            ask.to(&mut registry).fails(400, "SIZE_INVALID");
            for pieces in [&["con", "tent"][..], &[]] {
                let mut exchange = registry.begin(at(0), ask.parts());
                for piece in pieces {
                    exchange.body(Bytes::from(*piece));
                }
                if pieces.is_empty() && length == "0" {
                    continue;
                }
                finish(&mut registry, exchange).fails(400, "SIZE_INVALID");
            }
            let diff = registry.diff(&before);
            assert!(diff.is_empty(), "{ask:?}: {diff:?}");
            assert_eq!(registry.stats().bytes, 6);
        }
    }
    assert_alive(&mut registry);
}
