//! Manifests: pull (end-3), push (end-7a, end-7b), delete by digest (end-9).

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use http::{
    StatusCode,
    header::{CONTENT_TYPE, ETAG, LOCATION},
};

use super::{
    Context, Decision,
    intake::Intake,
    manifest_intake::{ManifestIntake, ReadManifest},
};
use serde_json::Value;

use crate::{
    spec::{
        Accept, Algorithm, ConfigTypes, Descriptor, Digest, Error, ImmutableTagForm, ManifestKind,
        MediaType, Need, Reference, References, RepositoryName, Tag,
    },
    store::{Change, Repository, Store, StoredManifest},
    wire::{
        Answer, Conditions, Operation, accepts, entity_tag,
        header::{CONTENT_DIGEST, SUBJECT, TAG},
    },
};

pub(super) fn pull(
    cx: Context<'_>,
    name: &RepositoryName,
    reference: &Reference,
) -> Result<Answer, Error> {
    cx.check_seen(|| unknown(name, reference))?;
    let repository = cx.repository(name)?;
    let found = repository.resolve(reference);
    let subject = fallback(cx, reference);
    let found = found.or_else(|| repository.resolve(subject.as_ref()?));
    let (digest, manifest) = found.ok_or_else(|| unknown(name, reference))?;
    let settings = cx.settings();
    if settings.accept == Accept::Strict && !accepts(&cx.head.headers, &manifest.media_type) {
        return Err(Error::NotAcceptable {
            media_type: manifest.media_type.as_str().to_owned(),
        });
    }
    cx.check_pull(reference, digest)?;
    if let Some(redirect) = cx.redirect(name, digest) {
        return Ok(redirect);
    }
    let quirks = cx.quirks();
    let hidden = quirks.omit_digest_from_manifest_get
        || quirks.omit_digest_from_tag_get_response && matches!(reference, Reference::Tag(_));
    let shown = (!hidden || cx.head.is_head()).then(|| digest.to_string());
    let answer = |status| {
        Answer::new(status)
            .maybe(CONTENT_DIGEST, shown.as_deref())
            .header(ETAG, entity_tag(digest))
    };
    if Conditions::of(&cx.head.headers).is_known(digest) {
        return Ok(answer(StatusCode::NOT_MODIFIED));
    }
    let answer = answer(StatusCode::OK).header(CONTENT_TYPE, manifest.media_type.as_str());
    Ok(answer.content([manifest.bytes.clone().into()]))
}

/// The subject itself, for the tag under which its referrers would be.
fn fallback(cx: Context<'_>, reference: &Reference) -> Option<Reference> {
    let tag = tag_of(reference).filter(|_| cx.quirks().fallback_tag_is_subject)?;
    let digest = Digest::parse(&tag.as_str().replacen('-', ":", 1)).ok()?;
    Some(Reference::Digest(digest))
}

pub(super) fn receive(
    cx: Context<'_>,
    reference: &Reference,
    media_type: Option<&MediaType>,
) -> Result<Intake, Error> {
    let limit = cx.settings().limits.manifest;
    if cx
        .head
        .declared_length()
        .is_some_and(|declared| declared > limit)
    {
        return Err(Error::ManifestTooLarge { limit });
    }
    let opaque = cx.quirks().opaque_manifests || cx.head.directives.unchecked;
    Ok(taken_in(cx.store, reference, media_type.cloned(), opaque))
}

pub(super) fn intake(
    store: &Store,
    operation: &Operation,
    reference: &Reference,
    media_type: Option<MediaType>,
) -> Intake {
    let name = operation.repository().map_or("", RepositoryName::as_str);
    let opaque = store.settings().quirks_of(name).opaque_manifests;
    taken_in(store, reference, media_type, opaque)
}

fn taken_in(
    store: &Store,
    reference: &Reference,
    media_type: Option<MediaType>,
    opaque: bool,
) -> Intake {
    let algorithm = match reference {
        Reference::Digest(digest) => digest.algorithm(),
        Reference::Tag(_) => Algorithm::default(),
    };
    Intake::Manifest(Box::new(ManifestIntake::new(
        store.hashers().clone(),
        algorithm,
        media_type,
        opaque,
    )))
}

pub(super) fn push(
    cx: Context<'_>,
    name: &RepositoryName,
    reference: &Reference,
    tags: &[Tag],
    intake: ManifestIntake,
) -> Result<Decision, Error> {
    let read = read(cx, reference, intake)?;
    cx.may_push_to(name)?;
    let repository = cx.store.repository(name);
    check_types(cx, &read)?;
    if !cx.head.directives.unchecked {
        check_needs(cx, repository, &read.manifest.needs)?;
    }
    let answer = created(cx, name, &read);
    let answer = tags
        .iter()
        .fold(answer, |answer, tag| answer.header(TAG, tag.as_str()));
    let tags = looked_up(repository, tag_of(reference).into_iter().chain(tags));
    check_tags(cx, repository, &tags, &read.digest)?;
    let current = match reference {
        Reference::Tag(_) => tags.first().and_then(|(_, current)| *current),
        Reference::Digest(digest) => repository
            .and_then(|repository| repository.manifest(digest))
            .map(|_| digest),
    };
    cx.check_change(reference, current)?;
    Ok(Decision::new(changes(name, repository, tags, read), answer))
}

/// Keeps a manifest that comes from elsewhere: complete or not, under the reference it was asked for by.
pub(super) fn keep(
    cx: Context<'_>,
    name: &RepositoryName,
    reference: &Reference,
    intake: ManifestIntake,
) -> Result<Decision, Error> {
    let read = read(cx, reference, intake)?;
    cx.room_for(name)?;
    let answer = created(cx, name, &read);
    let repository = cx.store.repository(name);
    let tags = looked_up(repository, tag_of(reference).into_iter());
    Ok(Decision::new(changes(name, repository, tags, read), answer))
}

fn read(
    cx: Context<'_>,
    reference: &Reference,
    intake: ManifestIntake,
) -> Result<ReadManifest, Error> {
    let read = intake.into_read(cx.budget, &cx.settings().limits)?;
    match reference {
        Reference::Digest(expected) if *expected != read.digest => Err(Error::DigestMismatch {
            expected: expected.clone(),
            actual: read.digest,
        }),
        Reference::Digest(_) | Reference::Tag(_) => Ok(read),
    }
}

fn tag_of(reference: &Reference) -> Option<&Tag> {
    match reference {
        Reference::Tag(tag) => Some(tag),
        Reference::Digest(_) => None,
    }
}

/// A tag that is to be set, with what it points at now.
type Target<'a> = (&'a Tag, Option<&'a Digest>);

fn looked_up<'a>(
    repository: Option<&'a Repository>,
    tags: impl Iterator<Item = &'a Tag>,
) -> Vec<Target<'a>> {
    let current = |tag| repository.and_then(|repository| repository.tag(tag));
    tags.map(|tag| (tag, current(tag))).collect()
}

fn created(cx: Context<'_>, name: &RepositoryName, read: &ReadManifest) -> Answer {
    let reference = Reference::Digest(read.digest.clone());
    // It says that the registry lists referrers: a client that misses it keeps the list itself.
    let lists_referrers = cx.quirks().answers_subject();
    let subject = read.manifest.subject.as_ref().filter(|_| lists_referrers);
    let pull = Operation::PullManifest {
        repository: name.clone(),
        reference,
    };
    let location = (!cx.quirks().omit_manifest_location).then(|| cx.location(&pull));
    Answer::new(StatusCode::CREATED)
        .maybe(LOCATION, location)
        .header(CONTENT_DIGEST, read.digest.to_string())
        .maybe(SUBJECT, subject.map(ToString::to_string))
}

fn changes(
    name: &RepositoryName,
    repository: Option<&Repository>,
    tags: Vec<Target<'_>>,
    read: ReadManifest,
) -> Vec<Change> {
    let ReadManifest {
        digest,
        media_type,
        bytes,
        manifest,
    } = read;
    let held = repository.and_then(|repository| repository.manifest(&digest));
    let mut changes = Vec::new();
    if held.is_none_or(|held| held.media_type != media_type) {
        let manifest = Arc::new(StoredManifest::new(&digest, media_type, bytes, manifest));
        changes.push(Change::PutManifest {
            repository: name.clone(),
            digest: digest.clone(),
            manifest,
        });
    }
    let moved = tags
        .into_iter()
        .filter(|(_, current)| *current != Some(&digest));
    changes.extend(moved.map(|(tag, _)| Change::SetTag {
        repository: name.clone(),
        tag: tag.clone(),
        digest: digest.clone(),
    }));
    changes
}

/// What a manifest points at has to be there first, as far as the settings ask.
fn check_needs(
    cx: Context<'_>,
    repository: Option<&Repository>,
    needs: &[Need],
) -> Result<(), Error> {
    let settings = cx.settings();
    let children = settings.references == References::Strict && !cx.quirks().lax_child_references;
    let others = settings.references != References::Sparse;
    let is_missing = |need: &&Need| {
        let wanted = if need.is_manifest() { children } else { others };
        let held = |digest: &Digest| {
            repository.is_some_and(|repository| match need.is_manifest() {
                true => repository.manifest(digest).is_some(),
                false => repository.blob(digest).is_some(),
            })
        };
        wanted && !need.digest.as_ref().is_ok_and(held)
    };
    let total = needs.iter().filter(is_missing).count();
    if total == 0 {
        return Ok(());
    }
    let shown = needs
        .iter()
        .filter(is_missing)
        .take(10)
        .map(|need| (need.place.to_string(), need.written()));
    Err(Error::ManifestBlobUnknown {
        missing: shown.collect(),
        total,
    })
}

/// Types that some registries do not take, each in its own way.
fn check_types(cx: Context<'_>, read: &ReadManifest) -> Result<(), Error> {
    let quirks = cx.quirks();
    let plain = |child: &Descriptor| {
        MediaType::parse(&child.media_type).is_some_and(|media_type| {
            [ManifestKind::Image, ManifestKind::Index].contains(&ManifestKind::of(&media_type))
        })
    };
    let odd = read.manifest.manifests.iter().find(|child| !plain(child));
    if let Some(child) = odd.filter(|_| quirks.plain_indexes) {
        let reason = format!("a child of type {:?} is no manifest", child.media_type);
        return Err(Error::ManifestInvalid { reason });
    }
    if quirks.config_types == ConfigTypes::Any || read.manifest.config.is_none() {
        return Ok(());
    }
    let json: Value = serde_json::from_slice(&read.bytes).unwrap_or_default();
    let media_type = json.pointer("/config/mediaType").and_then(Value::as_str);
    let media_type = media_type.unwrap_or_default();
    let is_taken = match quirks.config_types {
        ConfigTypes::Any => true,
        ConfigTypes::Known => IMAGE_CONFIGS.contains(&media_type),
        ConfigTypes::NotEmpty => media_type != EMPTY_CONFIG,
    };
    let media_type = media_type.to_owned();
    is_taken
        .then_some(())
        .ok_or(Error::ConfigRefused { media_type })
}

/// The types of an image's config.
const IMAGE_CONFIGS: [&str; 2] = [
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
];

/// The type of the config that says nothing (image-spec, "Guidance for an Empty Descriptor").
const EMPTY_CONFIG: &str = "application/vnd.oci.empty.v1+json";

fn check_tags(
    cx: Context<'_>,
    repository: Option<&Repository>,
    tags: &[Target<'_>],
    digest: &Digest,
) -> Result<(), Error> {
    let settings = cx.settings();
    let again = cx.quirks().immutable_tag_form == ImmutableTagForm::TagInvalid;
    let is_moved =
        |current: Option<&Digest>| current.is_some_and(|current| again || current != digest);
    if let Some((tag, _)) = tags
        .iter()
        .find(|(_, current)| is_moved(*current))
        .filter(|_| cx.quirks().immutable_tags)
    {
        return Err(Error::TagImmutable {
            tag: tag.to_string(),
        });
    }
    let limit = settings.limits.tags;
    let count = repository.map_or(0, Repository::tag_count) as u64;
    // One by one: collecting would bring a sort of its own.
    let mut new: BTreeSet<&Tag> = BTreeSet::new();
    new.extend(
        tags.iter()
            .filter_map(|(tag, current)| current.is_none().then_some(*tag)),
    );
    if !new.is_empty() && count.saturating_add(new.len() as u64) > limit {
        return Err(Error::TooMany {
            what: "tags in the repository",
            limit,
            retry_after: Duration::from_secs(60),
        });
    }
    Ok(())
}

pub(super) fn delete(
    cx: Context<'_>,
    name: &RepositoryName,
    digest: &Digest,
) -> Result<Decision, Error> {
    let repository = cx.repository(name)?;
    if repository.manifest(digest).is_none() {
        return Err(unknown(name, &Reference::Digest(digest.clone())));
    }
    // Its tags would go with it.
    let tag = repository.tags_of(digest).next();
    if let Some(tag) = tag.filter(|_| cx.quirks().immutable_tags) {
        return Err(Error::TagImmutable {
            tag: tag.to_string(),
        });
    }
    cx.check_change(digest, Some(digest))?;
    let change = Change::DeleteManifest {
        repository: name.clone(),
        digest: digest.clone(),
    };
    Ok(Decision::new([change], Answer::new(StatusCode::ACCEPTED)))
}

fn unknown(name: &RepositoryName, reference: &Reference) -> Error {
    Error::ManifestUnknown {
        repository: name.clone(),
        reference: reference.clone(),
    }
}
