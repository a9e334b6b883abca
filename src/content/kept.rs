//! Content that is all there.

use std::{ops::Range, sync::Arc};

use bytes::{Bytes, BytesMut};

use super::Chunk;

/// Content: chunks in order. Cloning and slicing copy no bytes.
#[derive(Clone, Debug, Default)]
pub struct Content {
    chunks: Arc<[Chunk]>,
    length: u64,
}

impl Content {
    /// Content of these chunks.
    #[must_use]
    pub fn new(chunks: Vec<Chunk>) -> Self {
        let length = chunks
            .iter()
            .fold(0_u64, |sum, chunk| sum.saturating_add(chunk.len() as u64));
        Self {
            chunks: chunks.into(),
            length,
        }
    }

    /// Its length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Its chunks.
    #[must_use]
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// The chunks of a part of it; what lies outside is left out.
    pub fn slice(&self, range: Range<u64>) -> impl Iterator<Item = Chunk> + '_ {
        let mut offset = 0_u64;
        self.chunks.iter().filter_map(move |chunk| {
            let start = offset;
            offset = offset.saturating_add(chunk.len() as u64);
            let from = range.start.max(start).saturating_sub(start);
            let to = range.end.min(offset).saturating_sub(start);
            let range = usize::try_from(from).ok()?..usize::try_from(to).ok()?;
            (range.start < range.end).then(|| chunk.slice(range))
        })
    }

    /// All of it in one piece; shared where it is one chunk.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        match &*self.chunks {
            [one] => one.bytes(),
            many => many
                .iter()
                .fold(BytesMut::new(), |mut all, chunk| {
                    all.extend_from_slice(&chunk.bytes());
                    all
                })
                .freeze(),
        }
    }

    /// Whether both are the same chunks in memory.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.chunks, &other.chunks)
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self::new(vec![bytes.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_crosses_chunks() {
        let content = Content::new(
            ["hello", "", " ", "world"]
                .map(|text| Bytes::from(text).into())
                .into(),
        );
        assert_eq!(content.len(), 11);
        let text = "hello world";
        for (range, wanted) in [
            (0..0, ""),
            (0..11, text),
            (3..8, "lo wo"),
            (5..6, " "),
            (6..11, "world"),
            (10..11, "d"),
            (11..11, ""),
            (9..20, "ld"),
        ] {
            let all: Vec<u8> = content
                .slice(range.clone())
                .flat_map(|chunk| chunk.bytes().to_vec())
                .collect();
            assert_eq!(all, wanted.as_bytes(), "{range:?}");
        }
        assert_eq!(content.bytes(), text);
    }
}
