//! What one part notes on a head for another.

use crate::content::Chunk;

/// The numbers of the faults that happened to a request, in its extensions.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Happened(pub Vec<u64>);

/// The first bytes of a body, copied: kept by a log, they keep nothing else alive.
///
/// In the extensions of a head, it takes what arrives of the request's body.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sample {
    bytes: Vec<u8>,
    limit: usize,
    length: u64,
}

impl Sample {
    /// A sample of at most so many bytes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// Takes a piece of the body.
    pub fn take(&mut self, chunk: &Chunk) {
        self.length = self.length.saturating_add(chunk.len() as u64);
        let room = self.limit.saturating_sub(self.bytes.len());
        if room > 0 {
            let part = chunk.slice(0..room.min(chunk.len()));
            self.bytes.extend_from_slice(&part.bytes());
        }
    }

    /// The bytes that are kept.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether there were no more.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.length == self.bytes.len() as u64
    }
}
