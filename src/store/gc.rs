//! What nothing names any more.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Repository, Store};
use crate::spec::{Digest, RepositoryName};

/// How much is kept, what several repositories hold counted once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Kept {
    /// How many blobs.
    pub blobs: u64,
    /// How many bytes they have.
    pub bytes: u64,
}

impl Store {
    /// The blobs that no manifest of their repository names, by repository.
    #[must_use]
    pub fn unnamed_blobs(&self) -> Vec<(RepositoryName, Digest)> {
        let repositories = self.repositories.iter();
        repositories
            .flat_map(|(name, repository)| {
                let named = named(repository);
                let unnamed = repository
                    .blobs()
                    .filter(move |(digest, _)| !named.contains(*digest));
                unnamed.map(|(digest, _)| (name.clone(), digest.clone()))
            })
            .collect()
    }

    /// Counts the blobs.
    #[must_use]
    pub fn kept(&self) -> Kept {
        let mut kept = Kept::default();
        let mut last = None;
        for ((digest, name), ()) in self.holdings.iter() {
            if last == Some(digest) {
                continue;
            }
            last = Some(digest);
            let content = self
                .repository(name)
                .and_then(|repository| repository.blob(digest));
            kept.blobs = kept.blobs.saturating_add(1);
            kept.bytes = kept
                .bytes
                .saturating_add(content.map_or(0, crate::content::Content::len));
        }
        kept
    }
}

impl Repository {
    /// Whether a manifest of it names a blob.
    #[must_use]
    pub fn names_blob(&self, digest: &Digest) -> bool {
        named(self).contains(digest)
    }
}

/// Every digest that stands in a manifest, wherever: what an unknown type of manifest names is kept as well.
fn named(repository: &Repository) -> BTreeSet<Digest> {
    let mut named = BTreeSet::new();
    for (_, manifest) in repository.manifests() {
        if let Ok(json) = serde_json::from_slice(&manifest.bytes) {
            collect(&json, &mut named);
        }
    }
    named
}

fn collect(json: &Value, named: &mut BTreeSet<Digest>) {
    match json {
        Value::String(text) => named.extend(Digest::parse(text)),
        Value::Array(list) => list.iter().for_each(|value| collect(value, named)),
        Value::Object(members) => members.values().for_each(|value| collect(value, named)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
