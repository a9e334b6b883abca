//! What differs between two stores.

use std::{cmp::Ordering, sync::Arc};

use super::{Map, Repository, Store};
use crate::spec::{Digest, RepositoryName, SessionId, Tag};

/// What differs between a store before and after. What both share is not looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Diff {
    /// Tags that were set, moved or deleted.
    pub tags: Vec<MovedTag>,
    /// Manifests that are there after and not before.
    pub manifests_added: Vec<(RepositoryName, Digest)>,
    /// Manifests that are gone.
    pub manifests_gone: Vec<(RepositoryName, Digest)>,
    /// Blobs that are there after and not before.
    pub blobs_added: Vec<(RepositoryName, Digest)>,
    /// Blobs that are gone.
    pub blobs_gone: Vec<(RepositoryName, Digest)>,
    /// Sessions that are open after and were not before, or have grown.
    pub uploads_open: Vec<(RepositoryName, SessionId)>,
    /// Sessions that were open and are not any more.
    pub uploads_gone: Vec<(RepositoryName, SessionId)>,
}

/// A tag that points elsewhere than before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MovedTag {
    /// Its repository.
    pub repository: RepositoryName,
    /// The tag.
    pub tag: Tag,
    /// What it pointed at; `None`: it is new.
    pub before: Option<Digest>,
    /// What it points at; `None`: it is gone.
    pub after: Option<Digest>,
}

impl Diff {
    /// Whether there is no difference.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Compares two stores.
    #[must_use]
    pub fn between(before: &Store, after: &Store) -> Self {
        let mut diff = Self::default();
        let none = Repository::default();
        walk(
            &before.repositories,
            &after.repositories,
            Arc::ptr_eq,
            |name, before, after| {
                let (before, after) = (before.map_or(&none, |r| r), after.map_or(&none, |r| r));
                diff.compare(name, before, after);
            },
        );
        let same = |a: &super::Upload, b: &super::Upload| {
            (a.version(), a.length()) == (b.version(), b.length())
        };
        walk(
            &before.uploads,
            &after.uploads,
            same,
            |session, before, after| match (before, after) {
                (_, Some(upload)) => diff
                    .uploads_open
                    .push((upload.repository().clone(), session.clone())),
                (Some(upload), None) => diff
                    .uploads_gone
                    .push((upload.repository().clone(), session.clone())),
                (None, None) => {}
            },
        );
        diff
    }

    fn compare(&mut self, name: &RepositoryName, before: &Repository, after: &Repository) {
        walk(
            &before.tags,
            &after.tags,
            PartialEq::eq,
            |tag, before, after| {
                let (before, after) = (before.cloned(), after.cloned());
                self.tags.push(MovedTag {
                    repository: name.clone(),
                    tag: tag.clone(),
                    before,
                    after,
                });
            },
        );
        // A digest names one content, so what is there twice is the same.
        let (added, gone) = (&mut self.manifests_added, &mut self.manifests_gone);
        walk(
            &before.manifests,
            &after.manifests,
            |a, b| a.media_type == b.media_type,
            |digest, _, after| {
                if after.is_some() {
                    &mut *added
                } else {
                    &mut *gone
                }
                .push((name.clone(), digest.clone()));
            },
        );
        let (added, gone) = (&mut self.blobs_added, &mut self.blobs_gone);
        walk(
            &before.blobs,
            &after.blobs,
            |_, _| true,
            |digest, _, after| {
                if after.is_some() {
                    &mut *added
                } else {
                    &mut *gone
                }
                .push((name.clone(), digest.clone()));
            },
        );
    }
}

/// Walks two maps side by side and shows each key whose values are not the same.
fn walk<K: Ord + Clone, V: Clone>(
    before: &Map<K, V>,
    after: &Map<K, V>,
    same: impl Fn(&V, &V) -> bool,
    mut differs: impl FnMut(&K, Option<&V>, Option<&V>),
) {
    let (mut before, mut after) = (before.iter().peekable(), after.iter().peekable());
    loop {
        let order = match (before.peek(), after.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((a, _)), Some((b, _))) => a.cmp(b),
        };
        let old = if order.is_le() { before.next() } else { None };
        let new = if order.is_ge() { after.next() } else { None };
        match (old, new) {
            (Some((_, a)), Some((_, b))) if same(a, b) => {}
            (Some((key, a)), new) => differs(key, Some(a), new.map(|(_, b)| b)),
            (None, Some((key, b))) => differs(key, None, Some(b)),
            (None, None) => {}
        }
    }
}
