//! The store of a registry as a source.

use std::{fmt, vec};

use bytes::Bytes;

use super::{Fault, Found, Pieces, Source};
use crate::{
    content::Chunk,
    spec::{Digest, Reference, RepositoryName, Tag},
    store::{Repository, Store},
};

/// A registry's own images: what [`crate::Registry::store`] gives, to be written down.
pub struct Stored<'a>(&'a Store);

impl<'a> Stored<'a> {
    /// The images of a store.
    #[must_use]
    pub fn new(store: &'a Store) -> Self {
        Self(store)
    }

    fn repository(&self, name: &RepositoryName) -> Result<&Repository, Fault> {
        let found = self.0.repository(name);
        found.ok_or_else(|| Fault::new(name.as_str(), "there is no such repository"))
    }
}

impl Source for Stored<'_> {
    fn repositories(&self) -> Result<Vec<RepositoryName>, Fault> {
        let all = self.0.repositories_after(None);
        Ok(all.map(|(name, _)| name.clone()).collect())
    }

    fn tags(&self, repository: &RepositoryName) -> Result<Vec<Tag>, Fault> {
        let tags = self.repository(repository)?.tags_after(None);
        Ok(tags.map(|(tag, _)| tag.clone()).collect())
    }

    fn manifest(
        &self,
        repository: &RepositoryName,
        reference: &Reference,
    ) -> Result<Option<Found>, Fault> {
        let found = self.repository(repository)?.resolve(reference);
        Ok(found.map(|(digest, manifest)| Found {
            digest: digest.clone(),
            media_type: manifest.media_type.clone(),
            bytes: manifest.bytes.clone(),
        }))
    }

    fn blob_length(
        &self,
        repository: &RepositoryName,
        digest: &Digest,
        _expected: u64,
    ) -> Result<Option<u64>, Fault> {
        let blob = self.repository(repository)?.blob(digest);
        Ok(blob.map(|content| content.len()))
    }

    fn blob(
        &self,
        repository: &RepositoryName,
        digest: &Digest,
        from: u64,
    ) -> Result<Box<dyn Pieces + '_>, Fault> {
        let blob = self.repository(repository)?.blob(digest);
        let blob = blob.ok_or_else(|| Fault::new(digest.to_string(), "it is not there"))?;
        let chunks: Vec<Chunk> = blob.slice(from..blob.len()).collect();
        Ok(Box::new(Chunks(chunks.into_iter())))
    }

    fn untagged(&self, repository: &RepositoryName) -> Result<Vec<Digest>, Fault> {
        let repository = self.repository(repository)?;
        let all = repository.manifests().map(|(digest, _)| digest);
        let untagged = all.filter(|digest| repository.tags_of(digest).next().is_none());
        Ok(untagged.cloned().collect())
    }

    fn loose_blobs(&self, repository: &RepositoryName) -> Result<Vec<Digest>, Fault> {
        let blobs = self.repository(repository)?.blobs();
        Ok(blobs.map(|(digest, _)| digest.clone()).collect())
    }

    fn referrers(
        &self,
        repository: &RepositoryName,
        subject: &Digest,
    ) -> Result<Vec<Digest>, Fault> {
        let about = self.repository(repository)?.referrers(subject);
        Ok(about.map(|(digest, _)| digest.clone()).collect())
    }
}

struct Chunks(vec::IntoIter<Chunk>);

impl Pieces for Chunks {
    fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        Ok(self.0.next().map(|chunk| chunk.bytes()))
    }
}

impl fmt::Debug for Stored<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stored")
    }
}
