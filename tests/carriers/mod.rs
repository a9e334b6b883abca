//! The ways a request gets to a registry and its answer back: in process, whole or streamed, and over a socket.
//!
//! A carrier takes a method and a target as they stand. What a client has to put on a request, `Host` and the framing
//! of its body, is put on here, alike for all.

#![allow(dead_code, reason = "each suite uses a part of this")]

mod process;
#[cfg(feature = "hyper")]
mod raw;
#[cfg(feature = "hyper")]
mod socket;

use std::time::Duration;

use registrette::{Config, Registry};

pub(crate) use process::{Streamed, Whole};
#[cfg(feature = "hyper")]
pub(crate) use socket::Socket;

/// The host that every request asks, whoever carries it: a name that the server takes for its own.
pub(crate) const HOST: &str = "registry.localhost:5000";

/// A request, as it stands on the wire but for its framing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// The method, of any spelling.
    pub(crate) method: String,
    /// Path and query, not encoded any further.
    pub(crate) target: String,
    /// The headers, in order.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
    /// Whether the body goes in chunks, its length unsaid.
    pub(crate) chunked: bool,
}

impl Request {
    /// A request without headers and body.
    pub(crate) fn new(method: &str, target: impl Into<String>) -> Self {
        Self {
            method: method.to_owned(),
            target: target.into(),
            ..Self::default()
        }
    }

    /// The headers with what a client adds to them.
    fn framed(&self) -> Vec<(String, String)> {
        let mut headers = self.headers.clone();
        let has = |name: &str| {
            self.headers
                .iter()
                .any(|(known, _)| known.eq_ignore_ascii_case(name))
        };
        if !has("host") {
            headers.insert(0, ("Host".to_owned(), HOST.to_owned()));
        }
        let is_push = ["POST", "PUT", "PATCH"].contains(&self.method.as_str());
        if self.chunked {
            headers.push(("Transfer-Encoding".to_owned(), "chunked".to_owned()));
        } else if !has("content-length") && (is_push || !self.body.is_empty()) {
            headers.push(("Content-Length".to_owned(), self.body.len().to_string()));
        }
        headers
    }
}

/// An answer. A carrier that got none gives the status 0 and says why in the body.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The headers, without those that belong to the connection.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// All values of a header, joined as RFC 9110 (section 5.3) allows.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Somebody who carries requests to one registry.
pub(crate) trait Carrier {
    /// Starts with a new registry.
    fn start(config: Config) -> Self
    where
        Self: Sized;

    /// Asks.
    fn send(&mut self, request: &Request) -> Answer;

    /// Looks at the registry itself, or changes it, past HTTP.
    fn with(&mut self, act: &mut dyn FnMut(&mut Registry));

    /// Lets time pass. `false`: this carrier cannot.
    fn advance(&mut self, time: Duration) -> bool;
}

/// Headers that belong to one connection and not to the answer (RFC 9110, section 7.6.1), and the date.
pub(crate) const OF_THE_CONNECTION: [&str; 4] =
    ["connection", "date", "keep-alive", "transfer-encoding"];
