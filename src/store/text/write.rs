//! From changes to JSON.

use serde_json::{Value, json};

use crate::{
    content::Chunk,
    spec::ManifestKind,
    store::{Change, Snapshot, StoredManifest},
};

/// Writes changes as a list. `part` takes a piece of content and gives the number that stands for it.
///
/// Settings are left out: they belong to who starts the registry. A state that was come back to is written out.
pub(crate) fn write(changes: &[Change], part: &mut dyn FnMut(&Chunk) -> usize) -> Value {
    let mut lines = Vec::with_capacity(changes.len());
    for change in changes {
        line(change, part, &mut lines);
    }
    Value::Array(lines)
}

fn line(change: &Change, part: &mut dyn FnMut(&Chunk) -> usize, lines: &mut Vec<Value>) {
    let mut parts = |chunks: &[Chunk]| -> Value { chunks.iter().map(&mut *part).collect() };
    lines.push(match change {
        Change::OpenUpload {
            number,
            repository,
            session,
            algorithm,
            at,
        } => json!({
            "do": "open",
            "number": number,
            "repository": repository.as_str(),
            "session": session.as_str(),
            "algorithm": algorithm.as_str(),
            "at": at.as_millis(),
        }),
        Change::AppendUpload {
            session,
            chunks,
            at,
            ..
        } => json!({
            "do": "append",
            "session": session.as_str(),
            "parts": parts(chunks),
            "at": at.as_millis(),
        }),
        Change::CloseUpload {
            session,
            chunks,
            digest,
        } => json!({
            "do": "close",
            "session": session.as_str(),
            "parts": parts(chunks),
            "digest": digest.to_string(),
        }),
        Change::CancelUpload { session } => json!({ "do": "cancel", "session": session.as_str() }),
        Change::PutBlob {
            repository,
            digest,
            content,
        } => json!({
            "do": "blob",
            "repository": repository.as_str(),
            "digest": digest.to_string(),
            "parts": parts(content.chunks()),
        }),
        Change::MountBlob {
            repository,
            digest,
            from,
        } => json!({
            "do": "mount",
            "repository": repository.as_str(),
            "digest": digest.to_string(),
            "from": from.as_str(),
        }),
        Change::DeleteBlob { repository, digest } => json!({
            "do": "deleteBlob",
            "repository": repository.as_str(),
            "digest": digest.to_string(),
        }),
        Change::PutManifest {
            repository,
            digest,
            manifest,
        } => json!({
            "do": "manifest",
            "repository": repository.as_str(),
            "digest": digest.to_string(),
            "parts": parts(&[manifest.bytes.clone().into()]),
            "manifest": described(manifest),
        }),
        Change::SetTag {
            repository,
            tag,
            digest,
        } => json!({
            "do": "tag",
            "repository": repository.as_str(),
            "tag": tag.as_str(),
            "digest": digest.to_string(),
        }),
        Change::DeleteTag { repository, tag } => json!({
            "do": "deleteTag",
            "repository": repository.as_str(),
            "tag": tag.as_str(),
        }),
        Change::DeleteManifest { repository, digest } => json!({
            "do": "deleteManifest",
            "repository": repository.as_str(),
            "digest": digest.to_string(),
        }),
        Change::Set { .. } => return,
        Change::Restore { snapshot } => return restored(snapshot, part, lines),
    });
}

fn restored(snapshot: &Snapshot, part: &mut dyn FnMut(&Chunk) -> usize, lines: &mut Vec<Value>) {
    lines.push(json!({ "do": "empty" }));
    // The first change of a dump is what empties.
    for change in snapshot.store().dump().iter().skip(1) {
        line(change, part, lines);
    }
}

/// What was read of it when it came: by the rules of then.
fn described(manifest: &StoredManifest) -> Value {
    json!({
        "mediaType": manifest.media_type.as_str(),
        "kind": match manifest.kind {
            ManifestKind::Image => "image",
            ManifestKind::Index => "index",
            ManifestKind::Opaque => "opaque",
        },
        "config": manifest.config.as_ref().map(ToString::to_string),
        "subject": manifest.subject.as_ref().map(ToString::to_string),
        "artifactType": manifest.artifact_type,
        "descriptor": String::from_utf8_lossy(&manifest.descriptor),
    })
}
