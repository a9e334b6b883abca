//! Blobs: pull (end-2), push in one request (end-4b), delete (end-10).

use http::{
    StatusCode,
    header::{ACCEPT_RANGES, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE, LOCATION, RANGE},
};

use super::{
    Context, Decision,
    intake::{BlobIntake, Intake},
};
use crate::{
    content::Content,
    spec::{Digest, Error, MediaType, RepositoryName},
    store::{Change, Store},
    wire::{Answer, ByteRange, Conditions, Operation, entity_tag, header::CONTENT_DIGEST},
};

pub(super) fn pull(
    cx: Context<'_>,
    name: &RepositoryName,
    digest: &Digest,
) -> Result<Answer, Error> {
    cx.check_seen(|| unknown(name, digest))?;
    let content = match find(cx, name, digest) {
        Err(error) if cx.quirks().manifests_as_blobs => {
            let held = cx.store.repository(name).and_then(|it| it.manifest(digest));
            let held = held.ok_or(error)?;
            &Content::new(vec![held.bytes.clone().into()])
        }
        found => found?,
    };
    cx.check_pull(digest, digest)?;
    if let Some(redirect) = cx.redirect(name, digest) {
        return Ok(redirect);
    }
    let pull = Operation::PullBlob {
        repository: name.clone(),
        digest: digest.clone(),
    };
    if let Some(redirect) = cx.presigned(&pull)? {
        return Ok(redirect);
    }
    let is_shown = !(cx.head.is_head() && cx.quirks().omit_digest_from_blob_head);
    let shown = is_shown.then(|| digest.to_string());
    let tag = entity_tag(digest);
    let answer = |status| {
        Answer::new(status)
            .maybe(CONTENT_DIGEST, shown.as_deref())
            .header(ETAG, tag.as_str())
    };
    if Conditions::of(&cx.head.headers).is_known(digest) {
        return Ok(answer(StatusCode::NOT_MODIFIED));
    }
    let answer = |status| {
        answer(status)
            .header(ACCEPT_RANGES, "bytes")
            .header(CONTENT_TYPE, MediaType::OCTET_STREAM.as_str())
    };
    let Some(range) = wanted_range(cx, &tag) else {
        return Ok(answer(StatusCode::OK).content(content.chunks().iter().cloned()));
    };
    let range = range.resolve(content.len())?;
    let content_range = format!(
        "bytes {}-{}/{}",
        range.start,
        range.end.saturating_sub(1),
        content.len()
    );
    let partial = answer(StatusCode::PARTIAL_CONTENT).header(CONTENT_RANGE, content_range);
    Ok(partial.content(content.slice(range)))
}

/// The range that is asked for and may be answered: on GET only, and not of content that the client has not.
fn wanted_range(cx: Context<'_>, tag: &str) -> Option<ByteRange> {
    let headers = &cx.head.headers;
    let text = headers
        .get(RANGE)
        .filter(|_| !cx.head.is_head())?
        .to_str()
        .ok()?;
    let unchanged = headers
        .get(IF_RANGE)
        .is_none_or(|condition| condition.as_bytes() == tag.as_bytes());
    ByteRange::parse(text).filter(|_| unchanged)
}

fn find<'a>(cx: Context<'a>, name: &RepositoryName, digest: &Digest) -> Result<&'a Content, Error> {
    let unknown = || unknown(name, digest);
    if cx.quirks().blob_before_name && cx.store.repository(name).is_none() {
        return Err(unknown());
    }
    cx.repository(name)?.blob(digest).ok_or_else(unknown)
}

pub(super) fn unknown(name: &RepositoryName, digest: &Digest) -> Error {
    Error::BlobUnknown {
        repository: name.clone(),
        digest: digest.clone(),
    }
}

pub(super) fn receive(cx: Context<'_>, digest: &Digest) -> Result<Intake, Error> {
    check_declared(cx, 0)?;
    let hasher = cx.store.hashers().start(digest.algorithm());
    let intake = BlobIntake::new(hasher).at_most(cx.quirks().max_body_bytes);
    Ok(Intake::Blob(Box::new(intake)))
}

pub(super) fn intake(store: &Store, digest: &Digest) -> Intake {
    Intake::Blob(Box::new(BlobIntake::new(
        store.hashers().start(digest.algorithm()),
    )))
}

/// Refuses a body that is announced to be too long.
pub(super) fn check_declared(cx: Context<'_>, offset: u64) -> Result<(), Error> {
    let limits = &cx.settings().limits;
    let Some(declared) = cx.head.declared_length() else {
        return Ok(());
    };
    if let Some(limit) = cx.quirks().max_body_bytes.filter(|limit| declared > *limit) {
        return Err(Error::BodyTooLarge { limit });
    }
    if offset.saturating_add(declared) > limits.blob {
        return Err(Error::BlobTooLarge { limit: limits.blob });
    }
    cx.budget
        .check(declared, limits.total)
        .map_err(|over| Error::Full {
            used: over.used,
            limit: over.limit,
        })
}

pub(super) fn push(
    cx: Context<'_>,
    name: &RepositoryName,
    digest: &Digest,
    blob: BlobIntake,
) -> Result<Decision, Error> {
    cx.may_push_to(name)?;
    let content = Content::new(blob.verified(digest)?);
    let change = Change::PutBlob {
        repository: name.clone(),
        digest: digest.clone(),
        content,
    };
    Ok(Decision::new([change], created(cx, name, digest)))
}

/// The answer to a blob that is there now, however it came.
pub(super) fn created(cx: Context<'_>, name: &RepositoryName, digest: &Digest) -> Answer {
    let pull = Operation::PullBlob {
        repository: name.clone(),
        digest: digest.clone(),
    };
    Answer::new(StatusCode::CREATED)
        .header(LOCATION, cx.location(&pull))
        .header(CONTENT_DIGEST, digest.to_string())
}

pub(super) fn delete(
    cx: Context<'_>,
    name: &RepositoryName,
    digest: &Digest,
) -> Result<Decision, Error> {
    find(cx, name, digest)?;
    if cx.quirks().keep_used_blobs && cx.repository(name)?.names_blob(digest) {
        return Err(Error::MethodNotAllowed {
            allow: "GET, HEAD, OPTIONS".to_owned(),
        });
    }
    cx.check_change(digest, Some(digest))?;
    let change = Change::DeleteBlob {
        repository: name.clone(),
        digest: digest.clone(),
    };
    Ok(Decision::new([change], Answer::new(StatusCode::ACCEPTED)))
}
