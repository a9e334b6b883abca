//! The head of a request, understood once.

use std::{borrow::Cow, sync::Arc};

use http::{
    Extensions, HeaderMap, HeaderValue, Method, Uri, header::CONTENT_LENGTH, request::Parts,
};

use super::{Operation, parse::quirks_at, query::Query};
use crate::spec::{Error, Quirks, Rights, Settings, Timestamp};

/// The head of a request: what came, and what it means.
#[derive(Clone, Debug)]
pub struct Head {
    /// When it came.
    pub received: Timestamp,
    /// The method.
    pub method: Method,
    /// The target.
    pub target: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// What an adapter, or a layer in `before` for its own `after`, put there.
    pub extensions: Extensions,
    /// What it asks for, or what is wrong with it.
    pub operation: Result<Operation, Error>,
    /// How many bytes of the body were taken, when it is finished.
    pub body_bytes: u64,
    /// What the registry knows about what it asks for.
    pub facts: Facts,
    /// What layers ask of the handlers.
    pub directives: Directives,
    /// The settings that it is understood by.
    pub settings: Arc<Settings>,
}

/// The scheme that a request came by, put into its extensions by an adapter; `http` when absent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Scheme {
    /// Plain HTTP.
    #[default]
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// The target of a request that is no URI, put into its extensions by an adapter that was handed one; the target of
/// the head then counts for nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unparsed(pub String);

/// What the registry knows, before the layers run, about the thing an operation is about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// Whether its repository exists.
    pub repository_exists: bool,
    /// Whether the blob, manifest, tag or session itself exists.
    pub exists: bool,
    /// What part a blob or manifest plays.
    pub role: Option<Role>,
    /// Its media type, where the registry knows one.
    pub media_type: Option<String>,
    /// Its length in bytes.
    pub size: Option<u64>,
}

/// The part that content plays in an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// A blob that some manifest names as its config.
    Config,
    /// Any other blob.
    Layer,
    /// A manifest of one image, or of a type that is not known.
    Manifest,
    /// An index of manifests.
    Index,
}

impl Role {
    /// The names of all, as they are written in JSON.
    pub const NAMES: [&'static str; 4] = ["config", "layer", "manifest", "index"];

    /// Its name: `config`, `layer`, `manifest`, `index`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Layer => "layer",
            Self::Manifest => "manifest",
            Self::Index => "index",
        }
    }

    /// The part that has a name: `config`, `layer`, `manifest`, `index`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "config" => Some(Self::Config),
            "layer" => Some(Self::Layer),
            "manifest" => Some(Self::Manifest),
            "index" => Some(Self::Index),
            _ => None,
        }
    }
}

/// What layers may ask of the handlers, which obey without knowing why.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Directives {
    /// Answer a write as if it had been done, and do not do it.
    pub drop_write: bool,
    /// Answer a list whole, whatever page was asked for.
    pub ignore_paging: bool,
    /// What is pulled is not there yet.
    pub unseen: bool,
    /// Take a manifest as it comes, whatever is in it and whatever it names.
    pub unchecked: bool,
    /// What may be read: a mount takes nothing from elsewhere. `None`: anything.
    pub rights: Option<Arc<Rights>>,
}

/// The origin of a page that may read the answer, put into a request's extensions by an adapter that checked it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AllowedOrigin(pub HeaderValue);

/// What lets the target of a redirect be read without credentials, in its query: put into a request's extensions for
/// whoever redirects it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pass(pub String);

impl Pass {
    /// Its name in a query.
    pub const NAME: &'static str = "pass";
}

/// Who asks, when somebody has proved it: put into a request's extensions for the layers further in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User(pub String);

impl Head {
    /// Takes a head apart. Facts and directives are empty.
    #[must_use]
    pub fn new(received: Timestamp, parts: Parts, settings: &Arc<Settings>) -> Self {
        let Parts {
            method,
            uri,
            headers,
            extensions,
            ..
        } = parts;
        let operation = match extensions.get::<Unparsed>() {
            Some(_) => Err(Error::TargetInvalid {
                reason: "it is neither a path nor a URL",
            }),
            None => within_limits(&uri, &headers, settings)
                .and_then(|()| Operation::parse(&method, &uri, &headers, settings)),
        };
        Self {
            received,
            method,
            target: uri,
            headers,
            extensions,
            operation,
            body_bytes: 0,
            facts: Facts::default(),
            directives: Directives::default(),
            settings: settings.clone(),
        }
    }

    /// How the registry deviates where this request goes.
    #[must_use]
    pub fn quirks(&self) -> &Quirks {
        quirks_at(self.target.path(), &self.settings)
    }

    /// Whether only the head of an answer is asked for.
    #[must_use]
    pub fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    /// The path and query that were asked for, or what stood in their place.
    #[must_use]
    pub fn target_text(&self) -> &str {
        match self.extensions.get() {
            Some(Unparsed(text)) => text,
            None => self
                .target
                .path_and_query()
                .map_or("/", |target| target.as_str()),
        }
    }

    /// The value of a name in the query; `None` also where it cannot be decoded.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        Query::new(self.target.query()).get(name).ok().flatten()
    }

    /// The name of the operation; `unknown` where there is none.
    #[must_use]
    pub fn operation_name(&self) -> &'static str {
        self.operation
            .as_ref()
            .map_or("unknown", |operation| operation.name(self.is_head()))
    }

    /// The length that the body is said to have, in bytes.
    #[must_use]
    pub fn declared_length(&self) -> Option<u64> {
        self.headers
            .get(CONTENT_LENGTH)?
            .to_str()
            .ok()?
            .parse()
            .ok()
    }
}

fn within_limits(target: &Uri, headers: &HeaderMap, settings: &Settings) -> Result<(), Error> {
    let limits = &settings.limits;
    let path = target.path_and_query();
    if path.map_or(0, |path| path.as_str().len()) > limits.target {
        return Err(Error::TargetTooLong {
            limit: limits.target,
        });
    }
    // As they stand on the wire: name, colon, blank, value, line end.
    let line = |name: &http::HeaderName, value: &HeaderValue| {
        name.as_str()
            .len()
            .saturating_add(value.len())
            .saturating_add(4)
    };
    let block = headers.iter().fold(0_usize, |sum, (name, value)| {
        sum.saturating_add(line(name, value))
    });
    if block > limits.headers {
        return Err(Error::HeadersTooLarge {
            limit: limits.headers,
        });
    }
    Ok(())
}
