//! What a manifest points at, with sizes and platforms.

use serde::Deserialize;

use super::Fault;
use crate::spec::{Digest, Manifest, ManifestKind, MediaType};

/// One thing that a manifest points at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// Where it stands: `config`, `layers[3]`, `manifests[0]`.
    pub place: String,
    /// Its type; empty where the manifest leaves it out.
    pub media_type: String,
    /// Its digest.
    pub digest: Digest,
    /// Its length.
    pub size: u64,
    /// Whether it is a manifest; else a blob.
    pub is_manifest: bool,
    /// Whether it may be missing: a layer that is not distributed, a platform that was left out.
    pub may_be_absent: bool,
    /// `os/architecture`, of an image in an index that says so.
    pub platform: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    config: Option<RawLink>,
    layers: Option<Vec<RawLink>>,
    manifests: Option<Vec<RawLink>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawLink {
    #[serde(default)]
    media_type: String,
    digest: String,
    #[serde(default)]
    size: u64,
    platform: Option<RawPlatform>,
}

#[derive(Deserialize)]
struct RawPlatform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
}

/// What a manifest points at, in order; nothing of one that is not read.
///
/// # Errors
/// It is no manifest of its type, or names digests that cannot be kept. `name` is what it is called then.
pub fn links(name: &str, media_type: &MediaType, bytes: &[u8]) -> Result<Vec<Link>, Fault> {
    let kind = ManifestKind::of(media_type);
    if kind == ManifestKind::Opaque {
        return Ok(Vec::new());
    }
    Manifest::parse(media_type, bytes).map_err(|error| Fault::new(name, error.to_string()))?;
    let raw: Raw =
        serde_json::from_slice(bytes).map_err(|fault| Fault::new(name, fault.to_string()))?;
    let mut found = Vec::new();
    let all = |links: Option<Vec<RawLink>>| links.unwrap_or_default().into_iter().enumerate();
    if kind == ManifestKind::Index {
        for (at, link) in all(raw.manifests) {
            found.push(read(name, format!("manifests[{at}]"), link, true)?);
        }
        return Ok(found);
    }
    if let Some(link) = raw.config {
        found.push(read(name, "config".to_owned(), link, false)?);
    }
    for (at, link) in all(raw.layers) {
        found.push(read(name, format!("layers[{at}]"), link, false)?);
    }
    Ok(found)
}

fn read(name: &str, place: String, raw: RawLink, is_manifest: bool) -> Result<Link, Fault> {
    let digest = Digest::parse(&raw.digest)
        .map_err(|error| Fault::new(format!("{name}: {place}"), error.to_string()))?;
    let kind = MediaType::parse(&raw.media_type);
    let is_elsewhere = kind.is_some_and(|kind| kind.is_non_distributable());
    Ok(Link {
        place,
        digest,
        size: raw.size,
        is_manifest,
        may_be_absent: is_manifest || is_elsewhere,
        platform: raw
            .platform
            .map(|platform| format!("{}/{}", platform.os, platform.architecture)),
        media_type: raw.media_type,
    })
}

/// The type of a manifest that was kept without one: its own, or what its members show.
#[must_use]
pub fn media_type_of(bytes: &[u8]) -> Option<MediaType> {
    if let Some(own) = Manifest::own_media_type(bytes) {
        return Some(own);
    }
    let is = |kind: &MediaType| Manifest::parse(kind, bytes).is_ok();
    [MediaType::IMAGE_INDEX, MediaType::IMAGE_MANIFEST]
        .into_iter()
        .find(is)
}

/// What a manifest is about.
pub(super) fn subject(found: &super::Found) -> Option<Digest> {
    let manifest = Manifest::parse(&found.media_type, &found.bytes).ok()?;
    manifest.subject
}
