//! What scenarios answer, in the words of the registry that they come from.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use crate::{
    content::{Body, Step},
    spec::{MediaType, parse_duration},
    wire::{Answer, CodeSent},
};

/// The failures by the status that is asked for.
const FAILURES: [(u16, &str, &str); 5] = [
    (
        400,
        "MANIFEST_INVALID",
        "Eww! That request looks bad, very bad... just awful.",
    ),
    (
        403,
        "FORBIDDEN",
        "Fakereg: Access to this resource is forbidden",
    ),
    (404, "MANIFEST_UNKNOWN", "Looking for something?"),
    (405, "UNAUTHORIZED", "Method not allowed"),
    (
        500,
        "INTERNAL_SERVER_ERROR",
        "Working as intended... probably...",
    ),
];

pub(super) fn fail(status: &str) -> Response<Body> {
    let mut failures = FAILURES.into_iter();
    let (status, code, message) = failures
        .find(|(known, ..)| known.to_string() == status)
        .unwrap_or((501, "NOT_IMPLEMENTED", "Huh?"));
    error(status, code, message)
}

/// Waits, then gives up; without a time to wait, at once.
pub(super) fn wait(time: Option<&str>) -> Response<Body> {
    let Some(time) = time else {
        return error(400, "MANIFEST_INVALID", "Tag missing duration");
    };
    match parse_duration(time) {
        Ok(time) => {
            let mut answer = error(408, "TIMEOUT", "Timeout duration has elapsed!");
            if !time.is_zero() {
                answer.body_mut().before.push(Step::Wait(time));
            }
            answer
        }
        Err(reason) => {
            let message = format!("error parsing duration: {reason}");
            error(400, "MANIFEST_INVALID", &message)
        }
    }
}

pub(super) fn error(status: u16, code: &'static str, message: &str) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({ "errors": [{ "code": code, "message": message }] });
    let answer = Answer::new(status).json(&MediaType::JSON, format!("{body}\n"));
    let mut answer = answer.done();
    answer.extensions_mut().insert(CodeSent(code.into()));
    answer
}

/// A list of so many repositories, and one more.
pub(super) fn catalog(count: u32) -> Body {
    let mut names: Vec<_> = (0..count)
        .map(|number| format!("/repo/path{number}"))
        .collect();
    names.push("/repo/last".to_owned());
    let body = json!({ "repositories": names }).to_string();
    Body::from(Bytes::from(body))
}
