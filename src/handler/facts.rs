//! What is known about the thing that an operation is about.

use crate::{
    spec::{Digest, ManifestKind, Reference, Timestamp},
    store::{Repository, Store, StoredManifest},
    wire::{Facts, Operation, Role},
};

/// Looks up what the layers may want to know.
#[must_use]
pub(crate) fn facts(store: &Store, operation: &Operation, now: Timestamp) -> Facts {
    let Some(name) = operation.repository() else {
        return Facts::default();
    };
    let Some(repository) = store.repository(name) else {
        return Facts::default();
    };
    let known = Facts {
        repository_exists: true,
        ..Facts::default()
    };
    match operation {
        Operation::PullBlob { digest, .. } | Operation::DeleteBlob { digest, .. } => {
            match repository.blob(digest) {
                Some(content) => Facts {
                    exists: true,
                    role: Some(role_of_blob(repository, digest)),
                    size: Some(content.len()),
                    ..known
                },
                None => known,
            }
        }
        Operation::PullManifest { reference, .. } | Operation::PushManifest { reference, .. } => {
            of_manifest(repository, reference, known)
        }
        Operation::DeleteManifest { digest, .. } => {
            of_manifest(repository, &Reference::Digest(digest.clone()), known)
        }
        Operation::DeleteTag { tag, .. } => {
            of_manifest(repository, &Reference::Tag(tag.clone()), known)
        }
        Operation::UploadChunk { session, .. }
        | Operation::CloseUpload { session, .. }
        | Operation::UploadStatus { session, .. }
        | Operation::CancelUpload { session, .. } => match store.upload(name, session, now) {
            Some(upload) => Facts {
                exists: true,
                role: Some(Role::Layer),
                size: Some(upload.length()),
                ..known
            },
            None => known,
        },
        Operation::CheckAlive
        | Operation::CheckApi
        | Operation::StartUpload { .. }
        | Operation::PushBlob { .. }
        | Operation::ListTags { .. }
        | Operation::MountBlob { .. }
        | Operation::ListReferrers { .. }
        | Operation::ListRepositories { .. }
        | Operation::DiscoverExtensions
        | Operation::Token
        | Operation::ListMethods { .. } => known,
    }
}

fn of_manifest(repository: &Repository, reference: &Reference, known: Facts) -> Facts {
    let Some((_, manifest)) = repository.resolve(reference) else {
        return known;
    };
    Facts {
        exists: true,
        role: Some(role(manifest)),
        media_type: Some(manifest.media_type.as_str().to_owned()),
        size: Some(manifest.bytes.len() as u64),
        ..known
    }
}

fn role_of_blob(repository: &Repository, digest: &Digest) -> Role {
    let is_config = |manifest: &StoredManifest| manifest.config.as_ref() == Some(digest);
    if repository
        .manifests()
        .any(|(_, manifest)| is_config(manifest))
    {
        Role::Config
    } else {
        Role::Layer
    }
}

fn role(manifest: &StoredManifest) -> Role {
    match manifest.kind {
        ManifestKind::Index => Role::Index,
        ManifestKind::Image | ManifestKind::Opaque => Role::Manifest,
    }
}
