//! Ranges: `Range` of a pull (RFC 9110, section 14), `Content-Range` of a chunk (distribution-spec, end-5).

use std::ops::Range;

use crate::spec::{Error, RangeFault};

/// What a `Range` header asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ByteRange {
    /// `bytes=FIRST-LAST`, both included.
    Bounded(u64, u64),
    /// `bytes=FIRST-`.
    Offset(u64),
    /// `bytes=-LENGTH`, the last bytes.
    Suffix(u64),
    /// `bytes=` and something that is no range.
    Malformed,
}

impl ByteRange {
    /// Reads a header. `None`: another unit, or several ranges, both of which a server may ignore.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let ranges = text.trim().strip_prefix("bytes=")?;
        if ranges.contains(',') {
            return None;
        }
        let Some((first, last)) = ranges.trim().split_once('-') else {
            return Some(Self::Malformed);
        };
        let range = match (number(first), number(last)) {
            (Some(first), None) if last.is_empty() => Self::Offset(first),
            (None, Some(length)) if first.is_empty() => Self::Suffix(length),
            (Some(first), Some(last)) => Self::Bounded(first, last),
            _ => Self::Malformed,
        };
        Some(range)
    }

    /// The bytes of a blob of `length` that are meant.
    ///
    /// # Errors
    /// [`Error::RangeNotSatisfiable`] when there are none.
    pub fn resolve(self, length: u64) -> Result<Range<u64>, Error> {
        let range = match self {
            Self::Bounded(first, last) => first..last.saturating_add(1).min(length),
            Self::Offset(first) => first..length,
            Self::Suffix(wanted) => length.saturating_sub(wanted)..length,
            Self::Malformed => length..length,
        };
        if range.is_empty() {
            Err(Error::RangeNotSatisfiable {
                first: range.start,
                length,
            })
        } else {
            Ok(range)
        }
    }
}

/// What the `Content-Range` of a chunk says: first and last byte, both included. A chunk is never empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChunkRange {
    /// The offset of its first byte.
    pub first: u64,
    /// Its length in bytes.
    pub length: u64,
}

impl ChunkRange {
    /// Reads `FIRST-LAST`.
    ///
    /// # Errors
    /// [`RangeFault::Malformed`] for anything else.
    pub fn parse(text: &str) -> Result<Self, RangeFault> {
        let parsed = text.split_once('-').and_then(|(first, last)| {
            let (first, last) = (number(first)?, number(last)?);
            Some(Self {
                first,
                length: last.checked_sub(first)?.checked_add(1)?,
            })
        });
        parsed.ok_or_else(|| RangeFault::Malformed(text.chars().take(40).collect()))
    }
}

/// Digits only: no sign, no blank.
fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_eleven_bytes() {
        for (text, wanted) in [
            ("bytes=0-0", Ok(0..1)),
            ("bytes=1-4", Ok(1..5)),
            ("bytes=6-", Ok(6..11)),
            ("bytes=-5", Ok(6..11)),
            ("bytes=-500", Ok(0..11)),
            ("bytes=6-5000", Ok(6..11)),
            ("bytes=0-99999999999999999999999", Ok(0..11)),
            ("bytes=11-", Err(())),
            ("bytes=20-30", Err(())),
            ("bytes=5-2", Err(())),
            ("bytes=-0", Err(())),
            ("bytes=abc", Err(())),
            ("bytes=+1-2", Err(())),
        ] {
            assert_eq!(
                ByteRange::parse(text).unwrap().resolve(11).map_err(|_| ()),
                wanted,
                "{text}"
            );
        }
        assert_eq!(ByteRange::parse("items=0-1"), None);
        assert_eq!(ByteRange::parse("bytes=0-1,3-4"), None);
        assert!(ByteRange::Offset(0).resolve(0).is_err());
    }

    #[test]
    fn chunks() {
        assert_eq!(
            ChunkRange::parse("3-5"),
            Ok(ChunkRange {
                first: 3,
                length: 3
            })
        );
        for bad in [
            "",
            "3",
            "5-3",
            "bytes 0-4/11",
            "0-bar",
            "-1",
            "0-18446744073709551615",
        ] {
            assert!(ChunkRange::parse(bad).is_err(), "{bad}");
        }
    }
}
