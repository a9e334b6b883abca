//! Archives that are packed as a whole.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;

use super::{Fault, ReadAt};

/// How a file is packed, by its first bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Packing {
    /// Not at all, as far as it can be seen.
    Plain,
    /// By gzip, in any number of members.
    Gzip,
    /// By zstd.
    Zstd,
}

impl Packing {
    /// The packing that a file's first bytes show.
    #[must_use]
    pub fn of(start: &[u8]) -> Self {
        if start.starts_with(&[0x1f, 0x8b]) {
            Self::Gzip
        } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Self::Zstd
        } else {
            Self::Plain
        }
    }

    /// The packing of a file.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of_file(file: &dyn ReadAt) -> Result<Self, Fault> {
        let length = usize::try_from(file.length().min(4)).unwrap_or(4);
        Ok(Self::of(&file.read(0, length)?))
    }
}

/// Unpacks a file piece by piece into `take`, at most `limit` bytes of it: a file of a few bytes can unpack to any size.
///
/// # Errors
/// It is damaged, cut off or unpacks to more; or `take` does not take it.
pub fn unpack(
    file: &dyn ReadAt,
    limit: u64,
    take: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let input = Input { file, at: 0 };
    let damaged =
        |fault: &dyn std::fmt::Display| Fault::new("", format!("it cannot be unpacked: {fault}"));
    let mut unpacked: Box<dyn Read + '_> = match Packing::of_file(file)? {
        Packing::Plain => Box::new(input),
        Packing::Gzip => Box::new(MultiGzDecoder::new(input)),
        Packing::Zstd => Box::new(StreamingDecoder::new(input).map_err(|fault| damaged(&fault))?),
    };
    let mut buffer = vec![0; PIECE];
    let mut total = 0_u64;
    loop {
        let length = unpacked
            .read(&mut buffer)
            .map_err(|fault| damaged(&fault))?;
        let piece = buffer.get(..length).unwrap_or_default();
        if piece.is_empty() {
            return Ok(());
        }
        total = total.saturating_add(piece.len() as u64);
        if total > limit {
            let reason = format!("it unpacks to more than the {limit} bytes there is room for");
            return Err(Fault::new("", reason));
        }
        take(piece)?;
    }
}

struct Input<'a> {
    file: &'a dyn ReadAt,
    at: u64,
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.file.length().saturating_sub(self.at);
        let length = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let read = self.file.read(self.at, length).map_err(io::Error::other)?;
        if let Some(buffer) = buffer.get_mut(..read.len()) {
            buffer.copy_from_slice(&read);
        }
        self.at = self.at.saturating_add(read.len() as u64);
        Ok(read.len())
    }
}

const PIECE: usize = 256 << 10;
