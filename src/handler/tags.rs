//! Tags: list (end-8a, end-8b), delete (end-9).

use http::{StatusCode, header::LINK};
use serde::Serialize;

use super::{Context, Decision};
use crate::{
    spec::{Error, MediaType, RepositoryName, Tag},
    store::{Change, to_json},
    wire::{Answer, Operation, Page},
};

#[derive(Serialize)]
struct TagList<'a> {
    name: &'a str,
    tags: Vec<&'a str>,
}

pub(super) fn list(cx: Context<'_>, name: &RepositoryName, page: &Page) -> Result<Answer, Error> {
    let page = cx.page(page)?;
    let tags = cx.repository(name)?.tags_after(page.last.as_deref());
    let (tags, more) = page.take(tags.map(|(tag, _)| tag.as_str()));
    let last = tags.last().map(|tag| String::from(*tag));
    let next = Operation::ListTags {
        repository: name.clone(),
        page: Page { n: page.n, last },
    };
    let link = cx.next_page(more, || next);
    let json = to_json(&TagList {
        name: name.as_str(),
        tags,
    });
    Ok(Answer::new(StatusCode::OK)
        .maybe(LINK, link)
        .json(&MediaType::JSON, json))
}

pub(super) fn delete(cx: Context<'_>, name: &RepositoryName, tag: &Tag) -> Result<Decision, Error> {
    let current = cx.repository(name)?.tag(tag);
    let digest = current.ok_or_else(|| Error::TagUnknown {
        repository: name.clone(),
        tag: tag.to_string(),
    })?;
    if cx.settings().quirks.immutable_tags {
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
