//! Small frames into chunks.

use bytes::Bytes;

use super::Chunk;

/// Where the bytes of a chunk are put while they arrive.
pub trait Room: Default {
    /// Room for so many bytes; never for fewer.
    fn with_capacity(bytes: usize) -> Self;

    /// How many bytes fit, those that are there included.
    fn capacity(&self) -> usize;

    /// How many bytes are there.
    fn len(&self) -> usize;

    /// Whether none are.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts bytes behind those that are there. There must be room for them.
    fn extend_from_slice(&mut self, bytes: &[u8]);

    /// The bytes that are there, and no room beside them.
    fn freeze(self) -> Bytes;
}

impl Room for Vec<u8> {
    fn with_capacity(bytes: usize) -> Self {
        Self::with_capacity(bytes)
    }

    fn capacity(&self) -> usize {
        self.capacity()
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    fn freeze(mut self) -> Bytes {
        self.shrink_to_fit();
        Bytes::from(self)
    }
}

/// Copies frames, as they come off a socket, into chunks worth keeping.
///
/// A frame shares the buffer it was read into: kept as it is, it would hold the whole buffer. Chunks grow with what
/// has arrived, from 8 KiB to [`Chunk::MAX_LENGTH`], so that no announcement makes memory.
#[derive(Debug, Default)]
pub struct Gather<R = Vec<u8>> {
    open: R,
    taken: usize,
}

const SMALLEST: usize = 8 << 10;

impl<R: Room> Gather<R> {
    /// Goes on behind so many bytes that were taken before, into this room first.
    #[must_use]
    pub fn behind(bytes: u64, room: R) -> Self {
        Self {
            open: room,
            taken: usize::try_from(bytes).unwrap_or(usize::MAX),
        }
    }

    /// Takes a frame, hands each chunk that is full to `full`.
    ///
    /// `remaining` is how many bytes are still to come, this frame's included, where that is known: a chunk is not made
    /// larger than that.
    pub fn push(
        &mut self,
        mut frame: &[u8],
        mut remaining: Option<u64>,
        mut full: impl FnMut(Chunk),
    ) {
        while !frame.is_empty() {
            if self.open.capacity() == 0 {
                let wanted = self
                    .taken
                    .max(frame.len())
                    .clamp(SMALLEST, Chunk::MAX_LENGTH);
                let bound = remaining
                    .and_then(|left| usize::try_from(left).ok())
                    .unwrap_or(usize::MAX);
                self.open =
                    R::with_capacity(wanted.min(bound.max(frame.len().min(Chunk::MAX_LENGTH))));
            }
            let room = self.open.capacity().saturating_sub(self.open.len());
            let (now, later) = frame.split_at(room.min(frame.len()));
            self.open.extend_from_slice(now);
            self.taken = self.taken.saturating_add(now.len());
            remaining = remaining.map(|left| left.saturating_sub(now.len() as u64));
            frame = later;
            if self.open.len() == self.open.capacity() {
                full(std::mem::take(&mut self.open).freeze().into());
            }
        }
    }

    /// The chunk that was not yet full, if there is one.
    pub fn rest(&mut self) -> Option<Chunk> {
        if self.open.is_empty() {
            return None;
        }
        Some(std::mem::take(&mut self.open).freeze().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bytes_come_out_in_chunks_that_grow() {
        let mut gather: Gather = Gather::default();
        let mut chunks = Vec::new();
        let sent: Vec<u8> = (0..=255).cycle().take(5_000_000).collect();
        for frame in sent.chunks(9_000) {
            gather.push(frame, None, |chunk| chunks.push(chunk));
        }
        chunks.extend(gather.rest());
        assert!(chunks.len() < 20);
        assert!(chunks.iter().all(|chunk| chunk.len() <= Chunk::MAX_LENGTH));
        let kept: Vec<u8> = chunks
            .iter()
            .flat_map(|chunk| chunk.bytes().to_vec())
            .collect();
        assert_eq!(kept, sent);
    }

    #[test]
    fn a_small_body_takes_its_own_size() {
        let mut gather: Gather = Gather::default();
        let mut chunks = Vec::new();
        gather.push(&[7; 1000], Some(1000), |chunk| chunks.push(chunk));
        assert_eq!((chunks.len(), chunks[0].len()), (1, 1000));
        assert!(gather.rest().is_none());
    }
}
