//! A manifest that is kept.

use bytes::Bytes;
use serde::Serialize;

use crate::spec::{Descriptor, Digest, Manifest, ManifestKind, MediaType};

/// A manifest as it was pushed, byte for byte, and what lists of referrers show of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredManifest {
    /// Its media type.
    pub media_type: MediaType,
    /// Its bytes.
    pub bytes: Bytes,
    /// Its kind.
    pub kind: ManifestKind,
    /// Its config, where it is an image.
    pub config: Option<Digest>,
    /// What it refers to.
    pub subject: Option<Digest>,
    /// What it is for.
    pub artifact_type: Option<String>,
    /// Its descriptor in a list of referrers, as JSON; empty where it has no subject.
    pub descriptor: Bytes,
}

impl StoredManifest {
    /// Puts together what is kept of a manifest of this digest.
    #[must_use]
    pub fn new(digest: &Digest, media_type: MediaType, bytes: Bytes, manifest: Manifest) -> Self {
        let Manifest {
            kind,
            config,
            subject,
            artifact_type,
            annotations,
            ..
        } = manifest;
        let descriptor = if subject.is_some() {
            let descriptor = Descriptor {
                media_type: media_type.as_str().to_owned(),
                digest: digest.to_string(),
                size: bytes.len() as u64,
                artifact_type: artifact_type.clone(),
                annotations,
            };
            to_json(&descriptor)
        } else {
            Bytes::new()
        };
        Self {
            media_type,
            bytes,
            kind,
            config,
            subject,
            artifact_type,
            descriptor,
        }
    }

    /// The descriptors of an index; none of anything else.
    #[must_use]
    pub fn children(&self) -> Vec<Descriptor> {
        Manifest::parse(&self.media_type, &self.bytes)
            .map(|manifest| manifest.manifests)
            .unwrap_or_default()
    }
}

/// JSON of plain data, which cannot fail.
pub(crate) fn to_json(value: &impl Serialize) -> Bytes {
    serde_json::to_vec(value).unwrap_or_default().into()
}
