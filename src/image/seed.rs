//! What a registry is to hold from the start.

use std::{fmt, str::FromStr};

use bytes::Bytes;
use serde_json::Value;

use super::{Artifact, Image, Index};
use crate::{
    content::Content,
    spec::{Digest, Error, Invalid, MediaType, Reference, RepositoryName, Tag},
};

/// One thing that a registry is to hold, and where. [`Seed::read`] reads them from JSON.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are named for their types")]
pub enum Seed {
    /// An image.
    Image { place: Place, image: Image },
    /// An image of several platforms.
    Index { place: Place, index: Index },
    /// An artifact; about a manifest of the same repository, where there is a subject.
    Artifact {
        place: Place,
        subject: Option<Reference>,
        artifact: Artifact,
    },
    /// A blob. The digest is an expectation; without one it is kept under its sha256.
    Blob {
        repository: RepositoryName,
        digest: Option<Digest>,
        content: Content,
    },
    /// A manifest, as it is. Without a media type, the one that it gives itself.
    Manifest {
        place: Place,
        media_type: Option<MediaType>,
        bytes: Bytes,
    },
}

/// Where a manifest goes: `repository:tag`, `repository@digest`, or both. A repository alone means the tag `latest`.
///
/// The digest is an expectation: what is put there must have it.
///
/// ```
/// use registrette::image::Place;
///
/// let place: Place = "demo/app:v1".parse()?;
/// assert_eq!((place.repository.as_str(), place.tag.unwrap().as_str()), ("demo/app", "v1"));
/// assert_eq!("demo/app".parse::<Place>()?.to_string(), "demo/app:latest");
/// # Ok::<(), registrette::spec::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The repository.
    pub repository: RepositoryName,
    /// The tag; `None`: it is found by its digest only.
    pub tag: Option<Tag>,
    /// The digest it must have.
    pub digest: Option<Digest>,
}

impl Place {
    /// In a repository, found by its digest only.
    #[must_use]
    pub fn untagged(repository: RepositoryName) -> Self {
        Self {
            repository,
            tag: None,
            digest: None,
        }
    }

    /// What it is pulled by: the digest, where one is given.
    #[must_use]
    pub fn reference(&self) -> Option<Reference> {
        let digest = self.digest.clone().map(Reference::Digest);
        digest.or_else(|| self.tag.clone().map(Reference::Tag))
    }
}

impl FromStr for Place {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |reason: &str| {
            let expected = "expected one such as \"demo/app:v1\"";
            Invalid::new(
                "",
                &format!("{text:?} is no reference: {reason}; {expected}"),
            )
        };
        let wrong = |error: Error| {
            let detail = error.detail();
            let reason = detail.get("reason").and_then(Value::as_str);
            invalid(reason.unwrap_or_else(|| error.message()))
        };
        let (named, digest) = match text.split_once('@') {
            Some((named, digest)) => (named, Some(Digest::parse(digest).map_err(wrong)?)),
            None => (text, None),
        };
        if Digest::parse(named).is_ok() {
            return Err(invalid("a digest names no repository"));
        }
        // A colon before the last slash is that of a host's port, which no name holds.
        let (name, tag) = match named.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => {
                (name, Some(Tag::parse(tag).map_err(wrong)?))
            }
            Some(_) => return Err(invalid("a repository here is named without its host")),
            None => (named, None),
        };
        let latest = || Tag::parse("latest").ok();
        Ok(Self {
            repository: RepositoryName::parse(name).map_err(wrong)?,
            tag: tag.or_else(|| if digest.is_none() { latest() } else { None }),
            digest,
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}
