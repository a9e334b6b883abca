//! Who may ask, and in which form.

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{ACCEPT, ALLOW, AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE},
};
use sha2::{Digest as _, Sha256};

use super::{
    Ask,
    answer::{Refusal, fault},
    route::{Need, Route},
};

/// What every request but GET carries, so that no form and no image of a web page is one.
const MARK: HeaderName = HeaderName::from_static("registrette-control");

/// A secret that a request proves to know by `Authorization: Bearer`. Only its hash is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token([u8; 32]);

impl Token {
    /// A token.
    ///
    /// # Errors
    /// A sentence that says why no request could carry it.
    pub fn new(token: &str) -> Result<Self, String> {
        let is_sendable = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        if is_sendable {
            Ok(Self::hash(token))
        } else {
            Err("a control token is visible ASCII letters without blanks, at least one".to_owned())
        }
    }

    fn hash(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

/// Checks a request, and reads its path.
pub(super) fn admit(
    token: Option<&Token>,
    is_read_only: bool,
    ask: &Ask<'_>,
) -> Result<Route, Refusal> {
    if token.is_some_and(|token| given(ask.headers).as_ref() != Some(token)) {
        let sentence = "the control API wants its token: Authorization: Bearer TOKEN, as --control-token has it";
        let mut answer = fault(StatusCode::UNAUTHORIZED, sentence);
        let scheme = HeaderValue::from_static("Bearer realm=\"registrette control\"");
        answer.headers_mut().insert(WWW_AUTHENTICATE, scheme);
        return Err(Box::new(answer));
    }
    let is_read = matches!(*ask.method, Method::GET | Method::HEAD);
    if is_read_only && !is_read {
        let sentence =
            "this registry is only looked at; start it with --control to change it from here";
        return Err(Box::new(fault(StatusCode::FORBIDDEN, sentence)));
    }
    if !is_read && ask.headers.get(MARK).is_none_or(|mark| mark != "1") {
        let sentence = "whatever changes something carries the header Registrette-Control: 1";
        return Err(Box::new(fault(StatusCode::FORBIDDEN, sentence)));
    }
    let (route, need) = Route::parse(ask.method, ask.target).map_err(|allow| match allow {
        None => {
            let sentence = "there is no such path; GET /_control/openapi.json lists them";
            Box::new(fault(StatusCode::NOT_FOUND, sentence))
        }
        Some(allow) => {
            let sentence = format!("this path takes {allow}");
            let mut answer = fault(StatusCode::METHOD_NOT_ALLOWED, &sentence);
            let allow = HeaderValue::from_str(&allow).ok();
            answer
                .headers_mut()
                .extend(allow.map(|allow| (ALLOW, allow)));
            Box::new(answer)
        }
    })?;
    let wants_body = need == Need::Json;
    if !is_read && (wants_body || !ask.body.is_empty()) && !is_json(ask.headers) {
        let sentence = "a body is JSON, with Content-Type: application/json";
        return Err(Box::new(fault(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            sentence,
        )));
    }
    Ok(route)
}

fn given(headers: &HeaderMap) -> Option<Token> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| Token::hash(token.trim()))
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// Whether an `EventSource` asks.
pub(super) fn wants_events(headers: &HeaderMap) -> bool {
    let value = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    value.is_some_and(|value| value.contains("text/event-stream"))
}
