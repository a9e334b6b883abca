//! The one bound on all bytes of a registry.

use std::{
    any::Any,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;

use super::{Chunk, HostChunk};

/// Counts the bytes that are alive, kept or arriving, against a limit that the caller names.
///
/// Each kept chunk carries its own count and gives it back when its last clone is dropped: with the blob, the
/// session, the snapshot or the answer that held it. Clones of a budget are the same budget; forks share one, as they
/// share their bytes.
#[derive(Clone, Debug, Default)]
pub struct Budget(Arc<AtomicU64>);

/// There is no room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OverBudget {
    /// Bytes alive already.
    pub used: u64,
    /// The limit.
    pub limit: u64,
}

#[derive(Debug)]
struct Reservation {
    budget: Arc<AtomicU64>,
    bytes: u64,
}

impl Budget {
    /// Bytes alive now.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Whether so many more bytes would fit now.
    ///
    /// # Errors
    /// [`OverBudget`] when they would not.
    pub fn check(&self, bytes: u64, limit: u64) -> Result<(), OverBudget> {
        let used = self.used();
        if used.saturating_add(bytes) > limit {
            Err(OverBudget { used, limit })
        } else {
            Ok(())
        }
    }

    /// Counts a chunk for as long as a clone of it lives.
    ///
    /// # Errors
    /// [`OverBudget`]: there is no room; the chunk is dropped.
    pub fn keep(&self, chunk: Chunk, limit: u64) -> Result<Chunk, OverBudget> {
        if chunk.is_empty() || chunk.is_virtual() {
            return Ok(chunk);
        }
        let reservation = self.reserve(chunk.len() as u64, limit)?;
        Ok(match chunk {
            Chunk::Memory(bytes) => Bytes::from_owner(KeptBytes {
                bytes,
                _reservation: reservation,
            })
            .into(),
            Chunk::Host {
                chunk,
                start,
                length,
            } => Chunk::Host {
                chunk: Arc::new(KeptHost {
                    chunk,
                    _reservation: reservation,
                }),
                start,
                length,
            },
        })
    }

    fn reserve(&self, bytes: u64, limit: u64) -> Result<Reservation, OverBudget> {
        let add = |used: u64| used.checked_add(bytes).filter(|sum| *sum <= limit);
        match self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add)
        {
            Ok(_) => Ok(Reservation {
                budget: self.0.clone(),
                bytes,
            }),
            Err(used) => Err(OverBudget { used, limit }),
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

struct KeptBytes {
    bytes: Bytes,
    _reservation: Reservation,
}

impl AsRef<[u8]> for KeptBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[derive(Debug)]
struct KeptHost {
    chunk: Arc<dyn HostChunk>,
    _reservation: Reservation,
}

impl HostChunk for KeptHost {
    fn len(&self) -> usize {
        self.chunk.len()
    }

    fn read(&self, range: Range<usize>) -> Bytes {
        self.chunk.read(range)
    }

    fn as_any(&self) -> &dyn Any {
        self.chunk.as_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_count_while_a_slice_of_them_lives() {
        let budget = Budget::default();
        let kept = budget
            .keep(Bytes::from_static(b"0123456789").into(), 10)
            .unwrap();
        assert_eq!(budget.used(), 10);
        assert_eq!(
            budget
                .keep(Bytes::from_static(b"x").into(), 10)
                .unwrap_err(),
            OverBudget {
                used: 10,
                limit: 10
            }
        );
        let slice = kept.slice(3..4);
        drop(kept);
        assert_eq!(budget.used(), 10);
        drop(slice);
        assert_eq!(budget.used(), 0);
    }
}
