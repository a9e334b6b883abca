//! Pages of other origins that may ask: what a browser wants to hear before it lets them (Fetch, "CORS protocol").

use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
        ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
        ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, CONTENT_SECURITY_POLICY,
        ORIGIN, VARY, X_CONTENT_TYPE_OPTIONS,
    },
    request::Parts,
};

use super::{Guard, text};
use crate::content::Body;

/// The methods of the protocol.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";

/// How long a browser need not ask again, in seconds.
const MAX_AGE: &str = "600";

impl Guard {
    /// The origin to be named in the answer, where a page of another origin asks that may; `None` where no page asks, or
    /// one of this server. For a head that [`check`](Self::check) let through.
    #[must_use]
    pub fn shares_with(&self, head: &Parts) -> Option<HeaderValue> {
        let origin = head.headers.get(ORIGIN)?;
        let is_named = self.is_allowed(text(origin)?);
        is_named.then(|| origin.clone())
    }

    /// The answer to a browser that asks whether a page may ask; `None` for any other request. For a head that
    /// [`check`](Self::check) let through.
    #[must_use]
    pub fn preflight(&self, head: &Parts) -> Option<Response<Body>> {
        let asks = head.method == Method::OPTIONS
            && head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        let origin = self.shares_with(head).filter(|_| asks)?;
        let mut headers = HeaderMap::with_capacity(9);
        let mut put = |name, value| headers.insert(name, HeaderValue::from_static(value));
        put(ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        put(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        put(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        put(CONTENT_SECURITY_POLICY, "default-src 'none'");
        put(VARY, "Origin, Access-Control-Request-Headers");
        put(X_CONTENT_TYPE_OPTIONS, "nosniff");
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if let Some(wanted) = head.headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
        }
        if head
            .headers
            .contains_key("access-control-request-private-network")
        {
            headers.insert(
                "access-control-allow-private-network",
                HeaderValue::from_static("true"),
            );
        }
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::NO_CONTENT;
        *answer.headers_mut() = headers;
        Some(answer)
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn head(method: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_named_origin_is_told_what_it_may() {
        let guard = Guard::loopback().origin("http://app.example").unwrap();
        let asks = [
            ("host", "localhost"),
            ("origin", "http://app.example"),
            ("access-control-request-method", "PUT"),
            (
                "access-control-request-headers",
                "authorization,content-type",
            ),
        ];
        let head = head("OPTIONS", &asks);
        assert_eq!(guard.check(&head), Ok(()));
        let answer = guard.preflight(&head).unwrap();
        assert_eq!(answer.status(), 204);
        let header = |name: &str| answer.headers().get(name).unwrap().to_str().unwrap();
        assert_eq!(header("access-control-allow-origin"), "http://app.example");
        assert_eq!(
            header("access-control-allow-headers"),
            "authorization,content-type"
        );
        assert!(header("access-control-allow-methods").contains("PUT"));
        assert!(
            !answer
                .headers()
                .contains_key("access-control-allow-private-network")
        );
    }

    #[test]
    fn others_are_told_nothing() {
        let guard = Guard::loopback().origin("http://app.example").unwrap();
        let own = head(
            "OPTIONS",
            &[
                ("host", "localhost"),
                ("origin", "http://localhost"),
                ("access-control-request-method", "PUT"),
            ],
        );
        assert_eq!(guard.check(&own), Ok(()));
        assert!(guard.preflight(&own).is_none());
        assert_eq!(guard.shares_with(&own), None);
        let other = head("GET", &[("origin", "http://evil.example")]);
        assert_eq!(guard.shares_with(&other), None);
        // A question for methods is no question for leave.
        let options = head("OPTIONS", &[("origin", "http://app.example")]);
        assert!(guard.preflight(&options).is_none());
        assert!(guard.shares_with(&options).is_some());
        assert!(guard.preflight(&head("GET", &[])).is_none());
    }
}
