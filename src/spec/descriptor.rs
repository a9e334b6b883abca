//! Descriptors, as far as a registry reads them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Digest;

/// A descriptor as it stands in a manifest (image-spec, "Content Descriptors").
///
/// The digest stays text: a manifest may point at content of any algorithm, also of one this registry cannot hold.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// The type of the content; empty where the manifest leaves it out.
    #[serde(default)]
    pub media_type: String,
    /// The digest of the content.
    pub digest: String,
    /// Its length in bytes.
    #[serde(default)]
    pub size: u64,
    /// What the content is for, in a list of referrers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// The annotations, in a list of referrers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
}

impl Descriptor {
    /// The descriptor of some content.
    #[must_use]
    pub fn new(media_type: &str, digest: &Digest, size: u64) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest: digest.to_string(),
            size,
            ..Self::default()
        }
    }
}
