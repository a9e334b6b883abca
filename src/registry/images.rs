//! What tests do with images of a registry, without asking over HTTP.

use std::time::Duration;

use super::Registry;
use crate::{
    image::Place,
    spec::{Error, RepositoryName},
    store::Change,
};

impl Registry {
    /// Whether an image is there: under its digest, where one is given, else under its tag.
    #[must_use]
    pub fn has_image(&self, place: &Place) -> bool {
        let repository = self.store.repository(&place.repository);
        let reference = place.reference();
        let found = repository
            .zip(reference.as_ref())
            .and_then(|(repository, reference)| repository.resolve(reference));
        found.is_some()
    }

    /// Copies everything of a repository into another one: blobs, manifests, tags. What the other has besides stays; a tag
    /// of both is moved. No bytes are copied.
    ///
    /// # Errors
    /// [`Error::NameUnknown`]: there is nothing to copy. [`Error::TooMany`]: there is no room for one more repository, or
    /// for its tags. [`Error::JournalFull`]. Nothing was changed.
    pub fn clone_repository(
        &mut self,
        from: &RepositoryName,
        to: &RepositoryName,
    ) -> Result<(), Error> {
        let held = self
            .store
            .repository(from)
            .ok_or_else(|| Error::NameUnknown {
                repository: from.clone(),
            })?;
        let limits = &self.store.settings().limits;
        let other = self.store.repository(to);
        if other.is_none() && self.store.repository_count() as u64 >= limits.repositories {
            return Err(too_many("repositories", limits.repositories));
        }
        let tags = held.tags_after(None);
        let is_new = |tag| other.is_none_or(|other| other.tag(tag).is_none());
        let new = tags.filter(|(tag, _)| is_new(tag)).count();
        let there = other.map_or(0, |other| other.tag_count());
        if there.saturating_add(new) as u64 > limits.tags {
            return Err(too_many("tags in the repository", limits.tags));
        }
        let blobs = held.blobs().map(|(digest, content)| Change::PutBlob {
            repository: to.clone(),
            digest: digest.clone(),
            content: content.clone(),
        });
        let manifests = held
            .manifests()
            .map(|(digest, manifest)| Change::PutManifest {
                repository: to.clone(),
                digest: digest.clone(),
                manifest: manifest.clone(),
            });
        let tags = held.tags_after(None).map(|(tag, digest)| Change::SetTag {
            repository: to.clone(),
            tag: tag.clone(),
            digest: digest.clone(),
        });
        let changes = blobs.chain(manifests).chain(tags).collect();
        self.store.commit(changes)?;
        self.durable.refresh(&self.store);
        Ok(())
    }
}

fn too_many(what: &'static str, limit: u64) -> Error {
    Error::TooMany {
        what,
        limit,
        retry_after: Duration::from_secs(60),
    }
}
