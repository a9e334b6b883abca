//! From a source into a registry.

use std::collections::BTreeMap;

use super::{Fault, Item, Plan, Source};
use crate::{
    content::{Chunk, Content},
    image::{Place, Seed},
    spec::{Digest, RepositoryName},
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
    let Plan { items, images } = Plan::of(source)?;
    let mut loading = Loading {
        source,
        room,
        progress,
        contents: BTreeMap::new(),
    };
    let entries = items.iter().map(ToString::to_string).collect();
    let seeds = items.into_iter().map(|item| loading.seed(item));
    Ok(Load {
        seeds: seeds.collect::<Result<_, _>>()?,
        entries,
        images,
    })
}

struct Loading<'a> {
    source: &'a dyn Source,
    room: u64,
    progress: &'a mut dyn FnMut(u64),
    /// What several repositories have is read once.
    contents: BTreeMap<Digest, Content>,
}

impl Loading<'_> {
    fn seed(&mut self, item: Item) -> Result<Seed, Fault> {
        match item {
            Item::Blob { repository, digest } => {
                let content = match self.contents.get(&digest) {
                    Some(content) => content.clone(),
                    None => self.read(&repository, &digest)?,
                };
                self.contents.insert(digest.clone(), content.clone());
                Ok(Seed::Blob {
                    repository,
                    digest: Some(digest),
                    content,
                })
            }
            Item::Manifest {
                place,
                media_type,
                bytes,
            } => Ok(Seed::Manifest {
                place,
                media_type: Some(media_type),
                bytes,
            }),
        }
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
}
