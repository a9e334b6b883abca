//! Hashing, by our own code or the host's.

use std::fmt;

use sha2::{Digest as _, digest::Output};

use super::{Chunk, Content};
use crate::spec::{Algorithm, Digest};

/// A hash being computed.
pub trait Hasher: fmt::Debug + Send + Sync {
    /// Takes more content.
    fn update(&mut self, chunk: &Chunk);

    /// The digest of all that was taken.
    fn finish(self: Box<Self>) -> Digest;

    /// A second hasher that has taken the same content.
    fn duplicate(&self) -> Box<dyn Hasher>;
}

/// Where hashers come from: [`Sha2`], or a host that has something faster.
pub trait Hashers: fmt::Debug + Send + Sync {
    /// A hasher that has taken nothing.
    fn start(&self, algorithm: Algorithm) -> Box<dyn Hasher>;

    /// The digest of content that is all there.
    fn digest_of(&self, algorithm: Algorithm, content: &Content) -> Digest {
        let mut hasher = self.start(algorithm);
        for chunk in content.chunks() {
            hasher.update(chunk);
        }
        hasher.finish()
    }
}

impl Clone for Box<dyn Hasher> {
    fn clone(&self) -> Self {
        self.duplicate()
    }
}

/// The hashers of the crate `sha2`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sha2;

impl Hashers for Sha2 {
    fn start(&self, algorithm: Algorithm) -> Box<dyn Hasher> {
        match algorithm {
            Algorithm::Sha256 => Sha::<sha2::Sha256>::start(|hash| Digest::sha256(hash.into())),
            Algorithm::Sha512 => Sha::<sha2::Sha512>::start(|hash| Digest::sha512(hash.into())),
        }
    }
}

impl Sha2 {
    /// The digest of bytes that are all there.
    #[must_use]
    pub fn digest(algorithm: Algorithm, bytes: &[u8]) -> Digest {
        match algorithm {
            Algorithm::Sha256 => Digest::sha256(sha2::Sha256::digest(bytes).into()),
            Algorithm::Sha512 => Digest::sha512(sha2::Sha512::digest(bytes).into()),
        }
    }
}

/// How much is hashed in one call. A JavaScript engine only replaces a function by its fast version between calls:
/// one cold call over 100 MiB runs ten times as long as many over pieces.
const PIECE: usize = 64 << 10;

#[derive(Clone)]
struct Sha<D: sha2::Digest> {
    state: D,
    /// What its hash is called.
    close: fn(Output<D>) -> Digest,
}

impl<D: sha2::Digest + Clone + Send + Sync + 'static> Sha<D> {
    fn start(close: fn(Output<D>) -> Digest) -> Box<dyn Hasher> {
        let state = D::new();
        Box::new(Self { state, close })
    }
}

impl<D: sha2::Digest + Clone + Send + Sync + 'static> Hasher for Sha<D> {
    fn update(&mut self, chunk: &Chunk) {
        chunk
            .bytes()
            .chunks(PIECE)
            .for_each(|piece| self.state.update(piece));
    }

    fn finish(self: Box<Self>) -> Digest {
        (self.close)(self.state.finalize())
    }

    fn duplicate(&self) -> Box<dyn Hasher> {
        Box::new(self.clone())
    }
}

impl<D: sha2::Digest> fmt::Debug for Sha<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sha")
    }
}
