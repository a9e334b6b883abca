//! The registry itself: whether it is there (end-1), what it holds (`_catalog`), what it can do beyond the spec.

use bytes::Bytes;
use http::{
    StatusCode,
    header::{CONTENT_TYPE, LINK},
};
use serde::Serialize;
use serde_json::json;

use super::Context;
use crate::{
    spec::{CatalogForm, Error, MediaType},
    store::to_json,
    wire::{Answer, Operation, Page},
};

pub(super) fn check(cx: Context<'_>) -> Answer {
    let answer = Answer::new(StatusCode::OK);
    if cx.quirks().empty_check {
        answer
    } else {
        answer.json(&MediaType::JSON, "{}")
    }
}

#[derive(Serialize)]
struct Catalog<'a> {
    repositories: Vec<&'a str>,
}

pub(super) fn list(cx: Context<'_>, page: &Page) -> Result<Answer, Error> {
    match cx.quirks().catalog_form {
        CatalogForm::Spec => {}
        CatalogForm::NotFound => return Err(Error::NotFound),
        CatalogForm::Unauthorized => {
            let reason = "the list of repositories is for nobody".to_owned();
            return Err(Error::Unauthorized { reason });
        }
        CatalogForm::Text => {
            return Ok(Answer::new(StatusCode::NOT_FOUND)
                .header(CONTENT_TYPE, "text/plain; charset=utf-8")
                .content([Bytes::from("_catalog is not supported\n").into()]));
        }
    }
    let page = cx.page(page)?;
    let names = cx.store.repositories_after(page.last.as_deref());
    let (repositories, more) = page.take(names.map(|(name, _)| name.as_str()));
    let last = repositories.last().map(|name| String::from(*name));
    let link = cx.next_page(more, (&page, repositories.len()), last, |page| {
        Operation::ListRepositories { page }
    });
    let json = to_json(&Catalog { repositories });
    Ok(Answer::new(StatusCode::OK)
        .maybe(LINK, link)
        .json(&MediaType::JSON, json))
}

pub(super) fn extensions() -> Answer {
    let extensions = json!({ "extensions": [{
        "name": "_oci",
        "description": "Which extensions this registry has",
        "url": "https://github.com/opencontainers/distribution-spec/blob/main/extensions/README.md",
        "endpoints": ["_oci/ext/discover"],
    }] });
    Answer::new(StatusCode::OK).json(&MediaType::JSON, extensions.to_string())
}
