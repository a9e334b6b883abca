//! What a builder gives: blobs and manifests, ready to be kept or pushed.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::Platform;
use crate::{
    content::{Content, Hashers},
    spec::{Algorithm, Descriptor, Digest, MediaType},
};

/// Blobs and manifests in the order in which a registry wants them.
#[derive(Clone, Debug)]
pub struct Built {
    /// The blobs, each once.
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
        mut blobs: Vec<Blob>,
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
        let mut seen = BTreeSet::new();
        blobs.retain(|blob| seen.insert(blob.digest.clone()));
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

/// JSON with the members of every object sorted, also in a program that lets `serde_json` keep their order.
pub(super) struct Sorted<'a>(pub(super) &'a Value);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                let sorted: BTreeMap<_, _> = members.iter().collect();
                serializer.collect_map(
                    sorted
                        .into_iter()
                        .map(|(name, value)| (name, Sorted(value))),
                )
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Sorted)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                self.0.serialize(serializer)
            }
        }
    }
}
