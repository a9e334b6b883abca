//! One repository.

use std::sync::Arc;

use super::{Least, Map, StoredManifest};
use crate::{
    content::Content,
    spec::{Digest, Reference, RepositoryName, Tag},
};

/// What a repository holds.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    pub(super) blobs: Map<Digest, Content>,
    pub(super) manifests: Map<Digest, Arc<StoredManifest>>,
    pub(super) tags: Map<Tag, Digest>,
    /// The tags of each manifest, to find them when it goes.
    pub(super) tagged: Map<Digest, Map<Tag, ()>>,
    /// The manifests that refer to a subject, which itself need not be there.
    pub(super) referrers: Map<(Digest, Digest), Arc<StoredManifest>>,
}

impl Repository {
    /// A blob.
    #[must_use]
    pub fn blob(&self, digest: &Digest) -> Option<&Content> {
        self.blobs.get(digest)
    }

    /// All blobs, by digest.
    pub fn blobs(&self) -> impl Iterator<Item = (&Digest, &Content)> {
        self.blobs.iter()
    }

    /// A manifest.
    #[must_use]
    pub fn manifest(&self, digest: &Digest) -> Option<&Arc<StoredManifest>> {
        self.manifests.get(digest)
    }

    /// All manifests, by digest.
    pub fn manifests(&self) -> impl Iterator<Item = (&Digest, &Arc<StoredManifest>)> {
        self.manifests.iter()
    }

    /// The manifest that a tag or digest names, with its digest.
    #[must_use]
    pub fn resolve<'a>(
        &'a self,
        reference: &'a Reference,
    ) -> Option<(&'a Digest, &'a Arc<StoredManifest>)> {
        let digest = match reference {
            Reference::Tag(tag) => self.tags.get(tag)?,
            Reference::Digest(digest) => digest,
        };
        Some((digest, self.manifests.get(digest)?))
    }

    /// What a tag points at.
    #[must_use]
    pub fn tag(&self, tag: &Tag) -> Option<&Digest> {
        self.tags.get(tag)
    }

    /// How many tags there are.
    #[must_use]
    pub fn tag_count(&self) -> usize {
        self.tags.len()
    }

    /// The tags after one, in byte order, with their digests; all of them after none.
    pub fn tags_after(&self, last: Option<&str>) -> impl Iterator<Item = (&Tag, &Digest)> {
        self.tags.after(last)
    }

    /// The tags of a manifest, in byte order.
    pub fn tags_of<'a>(&'a self, digest: &Digest) -> impl Iterator<Item = &'a Tag> + use<'a> {
        let tags = self.tagged.get(digest).into_iter();
        tags.flat_map(|tags| tags.iter().map(|(tag, ())| tag))
    }

    /// A tag that points at a manifest from now on.
    pub(super) fn tag_is_of(&mut self, digest: &Digest, tag: Tag) {
        self.tagged
            .change(digest, Map::default, |tags| tags.insert(tag, ()));
    }

    /// A tag that no longer points at a manifest.
    pub(super) fn tag_was_of(&mut self, digest: &Digest, tag: &Tag) {
        if let Some(tags) = self.tagged.get_mut(digest) {
            tags.remove(tag);
            if tags.is_empty() {
                self.tagged.remove(digest);
            }
        }
    }

    /// The manifests that refer to a subject, by digest.
    pub fn referrers<'a>(
        &'a self,
        subject: &Digest,
    ) -> impl Iterator<Item = (&'a Digest, &'a Arc<StoredManifest>)> + use<'a> {
        let subject = subject.clone();
        let all = self
            .referrers
            .from(&subject)
            .take_while(move |((about, _), _)| *about == subject);
        all.map(|((_, digest), manifest)| (digest, manifest))
    }
}

impl Least for Digest {
    fn least() -> Self {
        Self::sha256([0; 32])
    }
}

impl Least for RepositoryName {
    fn least() -> Self {
        Self::least()
    }
}
