//! Content that is computed when it is asked for.

use std::{any::Any, ops::Range, sync::Arc};

use bytes::Bytes;

use super::{Chunk, Content, HostChunk};

/// How the bytes of virtual content are made: each by its place and a seed, in any order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Formula {
    /// Bytes that no compressor makes smaller. The eight bytes of each word are a step of SplitMix64, lowest first.
    #[default]
    Noise,
    /// Zeros, whatever the seed.
    Zeros,
}

impl Formula {
    /// The formulas, by the names that seeds give them.
    pub const ALL: [(&str, Self); 2] = [("noise", Self::Noise), ("zeros", Self::Zeros)];

    /// Content of any length, of which nothing is kept.
    ///
    /// ```
    /// use registrette::content::Formula;
    ///
    /// let content = Formula::Noise.content(7, 10 << 30);
    /// assert_eq!(content.len(), 10 << 30);
    /// let piece: Vec<_> = content.slice(5 << 30..(5 << 30) + 3).map(|chunk| chunk.bytes()).collect();
    /// assert_eq!(piece.concat().len(), 3);
    /// ```
    #[must_use]
    pub fn content(self, seed: u64, length: u64) -> Content {
        let mut chunks = Vec::new();
        let mut from = 0_u64;
        while from < length {
            let left = length.saturating_sub(from).min(RUN);
            let mut rest = Chunk::host(Arc::new(Run {
                formula: self,
                seed,
                from,
                length: usize::try_from(left).unwrap_or(usize::MAX),
            }));
            while !rest.is_empty() {
                let piece = rest.slice(0..Chunk::MAX_LENGTH);
                rest = rest.slice(piece.len()..rest.len());
                chunks.push(piece);
            }
            from = from.saturating_add(left);
        }
        Content::new(chunks)
    }

    /// The bytes from a place on.
    fn bytes(self, seed: u64, start: u64, length: usize) -> Bytes {
        match self {
            Self::Zeros => vec![0; length].into(),
            Self::Noise => {
                let skipped = usize::try_from(start % WORD).unwrap_or_default();
                let whole = skipped.saturating_add(length).div_ceil(8);
                let first = start / WORD;
                let mut bytes = Vec::with_capacity(whole.saturating_mul(8));
                for place in (first..).take(whole) {
                    bytes.extend_from_slice(&word(seed, place).to_le_bytes());
                }
                Bytes::from(bytes).slice(skipped..skipped.saturating_add(length))
            }
        }
    }
}

/// A run of what a formula gives; its pieces share it.
#[derive(Debug)]
struct Run {
    formula: Formula,
    seed: u64,
    from: u64,
    length: usize,
}

impl HostChunk for Run {
    fn len(&self) -> usize {
        self.length
    }

    fn read(&self, range: Range<usize>) -> Bytes {
        let end = range.end.min(self.length);
        let start = range.start.min(end);
        let from = self.from.saturating_add(start as u64);
        let length = end.saturating_sub(start);
        self.formula.bytes(self.seed, from, length)
    }

    fn is_virtual(&self) -> bool {
        true
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// One output of SplitMix64 (Steele, Lea, Flood, 2014), by its number.
fn word(seed: u64, place: u64) -> u64 {
    let state = seed.wrapping_add(place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

const WORD: u64 = 8;
/// How long a run is; a place in one fits into 32 bits.
const RUN: u64 = 1 << 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_splitmix() {
        // The first outputs for the seed 1234567, as the generator's authors and others print them.
        let words: Vec<u64> = (0..3).map(|place| word(1_234_567, place)).collect();
        assert_eq!(
            words,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn every_part_is_the_same_as_in_the_whole() {
        let whole = Formula::Noise.bytes(3, 0, 5000);
        for (start, length) in [(0, 1), (7, 2), (8, 8), (1, 4000), (4999, 1), (100, 0)] {
            let part = Formula::Noise.bytes(3, start as u64, length);
            assert_eq!(part, whole.slice(start..start + length), "{start} {length}");
        }
        let content = Formula::Noise.content(3, (3 << 20) + 5);
        let bytes = content.bytes();
        assert_eq!(bytes.len(), (3 << 20) + 5);
        let chunk = &content.chunks()[2];
        assert_eq!(
            chunk.slice(3..9).bytes(),
            bytes.slice((2 << 20) + 3..(2 << 20) + 9)
        );
    }
}
