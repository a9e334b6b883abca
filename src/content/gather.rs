//! Small frames into chunks.

use bytes::Bytes;

use super::Chunk;

/// Copies frames, as they come off a socket, into chunks worth keeping.
///
/// A frame shares the buffer it was read into: kept as it is, it would hold the whole buffer. Chunks grow with what
/// has arrived, from 8 KiB to [`Chunk::MAX_LENGTH`], so that no announcement makes memory.
#[derive(Debug, Default)]
pub struct Gather {
    open: Vec<u8>,
    taken: usize,
}

const SMALLEST: usize = 8 << 10;

impl Gather {
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
                    Vec::with_capacity(wanted.min(bound.max(frame.len().min(Chunk::MAX_LENGTH))));
            }
            let room = self.open.capacity().saturating_sub(self.open.len());
            let (now, later) = frame.split_at(room.min(frame.len()));
            self.open.extend_from_slice(now);
            self.taken = self.taken.saturating_add(now.len());
            remaining = remaining.map(|left| left.saturating_sub(now.len() as u64));
            frame = later;
            if self.open.len() == self.open.capacity() {
                full(Bytes::from(std::mem::take(&mut self.open)).into());
            }
        }
    }

    /// The chunk that was not yet full, if there is one.
    pub fn rest(&mut self) -> Option<Chunk> {
        if self.open.is_empty() {
            return None;
        }
        let mut open = std::mem::take(&mut self.open);
        open.shrink_to_fit();
        Some(Bytes::from(open).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bytes_come_out_in_chunks_that_grow() {
        let mut gather = Gather::default();
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
        let mut gather = Gather::default();
        let mut chunks = Vec::new();
        gather.push(&[7; 1000], Some(1000), |chunk| chunks.push(chunk));
        assert_eq!((chunks.len(), chunks[0].len()), (1, 1000));
        assert!(gather.rest().is_none());
    }
}
