//! What a registry lists, page after page.

use http::{StatusCode, header::LINK};
use registrette::{
    archive::{Fault, Source},
    spec::{Digest, Reference, RepositoryName, Tag},
};
use serde_json::Value;

use super::{Remote, ask::Ask, header, location::resolve};

/// The longest page that is read.
const PAGE: u64 = 64 << 20;

/// How many names a page is asked for; some registries refuse to be asked for more.
const LONG: usize = 1000;

/// How many pages are followed.
const PAGES: usize = 100_000;

pub(super) fn repositories(remote: &Remote) -> Result<Vec<RepositoryName>, Fault> {
    let ask = Ask::new(
        http::Method::GET,
        remote.client.url(&format!("/v2/_catalog?n={LONG}")),
        "registry:catalog:*".to_owned(),
    );
    let names = list(remote, ask, "repositories")?;
    let names = names.iter().map(|name| RepositoryName::parse(name));
    let names: Result<_, _> = names.collect();
    names.map_err(|error| Fault::new(remote.client.url("/v2/_catalog"), error.to_string()))
}

pub(super) fn tags(remote: &Remote, repository: &RepositoryName) -> Result<Vec<Tag>, Fault> {
    let path = format!("/v2/{repository}/tags/list?n={LONG}");
    let names = list(remote, remote.get(&path, repository), "tags")?;
    let names: Result<_, _> = names.iter().map(|name| Tag::parse(name)).collect();
    names.map_err(|error| Fault::new(remote.client.url(&path), error.to_string()))
}

/// What is about a manifest; of a registry that has no such list, what the tag of that name lists.
pub(super) fn referrers(
    remote: &Remote,
    repository: &RepositoryName,
    subject: &Digest,
) -> Result<Vec<Digest>, Fault> {
    let ask = remote.get(&format!("/v2/{repository}/referrers/{subject}"), repository);
    let mut digests = Vec::new();
    let pages = pages(remote, ask, &mut |page| {
        let listed = page.get("manifests").and_then(Value::as_array);
        digests.extend(listed.into_iter().flatten().filter_map(digest_of));
    })?;
    if pages > 0 {
        return Ok(digests);
    }
    let Ok(tag) = Tag::parse(&subject.referrers_tag()) else {
        return Ok(digests);
    };
    if let Some(found) = remote.manifest(repository, &Reference::Tag(tag))? {
        let index: Value = serde_json::from_slice(&found.bytes).unwrap_or_default();
        let listed = index.get("manifests").and_then(Value::as_array);
        digests.extend(listed.into_iter().flatten().filter_map(digest_of));
    }
    Ok(digests)
}

fn digest_of(descriptor: &Value) -> Option<Digest> {
    Digest::parse(descriptor.get("digest")?.as_str()?).ok()
}

fn list(remote: &Remote, ask: Ask, member: &str) -> Result<Vec<String>, Fault> {
    let (mut names, url) = (Vec::new(), ask.url.clone());
    let pages = pages(remote, ask, &mut |page| {
        let listed = page.get(member).and_then(Value::as_array);
        let listed = listed.into_iter().flatten().filter_map(Value::as_str);
        names.extend(listed.map(str::to_owned));
    })?;
    if pages == 0 {
        return Err(Fault::new(url, "the registry does not know it"));
    }
    // One that knows no pages may give the same names again.
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    Ok(names)
}

/// Reads page after page, and says how many there were: none where it answers 404.
fn pages(remote: &Remote, mut ask: Ask, take: &mut dyn FnMut(&Value)) -> Result<usize, Fault> {
    let mut seen = std::collections::BTreeSet::new();
    for page in 0..PAGES {
        let answer = remote.runtime.block_on(remote.client.whole(&ask, PAGE))?;
        match answer.status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND if page == 0 => return Ok(0),
            status => return Err(answer.fault(&ask.url, status)),
        }
        let value = serde_json::from_slice(&answer.body)
            .map_err(|fault| Fault::new(&ask.url, format!("it is no list: {fault}")))?;
        take(&value);
        seen.insert(ask.url.clone());
        match header(&answer.headers, &LINK).and_then(next) {
            Some(next) => ask.url = resolve(&ask.url, next),
            None => return Ok(page + 1),
        }
        if seen.contains(&ask.url) {
            return Err(Fault::new(ask.url, "its pages go round in a circle"));
        }
    }
    Err(Fault::new(ask.url, "its pages do not end"))
}

/// The target of `rel="next"`.
fn next(link: &str) -> Option<&str> {
    let (target, rest) = link.trim().strip_prefix('<')?.split_once('>')?;
    rest.contains("next").then_some(target)
}

/// The answer to a question for the list of repositories, as it came.
pub(in crate::cli) fn raw_catalog(remote: &Remote) -> Result<bytes::Bytes, Fault> {
    let url = remote.client.url("/v2/_catalog");
    let ask = Ask::new(http::Method::GET, url, "registry:catalog:*".to_owned());
    let answer = remote.runtime.block_on(remote.client.whole(&ask, PAGE))?;
    match answer.status {
        StatusCode::OK => Ok(answer.body),
        status => Err(answer.fault(&ask.url, status)),
    }
}
