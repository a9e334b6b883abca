//! What a builder gives: blobs and manifests, ready to be kept or pushed.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Platform;
use crate::{
    content::{Content, Hashers},
    spec::{Algorithm, Descriptor, Digest, MediaType},
};

/// Blobs and manifests in the order in which a registry wants them.
#[derive(Clone, Debug)]
pub struct Built {
    /// The blobs. One that several images of an index share is there for each.
    pub blobs: Vec<Blob>,
    /// The manifests, an index after its images.
    pub manifests: Vec<BuiltManifest>,
    /// The last manifest's descriptor.
    pub top: Descriptor,
}

/// A blob, and the digest it is to be kept under.
#[derive(Clone, Debug)]
pub struct Blob {
    /// Its digest. In a broken image it may not be that of its bytes.
    pub digest: Digest,
    /// The type that the manifest gives it.
    pub media_type: String,
    /// Its bytes.
    pub content: Content,
}

/// A manifest. Its digest is always that of its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BuiltManifest {
    /// Its digest.
    pub digest: Digest,
    /// Its type.
    pub media_type: MediaType,
    /// Its bytes.
    pub bytes: Bytes,
}

impl Built {
    /// Closes a list of blobs and manifests with the manifest that everything else hangs on.
    pub(super) fn new(
        blobs: Vec<Blob>,
        mut manifests: Vec<BuiltManifest>,
        media_type: MediaType,
        text: &ManifestText<'_>,
        hashers: &dyn Hashers,
    ) -> Self {
        let bytes = to_json(text);
        let digest = hashers.digest_of(Algorithm::Sha256, &bytes.clone().into());
        let mut top = Descriptor::new(media_type.as_str(), &digest, bytes.len() as u64);
        top.artifact_type = text.artifact_type.map(str::to_owned);
        manifests.push(BuiltManifest {
            digest,
            media_type,
            bytes,
        });
        Self {
            blobs,
            manifests,
            top,
        }
    }
}

/// A manifest as it is written, an image's or an index: members in the order in which the image-spec names them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ManifestText<'a> {
    pub(super) schema_version: u8,
    pub(super) media_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) artifact_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) config: Option<&'a Descriptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) layers: Option<&'a [Descriptor]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) manifests: Option<&'a [Child<'a>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<&'a Descriptor>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) annotations: &'a BTreeMap<String, String>,
}

/// One image of an index.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Child<'a> {
    pub(super) media_type: &'a str,
    pub(super) digest: &'a str,
    pub(super) size: u64,
    pub(super) platform: &'a Platform,
}

/// JSON of plain data, which cannot fail.
pub(super) fn to_json(value: &impl Serialize) -> Bytes {
    serde_json::to_vec(value).unwrap_or_default().into()
}

/// The same with the members of every object sorted, also in a program that lets `serde_json` keep their order.
pub(super) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut by_name = BTreeMap::new();
            for (name, value) in members {
                by_name.insert(name, sorted(value));
            }
            let mut members = Map::new();
            for (name, value) in by_name {
                members.insert(name, value);
            }
            Value::Object(members)
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        scalar @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => scalar,
    }
}
