//! A record of the last calls.

use std::collections::VecDeque;

use http::{Method, Response};

use super::{Flow, Layer};
use crate::{
    content::Body,
    spec::{RepositoryName, Timestamp},
    wire::Head,
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
    /// The status of its answer.
    pub status: u16,
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

    /// The calls, oldest first.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter()
    }
}

impl Layer for Log {
    fn before(&mut self, _: Timestamp, head: &mut Head) -> Flow {
        if self.limit > 0 {
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
        let repository = head
            .operation
            .as_ref()
            .ok()
            .and_then(|operation| operation.repository());
        self.calls.push_back(Call {
            sequence,
            at: head.received,
            millis: u64::try_from(now.since(head.received).as_millis()).unwrap_or(u64::MAX),
            operation: head.operation_name(),
            method: head.method.clone(),
            target: head
                .target
                .path_and_query()
                .map_or("/", |target| target.as_str())
                .to_owned(),
            repository: repository.cloned(),
            status: answer.status().as_u16(),
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
