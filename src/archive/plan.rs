//! What of a source goes into a registry, in the order in which it wants it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use bytes::Bytes;

use super::{Fault, Source, Walked, walk};
use crate::{
    image::Place,
    spec::{Digest, MediaType, Reference, RepositoryName, Tag},
};

/// One thing that goes into a registry.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the fields are named for their types")]
pub enum Item {
    /// A blob, still to be read.
    Blob {
        repository: RepositoryName,
        digest: Digest,
    },
    /// A manifest; the place has its digest, and the tag that it gets.
    Manifest {
        place: Place,
        media_type: MediaType,
        bytes: Bytes,
    },
}

/// Everything of a source that goes into a registry.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Blobs before the manifests that name them, children before their index, tags last.
    pub items: Vec<Item>,
    /// What was named: each image by its tag or, without one, by its digest alone; with the bytes of its layers.
    pub images: Vec<(Place, u64)>,
}

impl Plan {
    /// Looks at everything of a source but the bytes of blobs.
    ///
    /// # Errors
    /// Something is missing or damaged.
    pub fn of(source: &dyn Source) -> Result<Self, Fault> {
        let mut plan = Self::default();
        for repository in source.repositories()? {
            plan.repository(source, &repository)?;
        }
        Ok(plan)
    }

    fn repository(
        &mut self,
        source: &dyn Source,
        repository: &RepositoryName,
    ) -> Result<(), Fault> {
        let mut there = BTreeSet::new();
        for (digest, tags) in roots(source, repository)? {
            if tags.is_empty() && there.contains(&digest) {
                continue;
            }
            let walked = walk(source, repository, &Reference::Digest(digest), &|_| true)?;
            for blob in &walked.blobs {
                self.blob(&mut there, repository, &blob.digest);
            }
            for found in &walked.manifests {
                if there.insert(found.digest.clone()) {
                    self.items.push(Item::Manifest {
                        place: untagged(repository, &found.digest),
                        media_type: found.media_type.clone(),
                        bytes: found.bytes.clone(),
                    });
                }
            }
            self.name(repository, &walked, tags);
        }
        for digest in source.loose_blobs(repository)? {
            self.blob(&mut there, repository, &digest);
        }
        Ok(())
    }

    fn blob(&mut self, there: &mut BTreeSet<Digest>, name: &RepositoryName, digest: &Digest) {
        if there.insert(digest.clone()) {
            self.items.push(Item::Blob {
                repository: name.clone(),
                digest: digest.clone(),
            });
        }
    }

    /// Sets the tags of an image that is there.
    fn name(&mut self, repository: &RepositoryName, walked: &Walked, tags: Vec<Tag>) {
        let Some(top) = walked.top() else { return };
        let mut place = untagged(repository, &top.digest);
        if tags.is_empty() {
            self.images.push((place.clone(), walked.bytes()));
        }
        for tag in tags {
            place.tag = Some(tag);
            self.images.push((place.clone(), walked.bytes()));
            self.items.push(Item::Manifest {
                place: place.clone(),
                media_type: top.media_type.clone(),
                bytes: top.bytes.clone(),
            });
        }
    }
}

/// What is to be read of a repository: what has tags, in their order, then what has none.
fn roots(
    source: &dyn Source,
    repository: &RepositoryName,
) -> Result<Vec<(Digest, Vec<Tag>)>, Fault> {
    let mut roots: Vec<(Digest, Vec<Tag>)> = Vec::new();
    let mut places = BTreeMap::new();
    for tag in source.tags(repository)? {
        let reference = Reference::Tag(tag.clone());
        let Some(found) = source.manifest(repository, &reference)? else {
            continue;
        };
        let place = *places.entry(found.digest.clone()).or_insert(roots.len());
        match roots.get_mut(place) {
            Some((_, tags)) => tags.push(tag),
            None => roots.push((found.digest, vec![tag])),
        }
    }
    let untagged = source.untagged(repository)?;
    roots.extend(untagged.into_iter().map(|digest| (digest, Vec::new())));
    Ok(roots)
}

fn untagged(repository: &RepositoryName, digest: &Digest) -> Place {
    Place {
        digest: Some(digest.clone()),
        ..Place::untagged(repository.clone())
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blob { repository, digest } => write!(f, "blob {digest} of {repository}"),
            Self::Manifest { place, .. } => place.fmt(f),
        }
    }
}
