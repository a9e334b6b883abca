//! Two registries that should be one, and the bytes of one.

use std::collections::BTreeMap;

use registrette::{Config, Registry, spec::Timestamp, store::Diff};

use super::{answers, ask::Ask};

/// All there is in a registry.
fn all(registry: &Registry) -> Diff {
    let nothing = Registry::new(Config::new(0)).snapshot();
    registry.diff(&nothing)
}

/// Every name there is, as targets.
fn targets(registry: &Registry) -> Vec<String> {
    let all = all(registry);
    let mut targets = vec!["/v2/_catalog".to_owned()];
    for tag in &all.tags {
        targets.push(format!("/v2/{}/manifests/{}", tag.repository, tag.tag));
        targets.push(format!("/v2/{}/tags/list", tag.repository));
    }
    for (repository, digest) in &all.manifests_added {
        targets.push(format!("/v2/{repository}/manifests/{digest}"));
        targets.push(format!("/v2/{repository}/referrers/{digest}"));
    }
    for (repository, digest) in &all.blobs_added {
        targets.push(format!("/v2/{repository}/blobs/{digest}"));
    }
    for (repository, session) in &all.uploads_open {
        targets.push(format!("/v2/{repository}/blobs/uploads/{session}"));
    }
    targets
}

/// Fails unless both hold the same and answer alike.
pub(super) fn assert_equal(one: &Registry, other: &Registry, now: Timestamp) {
    assert_eq!(other.diff(&one.snapshot()), Diff::default());
    assert_eq!(one.diff(&other.snapshot()), Diff::default());
    assert_eq!(one.settings(), other.settings());
    let (one_stats, other_stats) = (one.stats(), other.stats());
    assert_eq!(one_stats.repositories, other_stats.repositories);
    assert_eq!(one_stats.uploads, other_stats.uploads);
    if lags(one) {
        return;
    }
    let targets = targets(one);
    let (mut one, mut other) = (one.fork(), other.fork());
    for target in targets {
        for method in ["GET", "HEAD"] {
            let ask = Ask::new(method, &target);
            answers::alike(&mut one, &mut other, now, &ask);
        }
    }
    let start = Ask::new("POST", "/v2/a/blobs/uploads/");
    answers::alike(&mut one, &mut other, now, &start);
}

/// Whether what was pushed is hidden for a while: only who saw the push can tell until when.
fn lags(registry: &Registry) -> bool {
    let settings = registry.settings();
    let below = settings.quirks_below.iter().map(|(_, quirks)| quirks);
    below
        .chain([&settings.quirks])
        .any(|quirks| quirks.read_lag_ms.is_some())
}

/// Fails where a tag points at nothing.
pub(super) fn assert_no_dangling_tag(registry: &Registry) {
    for (name, repository) in registry.store().repositories_after(None) {
        for (tag, digest) in repository.tags_after(None) {
            assert!(repository.manifest(digest).is_some(), "{name}:{tag}");
        }
    }
}

/// The bytes that a registry holds, counted one by one: a blob once, wherever it is held; a manifest in each repository.
pub(super) fn bytes_held(registry: &Registry) -> u64 {
    let mut blobs = BTreeMap::new();
    let mut bytes = 0;
    for (_, repository) in registry.store().repositories_after(None) {
        blobs.extend(
            repository
                .blobs()
                .map(|(digest, blob)| (digest, blob.len())),
        );
        bytes += repository
            .manifests()
            .map(|(_, manifest)| manifest.bytes.len() as u64)
            .sum::<u64>();
    }
    for (repository, session) in all(registry).uploads_open {
        let upload = registry
            .store()
            .upload(&repository, &session, Timestamp::default());
        bytes += upload.unwrap().length();
    }
    bytes + blobs.into_values().sum::<u64>()
}

/// Deletes all there is by requests, and fails unless nothing is left of it.
pub(super) fn delete_all(registry: &mut Registry, now: Timestamp) {
    let all = all(registry);
    let manifests = all
        .manifests_added
        .iter()
        .map(|(repository, digest)| format!("/v2/{repository}/manifests/{digest}"));
    let blobs = all
        .blobs_added
        .iter()
        .map(|(repository, digest)| format!("/v2/{repository}/blobs/{digest}"));
    let sessions = all
        .uploads_open
        .iter()
        .map(|(repository, session)| format!("/v2/{repository}/blobs/uploads/{session}"));
    for target in manifests.chain(blobs).chain(sessions) {
        let delete = Ask::new("DELETE", target);
        let status = registry
            .handle(now, delete.request().unwrap())
            .status()
            .as_u16();
        // A session may have expired meanwhile, but not be swept.
        assert!(matches!(status, 202 | 204 | 404), "{status} to {delete:?}");
    }
    registry.tick(Timestamp::from_millis(u64::MAX));
    registry.take_changes();
}
