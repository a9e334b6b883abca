//! How a change is made.

use std::sync::Arc;

use super::{Change, Repository, Store, StoredManifest, Upload};
use crate::{
    content::Content,
    spec::{Digest, Error, Reference, RepositoryName, SessionId, Tag},
};

impl Store {
    /// Makes one change and does not record it.
    ///
    /// # Errors
    /// The session, blob or manifest that the change needs is not there; nothing was changed.
    pub fn apply(&mut self, change: Change) -> Result<(), Error> {
        match change {
            Change::OpenUpload {
                number,
                repository,
                session,
                algorithm,
                at,
            } => {
                // One of that id may have expired and not be swept yet.
                self.take_upload(&session);
                let hasher = self.hashers.start(algorithm);
                self.idle.insert((at, session.clone()), ());
                self.uploads
                    .insert(session, Upload::new(repository, algorithm, hasher, at));
                self.opened = self.opened.max(number.saturating_add(1));
            }
            Change::AppendUpload {
                session,
                chunks,
                hasher,
                at,
            } => {
                let upload = self
                    .uploads
                    .get_mut(&session)
                    .ok_or_else(|| unknown(&session))?;
                let before = upload.touched();
                upload.append(chunks, hasher, at);
                if before != at {
                    self.idle.remove(&(before, session.clone()));
                    self.idle.insert((at, session), ());
                }
            }
            Change::CloseUpload {
                session,
                chunks,
                digest,
            } => {
                let upload = self
                    .take_upload(&session)
                    .ok_or_else(|| unknown(&session))?;
                let repository = upload.repository().clone();
                self.put_blob(repository, digest, upload.close(chunks));
            }
            Change::CancelUpload { session } => {
                self.take_upload(&session)
                    .ok_or_else(|| unknown(&session))?;
            }
            Change::PutBlob {
                repository,
                digest,
                content,
            } => self.put_blob(repository, digest, content),
            Change::MountBlob {
                repository,
                digest,
                from,
            } => {
                let content = self
                    .repository(&from)
                    .and_then(|from| from.blob(&digest))
                    .cloned();
                let content = content.ok_or_else(|| Error::BlobUnknown {
                    repository: from,
                    digest: digest.clone(),
                })?;
                self.put_blob(repository, digest, content);
            }
            Change::DeleteBlob { repository, digest } => {
                let held = self.holdings.remove(&(digest.clone(), repository.clone()));
                if !held {
                    return Err(Error::BlobUnknown { repository, digest });
                }
                self.change_repository(&repository, |repository| repository.blobs.remove(&digest));
            }
            Change::PutManifest {
                repository,
                digest,
                manifest,
            } => self.put_manifest(&repository, digest, manifest),
            Change::SetTag {
                repository,
                tag,
                digest,
            } => self.set_tag(repository, tag, digest)?,
            Change::DeleteTag { repository, tag } => self.delete_tag(repository, &tag)?,
            Change::DeleteManifest { repository, digest } => {
                self.delete_manifest(repository, digest)?
            }
            Change::Set { settings } => self.settings = settings,
            Change::Restore { snapshot } => snapshot.replace(self),
        }
        Ok(())
    }

    fn take_upload(&mut self, session: &SessionId) -> Option<Upload> {
        let upload = self.uploads.get(session)?.clone();
        self.idle.remove(&(upload.touched(), session.clone()));
        self.uploads.remove(session);
        Some(upload)
    }

    fn change_repository<R>(
        &mut self,
        name: &RepositoryName,
        change: impl FnOnce(&mut Repository) -> R,
    ) -> R {
        self.repositories.change(name, Arc::default, |repository| {
            change(Arc::make_mut(repository))
        })
    }

    fn put_blob(&mut self, repository: RepositoryName, digest: Digest, content: Content) {
        // What another repository holds already is the same bytes: keep those, let the new ones go.
        let content = self
            .holders(&digest)
            .next()
            .map_or(content, |(_, held)| held.clone());
        self.change_repository(&repository, |repository| {
            repository.blobs.insert(digest.clone(), content)
        });
        self.holdings.insert((digest, repository), ());
    }

    fn put_manifest(
        &mut self,
        name: &RepositoryName,
        digest: Digest,
        manifest: Arc<StoredManifest>,
    ) {
        self.change_repository(name, |repository| {
            if let Some(subject) = repository
                .manifests
                .get(&digest)
                .and_then(|before| before.subject.clone())
            {
                repository.referrers.remove(&(subject, digest.clone()));
            }
            if let Some(subject) = &manifest.subject {
                repository
                    .referrers
                    .insert((subject.clone(), digest.clone()), manifest.clone());
            }
            repository.manifests.insert(digest, manifest);
        });
    }

    fn set_tag(&mut self, name: RepositoryName, tag: Tag, digest: Digest) -> Result<(), Error> {
        let there = self
            .repository(&name)
            .is_some_and(|repository| repository.manifests.contains(&digest));
        if !there {
            return Err(Error::ManifestUnknown {
                repository: name,
                reference: Reference::Digest(digest),
            });
        }
        self.change_repository(&name, |repository| {
            if let Some(before) = repository.tags.insert(tag.clone(), digest.clone()) {
                repository.tag_was_of(&before, &tag);
            }
            repository.tag_is_of(&digest, tag);
        });
        Ok(())
    }

    fn delete_tag(&mut self, name: RepositoryName, tag: &Tag) -> Result<(), Error> {
        let Some(digest) = self
            .repository(&name)
            .and_then(|repository| repository.tag(tag))
            .cloned()
        else {
            return Err(Error::ManifestUnknown {
                repository: name,
                reference: Reference::Tag(tag.clone()),
            });
        };
        self.change_repository(&name, |repository| {
            repository.tags.remove(tag);
            repository.tag_was_of(&digest, tag);
        });
        Ok(())
    }

    fn delete_manifest(&mut self, name: RepositoryName, digest: Digest) -> Result<(), Error> {
        let Some(manifest) = self
            .repository(&name)
            .and_then(|repository| repository.manifest(&digest))
            .cloned()
        else {
            return Err(Error::ManifestUnknown {
                repository: name,
                reference: Reference::Digest(digest),
            });
        };
        self.change_repository(&name, |repository| {
            let tags = repository.tagged.get(&digest).cloned().unwrap_or_default();
            for (tag, ()) in tags.iter() {
                repository.tags.remove(tag);
            }
            repository.tagged.remove(&digest);
            if let Some(subject) = &manifest.subject {
                repository
                    .referrers
                    .remove(&(subject.clone(), digest.clone()));
            }
            repository.manifests.remove(&digest);
        });
        Ok(())
    }
}

fn unknown(session: &SessionId) -> Error {
    Error::UploadUnknown {
        session: session.to_string(),
    }
}
