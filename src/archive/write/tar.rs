//! An archive as it is written: one file after another.

use bytes::Bytes;

use super::Sink;
use crate::{
    archive::{Fault, Pieces},
    image::tar_header,
};

/// Writes files into a tar archive, which goes piece by piece to a function.
pub struct TarSink<'a> {
    out: &'a mut dyn FnMut(Bytes) -> Result<(), Fault>,
}

impl<'a> TarSink<'a> {
    /// An archive that goes there.
    #[must_use]
    pub fn new(out: &'a mut dyn FnMut(Bytes) -> Result<(), Fault>) -> Self {
        Self { out }
    }

    /// Writes the end of the archive.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> Result<(), Fault> {
        (self.out)(Bytes::from_static(&[0; 1024]))
    }
}

impl Sink for TarSink<'_> {
    fn file(&mut self, path: &str, length: u64, content: &mut dyn Pieces) -> Result<(), Fault> {
        (self.out)(tar_header(path, length).into())?;
        while let Some(piece) = content.next()? {
            (self.out)(piece)?;
        }
        let missing = usize::try_from(length.wrapping_neg() % 512).unwrap_or_default();
        if missing > 0 {
            (self.out)(Bytes::from(vec![0; missing]))?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for TarSink<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TarSink")
    }
}
