//! A record of the last calls.

use std::collections::VecDeque;

use http::{HeaderMap, Method, Response};

use super::{Flow, Layer};
use crate::{
    content::Body,
    spec::{RepositoryName, Timestamp},
    wire::{CodeSent, Head},
};

/// One request and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// Its number, from 1.
    pub sequence: u64,
    /// When it came.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// What it asked for, by its name outside Rust.
    pub operation: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path and query.
    pub target: String,
    /// The repository it was about.
    pub repository: Option<RepositoryName>,
    /// The tag, digest or session it was about, as written in its path.
    pub reference: Option<String>,
    /// Its headers.
    pub headers: HeaderMap,
    /// How many bytes of its body were taken.
    pub body_bytes: u64,
    /// The status of its answer.
    pub status: u16,
    /// The code of the error it was answered.
    pub error: Option<&'static str>,
    /// How many bytes the answer's body has.
    pub bytes: u64,
}

/// Keeps the last calls, a bounded number of them; idle when that is none.
#[derive(Clone, Debug)]
pub struct Log {
    calls: VecDeque<Call>,
    limit: usize,
    count: u64,
}

/// Put into a request's extensions by an adapter: this request is nobody's call, and is not recorded.
#[derive(Clone, Copy, Debug)]
pub struct Unrecorded;

/// The number of a call, from `before` to `after`.
#[derive(Clone, Copy)]
struct Sequence(u64);

impl Log {
    /// A log of at most so many calls.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            calls: VecDeque::new(),
            limit,
            count: 0,
        }
    }

    /// Forgets all calls; the next one is number 1 again.
    pub fn clear(&mut self) {
        *self = Self::new(self.limit);
    }

    /// The calls, oldest first.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter()
    }
}

impl Layer for Log {
    fn before(&mut self, _: Timestamp, head: &mut Head) -> Flow {
        if self.limit > 0 && head.extensions.get::<Unrecorded>().is_none() {
            self.count = self.count.saturating_add(1);
            head.extensions.insert(Sequence(self.count));
        }
        Flow::Next
    }

    fn after(&mut self, now: Timestamp, head: &Head, answer: &mut Response<Body>) {
        let Some(Sequence(sequence)) = head.extensions.get().copied() else {
            return;
        };
        if self.calls.len() >= self.limit {
            self.calls.pop_front();
        }
        let operation = head.operation.as_ref().ok();
        let repository = operation.and_then(|operation| operation.repository());
        self.calls.push_back(Call {
            sequence,
            at: head.received,
            millis: u64::try_from(now.since(head.received).as_millis()).unwrap_or(u64::MAX),
            operation: head.operation_name(),
            method: head.method.clone(),
            target: head.target_text().to_owned(),
            repository: repository.cloned(),
            reference: operation.and_then(|operation| operation.reference()),
            headers: head.headers.clone(),
            body_bytes: head.body_bytes,
            status: answer.status().as_u16(),
            error: answer.extensions().get().map(|CodeSent(code)| *code),
            bytes: if head.is_head() {
                0
            } else {
                answer.body().len()
            },
        });
    }

    fn fork(&self) -> Box<dyn Layer> {
        Box::new(Self::new(self.limit))
    }
}
