//! Effort, counted: the bytes hashed, and the bytes read of what the host holds.

use std::{
    any::Any,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use registrette::{
    Config, Registry,
    content::{Chunk, Hasher, Hashers, HostChunk, Sha2},
    spec::{Algorithm, Digest},
};

use crate::client::{Ask, sha256, sha512};

/// Hashers that count what they take.
#[derive(Debug, Default)]
pub(crate) struct Counting(pub(crate) Arc<AtomicU64>);

#[derive(Debug)]
struct Counted(Box<dyn Hasher>, Arc<AtomicU64>);

impl Hashers for Counting {
    fn start(&self, algorithm: Algorithm) -> Box<dyn Hasher> {
        Box::new(Counted(Sha2.start(algorithm), self.0.clone()))
    }
}

impl Hasher for Counted {
    fn update(&mut self, chunk: &Chunk) {
        self.1.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        self.0.update(chunk);
    }

    fn finish(self: Box<Self>) -> Digest {
        self.0.finish()
    }

    fn duplicate(&self) -> Box<dyn Hasher> {
        Box::new(Self(self.0.duplicate(), self.1.clone()))
    }
}

/// Bytes of nothing, as many as wanted; counts how many are read.
#[derive(Debug)]
pub(crate) struct Nothing(pub(crate) usize, pub(crate) Arc<AtomicU64>);

impl HostChunk for Nothing {
    fn len(&self) -> usize {
        self.0
    }

    fn read(&self, range: Range<usize>) -> Bytes {
        self.1.fetch_add(range.len() as u64, Ordering::Relaxed);
        Bytes::from(vec![0; range.len()])
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The bytes hashed for a session of so many chunks of ten bytes, closed by a digest of either algorithm.
fn hashed(chunks: usize, is_sha512: bool) -> u64 {
    let counting = Counting::default();
    let count = counting.0.clone();
    let mut registry = Registry::new(Config {
        hashers: Arc::new(counting),
        ..Config::new(7)
    });
    let start = Ask::post("/v2/app/blobs/uploads/").to(&mut registry);
    let session = start.location();
    for _ in 0..chunks {
        Ask::patch(session)
            .body("0123456789")
            .to(&mut registry)
            .is(202);
    }
    let content = "0123456789".repeat(chunks);
    let digest = if is_sha512 {
        sha512(content)
    } else {
        sha256(content)
    };
    Ask::put(format!("{session}?digest={digest}"))
        .to(&mut registry)
        .is(201);
    count.load(Ordering::Relaxed)
}

#[test]
fn a_session_is_hashed_once_however_many_chunks_it_has() {
    for chunks in [100, 200, 400] {
        let bytes = 10 * chunks as u64;
        assert_eq!(hashed(chunks, false), bytes);
        // Once more where the closing digest is of another algorithm, and not more often.
        assert_eq!(hashed(chunks, true), 2 * bytes);
    }
}

#[test]
fn a_range_reads_nothing_of_the_rest() {
    let read = Arc::new(AtomicU64::new(0));
    let mut registry = Registry::new(Config::new(7));
    let content = vec![0; 5 << 20];
    let push = Ask::post(format!(
        "/v2/app/blobs/uploads/?digest={}",
        sha256(&content)
    ));
    let mut exchange = registry.begin(crate::client::at(0), push.parts());
    exchange.body(Chunk::host(Arc::new(Nothing(content.len(), read.clone()))));
    drop(registry.finish(crate::client::at(0), exchange));
    assert_eq!(read.swap(0, Ordering::Relaxed), 5 << 20, "hashed once");
    let get = Ask::get(format!("/v2/app/blobs/{}", sha256(&content)));
    let get = get.header("range", "bytes=3000000-3000009");
    get.to(&mut registry).is(206);
    assert_eq!(read.load(Ordering::Relaxed), 10);
}
