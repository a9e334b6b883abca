//! What a fault rule says.

use std::{ops::Range, time::Duration};

use http::{HeaderName, HeaderValue, Method, StatusCode};

use crate::{spec::Glob, wire::Role};

/// A fault: which requests it is about, when it happens to them, and what happens.
///
/// Written as JSON, the same everywhere; [`Rule::parse`] reads it:
///
/// ```
/// use registrette::layer::Rule;
///
/// let rule = Rule::parse(
///     r#"{ "match": { "operation": "blob.get", "repository": "demo/*" },
///          "when": { "first": 2 },
///          "do": [{ "verb": "truncate", "at": 1000 }] }"#,
/// )?;
/// assert_eq!(rule.when.first, Some(2));
/// let fault = Rule::parse(r#"{ "match": { "operaton": "blob.get" }, "do": [{ "verb": "hang" }] }"#);
/// assert!(fault.unwrap_err().to_string().contains("did you mean \"operation\"?"));
/// # Ok::<(), registrette::layer::RuleError>(())
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rule {
    /// Which requests; all of them when nothing is said.
    pub on: Match,
    /// When it happens to a request that matches; always when nothing is said.
    pub when: When,
    /// What happens, in this order.
    pub verbs: Vec<Verb>,
}

/// Which requests a rule is about: those for which all that is given holds.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Match {
    /// One of these operations, by name: `blob.get`. `blob.*` is all of them.
    pub operations: Vec<Glob>,
    /// This method.
    pub method: Option<Method>,
    /// A repository of such a name; `*` stays within a segment, `**` does not.
    pub repository: Option<Glob>,
    /// A tag or digest of such a form.
    pub reference: Option<Glob>,
    /// Content that plays this part: a config, a layer, a manifest, an index.
    pub role: Option<Role>,
    /// A manifest of such a media type.
    pub media_type: Option<Glob>,
    /// A client whose `User-Agent` is of such a form.
    pub client: Option<Glob>,
    /// This upload session.
    pub session: Option<String>,
    /// A `Range` that asks for some of these bytes. A request without a range asks for all.
    pub range: Option<Range<u64>>,
}

/// When a rule happens to a request that matches: where all that is given holds. Requests that match are counted from 1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct When {
    /// The n-th alone.
    pub nth: Option<u64>,
    /// The first n.
    pub first: Option<u64>,
    /// Every n-th: the n-th, the 2n-th, and so on.
    pub every: Option<u64>,
    /// All after the first n.
    pub after: Option<u64>,
    /// Within this time since the rule was set.
    pub window: Option<Range<Duration>>,
    /// With this probability, from 0 to 1, by the registry's seed.
    pub probability: Option<f64>,
}

/// What happens.
#[derive(Clone, PartialEq, Debug)]
pub enum Verb {
    /// `status`: this answer, and nothing is done.
    Status {
        /// Its status.
        status: StatusCode,
        /// The code of its error; without code and message there is no body.
        code: Option<String>,
        /// The message of its error.
        message: Option<String>,
        /// More headers, such as `Retry-After`.
        headers: Vec<(HeaderName, HeaderValue)>,
    },
    /// `redirect`: the same content is elsewhere on this registry.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        status: StatusCode,
        /// Another name that this registry is reached by, with its port: `localhost:5000`. Else only a path is given.
        host: Option<String>,
        /// Whether the target answers 400 to a request with `Authorization`, as presigned storage does.
        refuses_authorization: bool,
    },
    /// `delay`: the answer takes that much longer.
    Delay {
        /// How long.
        time: Duration,
        /// Where it waits.
        place: Place,
    },
    /// `hang`: nothing is done, and no answer comes.
    Hang,
    /// `reset`: the connection breaks. Without a number before the head, and nothing is done; with one, after that many
    /// bytes of the body.
    Reset {
        /// After how many bytes.
        at: Option<u64>,
    },
    /// `truncate`: the body ends after that many bytes, though the head says more.
    Truncate {
        /// After how many bytes.
        at: u64,
    },
    /// `stall`: after that many bytes nothing comes any more.
    Stall {
        /// After how many bytes.
        at: u64,
    },
    /// `throttle`: the body comes this slowly.
    Throttle {
        /// Bytes a second.
        rate: u64,
    },
    /// `corrupt`: one byte of the body is another.
    Corrupt {
        /// Which, from 0.
        at: u64,
    },
    /// `header`: headers of the answer are set or left out.
    Header {
        /// These are set, in place of what was there.
        set: Vec<(HeaderName, HeaderValue)>,
        /// These are left out.
        drop: Vec<HeaderName>,
    },
}

/// Where a delay is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Place {
    /// `head`: before anything is sent.
    #[default]
    Head,
    /// `chunks`: between the pieces of the body, of at most 1 MiB.
    Chunks,
    /// `end`: before the last byte of the body.
    End,
}

impl Verb {
    /// Its name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Redirect { .. } => "redirect",
            Self::Delay { .. } => "delay",
            Self::Hang => "hang",
            Self::Reset { .. } => "reset",
            Self::Truncate { .. } => "truncate",
            Self::Stall { .. } => "stall",
            Self::Throttle { .. } => "throttle",
            Self::Corrupt { .. } => "corrupt",
            Self::Header { .. } => "header",
        }
    }

    /// The names of all, as they are written in JSON.
    pub const NAMES: [&'static str; 10] = [
        "status", "redirect", "delay", "hang", "reset", "truncate", "stall", "throttle", "corrupt",
        "header",
    ];
}
