//! Referrers (end-12a, end-12b).

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{
    StatusCode,
    header::{CONTENT_TYPE, LINK},
};

use super::{Context, quoted};
use crate::{
    spec::{Digest, Error, ManifestKind, MediaType, ReferrersForm, RepositoryName, Tag},
    store::{Repository, to_json},
    wire::{Answer, Operation, Page, header::FILTERS_APPLIED},
};

/// What a list shows of one referrer: what it is for, and its descriptor as JSON.
struct Referrer<'a> {
    artifact_type: Option<&'a str>,
    descriptor: Bytes,
}

pub(super) fn list(
    cx: Context<'_>,
    name: &RepositoryName,
    subject: &Digest,
    artifact_type: Option<&str>,
    page: &Page,
) -> Result<Answer, Error> {
    let quirks = cx.quirks();
    match quirks.referrers_form {
        ReferrersForm::Spec => {}
        ReferrersForm::Empty => {
            let none = index(&[], quirks.null_referrers);
            return Ok(Answer::new(StatusCode::OK).json(&MediaType::IMAGE_INDEX, none));
        }
        ReferrersForm::Html => {
            let page = Bytes::from("<!doctype html><title>Registry</title><p>Welcome.\n");
            return Ok(Answer::new(StatusCode::OK)
                .header(CONTENT_TYPE, "text/html; charset=utf-8")
                .content([page.into()]));
        }
    }
    let page = cx.page(page)?;
    let filter = artifact_type.filter(|_| !quirks.disable_referrers_filtering);
    let repository = match cx.repository(name) {
        Err(_) if !quirks.referrers_need_repository => None,
        found => Some(found?),
    };
    let adopted = repository
        .map(|repository| adopted(repository, subject))
        .unwrap_or_default();
    let own = repository
        .into_iter()
        .flat_map(|repository| repository.referrers(subject))
        .map(|(digest, manifest)| {
            let artifact_type = manifest.artifact_type.as_deref();
            (
                digest,
                Referrer {
                    artifact_type,
                    descriptor: manifest.descriptor.clone(),
                },
            )
        });
    let last = page.last.as_deref().map(Digest::parse).transpose()?;
    let wanted = |(digest, referrer): &(&Digest, Referrer<'_>)| {
        last.as_ref().is_none_or(|last| *digest > last)
            && filter.is_none_or(|kind| referrer.artifact_type == Some(kind))
    };
    let (shown, more) = if adopted.is_empty() {
        take(cx, &page, own.filter(wanted))
    } else {
        // One by one: collecting would bring a sort of its own.
        let mut all: BTreeMap<&Digest, Referrer<'_>> = BTreeMap::new();
        all.extend(own);
        for (digest, kind, descriptor) in &adopted {
            let referrer = || Referrer {
                artifact_type: kind.as_deref(),
                descriptor: descriptor.clone(),
            };
            all.entry(digest).or_insert_with(referrer);
        }
        take(cx, &page, all.into_iter().filter(wanted))
    };
    let last = shown.last().map(|(digest, _)| digest.to_string());
    let link = cx.next_page(more, (&page, shown.len()), last, |page| {
        Operation::ListReferrers {
            repository: name.clone(),
            subject: subject.clone(),
            artifact_type: artifact_type.map(str::to_owned),
            page,
        }
    });
    let answer = Answer::new(StatusCode::OK)
        .maybe(FILTERS_APPLIED, filter.map(|_| "artifactType"))
        .maybe(LINK, link);
    Ok(answer.json(
        &MediaType::IMAGE_INDEX,
        index(&shown, quirks.null_referrers),
    ))
}

/// A page of referrers: at most as many as asked for, and no more bytes than a client takes for a manifest.
fn take<'a>(
    cx: Context<'_>,
    page: &Page,
    referrers: impl Iterator<Item = (&'a Digest, Referrer<'a>)>,
) -> (Vec<(&'a Digest, Bytes)>, bool) {
    let mut bytes = 0_u64;
    let limit = cx.settings().limits.manifest;
    let mut cut = false;
    let fitting = referrers
        .map(|(digest, referrer)| (digest, referrer.descriptor))
        .take_while(|(_, descriptor)| {
            bytes = bytes.saturating_add(descriptor.len() as u64);
            cut = bytes > limit && bytes > descriptor.len() as u64;
            !cut
        });
    let (shown, more) = page.take(fitting);
    (shown, more || cut)
}

/// Referrers that a client recorded under the fallback tag, as it does with a registry that has no referrers API
/// (distribution-spec, "Referrers Tag Schema"): those of its index that are there.
fn adopted(repository: &Repository, subject: &Digest) -> Vec<(Digest, Option<String>, Bytes)> {
    let tagged = Tag::parse(&subject.referrers_tag())
        .ok()
        .and_then(|tag| repository.tag(&tag));
    let Some(index) = tagged.and_then(|digest| repository.manifest(digest)) else {
        return Vec::new();
    };
    if index.kind != ManifestKind::Index {
        return Vec::new();
    }
    let there = index.children().into_iter().filter_map(|child| {
        let digest = Digest::parse(&child.digest).ok()?;
        let held = repository.manifest(&digest)?;
        let artifact_type = child
            .artifact_type
            .clone()
            .or_else(|| held.artifact_type.clone());
        let descriptor = to_json(&crate::spec::Descriptor {
            artifact_type: artifact_type.clone(),
            ..child
        });
        Some((digest, artifact_type, descriptor))
    });
    there.collect()
}

fn index(shown: &[(&Digest, Bytes)], null_when_empty: bool) -> Bytes {
    let mut json = Vec::new();
    json.extend_from_slice(b"{\"schemaVersion\":2,\"mediaType\":");
    json.extend_from_slice(&quoted(MediaType::IMAGE_INDEX.as_str()));
    json.extend_from_slice(b",\"manifests\":");
    if shown.is_empty() && null_when_empty {
        json.extend_from_slice(b"null}");
        return json.into();
    }
    let mut separator = b"[";
    for (_, descriptor) in shown {
        json.extend_from_slice(separator);
        json.extend_from_slice(descriptor);
        separator = b",";
    }
    json.extend_from_slice(if shown.is_empty() { b"[]}" } else { b"]}" });
    json.into()
}
