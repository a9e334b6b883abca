//! Heads of requests, from JavaScript.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri, Version, request::Parts};

use crate::{
    layer::Unrecorded,
    wire::{Scheme, Unparsed},
};

/// What else there is to know of a request, one bit each; `pkg-js/src/core/flags.ts` has the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flags(u32);

impl Flags {
    pub(super) fn new(bits: u32) -> Self {
        Self(bits)
    }

    /// A body follows.
    pub(super) fn has_body(self) -> bool {
        self.0 & 1 != 0
    }

    /// It came over TLS.
    fn is_https(self) -> bool {
        self.0 & 2 != 0
    }

    /// It came as HTTP/1.0.
    fn is_http_1_0(self) -> bool {
        self.0 & 4 != 0
    }

    /// It is not recorded.
    fn is_unrecorded(self) -> bool {
        self.0 & 8 != 0
    }
}

/// Puts a head together; the sentence says what is no HTTP about it. Headers are name, value, name, … in lines: one
/// string costs a tenth of an array of them on its way from JavaScript.
pub(super) fn head(
    method: &str,
    target: &str,
    headers: &str,
    flags: Flags,
) -> Result<Parts, String> {
    let method =
        Method::from_bytes(method.as_bytes()).map_err(|_| format!("{method:?} is not a method"))?;
    let (mut head, ()) = Request::new(()).into_parts();
    head.method = method;
    match Uri::from_maybe_shared(Bytes::from(bytes(target))) {
        Ok(uri) => head.uri = uri,
        Err(_) => {
            head.extensions.insert(Unparsed(target.to_owned()));
        }
    }
    if flags.is_http_1_0() {
        head.version = Version::HTTP_10;
    }
    if flags.is_https() {
        head.extensions.insert(Scheme::Https);
    }
    if flags.is_unrecorded() {
        head.extensions.insert(Unrecorded);
    }
    if headers.is_empty() {
        return Ok(head);
    }
    let mut lines = headers.split('\n');
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        let header = HeaderName::from_bytes(name.as_bytes()).ok();
        let header = header.zip(HeaderValue::from_maybe_shared(Bytes::from(bytes(value))).ok());
        let (name, value) = header.ok_or_else(|| format!("the header {name:?} is malformed"))?;
        head.headers
            .try_append(name, value)
            .map_err(|_| "there are too many headers".to_owned())?;
    }
    Ok(head)
}

/// The bytes that a string of Latin-1, as Node reads heads, stands for; of another string its UTF-8.
fn bytes(text: &str) -> Vec<u8> {
    if text.is_ascii() {
        return text.into();
    }
    let latin: Result<Vec<u8>, _> = text.chars().map(|c| u8::try_from(u32::from(c))).collect();
    latin.unwrap_or_else(|_| text.into())
}
