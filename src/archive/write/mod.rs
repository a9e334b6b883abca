//! Writing images down.

mod layout;
mod tar;
mod tree;

use std::mem;

use bytes::Bytes;

pub use layout::Layout;
pub use tar::TarSink;
pub use tree::Tree;

use super::{Fault, Pieces, Source, Walked};
use crate::{
    content::{Hasher, Hashers, Sha2},
    spec::{Digest, RepositoryName},
};

/// An image to be written: where it is read from, and all that belongs to it.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// What has it.
    pub source: &'a dyn Source,
    /// The repository that it is in there.
    pub repository: &'a RepositoryName,
    /// Its manifests and blobs.
    pub walked: &'a Walked,
}

/// Where files go: a folder, an archive.
pub trait Sink {
    /// Writes a file, of that length. What `content` gives at its end decides: on a fault there, the file is not kept.
    ///
    /// # Errors
    /// It cannot be written, or read from where it comes.
    fn file(&mut self, path: &str, length: u64, content: &mut dyn Pieces) -> Result<(), Fault>;

    /// Whether a file of that length is there already; what was written is not written again.
    fn holds(&self, _path: &str, _length: u64) -> bool {
        false
    }
}

/// Writes a blob where it is not yet, and checks it on the way.
fn blob(
    sink: &mut dyn Sink,
    path: &str,
    (source, repository): (&dyn Source, &RepositoryName),
    (digest, size): (&Digest, u64),
) -> Result<(), Fault> {
    if sink.holds(path, size) {
        return Ok(());
    }
    let pieces = source.blob(repository, digest, 0)?;
    let mut checked = Checked::new(pieces, digest, size);
    sink.file(path, size, &mut checked)
}

fn text(sink: &mut dyn Sink, path: &str, bytes: Bytes) -> Result<(), Fault> {
    let length = bytes.len() as u64;
    sink.file(path, length, &mut Whole(bytes))
}

struct Whole(Bytes);

impl Pieces for Whole {
    fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        Ok(Some(mem::take(&mut self.0)).filter(|bytes| !bytes.is_empty()))
    }
}

/// A blob that is checked while it passes: at its end, it has the length and the digest that it should have, or is a
/// fault.
pub struct Checked<'a> {
    pieces: Box<dyn Pieces + 'a>,
    hasher: Option<Box<dyn Hasher>>,
    expected: Digest,
    left: u64,
}

impl<'a> Checked<'a> {
    /// Checks these pieces.
    #[must_use]
    pub fn new(pieces: Box<dyn Pieces + 'a>, digest: &Digest, size: u64) -> Self {
        Self {
            pieces,
            hasher: Some(Sha2.start(digest.algorithm())),
            expected: digest.clone(),
            left: size,
        }
    }
}

impl Pieces for Checked<'_> {
    fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        let fault = |reason: String| Fault::new(format!("blob {}", self.expected), reason);
        match self.pieces.next()? {
            Some(piece) => {
                let length = piece.len() as u64;
                let left = self.left.checked_sub(length);
                self.left = left.ok_or_else(|| fault("it is longer than expected".to_owned()))?;
                if let Some(hasher) = &mut self.hasher {
                    hasher.update(&piece.clone().into());
                }
                Ok(Some(piece))
            }
            None if self.left > 0 => Err(fault(format!("it ends {} bytes early", self.left))),
            None => match self.hasher.take().map(Hasher::finish) {
                Some(actual) if actual != self.expected => {
                    Err(fault(format!("its bytes have the digest {actual}")))
                }
                Some(_) | None => Ok(None),
            },
        }
    }
}

impl std::fmt::Debug for Checked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Checked({}, {} left)", self.expected, self.left)
    }
}
