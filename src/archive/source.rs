//! Whatever holds images.

use std::fmt;

use bytes::Bytes;

use super::Fault;
use crate::spec::{Digest, MediaType, Reference, RepositoryName, Tag};

/// A manifest that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Its digest.
    pub digest: Digest,
    /// Its type.
    pub media_type: MediaType,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A blob on its way.
pub trait Pieces: Send {
    /// The next piece, of at most a mebibyte; `None` at the end.
    ///
    /// # Errors
    /// It cannot be read to its end.
    fn next(&mut self) -> Result<Option<Bytes>, Fault>;
}

/// Something that holds images: an archive, a tree, a registry.
pub trait Source: fmt::Debug + Sync {
    /// The repositories, in the order in which a catalogue lists them.
    ///
    /// # Errors
    /// They cannot be listed.
    fn repositories(&self) -> Result<Vec<RepositoryName>, Fault>;

    /// The tags of a repository, in the order in which they are listed.
    ///
    /// # Errors
    /// They cannot be listed.
    fn tags(&self, repository: &RepositoryName) -> Result<Vec<Tag>, Fault>;

    /// A manifest; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read, or is not what its digest says.
    fn manifest(
        &self,
        repository: &RepositoryName,
        reference: &Reference,
    ) -> Result<Option<Found>, Fault>;

    /// The length of a blob; `None` where there is none. Who would have to ask far away may answer what is expected.
    ///
    /// # Errors
    /// It cannot be looked at.
    fn blob_length(
        &self,
        repository: &RepositoryName,
        digest: &Digest,
        expected: u64,
    ) -> Result<Option<u64>, Fault>;

    /// A blob, from a byte on. Nobody has checked its digest.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    fn blob(
        &self,
        repository: &RepositoryName,
        digest: &Digest,
        from: u64,
    ) -> Result<Box<dyn Pieces + '_>, Fault>;

    /// The manifests that no tag leads to, where they can be listed.
    ///
    /// # Errors
    /// They cannot be listed.
    fn untagged(&self, repository: &RepositoryName) -> Result<Vec<Digest>, Fault>;

    /// The blobs of a repository that no manifest need name, where they can be listed.
    ///
    /// # Errors
    /// They cannot be listed.
    fn loose_blobs(&self, _repository: &RepositoryName) -> Result<Vec<Digest>, Fault> {
        Ok(Vec::new())
    }

    /// The manifests that are about another.
    ///
    /// # Errors
    /// They cannot be listed.
    fn referrers(
        &self,
        repository: &RepositoryName,
        subject: &Digest,
    ) -> Result<Vec<Digest>, Fault>;
}
