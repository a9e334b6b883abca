//! Where seeds are put in, one after another, before any of them counts.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use crate::{
    content::{Budget, Chunk, Content, OverBudget},
    image::{Built, Place, Seed},
    spec::{
        Descriptor, Digest, Error, Invalid, Limits, Manifest, MediaType, Reference, RepositoryName,
    },
    store::{Change, Store, StoredManifest},
};

/// Why a seed is not taken.
pub(super) enum Fault {
    Invalid(Invalid),
    Refused(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// The state as it will be, and what leads to it.
pub(super) struct Bed<'a> {
    next: Store,
    budget: &'a Budget,
    changes: Vec<Change>,
}

impl<'a> Bed<'a> {
    pub(super) fn new(store: &Store, budget: &'a Budget) -> Self {
        Self {
            next: store.fork(),
            budget,
            changes: Vec::new(),
        }
    }

    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changes
    }

    /// Puts one seed in, after those before it.
    pub(super) fn plant(&mut self, seed: Seed) -> Result<Descriptor, Fault> {
        let hashers = self.next.hashers().clone();
        let within = |name: &'static str| move |fault: Invalid| Fault::Invalid(fault.within(name));
        let (place, built) = match seed {
            Seed::Image { place, image } => {
                (place, image.build(&*hashers).map_err(within("image"))?)
            }
            Seed::Index { place, index } => {
                (place, index.build(&*hashers).map_err(within("index"))?)
            }
            Seed::Artifact {
                place,
                subject,
                artifact,
            } => {
                let subject = subject.map(|subject| self.find(&place.repository, &subject));
                let built = artifact.build(subject.transpose()?.as_ref(), &*hashers);
                (place, built.map_err(within("artifact"))?)
            }
            Seed::Blob {
                repository,
                digest: expected,
                content,
            } => {
                let algorithm = expected.as_ref().map(Digest::algorithm).unwrap_or_default();
                let digest = hashers.digest_of(algorithm, &content);
                check(expected.as_ref(), &digest)?;
                self.put_blob(&repository, &digest, &content)?;
                let media_type = MediaType::OCTET_STREAM;
                return Ok(Descriptor::new(media_type.as_str(), &digest, content.len()));
            }
            Seed::Manifest {
                place,
                media_type,
                bytes,
            } => {
                let media_type = media_type.or_else(|| Manifest::own_media_type(&bytes));
                return Ok(self.keep_manifest(&place, media_type, &bytes)?);
            }
        };
        Ok(self.keep(&place, built)?)
    }

    fn keep_manifest(
        &mut self,
        place: &Place,
        media_type: Option<MediaType>,
        bytes: &Bytes,
    ) -> Result<Descriptor, Error> {
        let media_type = media_type.ok_or_else(|| Error::ManifestInvalid {
            reason: "it has no mediaType of its own, and the seed gives none".to_owned(),
        })?;
        let algorithm = place.digest.as_ref().map(Digest::algorithm);
        let hashers = self.next.hashers();
        let digest = hashers.digest_of(algorithm.unwrap_or_default(), &bytes.clone().into());
        expect(place, &digest)?;
        self.put_manifest(&place.repository, &digest, &media_type, bytes)?;
        self.set_tag(place, &digest)?;
        Ok(Descriptor::new(
            media_type.as_str(),
            &digest,
            bytes.len() as u64,
        ))
    }

    /// Keeps what is built already.
    pub(super) fn keep(&mut self, place: &Place, built: Built) -> Result<Descriptor, Error> {
        for blob in &built.blobs {
            self.put_blob(&place.repository, &blob.digest, &blob.content)?;
        }
        for manifest in &built.manifests {
            self.put_manifest(
                &place.repository,
                &manifest.digest,
                &manifest.media_type,
                &manifest.bytes,
            )?;
        }
        if let Some(top) = built.manifests.last() {
            expect(place, &top.digest)?;
            self.set_tag(place, &top.digest)?;
        }
        Ok(built.top)
    }

    fn put_blob(
        &mut self,
        name: &RepositoryName,
        digest: &Digest,
        content: &Content,
    ) -> Result<(), Error> {
        self.check_room(name)?;
        let limits = &self.next.settings().limits;
        if content.len() > limits.blob {
            return Err(Error::BlobTooLarge { limit: limits.blob });
        }
        if self
            .next
            .repository(name)
            .is_some_and(|held| held.blob(digest).is_some())
        {
            return Ok(());
        }
        let held = self
            .next
            .holders(digest)
            .next()
            .map(|(_, held)| held.clone());
        let content = match held {
            Some(held) => held,
            None => kept(content, self.budget, limits)?,
        };
        self.change(Change::PutBlob {
            repository: name.clone(),
            digest: digest.clone(),
            content,
        })
    }

    fn put_manifest(
        &mut self,
        name: &RepositoryName,
        digest: &Digest,
        media_type: &MediaType,
        bytes: &Bytes,
    ) -> Result<(), Error> {
        self.check_room(name)?;
        let settings = self.next.settings();
        let limits = &settings.limits;
        if bytes.len() as u64 > limits.manifest {
            return Err(Error::ManifestTooLarge {
                limit: limits.manifest,
            });
        }
        let held = self
            .next
            .repository(name)
            .and_then(|held| held.manifest(digest));
        if held.is_some_and(|held| held.media_type == *media_type) {
            return Ok(());
        }
        let manifest = match Manifest::parse(media_type, bytes) {
            Err(_) if settings.quirks_of(name.as_str()).opaque_manifests => Manifest::opaque(),
            other => other?,
        };
        // In one piece: a manifest is answered as one.
        let bytes = self
            .budget
            .keep(bytes.clone().into(), limits.total)
            .map_err(full)?
            .bytes();
        let manifest = StoredManifest::new(digest, media_type.clone(), bytes, manifest);
        self.change(Change::PutManifest {
            repository: name.clone(),
            digest: digest.clone(),
            manifest: Arc::new(manifest),
        })
    }

    fn set_tag(&mut self, place: &Place, digest: &Digest) -> Result<(), Error> {
        let Some(tag) = &place.tag else {
            return Ok(());
        };
        let repository = self.next.repository(&place.repository);
        let held = repository.and_then(|repository| repository.tag(tag));
        let count = repository.map_or(0, |repository| repository.tag_count()) as u64;
        let limit = self.next.settings().limits.tags;
        if held == Some(digest) {
            return Ok(());
        }
        if held.is_none() && count >= limit {
            return Err(too_many("tags in the repository", limit));
        }
        self.change(Change::SetTag {
            repository: place.repository.clone(),
            tag: tag.clone(),
            digest: digest.clone(),
        })
    }

    /// A name that is not too long, of a repository that is there or for which there is room.
    fn check_room(&self, name: &RepositoryName) -> Result<(), Error> {
        let limits = &self.next.settings().limits;
        if name.as_str().len() > limits.name {
            return Err(Error::NameInvalid {
                name: name.as_str().chars().take(80).collect(),
                reason: "the name is longer than this registry takes",
            });
        }
        let is_new = self.next.repository(name).is_none();
        if is_new && self.next.repository_count() as u64 >= limits.repositories {
            return Err(too_many("repositories", limits.repositories));
        }
        Ok(())
    }

    fn find(&self, name: &RepositoryName, reference: &Reference) -> Result<Descriptor, Error> {
        let found = self
            .next
            .repository(name)
            .and_then(|held| held.resolve(reference));
        let (digest, manifest) = found.ok_or_else(|| Error::ManifestUnknown {
            repository: name.clone(),
            reference: reference.clone(),
        })?;
        Ok(Descriptor::new(
            manifest.media_type.as_str(),
            digest,
            manifest.bytes.len() as u64,
        ))
    }

    fn change(&mut self, change: Change) -> Result<(), Error> {
        self.next.apply(change.clone())?;
        self.changes.push(change);
        Ok(())
    }
}

/// Content in chunks that count against the budget for as long as they live.
fn kept(content: &Content, budget: &Budget, limits: &Limits) -> Result<Content, Error> {
    let mut chunks = Vec::new();
    for chunk in content.chunks() {
        let mut rest = chunk.clone();
        while !rest.is_empty() {
            let piece = rest.slice(0..Chunk::MAX_LENGTH);
            rest = rest.slice(piece.len()..rest.len());
            chunks.push(budget.keep(piece, limits.total).map_err(full)?);
        }
    }
    Ok(Content::new(chunks))
}

fn expect(place: &Place, actual: &Digest) -> Result<(), Error> {
    check(place.digest.as_ref(), actual)
}

fn check(expected: Option<&Digest>, actual: &Digest) -> Result<(), Error> {
    match expected {
        Some(expected) if expected != actual => Err(Error::DigestMismatch {
            expected: expected.clone(),
            actual: actual.clone(),
        }),
        _ => Ok(()),
    }
}

fn full(over: OverBudget) -> Error {
    Error::Full {
        used: over.used,
        limit: over.limit,
    }
}

fn too_many(what: &'static str, limit: u64) -> Error {
    Error::TooMany {
        what,
        limit,
        retry_after: Duration::from_secs(60),
    }
}
