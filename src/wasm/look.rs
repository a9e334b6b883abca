//! What is in a registry, as JSON for JavaScript.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    Registry,
    layer::{Call, CallBudget, CallFilter, call_json, har, script},
    spec::{Digest, RepositoryName, SessionId, listed},
    store::{Diff, Repository},
};

/// Answers a question by its name. `name` is nothing, a repository, a budget as JSON, the query of a filter, or numbers of calls.
pub(super) fn look(registry: &Registry, question: &str, name: &str) -> Value {
    match question {
        "repositories" => {
            let repositories = registry.store().repositories_after(None);
            repositories.map(|(name, _)| name.as_str()).collect()
        }
        "tags" => match repository(registry, name) {
            Some(repository) => repository
                .tags_after(None)
                .map(|(tag, _)| tag.as_str())
                .collect(),
            None => Value::Array(Vec::new()),
        },
        "contents" => contents(registry),
        "manifests" => match repository(registry, name) {
            Some(repository) => repository
                .manifests()
                .map(|(digest, _)| digest.to_string())
                .collect(),
            None => Value::Array(Vec::new()),
        },
        "stats" => stats(registry),
        "calls" => match CallFilter::parse(name) {
            Ok(filter) => {
                let calls = filter.of(registry.calls());
                calls.into_iter().map(call_json).collect()
            }
            Err(fault) => json!({ "error": fault }),
        },
        "called" => json!(registry.called()),
        "har" => har(numbered(registry, name)),
        "curl" => script(numbered(registry, name)).into(),
        "check" => check(registry, name),
        "profiles" => match listed(Some(name).filter(|name| !name.is_empty())) {
            Ok(profiles) => profiles,
            Err(fault) => json!({ "error": fault.to_string() }),
        },
        _ => Value::Null,
    }
}

/// The calls with these numbers, which are separated by commas and go upwards.
fn numbered<'a>(registry: &'a Registry, numbers: &str) -> impl Iterator<Item = &'a Call> {
    // They come in the order of the calls.
    let mut wanted = numbers
        .split(',')
        .filter_map(|text| text.parse::<u64>().ok());
    let mut next = wanted.next();
    registry.calls().filter(move |call| {
        let is_next = next == Some(call.sequence);
        if is_next {
            next = wanted.next();
        }
        is_next
    })
}

fn check(registry: &Registry, budget: &str) -> Value {
    match CallBudget::parse(budget) {
        Err(fault) => json!({ "error": fault.to_string() }),
        Ok(budget) => match registry.check_calls(&budget) {
            Ok(()) => json!({ "ok": true }),
            Err(overspent) => json!({ "ok": false, "message": overspent.to_string() }),
        },
    }
}

pub(super) fn repository<'a>(registry: &'a Registry, name: &str) -> Option<&'a Repository> {
    registry
        .store()
        .repository(&RepositoryName::parse(name).ok()?)
}

/// What each repository holds, one by one; those with nothing but open sessions, too.
fn contents(registry: &Registry) -> Value {
    type Held<'a> = (Option<&'a Repository>, Vec<&'a str>);
    let store = registry.store();
    let mut all: BTreeMap<&RepositoryName, Held<'_>> = BTreeMap::new();
    for (name, repository) in store.repositories_after(None) {
        all.insert(name, (Some(repository), Vec::new()));
    }
    for (session, upload) in store.uploads() {
        let (_, uploads) = all.entry(upload.repository()).or_default();
        uploads.push(session.as_str());
    }
    let held = all.into_iter().map(|(name, (repository, uploads))| {
        let tags = repository.into_iter().flat_map(tags);
        let untagged = repository.into_iter().flat_map(untagged);
        json!({
            "name": name.as_str(),
            "tags": tags.collect::<Value>(),
            "untagged": untagged.collect::<Value>(),
            "uploads": uploads,
        })
    });
    held.collect()
}

fn tags(repository: &Repository) -> impl Iterator<Item = Value> {
    let tags = repository.tags_after(None);
    tags.map(|(tag, digest)| json!({ "name": tag.as_str(), "digest": digest.to_string() }))
}

fn untagged(repository: &Repository) -> impl Iterator<Item = String> {
    repository
        .manifests()
        .filter(|(digest, _)| repository.tags_of(digest).next().is_none())
        .map(|(digest, _)| digest.to_string())
}

fn stats(registry: &Registry) -> Value {
    let stats = registry.stats();
    json!({
        "repositories": stats.repositories,
        "manifests": stats.manifests,
        "blobs": stats.blobs,
        "uploads": stats.uploads,
        "bytes": stats.bytes,
    })
}

/// A difference.
pub(super) fn diff(diff: &Diff) -> Value {
    let contents = |list: &[(RepositoryName, Digest)]| -> Value {
        let named = list.iter().map(|(repository, digest)| {
            json!({ "repository": repository.as_str(), "digest": digest.to_string() })
        });
        named.collect()
    };
    let sessions = |list: &[(RepositoryName, SessionId)]| -> Value {
        let named = list.iter().map(|(repository, session)| {
            json!({ "repository": repository.as_str(), "session": session.as_str() })
        });
        named.collect()
    };
    let text = |digest: &Option<Digest>| digest.as_ref().map(ToString::to_string);
    let tags = diff.tags.iter().map(|moved| {
        json!({
            "repository": moved.repository.as_str(),
            "tag": moved.tag.as_str(),
            "before": text(&moved.before),
            "after": text(&moved.after),
        })
    });
    json!({
        "tags": tags.collect::<Value>(),
        "manifests": { "added": contents(&diff.manifests_added), "gone": contents(&diff.manifests_gone) },
        "blobs": { "added": contents(&diff.blobs_added), "gone": contents(&diff.blobs_gone) },
        "uploads": { "open": sessions(&diff.uploads_open), "gone": sessions(&diff.uploads_gone) },
    })
}
