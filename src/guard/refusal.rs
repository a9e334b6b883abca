//! What is refused before the registry hears of it.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{
        CONNECTION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
    },
};
use serde_json::{Value, json};

use crate::{content::Body, spec::ErrorCode};

/// Why a request does not reach the registry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// HTTP/1.1 without `Host`.
    HostMissing,
    /// `Host` twice.
    HostTwice,
    /// The request cannot be read, or not in one way only; the reader's reason.
    Unreadable(String),
    /// `Host` is not a name or address with a port.
    HostMalformed(String),
    /// `Host` names something that is not ours.
    HostUnknown(String),
    /// A page of another origin asks.
    OriginUnknown(String),
    /// A page of another site asks, and does not say which.
    CrossSite,
}

impl Refusal {
    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::HostMissing | Self::HostTwice | Self::HostMalformed(_) | Self::Unreadable(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::HostUnknown(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::OriginUnknown(_) | Self::CrossSite => StatusCode::FORBIDDEN,
        }
    }

    /// The answer: the error as the spec words errors, and what to change.
    #[must_use]
    pub fn answer(&self) -> Response<Body> {
        let (message, detail) = self.words();
        let code = match self {
            Self::HostMissing | Self::HostTwice | Self::HostMalformed(_) | Self::Unreadable(_) => {
                ErrorCode::Unsupported
            }
            Self::HostUnknown(_) | Self::OriginUnknown(_) | Self::CrossSite => ErrorCode::Denied,
        };
        let error =
            json!({ "errors": [{ "code": code.as_str(), "message": message, "detail": detail }] });
        let body = Bytes::from(error.to_string());
        let mut headers = HeaderMap::with_capacity(5);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'"),
        );
        if self.status() == StatusCode::BAD_REQUEST {
            // Who sends such a head may mean another length of it than we do.
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        let mut answer = Response::new(Body::from(body));
        *answer.status_mut() = self.status();
        *answer.headers_mut() = headers;
        answer
    }

    fn words(&self) -> (&'static str, Value) {
        match self {
            Self::HostMissing => ("Host is missing; HTTP/1.1 requires it", Value::Null),
            Self::HostTwice => ("Host is there more than once; send it once", Value::Null),
            Self::Unreadable(reason) => (
                "this is no HTTP request, or one that could be read in two ways",
                json!({ "reason": reason }),
            ),
            Self::HostMalformed(host) => (
                "Host is not a name or address with a port",
                json!({ "host": host }),
            ),
            Self::HostUnknown(host) => (
                "this registry does not go by that name; ask for localhost or an address, or start it with --host NAME",
                json!({ "host": host, "flag": "--host", "option": "allowedHosts" }),
            ),
            Self::OriginUnknown(origin) => (
                "a page of this origin may not ask; to let it, start the registry with --cors ORIGIN",
                json!({ "origin": origin, "flag": "--cors", "option": "cors" }),
            ),
            Self::CrossSite => (
                "a page of another site may not ask; to let its origin, start the registry with --cors ORIGIN",
                json!({ "secFetchSite": "cross-site", "flag": "--cors", "option": "cors" }),
            ),
        }
    }
}
