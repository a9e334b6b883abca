//! An archive or a tree, opened.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::{
    Fault, Files, Found, Pieces, Source,
    files::{needed, whole},
    layout, media_type_of, saved, storage,
};
use crate::{
    content::Sha2,
    spec::{Digest, MediaType, Reference, RepositoryName, Tag},
};

/// Images in files: an OCI layout, what `docker save` wrote, or distribution's storage tree.
///
/// Opening it reads what names the images, and no blob but the layers of a `docker save` archive, which have no digests
/// of their own.
#[derive(Debug)]
pub struct Shelf {
    files: Box<dyn Files>,
    kind: Kind,
    repositories: BTreeMap<RepositoryName, Held>,
    types: BTreeMap<Digest, MediaType>,
}

/// Where blobs are.
#[derive(Debug)]
pub(super) enum Kind {
    /// `blobs/ALGORITHM/HEX`.
    Layout,
    /// Wherever the archive has them, or made of what it says.
    Saved(BTreeMap<Digest, Place>),
    /// `blobs/ALGORITHM/HE/HEX/data` below a folder.
    Storage(String),
}

#[derive(Debug)]
pub(super) enum Place {
    File(String),
    Made(Bytes),
}

/// What a repository has.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) tags: BTreeMap<Tag, Digest>,
    pub(super) untagged: BTreeSet<Digest>,
    pub(super) loose: BTreeSet<Digest>,
}

/// What a reader of one form finds.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) kind: Kind,
    pub(super) repositories: BTreeMap<RepositoryName, Held>,
    /// The types of manifests that say none themselves.
    pub(super) types: BTreeMap<Digest, MediaType>,
}

impl Shelf {
    /// Opens files, whichever form they have. Images without a name of a repository go into `default`.
    ///
    /// # Errors
    /// They have none of the forms, or what names the images cannot be read.
    pub fn open(files: Box<dyn Files>, default: &RepositoryName) -> Result<Self, Fault> {
        let contents = if files.length(layout::MARK)?.is_some() {
            layout::read(&*files, default)?
        } else if files.length(saved::MARK)?.is_some() {
            saved::read(&*files, default)?
        } else if let Some(root) = storage::root(&*files)? {
            storage::read(&*files, root)?
        } else if files.length("index.json")?.is_some() {
            return Err(Fault::new(
                layout::MARK,
                "it is not there; expected it beside index.json, as in every OCI layout",
            ));
        } else {
            return Err(Fault::new(
                "",
                "there are no images here; expected an OCI layout (oci-layout, index.json), what docker save writes \
                 (manifest.json), or the storage of a registry (docker/registry/v2)",
            ));
        };
        let Contents {
            kind,
            repositories,
            types,
        } = contents;
        Ok(Self {
            files,
            kind,
            repositories,
            types,
        })
    }

    fn path(&self, digest: &Digest) -> Option<String> {
        let (algorithm, hex) = (digest.algorithm().as_str(), digest.hex());
        match &self.kind {
            Kind::Layout => Some(format!("blobs/{algorithm}/{hex}")),
            Kind::Storage(root) => Some(storage::blob(root, digest)),
            Kind::Saved(places) => match places.get(digest)? {
                Place::File(path) => Some(path.clone()),
                Place::Made(_) => None,
            },
        }
    }

    fn made(&self, digest: &Digest) -> Option<&Bytes> {
        match &self.kind {
            Kind::Saved(places) => match places.get(digest)? {
                Place::Made(bytes) => Some(bytes),
                Place::File(_) => None,
            },
            Kind::Layout | Kind::Storage(_) => None,
        }
    }

    fn held(&self, repository: &RepositoryName) -> Option<&Held> {
        self.repositories.get(repository)
    }
}

impl Source for Shelf {
    fn repositories(&self) -> Result<Vec<RepositoryName>, Fault> {
        Ok(self.repositories.keys().cloned().collect())
    }

    fn tags(&self, repository: &RepositoryName) -> Result<Vec<Tag>, Fault> {
        let held = self.held(repository);
        Ok(held.map_or_else(Vec::new, |held| held.tags.keys().cloned().collect()))
    }

    fn manifest(
        &self,
        repository: &RepositoryName,
        reference: &Reference,
    ) -> Result<Option<Found>, Fault> {
        let (digest, is_named) = match reference {
            Reference::Digest(digest) => (Some(digest), false),
            Reference::Tag(tag) => {
                let held = self.held(repository);
                (held.and_then(|held| held.tags.get(tag)), true)
            }
        };
        let Some(digest) = digest else {
            return Ok(None);
        };
        let (path, bytes) = match (self.made(digest), self.path(digest)) {
            (Some(made), _) => ("manifest.json".to_owned(), Some(made.clone())),
            (None, Some(path)) if is_named => {
                let bytes = Some(needed(&*self.files, &path)?);
                (path, bytes)
            }
            (None, Some(path)) => {
                let bytes = whole(&*self.files, &path)?;
                (path, bytes)
            }
            (None, None) => return Ok(None),
        };
        let Some(bytes) = bytes else {
            return Ok(None);
        };
        let actual = Sha2::digest(digest.algorithm(), &bytes);
        if actual != *digest {
            return Err(Fault::new(
                path,
                format!("its digest is {actual}; expected {digest}"),
            ));
        }
        let media_type = self.types.get(digest).cloned();
        let media_type = media_type.or_else(|| media_type_of(&bytes));
        let media_type =
            media_type.ok_or_else(|| Fault::new(path, "it is no manifest of a known type"))?;
        Ok(Some(Found {
            digest: digest.clone(),
            media_type,
            bytes,
        }))
    }

    fn blob_length(
        &self,
        _repository: &RepositoryName,
        digest: &Digest,
        _expected: u64,
    ) -> Result<Option<u64>, Fault> {
        match self.path(digest) {
            Some(path) => self.files.length(&path),
            None => Ok(None),
        }
    }

    fn blob(
        &self,
        _repository: &RepositoryName,
        digest: &Digest,
        from: u64,
    ) -> Result<Box<dyn Pieces + '_>, Fault> {
        let path = self.path(digest).unwrap_or_default();
        let Some(length) = self.files.length(&path)? else {
            return Err(Fault::new(path, "it is not there"));
        };
        Ok(Box::new(File {
            files: &*self.files,
            path,
            at: from.min(length),
            length,
        }))
    }

    fn untagged(&self, repository: &RepositoryName) -> Result<Vec<Digest>, Fault> {
        let held = self.held(repository);
        Ok(held.map_or_else(Vec::new, |held| held.untagged.iter().cloned().collect()))
    }

    fn loose_blobs(&self, repository: &RepositoryName) -> Result<Vec<Digest>, Fault> {
        let held = self.held(repository);
        Ok(held.map_or_else(Vec::new, |held| held.loose.iter().cloned().collect()))
    }

    fn referrers(
        &self,
        repository: &RepositoryName,
        subject: &Digest,
    ) -> Result<Vec<Digest>, Fault> {
        let mut about = Vec::new();
        let held = self.held(repository);
        let all = held.map(|held| held.untagged.iter().chain(held.tags.values()));
        for digest in all.into_iter().flatten() {
            let found = self.manifest(repository, &Reference::Digest(digest.clone()))?;
            if found.is_some_and(|found| super::links::subject(&found).as_ref() == Some(subject))
                && !about.contains(digest)
            {
                about.push(digest.clone());
            }
        }
        Ok(about)
    }
}

struct File<'a> {
    files: &'a dyn Files,
    path: String,
    at: u64,
    length: u64,
}

impl Pieces for File<'_> {
    fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        let left = self.length.saturating_sub(self.at);
        let piece = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE);
        if piece == 0 {
            return Ok(None);
        }
        let bytes = self.files.read(&self.path, self.at, piece)?;
        self.at = self.at.saturating_add(piece as u64);
        Ok(Some(bytes))
    }
}

pub(super) const PIECE: usize = 1 << 20;
