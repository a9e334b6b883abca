//! What there is to look at.

use http::Method;
use registrette::spec::{Digest, RepositoryName};
use serde_json::Value;

use crate::cli::{
    Mistake,
    remote::{ACCEPTED, Once, Question, Told},
};

/// A repository with something in it.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) repository: RepositoryName,
    pub(super) tag: String,
    /// The manifest's digest.
    pub(super) digest: Digest,
    /// A blob that it names.
    pub(super) blob: Option<String>,
    /// How many tags there are at least.
    pub(super) tags: usize,
    /// Whether all of it was pushed just now.
    pub(super) is_own: bool,
}

impl Site {
    /// What there is, found by the catalog where no name is given. Nothing, where nothing can be found.
    pub(super) fn find(
        once: &Once,
        named: Option<RepositoryName>,
    ) -> Result<Option<Self>, Mistake> {
        if let Some(name) = named {
            let found = Self::of(once, &name)?;
            return found.map(Some).ok_or_else(|| {
                Mistake(format!(
                    "{name} has no tag that can be pulled from {}; --repository takes one that has",
                    once.host()
                ))
            });
        }
        let catalog = once.ask(&Question::new(
            Method::GET,
            "/v2/_catalog?n=20",
            "registry:catalog:*",
        ))?;
        for name in strings(&catalog, "repositories").iter().take(20) {
            let Ok(name) = RepositoryName::parse(name) else {
                continue;
            };
            if let Some(site) = Self::of(once, &name)? {
                return Ok(Some(site));
            }
        }
        Ok(None)
    }

    fn of(once: &Once, name: &RepositoryName) -> Result<Option<Self>, Mistake> {
        let scope = pull(name);
        let list = once.ask(&Question::new(
            Method::GET,
            format!("/v2/{name}/tags/list"),
            &scope,
        ))?;
        let tags = strings(&list, "tags");
        let Some(tag) = tags.first() else {
            return Ok(None);
        };
        let told = once.ask(&manifest(name, tag))?;
        if told.status != 200 {
            return Ok(None);
        }
        let json = told.json();
        let mut blob = json.pointer("/config/digest").and_then(Value::as_str);
        let layer = json.pointer("/layers/0/digest").and_then(Value::as_str);
        blob = layer.or(blob);
        Ok(Some(Self {
            repository: name.clone(),
            tag: tag.clone(),
            digest: super::pushes::digest(&told.body),
            blob: blob.map(str::to_owned),
            tags: tags.len(),
            is_own: false,
        }))
    }
}

/// The scope of pulls.
pub(super) fn pull(name: &RepositoryName) -> String {
    format!("repository:{name}:pull")
}

/// The scope of everything.
pub(super) fn all(name: &RepositoryName) -> String {
    format!("repository:{name}:pull,push,delete")
}

/// Asks for a manifest.
pub(super) fn manifest(name: &RepositoryName, reference: &str) -> Question {
    let target = format!("/v2/{name}/manifests/{reference}");
    Question::new(Method::GET, target, &pull(name)).header("accept", ACCEPTED)
}

/// The strings of a list in an answer.
pub(super) fn strings(told: &Told, member: &str) -> Vec<String> {
    let json = told.json();
    let listed = json.get(member).and_then(Value::as_array);
    let listed = listed.into_iter().flatten().filter_map(Value::as_str);
    listed.map(str::to_owned).collect()
}
