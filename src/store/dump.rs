//! A state as the changes that make it.

use super::{Change, Snapshot, Store};
use crate::{
    content::Content,
    spec::{Algorithm, Digest, RepositoryName, SessionId, Timestamp},
};

impl Store {
    /// The shortest journal of this state: whatever was there before, these changes replace it by what is here.
    ///
    /// The settings are among them; a session goes on at its offset, with what it is hashed by to be computed again.
    #[must_use]
    pub fn dump(&self) -> Vec<Change> {
        let empty = Self::new((*self.settings).clone(), self.hashers.clone(), None);
        let mut changes = vec![Change::Restore {
            snapshot: Snapshot::of(&empty),
        }];
        for (name, repository) in self.repositories_after(None) {
            // One that holds nothing any more is there nevertheless.
            if repository.blobs().next().is_none() && repository.manifests().next().is_none() {
                changes.extend(emptied(name));
            }
            let blobs = repository.blobs().map(|(digest, content)| Change::PutBlob {
                repository: name.clone(),
                digest: digest.clone(),
                content: content.clone(),
            });
            let manifests = repository
                .manifests()
                .map(|(digest, manifest)| Change::PutManifest {
                    repository: name.clone(),
                    digest: digest.clone(),
                    manifest: manifest.clone(),
                });
            let tags = repository
                .tags_after(None)
                .map(|(tag, digest)| Change::SetTag {
                    repository: name.clone(),
                    tag: tag.clone(),
                    digest: digest.clone(),
                });
            changes.extend(blobs.chain(manifests).chain(tags));
        }
        for (session, upload) in self.uploads() {
            changes.push(Change::OpenUpload {
                number: 0,
                repository: upload.repository().clone(),
                session: session.clone(),
                algorithm: upload.algorithm(),
                at: upload.touched(),
            });
            if upload.length() > 0 {
                changes.push(Change::AppendUpload {
                    session: session.clone(),
                    chunks: upload.chunks().cloned().collect(),
                    hasher: None,
                    at: upload.touched(),
                });
            }
        }
        changes.extend(self.counted());
        changes
    }

    /// A session that was opened last and is gone: ids are not given twice.
    fn counted(&self) -> Vec<Change> {
        let last = self.opened.checked_sub(1);
        let Some((number, repository)) = last.zip(RepositoryName::parse("counted").ok()) else {
            return Vec::new();
        };
        let session = SessionId::from_random([0; 16]);
        vec![
            Change::OpenUpload {
                number,
                repository,
                session: session.clone(),
                algorithm: Algorithm::Sha256,
                at: Timestamp::from_millis(0),
            },
            Change::CancelUpload { session },
        ]
    }
}

/// A repository to which something came and from which it went.
fn emptied(name: &RepositoryName) -> [Change; 2] {
    let (repository, digest) = (name.clone(), Digest::sha256([0; 32]));
    [
        Change::PutBlob {
            repository: repository.clone(),
            digest: digest.clone(),
            content: Content::default(),
        },
        Change::DeleteBlob { repository, digest },
    ]
}
