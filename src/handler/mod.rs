//! What each operation does: one function per operation, grouped by noun.
//!
//! An operation is handled in two halves. Before its body has arrived, [`before`] answers what needs no body or says
//! how to take it in. After, [`after`] decides on the changes and the answer. Neither changes anything.

mod blobs;
mod catalog;
mod facts;
mod intake;
mod manifest_intake;
mod manifests;
mod mounts;
mod referrers;
mod tags;
mod uploads;

use bytes::Bytes;
use http::{
    Response, StatusCode,
    header::{ALLOW, AUTHORIZATION},
};

pub(crate) use facts::facts;
pub(crate) use intake::Intake;
pub use intake::Progress;

use crate::{
    content::{Body, Budget},
    spec::{
        BlobRedirect, Digest, Error, LinkForm, MediaType, Quirks, RepositoryName, SessionId,
        Settings, Timestamp, UploadLocation,
    },
    store::{Change, Repository, Store},
    wire::{Answer, Conditions, Head, Operation, Page, Pass, origin, other_origin, renamed},
};

/// What a handler may look at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    /// The state.
    pub(crate) store: &'a Store,
    /// The bytes that are alive.
    pub(crate) budget: &'a Budget,
    /// The request.
    pub(crate) head: &'a Head,
    /// The time.
    pub(crate) now: Timestamp,
    /// The id of the next session.
    pub(crate) next_session: &'a dyn NextSession,
}

/// Where ids of sessions come from: a seed and how many there were.
pub(crate) trait NextSession: std::fmt::Debug {
    /// The id of the session that is opened after so many.
    fn session(&self, opened: u64) -> SessionId;
}

/// What happens before the body.
#[derive(Debug)]
pub(crate) enum Plan {
    /// This is the answer; no body is needed.
    Answer(Box<Response<Body>>),
    /// The body is taken in like this.
    Receive(Box<Intake>),
}

/// What happens after the body.
#[derive(Debug)]
pub(crate) struct Decision {
    /// What is changed.
    pub(crate) changes: Vec<Change>,
    /// What is answered once it is.
    pub(crate) answer: Response<Body>,
}

impl Decision {
    fn new(changes: impl Into<Vec<Change>>, answer: Answer) -> Self {
        Self {
            changes: changes.into(),
            answer: answer.done(),
        }
    }
}

/// The first half of an operation: reads are answered, pushes are checked as far as the head goes.
///
/// # Errors
/// The error to answer.
pub(crate) fn before(cx: Context<'_>, operation: &Operation) -> Result<Plan, Error> {
    let answer = match operation {
        Operation::CheckAlive => Answer::new(StatusCode::OK),
        Operation::CheckApi => catalog::check(cx),
        Operation::ListMethods { allow } => {
            Answer::new(StatusCode::NO_CONTENT).header(ALLOW, *allow)
        }
        Operation::ListRepositories { page } => catalog::list(cx, page)?,
        Operation::DiscoverExtensions => catalog::extensions(),
        Operation::PullBlob { repository, digest } => blobs::pull(cx, repository, digest)?,
        Operation::PullManifest {
            repository,
            reference,
        } => manifests::pull(cx, repository, reference)?,
        Operation::ListTags { repository, page } => tags::list(cx, repository, page)?,
        Operation::ListReferrers {
            repository,
            subject,
            artifact_type,
            page,
        } => referrers::list(cx, repository, subject, artifact_type.as_deref(), page)?,
        Operation::UploadStatus {
            repository,
            session,
        } => uploads::status(cx, repository, session)?,
        Operation::PushBlob { digest, .. } => return blobs::receive(cx, digest).map(receive),
        Operation::UploadChunk {
            repository,
            session,
            range,
        } => {
            return uploads::receive_chunk(cx, repository, session, range.as_ref()).map(receive);
        }
        Operation::CloseUpload {
            repository,
            session,
            range,
            digest,
        } => {
            return uploads::receive_last(cx, repository, session, range.as_ref(), digest)
                .map(receive);
        }
        Operation::PushManifest {
            reference,
            media_type,
            ..
        } => {
            return manifests::receive(cx, reference, media_type.as_ref()).map(receive);
        }
        Operation::StartUpload { .. }
        | Operation::MountBlob { .. }
        | Operation::CancelUpload { .. }
        | Operation::DeleteBlob { .. }
        | Operation::DeleteManifest { .. }
        | Operation::DeleteTag { .. } => return Ok(receive(Intake::Nothing)),
        // Who gives tokens answers in place of the handlers.
        Operation::Token => return Err(Error::NotFound),
    };
    Ok(Plan::Answer(Box::new(answer.done())))
}

fn receive(intake: Intake) -> Plan {
    Plan::Receive(Box::new(intake))
}

/// The second half of an operation that [`before`] did not answer.
///
/// # Errors
/// The error to answer; nothing is to be changed.
pub(crate) fn after(
    cx: Context<'_>,
    operation: &Operation,
    intake: Intake,
) -> Result<Decision, Error> {
    match (operation, intake) {
        (
            Operation::StartUpload {
                repository,
                algorithm,
            },
            _,
        ) => uploads::start(cx, repository, *algorithm),
        (
            Operation::MountBlob {
                repository,
                digest,
                from,
            },
            _,
        ) => mounts::mount(cx, repository, digest, from.as_ref()),
        (
            Operation::CancelUpload {
                repository,
                session,
            },
            _,
        ) => uploads::cancel(cx, repository, session),
        (Operation::DeleteBlob { repository, digest }, _) => blobs::delete(cx, repository, digest),
        (Operation::DeleteManifest { repository, digest }, _) => {
            manifests::delete(cx, repository, digest)
        }
        (Operation::DeleteTag { repository, tag }, _) => tags::delete(cx, repository, tag),
        (Operation::PushBlob { repository, digest }, Intake::Blob(blob)) => {
            blobs::push(cx, repository, digest, *blob)
        }
        (
            Operation::UploadChunk {
                repository,
                session,
                ..
            },
            Intake::Blob(blob),
        ) => uploads::append(cx, repository, session, *blob),
        (
            Operation::CloseUpload {
                repository,
                session,
                digest,
                ..
            },
            Intake::Blob(blob),
        ) => uploads::close(cx, repository, session, digest, *blob),
        (
            Operation::PushManifest {
                repository,
                reference,
                tags,
                ..
            },
            Intake::Manifest(manifest),
        ) => manifests::push(cx, repository, reference, tags, *manifest),
        // A read that was not answered before its body has nothing left to do after it.
        _ => Err(Error::NotFound),
    }
}

/// How what an upstream sends in answer to a pull is taken in.
pub(crate) fn intake_of(
    store: &Store,
    operation: &Operation,
    media_type: Option<MediaType>,
) -> Intake {
    if let Operation::PullBlob { digest, .. } = operation {
        blobs::intake(store, digest)
    } else if let Operation::PullManifest { reference, .. } = operation {
        manifests::intake(store, operation, reference, media_type)
    } else {
        Intake::Nothing
    }
}

/// The second half of a pull that an upstream was asked for: what came is kept. What it refers to may come later.
///
/// # Errors
/// The bytes are not what was asked for.
pub(crate) fn after_fetch(
    cx: Context<'_>,
    operation: &Operation,
    intake: Intake,
) -> Result<Decision, Error> {
    match (operation, intake) {
        (Operation::PullBlob { repository, digest }, Intake::Blob(blob)) => {
            blobs::push(cx, repository, digest, *blob)
        }
        (
            Operation::PullManifest {
                repository,
                reference,
            },
            Intake::Manifest(manifest),
        ) => manifests::keep(cx, repository, reference, *manifest),
        _ => Err(Error::NotFound),
    }
}

impl<'a> Context<'a> {
    fn settings(&self) -> &'a Settings {
        self.store.settings()
    }

    /// How the registry deviates where the request goes.
    fn quirks(&self) -> &'a Quirks {
        match self
            .head
            .operation
            .as_ref()
            .ok()
            .and_then(Operation::repository)
        {
            Some(name) => self.settings().quirks_of(name.as_str()),
            None => &self.settings().quirks,
        }
    }

    fn repository(&self, name: &RepositoryName) -> Result<&'a Repository, Error> {
        self.store
            .repository(name)
            .ok_or_else(|| Error::NameUnknown {
                repository: name.clone(),
            })
    }

    /// The `Location` of something: its path, or its URL where the registry writes those.
    fn location(&self, operation: &Operation) -> String {
        let target = operation.target();
        match self.quirks().upload_location {
            UploadLocation::Absolute | UploadLocation::AbsoluteWithState => {
                origin(self.head, self.settings()) + &target
            }
            UploadLocation::Path
            | UploadLocation::PathWithState
            | UploadLocation::Outside
            | UploadLocation::OtherHost
            | UploadLocation::Missing => target,
        }
    }

    /// Where pulls are sent, by a registry that does not serve content itself.
    fn redirect(&self, repository: &RepositoryName, digest: &Digest) -> Option<Answer> {
        let template = self
            .quirks()
            .locations_for_descriptor
            .as_ref()
            .filter(|_| !self.head.is_head())?;
        let location = template
            .replace("{digest}", &digest.to_string())
            .replace("{repository}", repository.as_str());
        Some(Answer::new(StatusCode::TEMPORARY_REDIRECT).header(http::header::LOCATION, location))
    }

    /// Where a blob is pulled from, when that is storage of its own: a URL that is good by itself.
    ///
    /// # Errors
    /// [`Error::CredentialsUnwanted`]: the request is at such a URL, and brought credentials.
    fn presigned(&self, operation: &Operation) -> Result<Option<Answer>, Error> {
        if self.quirks().blob_redirect == BlobRedirect::None || self.head.is_head() {
            return Ok(None);
        }
        if self.head.query(SIGNATURE).is_some() {
            let is_bare = !self.head.headers.contains_key(AUTHORIZATION);
            return is_bare.then_some(None).ok_or(Error::CredentialsUnwanted);
        }
        let pass = self.head.extensions.get();
        let pass = pass.map(|Pass(code)| format!("&{}={code}", Pass::NAME));
        let location = format!(
            "{}{}?{SIGNATURE}=registrette{}",
            other_origin(self.head, self.settings()),
            operation.target(),
            pass.unwrap_or_default()
        );
        let answer = Answer::new(StatusCode::TEMPORARY_REDIRECT);
        Ok(Some(answer.header(http::header::LOCATION, location)))
    }

    /// Refuses a pull of what was pushed too short a time ago.
    fn check_seen(&self, unknown: impl FnOnce() -> Error) -> Result<(), Error> {
        match self.head.directives.unseen {
            true => Err(unknown()),
            false => Ok(()),
        }
    }

    /// Refuses a push to a repository that is not there, where pushing does not make one, or that is one too many.
    fn may_push_to(&self, repository: &RepositoryName) -> Result<(), Error> {
        if self.quirks().repositories_must_exist {
            self.repository(repository)?;
        }
        self.room_for(repository)
    }

    /// Refuses a pull of content that the client does not want: `If-Match` names another.
    fn check_pull(&self, reference: &impl ToString, digest: &Digest) -> Result<(), Error> {
        let conditions = Conditions::of(&self.head.headers);
        let failed = || precondition_failed(reference, Some(digest));
        conditions
            .is_wanted(digest)
            .then_some(())
            .ok_or_else(failed)
    }

    /// Refuses a change of what `If-Match` and `If-None-Match` do not allow to be there. Asked last: what is refused
    /// anyway is refused for its own reason (RFC 9110, section 13.2.1).
    fn check_change(
        &self,
        reference: &impl ToString,
        current: Option<&Digest>,
    ) -> Result<(), Error> {
        let conditions = Conditions::of(&self.head.headers);
        let failed = || precondition_failed(reference, current);
        conditions.allow(current).then_some(()).ok_or_else(failed)
    }

    /// Refuses to make one more repository than there may be.
    fn room_for(&self, repository: &RepositoryName) -> Result<(), Error> {
        let limit = self.settings().limits.repositories;
        if self.store.repository(repository).is_none()
            && self.store.repository_count() as u64 >= limit
        {
            return Err(Error::TooMany {
                what: "repositories",
                limit,
                retry_after: std::time::Duration::from_secs(60),
            });
        }
        Ok(())
    }

    /// The page that is asked for, as this registry reads it.
    fn page(&self, page: &Page) -> Result<Page, Error> {
        if self.head.directives.ignore_paging {
            return Ok(Page::default());
        }
        let settings = self.settings();
        Ok(page
            .clone()
            .under(self.quirks())?
            .at_most(settings.limits.page))
    }

    /// `Link` to the page after one that shows so many entries up to `last`, where there is one and the registry says so.
    fn next_page(
        &self,
        more: bool,
        (page, shown): (&Page, usize),
        last: Option<String>,
        next: impl FnOnce(Page) -> Operation,
    ) -> Option<String> {
        let quirks = self.quirks();
        if !more || quirks.omit_link_header_from_responses {
            return None;
        }
        let cursor = quirks.list_cursor;
        let target = renamed(next(page.next(last, shown, cursor)).target(), cursor);
        Some(match quirks.link_form {
            LinkForm::Path => format!("<{target}>; rel=\"next\""),
            LinkForm::Absolute => {
                let origin = origin(self.head, self.settings());
                format!("<{origin}{target}>; rel=\"next\"")
            }
            LinkForm::Bare => format!("{target}; rel=next"),
            LinkForm::Internal => {
                let origin = origin(self.head, self.settings());
                format!("<{origin}/repository/docker{target}>; rel=\"next\"")
            }
        })
    }
}

/// What marks a URL that is good by itself.
const SIGNATURE: &str = "signature";

fn precondition_failed(reference: &impl ToString, current: Option<&Digest>) -> Error {
    Error::PreconditionFailed {
        reference: reference.to_string(),
        current: current.cloned(),
    }
}

/// JSON text of a string.
fn quoted(text: &str) -> Bytes {
    crate::store::to_json(&text)
}
