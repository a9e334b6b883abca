//! Room for large chunks, in pages of their own.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use memmap2::{MmapMut, MmapOptions};
use tokio::runtime::Handle;

use crate::content::{Chunk, Room};

/// From this size on, a chunk has pages of its own, in bytes.
const LARGE: usize = 256 << 10;

/// Pages for the next request of a session, made ready while one arrives: getting them takes the system about as long
/// as hashing what goes there. Within a request the hashing is under way meanwhile, and nothing would be gained.
static SPARE: Mutex<Option<MmapMut>> = Mutex::new(None);

/// Room for a chunk: on the heap, or in pages asked of the system.
///
/// The system gives such pages all at once. Those of the heap come one by one as they are first written to, which for a
/// large push costs more than hashing it; and they stay with the process when the content is deleted.
#[derive(Debug)]
pub(super) enum Pages {
    Heap(Vec<u8>),
    Mapped(Mapped),
}

/// Pages, of which the first bytes are written.
#[derive(Debug)]
pub(super) struct Mapped {
    pages: MmapMut,
    length: usize,
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        self.pages.get(..self.length).unwrap_or_default()
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self::Heap(Vec::new())
    }
}

/// Pages of the system; none, where it gives none.
fn mapped(bytes: usize) -> Option<MmapMut> {
    MmapOptions::new().len(bytes).populate().map_anon().ok()
}

impl Pages {
    /// Room for the first chunk of a request, whose session has taken so many bytes, and which brings so many more,
    /// where that is known. None yet, unless both are full chunks: what is only announced makes no memory.
    pub(super) fn ready(taken: u64, to_come: Option<u64>) -> Self {
        let least = to_come.unwrap_or(u64::MAX).min(taken);
        if least < Chunk::MAX_LENGTH as u64 {
            return Self::default();
        }
        let spare = || SPARE.lock().unwrap_or_else(PoisonError::into_inner);
        let pages = spare().take();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn_blocking(move || {
                let pages = mapped(Chunk::MAX_LENGTH);
                *spare() = pages;
            });
        }
        pages.map_or_else(
            || Self::with_capacity(Chunk::MAX_LENGTH),
            |pages| Self::Mapped(Mapped { pages, length: 0 }),
        )
    }
}

impl Room for Pages {
    fn with_capacity(bytes: usize) -> Self {
        let pages = if bytes < LARGE { None } else { mapped(bytes) };
        match pages {
            Some(pages) => Self::Mapped(Mapped { pages, length: 0 }),
            // Where the system gives none, the heap may have some.
            None => Self::Heap(Vec::with_capacity(bytes)),
        }
    }

    fn capacity(&self) -> usize {
        match self {
            Self::Heap(bytes) => bytes.capacity(),
            Self::Mapped(mapped) => mapped.pages.len(),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Heap(bytes) => bytes.len(),
            Self::Mapped(mapped) => mapped.length,
        }
    }

    fn extend_from_slice(&mut self, bytes: &[u8]) {
        match self {
            Self::Heap(there) => there.extend_from_slice(bytes),
            Self::Mapped(Mapped { pages, length }) => {
                let end = length.saturating_add(bytes.len());
                if let Some(room) = pages.get_mut(*length..end) {
                    room.copy_from_slice(bytes);
                    *length = end;
                }
            }
        }
    }

    fn freeze(self) -> Bytes {
        match self {
            Self::Heap(bytes) => bytes.freeze(),
            Self::Mapped(mapped) if mapped.length < mapped.pages.len() => {
                Bytes::copy_from_slice(mapped.as_ref())
            }
            Self::Mapped(mapped) => Bytes::from_owner(mapped),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_comes_out() {
        for capacity in [1000, LARGE, LARGE + 1] {
            for length in [0, 10, capacity - 1, capacity] {
                let mut pages = Pages::with_capacity(capacity);
                let bytes: Vec<u8> = (0..=255).cycle().take(length).collect();
                for piece in bytes.chunks(999) {
                    pages.extend_from_slice(piece);
                }
                assert_eq!(pages.len(), length);
                assert_eq!(pages.freeze(), bytes);
            }
        }
    }
}
