//! What a registry may be told to do differently while it runs.

use std::time::Duration;

use http::{HeaderName, HeaderValue, header};
use serde_json::{Map, Value};

use super::{Quirks, RepositoryName};

/// The settings of a registry: all plain data, and part of its state.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// How this registry deviates from the spec.
    pub quirks: Quirks,
    /// How repositories below a name deviate, in place of `quirks`; the longest name counts.
    pub quirks_below: Vec<(RepositoryName, Quirks)>,
    /// What of a manifest must be there before it.
    pub references: References,
    /// What `Accept` does.
    pub accept: Accept,
    /// Whether tags, manifests and blobs can be deleted; else 405.
    pub deletes: bool,
    /// Whether nothing can be pushed or deleted by clients: 405.
    pub read_only: bool,
    /// Whether there is a list of repositories, `/v2/_catalog`; else 404.
    pub catalog: bool,
    /// Bounds on what is kept and taken.
    pub limits: Limits,
    /// Sent as `OCI-Chunk-Min-Length` (bytes) when a session is opened.
    pub chunk_min_length: Option<u64>,
    /// The origin that absolute URLs start with, such as `https://registry.example`; else the request's own.
    pub public_url: Option<String>,
    /// Whether `X-Forwarded-Proto` and `X-Forwarded-Host` make absolute URLs.
    pub trust_forwarded: bool,
    /// Headers of every answer, such as `Strict-Transport-Security`; they stand over the registry's own.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            quirks: Quirks::default(),
            quirks_below: Vec::new(),
            references: References::Strict,
            accept: Accept::Lenient,
            deletes: true,
            read_only: false,
            catalog: true,
            limits: Limits::default(),
            chunk_min_length: None,
            public_url: None,
            trust_forwarded: false,
            headers: Vec::new(),
        }
    }
}

impl Settings {
    /// How a repository deviates, by its name; or by all of a path after `/v2/`, which begins with it.
    #[must_use]
    pub fn quirks_of(&self, name: &str) -> &Quirks {
        let is_below = |(prefix, _): &&(RepositoryName, Quirks)| {
            let rest = name.strip_prefix(prefix.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let below = self.quirks_below.iter().filter(is_below);
        below
            .max_by_key(|(prefix, _)| prefix.as_str().len())
            .map_or(&self.quirks, |(_, quirks)| quirks)
    }

    /// Has repositories below a prefix such as `docker.io/` deviate in a way of their own.
    ///
    /// # Errors
    /// A sentence that says why no repository can be there.
    pub fn set_quirks_below(&mut self, prefix: &str, quirks: Quirks) -> Result<(), String> {
        let name = RepositoryName::parse(prefix.strip_suffix('/').unwrap_or(prefix));
        let name = name.map_err(|fault| {
            format!("{prefix:?} is nothing that the name of a repository begins with: {fault}")
        })?;
        self.quirks_below.retain(|(known, _)| *known != name);
        self.quirks_below.push((name, quirks));
        Ok(())
    }

    /// Reads how repositories below some prefixes deviate: `{ "docker.io/": "docker-hub" }`. Those that were set are
    /// forgotten.
    ///
    /// # Errors
    /// A sentence that names the prefix, and what is wrong with it or its profile.
    pub fn read_quirks_below(&mut self, wanted: &Map<String, Value>) -> Result<(), String> {
        self.quirks_below.clear();
        for (prefix, profile) in wanted {
            let quirks = Quirks::read(profile).map_err(|fault| format!("{prefix:?}: {fault}"))?;
            self.set_quirks_below(prefix, quirks)?;
        }
        Ok(())
    }

    /// Adds a header to every answer.
    ///
    /// # Errors
    /// A sentence that says why no answer can have it.
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<(), String> {
        let parsed: HeaderName = name
            .parse()
            .map_err(|_| format!("{name:?} is no name for a header"))?;
        if FRAMING.contains(&parsed) {
            return Err(format!(
                "the header {name:?} says where an answer ends; it is not for others to set"
            ));
        }
        let value = HeaderValue::from_str(value)
            .map_err(|_| format!("the header {name:?} cannot have that value"))?;
        self.headers.push((parsed, value));
        Ok(())
    }
}

/// Headers that belong to the message, not to what it says.
const FRAMING: [HeaderName; 5] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// What a manifest points at and must be in its repository before it.
///
/// Never the subject, and never a non-distributable layer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum References {
    /// Config, layers, and the children of an index.
    Strict,
    /// Config and layers; children of an index may be missing.
    Lax,
    /// Nothing (distribution-spec, sparse manifests).
    Sparse,
}

/// What `Accept` does when a manifest is pulled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Accept {
    /// Nothing: a manifest is answered as it was pushed.
    Lenient,
    /// A manifest of a type that `Accept` does not name is 404 `MANIFEST_UNKNOWN`.
    Strict,
}

/// Bounds, each with the error that a request past it gets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    /// The longest manifest, in bytes: 413 `SIZE_INVALID`.
    pub manifest: u64,
    /// The longest blob, in bytes: 413 `SIZE_INVALID`.
    pub blob: u64,
    /// All bytes kept and arriving together: 413 `DENIED`.
    pub total: u64,
    /// How many repositories: 429 `TOOMANYREQUESTS`.
    pub repositories: u64,
    /// How many tags in one repository: 429 `TOOMANYREQUESTS`.
    pub tags: u64,
    /// How many open upload sessions: 429 `TOOMANYREQUESTS` with `Retry-After`.
    pub sessions: u64,
    /// How long a session stays open without a byte: then it is unknown.
    pub session_idle: Duration,
    /// The longest page of tags, repositories or referrers: one that is longer is cut there, and `Link` leads on.
    pub page: u64,
    /// The longest repository name, in characters: 400 `NAME_INVALID`.
    pub name: usize,
    /// The largest block of request headers, in bytes: 431.
    pub headers: usize,
    /// The longest request target, in bytes: 414.
    pub target: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            manifest: 4 << 20,
            blob: u64::MAX,
            total: 8 << 30,
            repositories: 1_000_000,
            tags: 1_000_000,
            sessions: 10_000,
            session_idle: Duration::from_secs(60 * 60),
            page: u64::MAX,
            name: 255,
            headers: 64 << 10,
            target: 16 << 10,
        }
    }
}
