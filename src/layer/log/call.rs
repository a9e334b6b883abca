//! One call.

use std::{borrow::Cow, fmt, time::Duration};

use http::{
    HeaderMap, Method, Response,
    header::{CONTENT_LENGTH, HOST, USER_AGENT},
};

use crate::{
    content::{Body, Step},
    spec::{RepositoryName, Timestamp},
    wire::{CodeSent, Happened, Head, Sample, Scheme},
};

/// One request and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// Its number, from 1, in the order in which calls were answered.
    pub sequence: u64,
    /// When it came.
    pub at: Timestamp,
    /// How long it took by the registry's clock, in milliseconds, with the waits that a fault put into its answer.
    pub millis: u64,
    /// What it asked for, by its name outside Rust.
    pub operation: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path and query.
    pub target: String,
    /// Scheme and host that were asked, such as `http://localhost:5000`.
    pub origin: String,
    /// The repository it was about.
    pub repository: Option<RepositoryName>,
    /// The tag, digest or session it was about, as written in its path.
    pub reference: Option<String>,
    /// Its headers.
    pub headers: HeaderMap,
    /// How many bytes of its body were taken.
    pub body_bytes: u64,
    /// The first of them, where bodies are kept.
    pub body: Option<Sample>,
    /// The status of its answer; 0 where none was sent.
    pub status: u16,
    /// The code of the error it was answered.
    pub error: Option<Cow<'static, str>>,
    /// The headers of its answer.
    pub answer_headers: HeaderMap,
    /// How many bytes of its body the answer sent.
    pub bytes: u64,
    /// The first of them, where bodies are kept.
    pub answer_body: Option<Sample>,
    /// How its answer ended.
    pub end: End,
    /// The numbers of the faults that happened to it.
    pub faults: Vec<u64>,
}

/// How an answer ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum End {
    /// With its last byte.
    #[default]
    Whole,
    /// Before the bytes that its head announced.
    Cut,
    /// In a reset.
    Reset,
    /// Not at all.
    Hang,
}

impl End {
    /// Its name outside Rust.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Cut => "cut",
            Self::Reset => "reset",
            Self::Hang => "hang",
        }
    }
}

impl Call {
    pub(super) fn new(
        sequence: u64,
        now: Timestamp,
        head: &Head,
        answer: &Response<Body>,
        bodies: usize,
    ) -> Self {
        let operation = head.operation.as_ref().ok();
        let sent = Sent::of(head, answer);
        let waits = u64::try_from(sent.waits.as_millis()).unwrap_or(u64::MAX);
        let millis = u64::try_from(now.since(head.received).as_millis()).unwrap_or(u64::MAX);
        let happened = head.extensions.get::<Happened>();
        Self {
            sequence,
            at: head.received,
            millis: millis.saturating_add(waits),
            operation: head.operation_name(),
            method: head.method.clone(),
            target: head.target_text().to_owned(),
            origin: origin(head),
            repository: operation.and_then(|asked| asked.repository()).cloned(),
            reference: operation.and_then(|asked| asked.reference()),
            headers: head.headers.clone(),
            body_bytes: head.body_bytes,
            body: head.extensions.get().cloned(),
            status: if sent.has_head {
                answer.status().as_u16()
            } else {
                0
            },
            error: (answer.extensions().get()).map(|CodeSent(code)| code.clone()),
            answer_headers: answer.headers().clone(),
            bytes: sent.bytes,
            answer_body: (bodies > 0).then(|| sample(answer, bodies)),
            end: sent.end,
            faults: happened.map_or_else(Vec::new, |Happened(faults)| faults.clone()),
        }
    }

    /// What the client says it is: its `User-Agent`.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.headers.get(USER_AGENT)?.to_str().ok()
    }

    /// What was asked, as a URL; the target alone where that is none.
    #[must_use]
    pub fn url(&self) -> String {
        if self.target.starts_with('/') {
            format!("{}{}", self.origin, self.target)
        } else {
            self.target.clone()
        }
    }
}

impl fmt::Display for Call {
    /// `#3 manifest.get GET /v2/demo/app/manifests/v1 404 MANIFEST_UNKNOWN by crane/0.20`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sequence,
            operation,
            method,
            target,
            status,
            ..
        } = self;
        write!(
            f,
            "#{sequence} {operation} {method} {} {status}",
            target.escape_debug()
        )?;
        if let Some(error) = &self.error {
            write!(f, " {}", error.escape_debug())?;
        }
        if self.end != End::Whole {
            write!(f, " {}", self.end.as_str())?;
        }
        for fault in &self.faults {
            write!(f, " fault {fault}")?;
        }
        match self.client() {
            Some(client) => write!(f, " by {client}"),
            None => Ok(()),
        }
    }
}

fn origin(head: &Head) -> String {
    let scheme = head.extensions.get::<Scheme>().copied().unwrap_or_default();
    let named = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = named.or_else(|| head.target.authority().map(http::uri::Authority::as_str));
    format!("{}://{}", scheme.as_str(), host.unwrap_or("localhost"))
}

/// What of an answer reaches the client.
struct Sent {
    has_head: bool,
    bytes: u64,
    waits: Duration,
    end: End,
}

impl Sent {
    fn of(head: &Head, answer: &Response<Body>) -> Self {
        let mut sent = Self {
            has_head: true,
            bytes: 0,
            waits: Duration::ZERO,
            end: End::Whole,
        };
        let body = answer.body();
        if let Some(end) = sent.go(&body.before) {
            return Self {
                has_head: false,
                end,
                ..sent
            };
        }
        let announced = answer.headers().get(CONTENT_LENGTH);
        let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        match sent.go(&body.steps) {
            Some(end) => sent.end = end,
            None if !head.is_head() && announced.is_some_and(|length| length > sent.bytes) => {
                sent.end = End::Cut;
            }
            None => {}
        }
        sent
    }

    /// Goes through steps up to one that nothing follows.
    fn go(&mut self, steps: &[Step]) -> Option<End> {
        for step in steps {
            match step {
                Step::Send(chunk) => self.bytes = self.bytes.saturating_add(chunk.len() as u64),
                Step::Wait(time) => self.waits = self.waits.saturating_add(*time),
                Step::Reset => return Some(End::Reset),
                Step::Hang => return Some(End::Hang),
            }
        }
        None
    }
}

fn sample(answer: &Response<Body>, limit: usize) -> Sample {
    let mut sample = Sample::new(limit);
    for step in &answer.body().steps {
        match step {
            Step::Send(chunk) => sample.take(chunk),
            Step::Wait(_) => {}
            Step::Reset | Step::Hang => break,
        }
    }
    sample
}
