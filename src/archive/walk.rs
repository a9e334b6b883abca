//! Everything that belongs to an image.

use std::collections::BTreeSet;

use super::{Fault, Found, Link, Source, links};
use crate::spec::{Digest, MediaType, Reference, RepositoryName};

/// An image with everything that it points at.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    /// The manifests, each after what it points at.
    pub manifests: Vec<Found>,
    /// The blobs, each once.
    pub blobs: Vec<Link>,
}

impl Walked {
    /// The manifest that was asked for.
    #[must_use]
    pub fn top(&self) -> Option<&Found> {
        self.manifests.last()
    }

    /// The bytes of all blobs.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let sizes = self.blobs.iter().map(|blob| blob.size);
        sizes.fold(0, u64::saturating_add)
    }
}

/// Reads a manifest and all that hang on it. `wanted` says which children of an index are followed.
///
/// # Errors
/// A manifest or blob is not there, or not of the size that it should have.
pub fn walk(
    source: &dyn Source,
    repository: &RepositoryName,
    reference: &Reference,
    wanted: &dyn Fn(&Link) -> bool,
) -> Result<Walked, Fault> {
    let mut walk = Walk {
        source,
        repository,
        wanted,
        seen: BTreeSet::new(),
        walked: Walked::default(),
    };
    let name = match reference {
        Reference::Tag(tag) => format!("{repository}:{tag}"),
        Reference::Digest(digest) => format!("{repository}@{digest}"),
    };
    let found = source
        .manifest(repository, reference)?
        .ok_or_else(|| Fault::new(name, "it is not there"))?;
    walk.follow(found, 0)?;
    Ok(walk.walked)
}

struct Walk<'a> {
    source: &'a dyn Source,
    repository: &'a RepositoryName,
    wanted: &'a dyn Fn(&Link) -> bool,
    seen: BTreeSet<Digest>,
    walked: Walked,
}

impl Walk<'_> {
    fn follow(&mut self, found: Found, depth: usize) -> Result<(), Fault> {
        if !self.seen.insert(found.digest.clone()) {
            return Ok(());
        }
        let name = format!("{}@{}", self.repository, found.digest);
        if depth > DEEPEST {
            return Err(Fault::new(name, "it stands in more indexes than expected"));
        }
        for link in links(&name, &found.media_type, &found.bytes)? {
            if link.is_manifest {
                self.child(&name, &link, depth)?;
            } else {
                self.blob(&name, link)?;
            }
        }
        self.walked.manifests.push(found);
        Ok(())
    }

    fn child(&mut self, name: &str, link: &Link, depth: usize) -> Result<(), Fault> {
        if !(self.wanted)(link) {
            return Ok(());
        }
        let reference = Reference::Digest(link.digest.clone());
        // An index may name platforms that were left out.
        let Some(mut child) = self.source.manifest(self.repository, &reference)? else {
            return Ok(());
        };
        check_size(name, link, child.bytes.len() as u64)?;
        if let Some(media_type) = MediaType::parse(&link.media_type) {
            child.media_type = media_type;
        }
        self.follow(child, depth.saturating_add(1))
    }

    fn blob(&mut self, name: &str, link: Link) -> Result<(), Fault> {
        if self.seen.contains(&link.digest) {
            return Ok(());
        }
        let length = self
            .source
            .blob_length(self.repository, &link.digest, link.size)?;
        match length {
            Some(length) => check_size(name, &link, length)?,
            None if link.may_be_absent => return Ok(()),
            None => {
                let place = format!("{name}: {}", link.place);
                let reason = format!("it names the blob {}, which is not there", link.digest);
                return Err(Fault::new(place, reason));
            }
        }
        self.seen.insert(link.digest.clone());
        self.walked.blobs.push(link);
        Ok(())
    }
}

fn check_size(name: &str, link: &Link, length: u64) -> Result<(), Fault> {
    if link.size == length {
        return Ok(());
    }
    let (digest, size) = (&link.digest, link.size);
    Err(Fault::new(
        format!("{name}: {}", link.place),
        format!("it gives {digest} {size} bytes, and that has {length}"),
    ))
}

const DEEPEST: usize = 8;
