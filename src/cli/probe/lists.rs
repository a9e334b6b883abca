//! Lists, and how one gets from page to page.

use http::Method;

use super::{Seen, Site, site};
use crate::cli::{
    Mistake,
    remote::{Once, Question, Told},
};

/// A page that no registry has.
const LONGEST: u64 = 1_000_000;

const OF_PAGES: [&str; 6] = [
    "IgnorePagination",
    "OmitLinkHeaderFromResponses",
    "linkForm",
    "listCursor",
    "listPageCap",
    "tagsInOnePage",
];

pub(super) fn catalog(once: &Once, seen: &mut Seen) -> Result<(), Mistake> {
    let told = once.ask(&Question::new(
        Method::GET,
        "/v2/_catalog",
        "registry:catalog:*",
    ))?;
    let kind = told.header("content-type").unwrap_or_default();
    let form = match told.status {
        200 => "spec",
        401 | 403 => "unauthorized",
        404 if kind.starts_with("text/plain") => "text",
        404 => "not-found",
        other => {
            let why = format!("GET /v2/_catalog answers {other}");
            seen.missed(&["catalogForm"], &why);
            return Ok(());
        }
    };
    seen.is("catalogForm", form);
    Ok(())
}

pub(super) fn tags(once: &Once, site: &Site, seen: &mut Seen) -> Result<(), Mistake> {
    let list = |query: &str| {
        let target = format!("/v2/{}/tags/list{query}", site.repository);
        once.ask(&Question::new(
            Method::GET,
            target,
            &site::pull(&site.repository),
        ))
    };
    let all = list("")?;
    seen.is("noTagList", all.status == 404);
    if all.status != 200 {
        seen.missed(&OF_PAGES, "it lists no tags");
        seen.missed(&["MaxListPageSize", "tagListMaps"], "it lists no tags");
        return Ok(());
    }
    seen.is("tagListMaps", all.json().get("manifest").is_some());
    longest(&list, seen)?;
    let count = site::strings(&all, "tags").len();
    let most = site::strings(&list(&format!("?n={}", site.tags.max(count)))?, "tags").len();
    if most > 1 || site.tags > 1 {
        pages(once, &list, &list("?n=1")?, seen)
    } else {
        seen.missed(&OF_PAGES, "no repository with two tags was found");
        Ok(())
    }
}

fn longest(list: &impl Fn(&str) -> Result<Told, Mistake>, seen: &mut Seen) -> Result<(), Mistake> {
    let fits = |n: u64| -> Result<bool, Mistake> { Ok(list(&format!("?n={n}"))?.status == 200) };
    if fits(LONGEST)? {
        seen.is("MaxListPageSize", ());
        return Ok(());
    }
    let (mut good, mut bad) = (0, LONGEST);
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        match fits(middle)? {
            true => good = middle,
            false => bad = middle,
        }
    }
    seen.is("MaxListPageSize", good);
    Ok(())
}

/// Looks at a page of one tag, where there are more.
fn pages(
    once: &Once,
    list: &impl Fn(&str) -> Result<Told, Mistake>,
    page: &Told,
    seen: &mut Seen,
) -> Result<(), Mistake> {
    let tags = site::strings(page, "tags");
    if tags.len() > 1 {
        seen.missed(&OF_PAGES, "its lists have no pages");
        return whole(once, seen);
    }
    seen.is("IgnorePagination", false);
    seen.is("tagsInOnePage", false);
    let why = "its pages lead nowhere";
    let Some(link) = page.header("link").map(str::to_owned) else {
        seen.is("OmitLinkHeaderFromResponses", true);
        seen.missed(&["linkForm", "listCursor"], why);
        return cap(list, seen);
    };
    seen.is("OmitLinkHeaderFromResponses", false);
    let target = link.split(';').next().unwrap_or_default().trim();
    let bare = target.trim_start_matches('<').trim_end_matches('>');
    let path = bare.find("://").map_or(bare, |at| {
        let rest = &bare[at + 3..];
        rest.find('/').map_or("", |at| &rest[at..])
    });
    let form = match (
        target.starts_with('<'),
        bare == path,
        path.starts_with("/v2/"),
    ) {
        (false, _, _) => "bare",
        (_, _, false) => "internal",
        (_, true, _) => "path",
        (_, false, _) => "absolute",
    };
    seen.is("linkForm", form);
    let query = bare.split_once('?').map_or("", |(_, query)| query);
    let value = |name: &str| {
        let mut parts = query.split('&').filter_map(|part| part.split_once('='));
        parts
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value.to_owned())
    };
    let shown = tags.first().map(String::as_str);
    let cursor = match (value("next_page"), value("last")) {
        (Some(_), _) => "next-page",
        (None, Some(last)) if Some(last.as_str()) == shown => "last",
        (None, Some(last)) if last == tags.len().to_string() => "count",
        (None, _) => "opaque",
    };
    seen.is("listCursor", cursor);
    cap(list, seen)
}

/// Tags come all at once: whether repositories do, too.
fn whole(once: &Once, seen: &mut Seen) -> Result<(), Mistake> {
    let page = Question::new(Method::GET, "/v2/_catalog?n=1", "registry:catalog:*");
    let page = once.ask(&page)?;
    let has_pages =
        site::strings(&page, "repositories").len() == 1 && page.header("link").is_some();
    seen.is("IgnorePagination", !has_pages);
    seen.is("tagsInOnePage", has_pages);
    Ok(())
}

/// A page shorter than what was asked for, and than what there is.
fn cap(list: &impl Fn(&str) -> Result<Told, Mistake>, seen: &mut Seen) -> Result<(), Mistake> {
    let long = list("?n=1000")?;
    let shown = site::strings(&long, "tags").len();
    match long.header("link").is_some() && shown < 1000 {
        true => seen.is("listPageCap", shown),
        false => seen.missed(&["listPageCap"], "no list is longer than a page"),
    }
    Ok(())
}
