//! Answers, and errors as answers.

use std::borrow::Cow;

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, Response, StatusCode,
    header::{
        ALLOW, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HOST, LOCATION, RANGE, RETRY_AFTER,
    },
};
use serde_json::{Value, json};

use super::{Head, Scheme, header};
use crate::{
    content::{Body, Chunk},
    spec::{
        ConfigTypes, Error, ErrorTable, ImmutableTagForm, ListCursor, MediaType, Quirks,
        RangeFault, Settings,
    },
};

/// An answer being put together. Its `Content-Length` is always the length of its body.
#[derive(Debug)]
pub struct Answer(Response<Body>);

impl Answer {
    /// An answer with no body.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        response.headers_mut().reserve(12);
        Self(response)
    }

    /// Adds a header. A value that no header can carry is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl TryInto<HeaderValue>) -> Self {
        if let Ok(value) = value.try_into() {
            self.0.headers_mut().append(name, value);
        }
        self
    }

    /// Adds a header when there is a value for it.
    #[must_use]
    pub fn maybe(self, name: HeaderName, value: Option<impl TryInto<HeaderValue>>) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    /// Gives it a JSON body.
    #[must_use]
    pub fn json(self, media_type: &MediaType, json: impl Into<Bytes>) -> Self {
        self.header(CONTENT_TYPE, media_type.as_str())
            .content([Chunk::from(json.into())])
    }

    /// Gives it a body of these chunks.
    #[must_use]
    pub fn content(mut self, chunks: impl IntoIterator<Item = Chunk>) -> Self {
        *self.0.body_mut() = Body::of(chunks);
        self
    }

    /// The answer, done.
    #[must_use]
    pub fn done(self) -> Response<Body> {
        let Self(mut response) = self;
        let length = response.body().len();
        // 1xx, 204 and 304 have no Content-Length (RFC 9110, section 8.6).
        if !matches!(
            response.status(),
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        ) {
            response.headers_mut().insert(CONTENT_LENGTH, length.into());
        }
        response
    }
}

/// The code of an error, in the extensions of its answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodeSent(pub Cow<'static, str>);

/// The one place that makes an answer of an error.
#[must_use]
pub fn error_answer(error: &Error, quirks: &Quirks) -> Response<Body> {
    if quirks.html_for_bad_name && matches!(error, Error::NameInvalid { .. }) {
        let page = "<!doctype html><title>Not found</title><p>The page is not here.\n";
        return Answer::new(StatusCode::OK)
            .header(CONTENT_TYPE, "text/html; charset=utf-8")
            .content([Chunk::from(Bytes::from(page))])
            .done();
    }
    let worded = Worded::of(error, quirks);
    let mut entry = json!({ "code": worded.code, "message": worded.message });
    if let (Value::Object(entry), false) = (&mut entry, worded.detail.is_null()) {
        entry.insert("detail".to_owned(), worded.detail);
    }
    let status = StatusCode::from_u16(worded.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let answer = Answer::new(status);
    let answer = if let Error::MethodNotAllowed { allow } = error {
        answer.header(ALLOW, allow.as_str())
    } else if worded.status == 405 {
        answer.header(ALLOW, "GET, HEAD, OPTIONS")
    } else if let Some(seconds) = error.retry_after() {
        answer.header(RETRY_AFTER, seconds)
    } else if let Error::RangeNotSatisfiable { length, .. } = error {
        answer.header(CONTENT_RANGE, format!("bytes */{length}"))
    } else if let Error::ChunkInvalid {
        session,
        location,
        acknowledged,
        ..
    } = error
    {
        answer
            .maybe(
                LOCATION,
                Some(location.as_str()).filter(|location| !location.is_empty()),
            )
            .header(RANGE, acknowledged_range(*acknowledged))
            .header(header::UPLOAD_UUID, session.as_str())
    } else {
        answer
    };
    let body = json!({ "errors": [entry] }).to_string();
    let mut answer = answer
        .header(CONTENT_TYPE, "application/json")
        .content([Chunk::from(Bytes::from(body))])
        .done();
    answer.extensions_mut().insert(CodeSent(worded.code.into()));
    answer
}

/// The `Range` of an upload that has so many bytes: `0-0` also when it has none, since the form has no empty range.
#[must_use]
pub(crate) fn acknowledged_range(length: u64) -> String {
    format!("0-{}", length.saturating_sub(1))
}

/// The scheme and host that absolute URLs start with.
#[must_use]
pub fn origin(head: &Head, settings: &Settings) -> String {
    if let Some(origin) = &settings.public_url {
        return origin.trim_end_matches('/').to_owned();
    }
    let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
    let forwarded = |name| text(name).filter(|_| settings.trust_forwarded);
    let own = head.extensions.get::<Scheme>().copied().unwrap_or_default();
    let scheme =
        forwarded(header::FORWARDED_PROTO).filter(|scheme| matches!(*scheme, "http" | "https"));
    let authority = head.target.authority().map(http::uri::Authority::as_str);
    let host = forwarded(header::FORWARDED_HOST)
        .or_else(|| text(HOST))
        .or(authority)
        .unwrap_or("localhost");
    format!("{}://{host}", scheme.unwrap_or(own.as_str()))
}

/// The scheme and host that the same registry goes by as well: another name, so that a client sees two hosts.
#[must_use]
pub fn other_origin(head: &Head, settings: &Settings) -> String {
    let own = origin(head, settings);
    let Some((scheme, authority)) = own.split_once("://") else {
        return own;
    };
    let port = authority.rfind(':').filter(|at| {
        let digits = authority.get(at.saturating_add(1)..).unwrap_or_default();
        digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    let (host, port) = port.map_or((authority, ""), |at| authority.split_at(at));
    let other = match host {
        "localhost" => "127.0.0.1".to_owned(),
        "127.0.0.1" | "[::1]" => "localhost".to_owned(),
        // A name beside it. One without a dot has none, and would not be found.
        host => match host.split_once('.') {
            Some((first, rest)) if first.bytes().any(|byte| byte.is_ascii_alphabetic()) => {
                format!("storage.{rest}")
            }
            _ => host.to_owned(),
        },
    };
    format!("{scheme}://{other}{port}")
}

/// An error in the words of one registry or another.
struct Worded {
    status: u16,
    code: &'static str,
    message: String,
    detail: Value,
}

impl Worded {
    fn of(error: &Error, quirks: &Quirks) -> Self {
        let worded = Self::by_table(error, quirks.error_table);
        if matches!(error, Error::ManifestUnknown { .. }) && quirks.denied_when_missing {
            return Self {
                status: 403,
                code: "DENIED",
                message: "requested access is denied".to_owned(),
                ..worded
            };
        }
        let is_opaque = quirks.list_cursor == ListCursor::Opaque;
        if matches!(error, Error::CursorInvalid { .. }) && is_opaque {
            return Self {
                status: 405,
                ..worded
            };
        }
        let is_choking = quirks.config_types == ConfigTypes::NotEmpty;
        if matches!(error, Error::ConfigRefused { .. }) && is_choking {
            return Self {
                status: 500,
                code: "UNKNOWN",
                ..worded
            };
        }
        if let Error::TagImmutable { tag } = error
            && quirks.immutable_tag_form == ImmutableTagForm::TagInvalid
        {
            return Self {
                status: 400,
                code: "TAG_INVALID",
                message: format!(
                    "the tag {tag:?} already exists and cannot be overwritten because it is immutable"
                ),
                ..worded
            };
        }
        worded
    }

    fn by_table(error: &Error, table: ErrorTable) -> Self {
        let ours = Self {
            status: error.status(),
            code: error.code().as_str(),
            message: error.message().to_owned(),
            detail: error.detail(),
        };
        let undetailed = Self {
            detail: Value::Null,
            ..ours
        };
        match table {
            ErrorTable::Spec => Self {
                detail: error.detail(),
                ..undetailed
            },
            ErrorTable::Ociserver => undetailed.in_ociserver_words(error),
            ErrorTable::Ociserver202409 => {
                let worded = undetailed.in_ociserver_words(error);
                let code = if matches!(error, Error::DigestInvalid { .. }) {
                    "UNKNOWN"
                } else {
                    worded.code
                };
                Self { code, ..worded }
            }
        }
    }

    fn in_ociserver_words(self, error: &Error) -> Self {
        if matches!(error, Error::NotFound | Error::MethodNotAllowed { .. }) {
            return Self {
                code: "UNKNOWN",
                ..self
            };
        }
        if let Error::RangeNotSatisfiable { first, length } = error {
            let message = format!("invalid range [{first}, {length}]; have [0, {length}]");
            return Self {
                status: 500,
                code: "UNKNOWN",
                message,
                ..self
            };
        }
        let Error::ChunkInvalid {
            fault,
            acknowledged,
            ..
        } = error
        else {
            return self;
        };
        match fault {
            RangeFault::Malformed(_) => {
                let message = "we don't understand your Content-Range".to_owned();
                Self {
                    status: 400,
                    code: "UNSUPPORTED",
                    message,
                    ..self
                }
            }
            RangeFault::OutOfOrder { first } => {
                let message = format!(
                    "cannot copy blob data: invalid offset {first} in resumed upload (actual offset {acknowledged}): \
                     range invalid: invalid content range"
                );
                Self {
                    code: "RANGE_INVALID",
                    message,
                    ..self
                }
            }
            RangeFault::Length { .. } | RangeFault::Overtaken => self,
        }
    }
}
