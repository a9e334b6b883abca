//! What a client sends, and what it sees.

use std::fmt;

use bytes::Bytes;
use http::{Method, Request, Response, request::Parts};
use registrette::{
    Registry,
    content::{Body, Sha2},
    spec::{Algorithm, Timestamp},
};

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Ask {
    pub(crate) fn new(method: Method, target: impl Into<String>) -> Self {
        let (target, headers, body) = (target.into(), Vec::new(), Bytes::new());
        Self {
            method,
            target,
            headers,
            body,
        }
    }

    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self::new(Method::GET, target)
    }

    pub(crate) fn head(target: impl Into<String>) -> Self {
        Self::new(Method::HEAD, target)
    }

    pub(crate) fn post(target: impl Into<String>) -> Self {
        Self::new(Method::POST, target)
    }

    pub(crate) fn patch(target: impl Into<String>) -> Self {
        Self::new(Method::PATCH, target)
    }

    pub(crate) fn put(target: impl Into<String>) -> Self {
        Self::new(Method::PUT, target)
    }

    pub(crate) fn delete(target: impl Into<String>) -> Self {
        Self::new(Method::DELETE, target)
    }

    /// Pushes a blob in one request.
    pub(crate) fn blob(repository: &str, content: &str) -> Self {
        Self::post(format!(
            "/v2/{repository}/blobs/uploads/?digest={}",
            sha256(content)
        ))
        .body(content.to_owned())
    }

    /// Pushes a manifest of this type.
    pub(crate) fn manifest(
        repository: &str,
        reference: &str,
        media_type: &str,
        content: &str,
    ) -> Self {
        let put = Self::put(format!("/v2/{repository}/manifests/{reference}"));
        put.header("content-type", media_type)
            .body(content.to_owned())
    }

    /// Pushes bytes as a manifest that nobody reads.
    pub(crate) fn opaque(repository: &str, reference: &str, content: &str) -> Self {
        Self::manifest(repository, reference, "application/x-opaque", content)
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn request(&self) -> Request<Bytes> {
        let mut request = Request::builder().method(&self.method).uri(&self.target);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(self.body.clone()).unwrap()
    }

    pub(crate) fn parts(&self) -> Parts {
        self.request().into_parts().0
    }

    /// Sends it as it is, all at once.
    pub(crate) fn send(&self, registry: &mut Registry, now: Timestamp) -> Reply {
        Reply::of(registry.handle(now, self.request()))
    }

    /// Sends it at the beginning of time.
    pub(crate) fn to(&self, registry: &mut Registry) -> Reply {
        self.send(registry, Timestamp::default())
    }
}

/// Opens a session of `app` that holds this, and says where it is.
pub(crate) fn session(registry: &mut Registry, held: &'static str) -> String {
    let open = Ask::post("/v2/app/blobs/uploads/").to(registry);
    let location = open.location().to_owned();
    Ask::patch(&location).body(held).to(registry).is(202);
    location
}

/// An answer.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn of(answer: Response<Body>) -> Self {
        let headers = answer.headers().iter();
        let mut headers: Vec<_> = headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        headers.sort();
        Self {
            status: answer.status().as_u16(),
            headers,
            body: answer.into_body().bytes(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location").unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The status, and the code of the first error where the body has one.
    pub(crate) fn outcome(&self) -> (u16, String) {
        let json: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        (
            self.status,
            json["errors"][0]["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    }

    /// Fails unless the status is this.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Fails unless it is this error.
    #[track_caller]
    pub(crate) fn fails(self, status: u16, code: &str) -> Self {
        assert_eq!(self.outcome(), (status, code.to_owned()), "{self:?}");
        self
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {value}")?;
        }
        writeln!(f, "\n{}", String::from_utf8_lossy(&self.body))
    }
}

pub(crate) fn sha256(content: impl AsRef<[u8]>) -> String {
    Sha2::digest(Algorithm::Sha256, content.as_ref()).to_string()
}

pub(crate) fn sha512(content: impl AsRef<[u8]>) -> String {
    Sha2::digest(Algorithm::Sha512, content.as_ref()).to_string()
}

pub(crate) fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}
