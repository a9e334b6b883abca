//! What is in a registry, as JSON for JavaScript.

use serde_json::{Value, json};

use crate::{
    Registry,
    layer::call_json,
    spec::{Digest, RepositoryName, SessionId},
    store::Diff,
};

/// Answers a question by its name.
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
        "stats" => stats(registry),
        "calls" => registry.calls().map(call_json).collect(),
        _ => Value::Null,
    }
}

pub(super) fn repository<'a>(
    registry: &'a Registry,
    name: &str,
) -> Option<&'a crate::store::Repository> {
    registry
        .store()
        .repository(&RepositoryName::parse(name).ok()?)
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
