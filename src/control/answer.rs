//! Answers of the control API.

use bytes::Bytes;
use http::{
    HeaderValue, Response, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use serde_json::{Value, json as value};

/// An answer that says why something was not done.
pub(super) type Refusal = Box<Response<Bytes>>;

/// An answer of JSON.
#[must_use]
pub fn json(status: StatusCode, body: &Value) -> Response<Bytes> {
    text(status, "application/json", body.to_string())
}

/// An answer that says in a sentence what was wrong with the request.
#[must_use]
pub fn fault(status: StatusCode, sentence: &str) -> Response<Bytes> {
    json(status, &value!({ "error": sentence }))
}

/// The description of the control API.
pub(super) const OPENAPI: &str = include_str!("openapi.json");

/// The answer that describes the control API.
#[must_use]
pub fn description() -> Response<Bytes> {
    text(StatusCode::OK, "application/json", OPENAPI.to_owned())
}

/// The answer to a request whose body is longer than [`super::LONGEST_BODY`].
#[must_use]
pub fn body_too_large() -> Response<Bytes> {
    fault(StatusCode::PAYLOAD_TOO_LARGE, "a body has at most 1 MiB")
}

/// An answer without a body: it is done.
#[must_use]
pub fn nothing() -> Response<Bytes> {
    let mut answer = text(StatusCode::NO_CONTENT, "", String::new());
    answer.headers_mut().remove(CONTENT_TYPE);
    answer.headers_mut().remove(CONTENT_LENGTH);
    answer
}

pub(super) fn text(status: StatusCode, media_type: &'static str, body: String) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(body));
    *answer.status_mut() = status;
    let length = answer.body().len();
    let fixed = HeaderValue::from_static;
    answer.headers_mut().extend([
        (CONTENT_TYPE, fixed(media_type)),
        (CONTENT_LENGTH, length.into()),
        (CACHE_CONTROL, fixed("no-store")),
        (X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        (CONTENT_SECURITY_POLICY, fixed("default-src 'none'")),
    ]);
    answer
}
