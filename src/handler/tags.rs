//! Tags: list (end-8a, end-8b), delete (end-9).

use http::{StatusCode, header::LINK};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Context, Decision};
use crate::{
    spec::{Error, MediaType, RepositoryName, Tag},
    store::{Change, Repository, to_json},
    wire::{Answer, Operation, Page},
};

#[derive(Serialize)]
struct TagList<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    child: Option<[&'a str; 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<Value>,
    name: &'a str,
    tags: Vec<&'a str>,
}

pub(super) fn list(cx: Context<'_>, name: &RepositoryName, page: &Page) -> Result<Answer, Error> {
    let page = cx.page(page)?;
    let repository = cx.repository(name)?;
    let tags = repository.tags_after(page.last.as_deref());
    let (tags, more) = page.take(tags.map(|(tag, _)| tag.as_str()));
    let last = tags.last().map(|tag| String::from(*tag));
    let link = cx.next_page(more, (&page, tags.len()), last, |page| {
        Operation::ListTags {
            repository: name.clone(),
            page,
        }
    });
    let maps = cx.quirks().tag_list_maps.then(|| maps(repository, &tags));
    let json = to_json(&TagList {
        child: maps.is_some().then_some([]),
        manifest: maps,
        name: name.as_str(),
        tags,
    });
    Ok(Answer::new(StatusCode::OK)
        .maybe(LINK, link)
        .json(&MediaType::JSON, json))
}

/// What Google's registries tell of the tags of a list: their manifests.
fn maps(repository: &Repository, tags: &[&str]) -> Value {
    let mut maps: Map<String, Value> = Map::new();
    let there = repository.tags_after(None);
    for (tag, digest) in there.filter(|(tag, _)| tags.contains(&tag.as_str())) {
        let Some(manifest) = repository.manifest(digest) else {
            continue;
        };
        let entry = maps.entry(digest.to_string()).or_insert_with(|| {
            json!({
                "imageSizeBytes": manifest.bytes.len().to_string(),
                "mediaType": manifest.media_type.as_str(),
                "tag": [],
            })
        });
        if let Some(Value::Array(tags)) = entry.get_mut("tag") {
            tags.push(tag.as_str().into());
        }
    }
    maps.into()
}

pub(super) fn delete(cx: Context<'_>, name: &RepositoryName, tag: &Tag) -> Result<Decision, Error> {
    let current = cx.repository(name)?.tag(tag);
    let digest = current.ok_or_else(|| Error::TagUnknown {
        repository: name.clone(),
        tag: tag.to_string(),
    })?;
    if cx.quirks().immutable_tags {
        return Err(Error::TagImmutable {
            tag: tag.to_string(),
        });
    }
    cx.check_change(tag, Some(digest))?;
    let change = Change::DeleteTag {
        repository: name.clone(),
        tag: tag.clone(),
    };
    Ok(Decision::new([change], Answer::new(StatusCode::ACCEPTED)))
}
