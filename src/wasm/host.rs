//! What JavaScript keeps and does for the registry: bytes, and hashes.

use std::{any::Any, ops::Range, sync::Arc};

use bytes::Bytes;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use crate::{
    content::{Chunk, Content, Hasher, Hashers, HostChunk},
    spec::{Algorithm, Digest},
};

#[wasm_bindgen]
extern "C" {
    /// Says what went wrong, before the instance stops.
    #[wasm_bindgen(js_namespace = host, js_name = panicked)]
    pub(super) fn panicked(text: &str);

    /// Keeps bytes as a chunk.
    #[wasm_bindgen(js_namespace = host, js_name = keep)]
    fn keep(bytes: &Uint8Array) -> u32;

    /// Forgets a chunk.
    #[wasm_bindgen(js_namespace = host, js_name = release)]
    fn release(chunk: u32);

    /// A part of a chunk, not copied.
    #[wasm_bindgen(js_namespace = host, js_name = view)]
    fn view(chunk: u32, start: u32, length: u32) -> Uint8Array;

    /// Starts a hash, by one of the functions that came with options.
    #[wasm_bindgen(js_namespace = host, js_name = startHash)]
    fn start_hash(hashers: u32, algorithm: &str) -> u32;

    /// Takes a part of a chunk.
    #[wasm_bindgen(js_namespace = host, js_name = hashChunk)]
    fn hash_chunk(hash: u32, chunk: u32, start: u32, length: u32);

    /// Takes bytes.
    #[wasm_bindgen(js_namespace = host, js_name = hashBytes)]
    fn hash_bytes(hash: u32, bytes: &[u8]);

    /// A second hash that has taken the same.
    #[wasm_bindgen(js_namespace = host, js_name = copyHash)]
    fn copy_hash(hash: u32) -> u32;

    /// The digest.
    #[wasm_bindgen(js_namespace = host, js_name = finishHash)]
    fn finish_hash(hash: u32) -> Vec<u8>;

    /// Forgets a hash; one that is finished is forgotten already.
    #[wasm_bindgen(js_namespace = host, js_name = dropHash)]
    fn drop_hash(hash: u32);
}

/// Bytes in JavaScript's table, by their number. Given back with the value.
#[derive(Debug)]
struct Kept {
    number: u32,
    length: usize,
}

/// A chunk of the table.
pub(super) fn chunk(number: u32, length: u32) -> Chunk {
    Chunk::host(Arc::new(Kept {
        number,
        length: length as usize,
    }))
}

/// An array of bytes as content of the table. In pieces: what reads one copies it, and this memory never shrinks.
pub(super) fn part(bytes: JsValue) -> Content {
    let bytes: Uint8Array = bytes.unchecked_into();
    let mut rest = chunk(keep(&bytes), bytes.length());
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let piece = rest.slice(0..Chunk::MAX_LENGTH);
        rest = rest.slice(piece.len()..rest.len());
        chunks.push(piece);
    }
    Content::new(chunks)
}

/// An array of bytes as one chunk of the table.
pub(super) fn whole(bytes: &Uint8Array) -> Chunk {
    chunk(keep(bytes), bytes.length())
}

/// A chunk as JavaScript has it: its own bytes where they are there, else a copy.
pub(super) fn array(chunk: &Chunk) -> Uint8Array {
    match kept(chunk) {
        Some((number, start, length)) => view(number, start, length),
        None => Uint8Array::from(&*chunk.bytes()),
    }
}

fn kept(chunk: &Chunk) -> Option<(u32, u32, u32)> {
    match chunk {
        Chunk::Memory(_) => None,
        Chunk::Host {
            chunk,
            start,
            length,
        } => {
            let kept: &Kept = chunk.as_any().downcast_ref()?;
            Some((kept.number, *start, *length))
        }
    }
}

impl HostChunk for Kept {
    fn len(&self) -> usize {
        self.length
    }

    fn read(&self, range: Range<usize>) -> Bytes {
        let end = range.end.min(self.length);
        let start = range.start.min(end);
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        view(self.number, narrow(start), narrow(end - start))
            .to_vec()
            .into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        release(self.number);
    }
}

/// The host's hash functions, by their number.
#[derive(Debug)]
pub(super) struct HostHashers(pub(super) u32);

#[derive(Debug)]
struct HostHasher {
    number: u32,
    algorithm: Algorithm,
}

impl Hashers for HostHashers {
    fn start(&self, algorithm: Algorithm) -> Box<dyn Hasher> {
        Box::new(HostHasher {
            number: start_hash(self.0, algorithm.as_str()),
            algorithm,
        })
    }
}

impl Hasher for HostHasher {
    fn update(&mut self, chunk: &Chunk) {
        match kept(chunk) {
            Some((number, start, length)) => hash_chunk(self.number, number, start, length),
            None => hash_bytes(self.number, &chunk.bytes()),
        }
    }

    fn finish(self: Box<Self>) -> Digest {
        let hash = finish_hash(self.number);
        // A hash of another length is the host's mistake, which it reports; no content has the digest of zeros.
        match self.algorithm {
            Algorithm::Sha256 => Digest::sha256(hash.first_chunk().copied().unwrap_or([0; 32])),
            Algorithm::Sha512 => Digest::sha512(hash.first_chunk().copied().unwrap_or([0; 64])),
        }
    }

    fn duplicate(&self) -> Box<dyn Hasher> {
        Box::new(Self {
            number: copy_hash(self.number),
            algorithm: self.algorithm,
        })
    }
}

impl Drop for HostHasher {
    fn drop(&mut self) {
        drop_hash(self.number);
    }
}
