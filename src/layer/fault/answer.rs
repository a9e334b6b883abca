//! Answers in place of the registry's own.

use http::{
    HeaderValue, Method, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, LOCATION},
};
use serde_json::json;

use super::Verb;
use crate::{
    content::{Body, Chunk, Step},
    wire::{Answer, CodeSent, Head, Pass, Scheme},
};

/// What marks the target of a redirect. The registry itself pays no heed to it.
const TARGET: &str = "redirected";
/// The same, where the target refuses `Authorization`.
const STRICT: &str = "redirected-strict";

/// What a verb answers from the head alone; `None` for one that changes an answer.
pub(super) fn instead(verb: &Verb, head: &Head) -> Option<Response<Body>> {
    match verb {
        Verb::Status {
            status,
            code,
            message,
            headers,
        } => {
            let mut answer = Answer::new(*status);
            let code = code
                .as_deref()
                .or_else(|| message.as_ref().map(|_| "UNKNOWN"));
            if let Some(code) = code {
                let message = message.as_deref().unwrap_or_default();
                answer = error(answer, code, message);
            }
            let mut answer = answer.done();
            if let Some(code) = code {
                let code = CodeSent(code.to_owned().into());
                answer.extensions_mut().insert(code);
            }
            for (name, value) in headers {
                answer.headers_mut().insert(name, value.clone());
            }
            Some(answer)
        }
        // A pull is redirected once it is let in: see `afterwards`.
        Verb::Redirect { .. } if is_read(head) => None,
        Verb::Redirect { .. } => redirect(verb, head),
        Verb::Hang => Some(nothing(Step::Hang)),
        Verb::Reset { at: None } => Some(nothing(Step::Reset)),
        Verb::Reset { at: Some(_) }
        | Verb::Delay { .. }
        | Verb::Truncate { .. }
        | Verb::Stall { .. }
        | Verb::Throttle { .. }
        | Verb::Corrupt { .. }
        | Verb::Header { .. } => None,
    }
}

/// What a verb answers in place of an answer; `None` for one that leaves it.
pub(super) fn afterwards(verb: &Verb, head: &Head, status: StatusCode) -> Option<Response<Body>> {
    let is_refused = matches!(
        status,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS
    );
    redirect(verb, head).filter(|_| is_read(head) && !is_refused)
}

fn is_read(head: &Head) -> bool {
    matches!(head.method, Method::GET | Method::HEAD)
}

fn redirect(verb: &Verb, head: &Head) -> Option<Response<Body>> {
    let Verb::Redirect {
        status,
        host,
        refuses_authorization,
    } = verb
    else {
        return None;
    };
    let path = head
        .target
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let joint = if path.contains('?') { '&' } else { '?' };
    let mark = if *refuses_authorization {
        STRICT
    } else {
        TARGET
    };
    let scheme = head.extensions.get::<Scheme>().copied();
    let scheme = scheme.unwrap_or_default().as_str();
    let origin = host
        .as_ref()
        .map_or_else(String::new, |host| format!("{scheme}://{host}"));
    let pass = head
        .extensions
        .get()
        .map(|Pass(code)| format!("&{}={code}", Pass::NAME));
    let pass = pass.unwrap_or_default();
    let location = format!("{origin}{path}{joint}{mark}=1{pass}");
    Some(Answer::new(*status).header(LOCATION, location).done())
}

/// No answer at all.
fn nothing(step: Step) -> Response<Body> {
    let mut answer = Answer::new(StatusCode::OK).done();
    answer.body_mut().before.push(step);
    answer
}

/// Whether a request follows a redirect of ours: it is not sent on again.
pub(super) fn is_target(head: &Head) -> bool {
    has(head, TARGET) || has(head, STRICT)
}

/// What the target of a redirect answers to a request that it refuses.
pub(super) fn at_target(head: &Head) -> Option<Response<Body>> {
    if !head.headers.contains_key(AUTHORIZATION) || !has(head, STRICT) {
        return None;
    }
    let message = "the target of a redirect takes no Authorization: it is for the registry, not for who it sends to";
    Some(error(Answer::new(StatusCode::BAD_REQUEST), "UNSUPPORTED", message).done())
}

fn has(head: &Head, name: &str) -> bool {
    let query = head.target.query().unwrap_or_default();
    let mut pairs = query.split('&');
    pairs.any(|pair| {
        pair.strip_prefix(name)
            .is_some_and(|value| value.starts_with('='))
    })
}

fn error(answer: Answer, code: &str, message: &str) -> Answer {
    let body = json!({ "errors": [{ "code": code, "message": message }] }).to_string();
    answer
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .content([Chunk::from(bytes::Bytes::from(body))])
}
