//! One piece of content.

use std::{any::Any, fmt, ops::Range, sync::Arc};

use bytes::Bytes;

/// Bytes that are not in memory here: in wasm, an array of JavaScript's; or what a [`super::Formula`] gives.
///
/// Dropping the last clone gives them back.
pub trait HostChunk: fmt::Debug + Send + Sync {
    /// How many bytes there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies a range of the bytes out. A range that is not all there gives what there is.
    fn read(&self, range: Range<usize>) -> Bytes;

    /// Whether the bytes are made when they are asked for: then they take no room.
    fn is_virtual(&self) -> bool {
        false
    }

    /// The chunk as its own type, for the adapter that made it.
    fn as_any(&self) -> &dyn Any;
}

/// A piece of content: bytes in memory, or a range of bytes that the host keeps.
///
/// Cloning and slicing copy nothing.
#[derive(Clone, Debug)]
pub enum Chunk {
    /// Bytes in memory.
    Memory(Bytes),
    /// Bytes the host keeps, from `start`, `length` of them.
    Host {
        /// The host's bytes.
        chunk: Arc<dyn HostChunk>,
        /// Where this piece starts in them.
        start: u32,
        /// How long it is.
        length: u32,
    },
}

impl Chunk {
    /// The longest chunk that content is kept in, in bytes.
    pub const MAX_LENGTH: usize = 1 << 20;

    /// All bytes of a host's chunk. Of one longer than 4 GiB, the first 4 GiB.
    #[must_use]
    pub fn host(chunk: Arc<dyn HostChunk>) -> Self {
        let length = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        Self::Host {
            chunk,
            start: 0,
            length,
        }
    }

    /// Its length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Memory(bytes) => bytes.len(),
            Self::Host { length, .. } => *length as usize,
        }
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether its bytes take no room, since they are made when they are asked for.
    #[must_use]
    pub fn is_virtual(&self) -> bool {
        match self {
            Self::Memory(_) => false,
            Self::Host { chunk, .. } => chunk.is_virtual(),
        }
    }

    /// A part of it; what lies outside is left out.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let end = range.end.min(self.len());
        let begin = range.start.min(end);
        match self {
            Self::Memory(bytes) => Self::Memory(bytes.slice(begin..end)),
            Self::Host { chunk, start, .. } => {
                let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
                Self::Host {
                    chunk: chunk.clone(),
                    start: start.saturating_add(narrow(begin)),
                    length: narrow(end.saturating_sub(begin)),
                }
            }
        }
    }

    /// The bytes: shared when they are in memory, copied when the host has them.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        match self {
            Self::Memory(bytes) => bytes.clone(),
            Self::Host {
                chunk,
                start,
                length,
            } => {
                let start = *start as usize;
                chunk.read(start..start.saturating_add(*length as usize))
            }
        }
    }
}

impl From<Bytes> for Chunk {
    fn from(bytes: Bytes) -> Self {
        Self::Memory(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Table(Vec<u8>);

    impl HostChunk for Table {
        fn len(&self) -> usize {
            self.0.len()
        }
        fn read(&self, range: Range<usize>) -> Bytes {
            Bytes::copy_from_slice(self.0.get(range).unwrap_or_default())
        }
        fn as_any(&self) -> &dyn Any {
            self
        }
    }

    #[test]
    fn both_kinds_slice_alike() {
        let text = b"hello world".to_vec();
        for chunk in [
            Chunk::from(Bytes::from(text.clone())),
            Chunk::host(Arc::new(Table(text))),
        ] {
            assert_eq!(chunk.slice(2..9).slice(1..4).bytes(), "lo ");
            assert_eq!(chunk.slice(6..100).bytes(), "world");
            assert!(chunk.slice(100..200).is_empty());
        }
    }

    #[test]
    fn a_chunk_is_small() {
        assert!(size_of::<Chunk>() <= 32, "{}", size_of::<Chunk>());
    }
}
