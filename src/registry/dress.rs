//! What is put on every answer.

use http::{
    HeaderMap, HeaderValue, Response,
    header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
        VARY, X_CONTENT_TYPE_OPTIONS,
    },
};

use crate::{
    content::Body,
    spec::MediaType,
    wire::{AllowedOrigin, Head, header::API_VERSION},
};

/// Puts on an answer what every answer has: the version of the API, and what keeps a browser from running it.
pub(super) fn dress(head: &Head, answer: &mut Response<Body>) {
    let headers = answer.headers_mut();
    headers.insert(API_VERSION, HeaderValue::from_static("registry/2.0"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(MediaType::parse);
    let is_active = media_type.is_some_and(|media_type| media_type.is_active());
    let policy = if is_active {
        "default-src 'none'; sandbox"
    } else {
        "default-src 'none'"
    };
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if is_active {
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    for (name, value) in &head.settings.headers {
        headers.insert(name, value.clone());
    }
    if let Some(AllowedOrigin(origin)) = head.extensions.get() {
        share(headers, origin);
    }
}

/// Lets the page of an allowed origin read an answer, with all headers that are the protocol's (Fetch, "CORS protocol").
fn share(headers: &mut HeaderMap, origin: &HeaderValue) {
    const TRUE: HeaderValue = HeaderValue::from_static("true");
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(EXPOSED),
    );
    headers.append(VARY, HeaderValue::from_static("Origin"));
}

/// What a page may read, besides what it may read of any answer.
const EXPOSED: &str = "Accept-Ranges, Allow, Content-Disposition, Content-Length, Content-Range, Docker-Content-Digest, \
                       Docker-Distribution-API-Version, Docker-RateLimit-Source, Docker-Upload-UUID, ETag, Link, Location, \
                       OCI-Chunk-Min-Length, OCI-Filters-Applied, OCI-Subject, OCI-Tag, Range, RateLimit-Limit, \
                       RateLimit-Remaining, Retry-After, Warning, WWW-Authenticate";
