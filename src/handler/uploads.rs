//! Upload sessions: start (end-4a, end-4c), chunk (end-5), close (end-6), status (end-13), cancel (end-14).

use http::{
    HeaderName, StatusCode,
    header::{LOCATION, RANGE},
};

use super::{
    Context, Decision, blobs,
    intake::{BlobIntake, Intake},
};
use crate::{
    spec::{
        Algorithm, Chunking, Digest, Error, RangeFault, RepositoryName, SessionId, UploadLocation,
        UploadRange,
    },
    store::{Change, Upload},
    wire::{
        Answer, ChunkRange, OUTSIDE, Operation, acknowledged_range,
        header::{CHUNK_MIN_LENGTH, UPLOAD_UUID},
        origin, other_origin,
    },
};

type Chunked<'a> = Option<&'a Result<ChunkRange, String>>;

pub(super) fn start(
    cx: Context<'_>,
    name: &RepositoryName,
    algorithm: Option<Algorithm>,
) -> Result<Decision, Error> {
    cx.may_push_to(name)?;
    let mut changes: Vec<Change> = cx
        .store
        .expired(cx.now)
        .map(|session| Change::CancelUpload {
            session: session.clone(),
        })
        .collect();
    let open = cx.store.upload_count().saturating_sub(changes.len());
    let limit = cx.settings().limits.sessions;
    if open as u64 >= limit {
        let expiry = cx.store.next_expiry().unwrap_or(cx.now);
        return Err(Error::TooMany {
            what: "open upload sessions",
            limit,
            retry_after: expiry.since(cx.now),
        });
    }
    let number = cx.store.opened();
    let session = cx.next_session.session(number);
    changes.push(Change::OpenUpload {
        number,
        repository: name.clone(),
        session: session.clone(),
        algorithm: algorithm.unwrap_or_default(),
        at: cx.now,
    });
    let minimum = cx.settings().chunk_min_length;
    let answer =
        progress(cx, StatusCode::ACCEPTED, name, &session, (0, 0)).maybe(CHUNK_MIN_LENGTH, minimum);
    Ok(Decision::new(changes, answer))
}

pub(super) fn status(
    cx: Context<'_>,
    name: &RepositoryName,
    session: &SessionId,
) -> Result<Answer, Error> {
    let upload = find(cx, name, session)?;
    if cx.quirks().no_upload_status {
        return Err(unknown(session));
    }
    let lengths = (upload.length(), upload.first());
    Ok(progress(cx, StatusCode::NO_CONTENT, name, session, lengths))
}

pub(super) fn receive_chunk(
    cx: Context<'_>,
    name: &RepositoryName,
    session: &SessionId,
    range: Chunked<'_>,
) -> Result<Intake, Error> {
    let Some(upload) = on_sight(cx, name, session)? else {
        let length = check(cx, name, session, 0, range)?;
        let hasher = cx.store.hashers().start(Algorithm::default());
        return Ok(taken(cx, BlobIntake::new(hasher).continuing(None, length)));
    };
    let length = check(cx, name, session, upload.length(), range)?;
    check_chunked(cx, upload, range.is_some())?;
    let intake = BlobIntake::new(upload.hasher().duplicate());
    Ok(taken(cx, intake.continuing(Some(upload), length)))
}

pub(super) fn receive_last(
    cx: Context<'_>,
    name: &RepositoryName,
    session: &SessionId,
    range: Chunked<'_>,
    digest: &Digest,
) -> Result<Intake, Error> {
    let upload = on_sight(cx, name, session)?;
    let offset = upload.map_or(0, Upload::length);
    let length = check(cx, name, session, offset, range)?;
    let algorithm = digest.algorithm();
    let intake = match upload {
        Some(upload) if upload.algorithm() == algorithm => {
            BlobIntake::new(upload.hasher().duplicate())
        }
        Some(upload) if offset > 0 => {
            BlobIntake::new(cx.store.hashers().start(algorithm)).with_backlog(upload.chunks())
        }
        _ => BlobIntake::new(cx.store.hashers().start(algorithm)),
    };
    Ok(taken(cx, intake.continuing(upload, length)))
}

fn taken(cx: Context<'_>, intake: BlobIntake) -> Intake {
    Intake::Blob(Box::new(intake.at_most(cx.quirks().max_body_bytes)))
}

/// Refuses a chunk where an upload is to come in one piece.
fn check_chunked(cx: Context<'_>, upload: &Upload, has_range: bool) -> Result<(), Error> {
    let reason = match cx.quirks().chunked_upload {
        Chunking::None if has_range => "there are no uploads in chunks here",
        Chunking::None | Chunking::OneStream if upload.length() > 0 => {
            "nothing can be added after the first write"
        }
        Chunking::Spec | Chunking::None | Chunking::OneStream => return Ok(()),
    };
    Err(Error::ChunkRefused { reason })
}

pub(super) fn append(
    cx: Context<'_>,
    name: &RepositoryName,
    session: &SessionId,
    blob: BlobIntake,
) -> Result<Decision, Error> {
    let (mut changes, before, first) = current(cx, name, session, &blob)?;
    let length = before.saturating_add(blob.received());
    let (chunks, hasher) = blob.into_parts();
    changes.push(Change::AppendUpload {
        session: session.clone(),
        chunks,
        hasher: Some(hasher),
        at: cx.now,
    });
    Ok(Decision::new(
        changes,
        progress(
            cx,
            StatusCode::ACCEPTED,
            name,
            session,
            (length, if first == 0 { length } else { first }),
        ),
    ))
}

pub(super) fn close(
    cx: Context<'_>,
    name: &RepositoryName,
    session: &SessionId,
    digest: &Digest,
    blob: BlobIntake,
) -> Result<Decision, Error> {
    let (mut changes, before, _) = current(cx, name, session, &blob)?;
    if cx.quirks().put_needs_patch && before == 0 && blob.received() > 0 {
        return Err(blobs::unknown(name, digest));
    }
    cx.may_push_to(name)?;
    let chunks = blob.verified(digest)?;
    changes.push(Change::CloseUpload {
        session: session.clone(),
        chunks,
        digest: digest.clone(),
    });
    Ok(Decision::new(changes, blobs::created(cx, name, digest)))
}

pub(super) fn cancel(
    cx: Context<'_>,
    name: &RepositoryName,
    session: &SessionId,
) -> Result<Decision, Error> {
    find(cx, name, session)?;
    let change = Change::CancelUpload {
        session: session.clone(),
    };
    Ok(Decision::new([change], Answer::new(StatusCode::NO_CONTENT)))
}

fn find<'a>(
    cx: Context<'a>,
    name: &RepositoryName,
    session: &SessionId,
) -> Result<&'a Upload, Error> {
    let upload = cx.store.upload(name, session, cx.now);
    upload.ok_or_else(|| unknown(session))
}

fn unknown(session: &SessionId) -> Error {
    Error::UploadUnknown {
        session: session.to_string(),
    }
}

/// The session; `None` when there is none and the registry opens one for whatever id it is shown.
fn on_sight<'a>(
    cx: Context<'a>,
    name: &RepositoryName,
    session: &SessionId,
) -> Result<Option<&'a Upload>, Error> {
    match find(cx, name, session) {
        Err(_) if cx.quirks().upload_on_sight && !is_taken(cx, session) => Ok(None),
        found => found.map(Some),
    }
}

/// Whether some repository has a live session of that id.
fn is_taken(cx: Context<'_>, session: &SessionId) -> bool {
    let holder = cx.store.upload_repository(session);
    holder.is_some_and(|holder| cx.store.upload(holder, session, cx.now).is_some())
}

/// Checks a chunk against the session as far as the head goes; gives the length of its range.
fn check(
    cx: Context<'_>,
    name: &RepositoryName,
    session: &SessionId,
    acknowledged: u64,
    range: Chunked<'_>,
) -> Result<Option<u64>, Error> {
    let invalid = |fault| chunk_invalid(cx, name, session, acknowledged, fault);
    let range = match range {
        None => None,
        Some(Err(text)) => return Err(invalid(RangeFault::Malformed(text.clone()))),
        Some(Ok(range)) if range.first != acknowledged => {
            return Err(invalid(RangeFault::OutOfOrder { first: range.first }));
        }
        Some(Ok(range)) => Some(range.length),
    };
    match (range, cx.head.declared_length()) {
        (Some(range), Some(body)) if range != body => {
            return Err(invalid(RangeFault::Length { range, body }));
        }
        _ => {}
    }
    blobs::check_declared(cx, acknowledged)?;
    Ok(range)
}

/// Checks once more, after the body, that the session is where the body found it. Gives what opens it where it was
/// only seen, its length, and that of its first chunk.
fn current(
    cx: Context<'_>,
    name: &RepositoryName,
    session: &SessionId,
    blob: &BlobIntake,
) -> Result<(Vec<Change>, u64, u64), Error> {
    let upload = on_sight(cx, name, session)?;
    let length = upload.map_or(0, Upload::length);
    let invalid = |fault| Err(chunk_invalid(cx, name, session, length, fault));
    if !blob.continues(upload) {
        return invalid(RangeFault::Overtaken);
    }
    if let Some(range) = blob.range().filter(|range| *range != blob.received()) {
        return invalid(RangeFault::Length {
            range,
            body: blob.received(),
        });
    }
    let open = upload.is_none().then(|| Change::OpenUpload {
        number: cx.store.opened(),
        repository: name.clone(),
        session: session.clone(),
        algorithm: Algorithm::default(),
        at: cx.now,
    });
    let first = upload.map_or(0, Upload::first);
    Ok((open.into_iter().collect(), length, first))
}

fn chunk_invalid(
    cx: Context<'_>,
    name: &RepositoryName,
    session: &SessionId,
    acknowledged: u64,
    fault: RangeFault,
) -> Error {
    let location = location(cx, name, session).unwrap_or_default();
    Error::ChunkInvalid {
        session: session.clone(),
        location,
        acknowledged,
        fault,
    }
}

/// The answer about a session that goes on; `lengths` is that of all that arrived, and of the first chunk.
fn progress(
    cx: Context<'_>,
    status: StatusCode,
    name: &RepositoryName,
    session: &SessionId,
    lengths: (u64, u64),
) -> Answer {
    let quirks = cx.quirks();
    let range = match (quirks.upload_range, lengths) {
        (UploadRange::Spec, (length, _)) | (UploadRange::Stuck, (_, length)) => {
            acknowledged_range(length)
        }
        (UploadRange::Bytes, (0, _)) => "bytes=0--1".to_owned(),
        (UploadRange::Bytes, (length, _)) => format!("bytes={}", acknowledged_range(length)),
    };
    let padding = quirks.upload_header_bytes.map(|bytes| {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        "x".repeat(bytes.min(LONGEST_HEADER))
    });
    Answer::new(status)
        .maybe(LOCATION, location(cx, name, session))
        .header(RANGE, range)
        .header(UPLOAD_UUID, session.as_str())
        .maybe(UPLOAD_STATE, padding)
}

/// The longest header that is made to be too long.
const LONGEST_HEADER: usize = 1 << 20;

/// What is as long as somebody wants it to be.
const UPLOAD_STATE: HeaderName = HeaderName::from_static("x-upload-state");

fn location(cx: Context<'_>, name: &RepositoryName, session: &SessionId) -> Option<String> {
    let quirks = cx.quirks();
    if let Some(template) = &quirks.location_for_upload_id {
        let location = template.replace("{id}", session.as_str());
        return Some(location.replace("{repository}", name.as_str()));
    }
    let path = Operation::UploadStatus {
        repository: name.clone(),
        session: session.clone(),
    }
    .target();
    let own = || origin(cx.head, cx.settings());
    Some(match quirks.upload_location {
        UploadLocation::Path => path,
        UploadLocation::Absolute => own() + &path,
        UploadLocation::AbsoluteWithState => format!("{}{path}?_state={session}", own()),
        UploadLocation::PathWithState => format!("{path}?_state={session}"),
        UploadLocation::Outside => format!("{OUTSIDE}{name}/uploads/{session}"),
        UploadLocation::OtherHost => other_origin(cx.head, cx.settings()) + &path,
        UploadLocation::Missing => return None,
    })
}
