//! The model: maps of text, and nothing clever.

use std::collections::BTreeMap;

use crate::universe::{Known, MANIFESTS};

/// How long a session stays open without a byte.
pub(crate) const IDLE: u64 = 60 * 60 * 1000;

/// What a registry should hold.
#[derive(Clone, Default)]
pub(crate) struct Model {
    /// A repository is there once something was kept in it, and stays.
    pub(crate) repositories: BTreeMap<&'static str, Repository>,
    pub(crate) sessions: Vec<Session>,
}

#[derive(Clone, Default)]
pub(crate) struct Repository {
    /// Blobs by digest.
    pub(crate) blobs: BTreeMap<String, String>,
    /// Manifests by digest: their number.
    pub(crate) manifests: BTreeMap<String, usize>,
    pub(crate) tags: BTreeMap<&'static str, String>,
}

#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) name: &'static str,
    pub(crate) content: String,
    pub(crate) touched: u64,
    pub(crate) is_closed: bool,
}

impl Session {
    pub(crate) fn new(name: &'static str, now: u64) -> Self {
        Self {
            name,
            content: String::new(),
            touched: now,
            is_closed: false,
        }
    }

    pub(crate) fn is_open(&self, now: u64) -> bool {
        !self.is_closed && now - self.touched < IDLE
    }
}

impl Model {
    pub(crate) fn repository(&mut self, name: &'static str) -> &mut Repository {
        self.repositories.entry(name).or_default()
    }

    pub(crate) fn blob(&self, name: &str, digest: &str) -> Option<&String> {
        self.repositories.get(name)?.blobs.get(digest)
    }

    pub(crate) fn is_held_anywhere(&self, digest: &str) -> bool {
        self.repositories
            .values()
            .any(|repository| repository.blobs.contains_key(digest))
    }

    /// Whether all that a manifest needs is there.
    pub(crate) fn is_complete(&self, name: &str, manifest: &Known) -> bool {
        manifest.needs.iter().all(|(digest, is_manifest)| {
            self.repositories
                .get(name)
                .is_some_and(|repository| match is_manifest {
                    true => repository.manifests.contains_key(digest),
                    false => repository.blobs.contains_key(digest),
                })
        })
    }

    /// The digests that refer to a subject, in order.
    pub(crate) fn referrers(&self, name: &str, subject: &str) -> Vec<&String> {
        let manifests = self
            .repositories
            .get(name)
            .map(|repository| &repository.manifests);
        let about = |number: &usize| MANIFESTS[*number].subject.as_deref() == Some(subject);
        let found = manifests
            .into_iter()
            .flatten()
            .filter(|(_, number)| about(number));
        found.map(|(digest, _)| digest).collect()
    }
}

impl Repository {
    /// Takes a manifest away, and every tag of it.
    pub(crate) fn remove_manifest(&mut self, digest: &str) -> bool {
        self.tags.retain(|_, tagged| tagged != digest);
        self.manifests.remove(digest).is_some()
    }
}
