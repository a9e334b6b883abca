//! From a source into a registry.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fault, Source, walk};
use crate::{
    content::{Chunk, Content},
    image::{Place, Seed},
    spec::{Digest, Reference, RepositoryName, Tag},
};

/// Everything of a source, ready for [`crate::Registry::seed`].
#[derive(Debug, Default)]
pub struct Load {
    /// The seeds, in the order in which a registry wants them.
    pub seeds: Vec<Seed>,
    /// What each of them is, for a message about one.
    pub entries: Vec<String>,
    /// What was named: each image by its tag or, without one, by its digest alone; with the bytes of its layers.
    pub images: Vec<(Place, u64)>,
}

/// Reads everything of a source, at most `room` bytes of blobs, and tells `progress` the length of each piece.
///
/// # Errors
/// Something is missing, damaged or does not fit.
pub fn load(source: &dyn Source, room: u64, progress: &mut dyn FnMut(u64)) -> Result<Load, Fault> {
    let mut loading = Loading {
        source,
        room,
        progress,
        contents: BTreeMap::new(),
        load: Load::default(),
    };
    for repository in source.repositories()? {
        loading.repository(&repository)?;
    }
    Ok(loading.load)
}

struct Loading<'a> {
    source: &'a dyn Source,
    room: u64,
    progress: &'a mut dyn FnMut(u64),
    contents: BTreeMap<Digest, Content>,
    load: Load,
}

impl Loading<'_> {
    fn repository(&mut self, repository: &RepositoryName) -> Result<(), Fault> {
        let mut there = BTreeSet::new();
        let mut named: Vec<(Digest, Vec<Tag>)> = Vec::new();
        let mut places = BTreeMap::new();
        for tag in self.source.tags(repository)? {
            let reference = Reference::Tag(tag.clone());
            let Some(found) = self.source.manifest(repository, &reference)? else {
                continue;
            };
            let place = *places.entry(found.digest.clone()).or_insert(named.len());
            match named.get_mut(place) {
                Some((_, tags)) => tags.push(tag),
                None => named.push((found.digest, vec![tag])),
            }
        }
        let untagged = self.source.untagged(repository)?;
        named.extend(untagged.into_iter().map(|digest| (digest, Vec::new())));
        for (digest, tags) in named {
            if tags.is_empty() && there.contains(&digest) {
                continue;
            }
            let reference = Reference::Digest(digest);
            let walked = walk(self.source, repository, &reference, &|_| true)?;
            for blob in &walked.blobs {
                if there.insert(blob.digest.clone()) {
                    self.blob(repository, &blob.digest)?;
                }
            }
            for found in &walked.manifests {
                if !there.insert(found.digest.clone()) {
                    continue;
                }
                let place = Place {
                    digest: Some(found.digest.clone()),
                    ..Place::untagged(repository.clone())
                };
                self.keep(
                    format!("{repository}@{}", found.digest),
                    Seed::Manifest {
                        place,
                        media_type: Some(found.media_type.clone()),
                        bytes: found.bytes.clone(),
                    },
                );
            }
            let bytes = walked.bytes();
            self.name(repository, &walked, tags, bytes);
        }
        for digest in self.source.loose_blobs(repository)? {
            if there.insert(digest.clone()) {
                self.blob(repository, &digest)?;
            }
        }
        Ok(())
    }

    /// Sets the tags of an image that is there.
    fn name(
        &mut self,
        repository: &RepositoryName,
        walked: &super::Walked,
        tags: Vec<Tag>,
        bytes: u64,
    ) {
        let Some(top) = walked.top() else { return };
        let mut place = Place {
            digest: Some(top.digest.clone()),
            ..Place::untagged(repository.clone())
        };
        if tags.is_empty() {
            self.load.images.push((place.clone(), bytes));
        }
        for tag in tags {
            place.tag = Some(tag);
            self.load.images.push((place.clone(), bytes));
            self.keep(
                place.to_string(),
                Seed::Manifest {
                    place: place.clone(),
                    media_type: Some(top.media_type.clone()),
                    bytes: top.bytes.clone(),
                },
            );
        }
    }

    fn blob(&mut self, repository: &RepositoryName, digest: &Digest) -> Result<(), Fault> {
        let content = match self.contents.get(digest) {
            Some(content) => content.clone(),
            None => {
                let content = self.read(repository, digest)?;
                self.contents.insert(digest.clone(), content.clone());
                content
            }
        };
        self.keep(
            format!("blob {digest} of {repository}"),
            Seed::Blob {
                repository: repository.clone(),
                digest: Some(digest.clone()),
                content,
            },
        );
        Ok(())
    }

    fn read(&mut self, repository: &RepositoryName, digest: &Digest) -> Result<Content, Fault> {
        let mut pieces = self.source.blob(repository, digest, 0)?;
        let mut chunks = Vec::new();
        while let Some(piece) = pieces.next()? {
            let length = piece.len() as u64;
            self.room = self.room.checked_sub(length).ok_or_else(|| {
                let reason = "there is no room for it in the registry";
                Fault::new(format!("blob {digest} of {repository}"), reason)
            })?;
            (self.progress)(length);
            chunks.push(Chunk::from(piece));
        }
        Ok(Content::new(chunks))
    }

    fn keep(&mut self, entry: String, seed: Seed) {
        self.load.entries.push(entry);
        self.load.seeds.push(seed);
    }
}
