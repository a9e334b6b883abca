//! What is asked, and what is answered.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use registrette::archive::Fault;

use super::body::{SentBody, whole};

/// A request that can be sent more than once.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) scope: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Ask {
    pub(super) fn new(method: Method, url: String, scope: String) -> Self {
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        Self {
            method,
            url,
            scope,
            headers,
            body,
        }
    }

    /// Its body, to be sent once.
    pub(super) fn sent_body(&self) -> SentBody {
        whole(self.body.clone())
    }

    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

impl Answer {
    /// What went wrong, in the registry's own words.
    pub(super) fn fault(&self, url: &str, status: StatusCode) -> Fault {
        let said = String::from_utf8_lossy(&self.body);
        let said: String = said.trim().chars().take(300).collect();
        let colon = if said.is_empty() { "" } else { ": " };
        Fault::new(url, format!("{status}{colon}{said}"))
    }
}
