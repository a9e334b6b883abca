//! Artifacts: content that is no image, perhaps about one.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::{
    Built,
    built::{Blob, ManifestText},
};
use crate::{
    content::{Content, Hashers},
    spec::{Algorithm, Descriptor, Invalid, MediaType},
};

/// An artifact, described: an OCI image manifest with the empty config (image-spec, "Guidelines for Artifact Usage").
///
/// ```
/// use registrette::{content::Sha2, image::{Artifact, ArtifactBlob, Image}};
///
/// let image = Image::default().file("hi.txt", "hi").build(&Sha2)?;
/// let sbom = Artifact {
///     artifact_type: "application/spdx+json".to_owned(),
///     blobs: vec![ArtifactBlob::new("{}")],
///     ..Artifact::default()
/// };
/// assert_eq!(sbom.build(Some(&image.top), &Sha2)?.top.artifact_type.as_deref(), Some("application/spdx+json"));
/// # Ok::<(), registrette::spec::Invalid>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Artifact {
    /// What it is for; must not be empty.
    pub artifact_type: String,
    /// Its content. Without any, it has the one blob `{}`.
    pub blobs: Vec<ArtifactBlob>,
    /// Annotations of its manifest.
    pub annotations: BTreeMap<String, String>,
}

/// One blob of an artifact.
#[derive(Clone, Debug, Default)]
pub struct ArtifactBlob {
    /// Its bytes.
    pub content: Content,
    /// Its type; `application/octet-stream` where there is none.
    pub media_type: Option<String>,
    /// Annotations of its descriptor, such as `org.opencontainers.image.title` for the name of a file.
    pub annotations: BTreeMap<String, String>,
}

impl ArtifactBlob {
    /// A blob of these bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self {
            content: bytes.into().into(),
            ..Self::default()
        }
    }
}

impl Artifact {
    /// Makes it, about a manifest where there is a subject.
    ///
    /// # Errors
    /// [`Invalid`]: an `artifactType`, or a blob's type, that is none.
    pub fn build(
        self,
        subject: Option<&Descriptor>,
        hashers: &dyn Hashers,
    ) -> Result<Built, Invalid> {
        check_type(&self.artifact_type).map_err(|fault| fault.within("artifactType"))?;
        let empty = Blob {
            content: Bytes::from_static(b"{}").into(),
            digest: hashers.digest_of(Algorithm::Sha256, &Bytes::from_static(b"{}").into()),
            media_type: "application/vnd.oci.empty.v1+json".to_owned(),
        };
        let config = named(&empty);
        let mut blobs = vec![empty];
        let mut layers = Vec::new();
        for (place, described) in self.blobs.into_iter().enumerate() {
            let media_type =
                (described.media_type).unwrap_or_else(|| "application/octet-stream".to_owned());
            check_type(&media_type)
                .map_err(|fault| fault.within(&format!("blobs[{place}].mediaType")))?;
            let blob = Blob {
                digest: hashers.digest_of(Algorithm::Sha256, &described.content),
                media_type,
                content: described.content,
            };
            layers.push(Descriptor {
                annotations: Some(described.annotations).filter(|all| !all.is_empty()),
                ..named(&blob)
            });
            blobs.push(blob);
        }
        if layers.is_empty() {
            layers.push(config.clone());
        }
        let media_type = MediaType::IMAGE_MANIFEST;
        let text = ManifestText {
            schema_version: 2,
            media_type: media_type.as_str(),
            artifact_type: Some(&self.artifact_type),
            config: Some(&config),
            layers: Some(&layers),
            manifests: None,
            subject,
            annotations: &self.annotations,
        };
        Ok(Built::new(
            blobs,
            Vec::new(),
            media_type.clone(),
            &text,
            hashers,
        ))
    }
}

fn named(blob: &Blob) -> Descriptor {
    Descriptor::new(&blob.media_type, &blob.digest, blob.content.len())
}

fn check_type(text: &str) -> Result<(), Invalid> {
    let is_type =
        MediaType::parse(text).is_some_and(|parsed| parsed.as_str() == text) && text.contains('/');
    if is_type {
        return Ok(());
    }
    let reason =
        format!("{text:?} is no media type; expected one such as \"application/spdx+json\"");
    Err(Invalid::new("", &reason))
}
