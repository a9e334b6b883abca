//! The seam for hashers: `Config::hashers`.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use registrette::{
    Config, Registry,
    content::{Chunk, Hasher, Hashers, Sha2},
    spec::{Algorithm, Digest},
};

use crate::{
    client::{Ask, at, session, sha256, sha512},
    day::{assert_equal, day},
    host::{begin, work},
};

/// Hashers that count what they are given.
#[derive(Clone, Debug, Default)]
struct Counting(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    started: AtomicU64,
    bytes: AtomicU64,
    longest: AtomicU64,
}

#[derive(Debug)]
struct Counted {
    inner: Box<dyn Hasher>,
    counts: Arc<Counts>,
}

impl Hashers for Counting {
    fn start(&self, algorithm: Algorithm) -> Box<dyn Hasher> {
        self.0.started.fetch_add(1, Ordering::Relaxed);
        Box::new(Counted {
            inner: Sha2.start(algorithm),
            counts: self.0.clone(),
        })
    }
}

impl Hasher for Counted {
    fn update(&mut self, chunk: &Chunk) {
        self.counts
            .bytes
            .fetch_add(chunk.len() as u64, Ordering::Relaxed);
        self.counts
            .longest
            .fetch_max(chunk.len() as u64, Ordering::Relaxed);
        self.inner.update(chunk);
    }

    fn finish(self: Box<Self>) -> Digest {
        self.inner.finish()
    }

    fn duplicate(&self) -> Box<dyn Hasher> {
        Box::new(Self {
            inner: self.inner.duplicate(),
            counts: self.counts.clone(),
        })
    }
}

impl Counting {
    fn bytes(&self) -> u64 {
        self.0.bytes.swap(0, Ordering::Relaxed)
    }
}

fn registry() -> (Registry, Counting) {
    let hashers = Counting::default();
    (
        Registry::new(Config {
            hashers: Arc::new(hashers.clone()),
            ..Config::new(7)
        }),
        hashers,
    )
}

#[test]
fn all_hashing_is_the_hosts() {
    let (mut registry, hashers) = registry();
    let mut plain = Registry::new(Config::new(7));
    let replies = day(|ask| ask.to(&mut registry));
    assert_eq!(replies, day(|ask| ask.to(&mut plain)));
    assert_equal(&plain, &registry);
    assert!(hashers.0.started.load(Ordering::Relaxed) > 5);
}

#[test]
fn every_byte_is_hashed_once() {
    let (mut registry, hashers) = registry();
    Ask::blob("app", "0123456789").to(&mut registry).is(201);
    assert_eq!(hashers.bytes(), 10);
    Ask::opaque("app", "v1", "0123456789")
        .to(&mut registry)
        .is(201);
    assert_eq!(hashers.bytes(), 10);
    let location = Ask::post("/v2/app/blobs/uploads/")
        .to(&mut registry)
        .location()
        .to_owned();
    for piece in ["01", "234", "56789"] {
        Ask::patch(&location).body(piece).to(&mut registry).is(202);
    }
    assert_eq!(hashers.bytes(), 10);
    Ask::put(format!("{location}?digest={}", sha256("0123456789")))
        .to(&mut registry)
        .is(201);
    assert_eq!(hashers.bytes(), 0);
}

#[test]
fn a_digest_of_another_algorithm_hashes_once_more() {
    let (mut registry, hashers) = registry();
    let location = session(&mut registry, "0123456789");
    hashers.bytes();
    let close = Ask::put(format!("{location}?digest={}", sha512("0123456789ab"))).body("ab");
    close.to(&mut registry).is(201);
    assert_eq!(hashers.bytes(), 12);
    // Not where the algorithm was named beforehand.
    let start = Ask::post("/v2/app/blobs/uploads/?digest-algorithm=sha512");
    let location = start.to(&mut registry).location().to_owned();
    Ask::patch(&location)
        .body("0123456789")
        .to(&mut registry)
        .is(202);
    Ask::put(format!("{location}?digest={}", sha512("0123456789")))
        .to(&mut registry)
        .is(201);
    assert_eq!(hashers.bytes(), 10);
}

#[test]
fn work_is_done_in_slices() {
    let (mut registry, hashers) = registry();
    let location = Ask::post("/v2/app/blobs/uploads/")
        .to(&mut registry)
        .location()
        .to_owned();
    for _ in 0..10 {
        Ask::patch(&location)
            .body("0123456789")
            .to(&mut registry)
            .is(202);
    }
    let last = "x".repeat(100);
    let content = "0123456789".repeat(10) + &last;
    let close = Ask::put(format!("{location}?digest={}", sha512(&content))).body(last);
    let mut exchange = begin(&mut registry, at(0), &close, 10);
    hashers.bytes();
    // What is there already, and what arrived, each ten chunks of ten bytes.
    let mut times = 0;
    while exchange.work(20) == registrette::Progress::More {
        assert!(hashers.bytes() <= 20);
        times += 1;
    }
    assert!(hashers.bytes() <= 20);
    assert!(times >= 9, "{times}");
    crate::host::answer(registry.finish(at(0), exchange)).is(201);
    assert_eq!(hashers.bytes(), 0);
}

#[test]
fn work_that_may_do_nothing_still_comes_to_an_end() {
    let (mut registry, _) = registry();
    let location = session(&mut registry, "0123456789");
    let close = Ask::put(format!("{location}?digest={}", sha512("0123456789ab"))).body("ab");
    let mut exchange = begin(&mut registry, at(0), &close, 1);
    let ended = (0..100).any(|_| exchange.work(0) == registrette::Progress::Done);
    assert!(ended);
    crate::host::answer(registry.finish(at(0), exchange)).is(201);
}

#[test]
fn a_body_may_go_on_while_work_is_done() {
    let (mut registry, _) = registry();
    let location = session(&mut registry, "0123456789");
    let close = Ask::put(format!("{location}?digest={}", sha512("0123456789abcdef")));
    let mut exchange = registry.begin(at(0), close.parts());
    for (piece, budget) in [("ab", 1), ("c", 100), ("de", 0), ("f", 1)] {
        exchange.body(bytes::Bytes::from_static(piece.as_bytes()));
        exchange.work(budget);
    }
    work(&mut exchange, 1);
    crate::host::answer(registry.finish(at(0), exchange)).is(201);
}
