//! The control API: what a test in another language, or another process, does to a registry.
//!
//! Everything under [`PREFIX`]. A host hands a request to [`Control::handle`], which decides who may ask, reads the
//! body and does it. What only a host can do comes back as a [`Task`]: sockets, the clock, an answer that goes on, and
//! `openapi.json`, which describes all of it and which not every host carries with it.

mod act;
mod admit;
mod answer;
mod metrics;
mod route;

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, Response};

pub use self::{
    admit::Token,
    answer::{body_too_large, description, fault, json, nothing},
};
use crate::{
    Registry,
    layer::{CallFilter, Rule},
    spec::Timestamp,
    store::Snapshot,
};

/// What every path of the control API starts with.
pub const PREFIX: &str = "/_control/";

/// The longest body of a request, in bytes; a host reads no more.
pub const LONGEST_BODY: usize = 1 << 20;

/// What the answer to `/_control/` tells where it is not on.
pub const HINT: &str =
    "somebody asked for /_control/: the control API is off; start the registry with --control";

/// How many snapshots are kept at a time.
const MOST_SNAPSHOTS: usize = 1000;

/// How many registries there may be at a time besides the first.
pub const MOST_REGISTRIES: usize = 256;

/// The control of one registry.
pub struct Control {
    token: Option<Token>,
    is_read_only: bool,
    /// What a reset comes back to.
    first: Kept,
    /// And the faults that were set then.
    rules: Vec<Rule>,
    /// With their numbers, which go up.
    kept: Vec<(u64, Kept)>,
    last: u64,
}

/// A state, and the clock's at that time.
#[derive(Clone)]
struct Kept {
    state: Snapshot,
    at: Timestamp,
    clock: f64,
}

/// A request for control.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// What time it is.
    pub now: Timestamp,
    /// What the host wants to be told when the clock is to show this time again.
    pub clock: f64,
    /// The method.
    pub method: &'a Method,
    /// Path and query.
    pub target: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a [u8],
}

/// What becomes of a request for control.
#[derive(Debug)]
pub enum Reply {
    /// This answer. Where there is a number, the clock shows the time again that it had with that number.
    Answer(Response<Bytes>, Option<f64>),
    /// Something that the host does, and answers.
    Task(Task),
}

/// What only the host can do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Task {
    /// Tell how control is asked, as `openapi.json` has it: 200.
    Describe,
    /// Come back to the state and the faults at the start, without calls: 204.
    Reset,
    /// Tell the clock: 200.
    Clock,
    /// Move the clock and tell it: 200.
    Advance(Duration),
    /// Move the clock until nothing waits for it, and tell it: 200.
    RunAll,
    /// Tell of all registries that were made: 200.
    Registries,
    /// Tell of one of them: 200, 404.
    Registry(u64),
    /// Make one: a fork on a port of its own: 201, 429.
    Open,
    /// End one: 204, 404.
    Close(u64),
    /// Tell of each call when it is answered, one JSON object a line, or as events of an `EventSource`: 200.
    Follow {
        /// Which calls.
        filter: CallFilter,
        /// As events.
        events: bool,
    },
}

impl Control {
    /// The control of a registry as it is now: that is what a reset comes back to. With a token only who has it may ask.
    #[must_use]
    pub fn new(registry: &Registry, now: Timestamp, clock: f64, token: Option<Token>) -> Self {
        let state = registry.snapshot();
        Self {
            token,
            is_read_only: false,
            first: Kept {
                state,
                at: now,
                clock,
            },
            rules: registry.faults().map(|fault| fault.rule.clone()).collect(),
            kept: Vec::new(),
            last: 0,
        }
    }

    /// The same for those who only look: whatever changes something is refused.
    #[must_use]
    pub fn read_only(self) -> Self {
        Self {
            is_read_only: true,
            ..self
        }
    }

    /// Whether a target is one of the control API.
    #[must_use]
    pub fn is_for(target: &str) -> bool {
        let path = target.split('?').next().unwrap_or_default();
        path == "/_control" || path.starts_with(PREFIX)
    }

    /// Answers a request, or says what the host has to do. What is refused changed nothing.
    pub fn handle(&mut self, registry: &mut Registry, ask: &Ask<'_>) -> Reply {
        let reply = admit::admit(self.token.as_ref(), self.is_read_only, ask)
            .and_then(|route| act::act(self, registry, ask, route));
        match reply {
            Ok(Reply::Answer(answer, clock)) if ask.method == Method::HEAD => {
                Reply::Answer(answer.map(|_| Bytes::new()), clock)
            }
            Ok(reply) => reply,
            Err(refusal) => Reply::Answer(*refusal, None),
        }
    }

    /// Comes back to the state at the start, with the faults of then, as if nobody had asked yet.
    ///
    /// # Errors
    /// The answer that says why nothing was changed.
    pub fn reset(
        &self,
        now: Timestamp,
        registry: &mut Registry,
    ) -> Result<(), Box<Response<Bytes>>> {
        act::restore(registry, &self.first)?;
        registry.forget();
        registry.clear_faults();
        for rule in &self.rules {
            registry.add_fault(now, rule.clone());
        }
        Ok(())
    }

    /// What the clock had at the start; it is set to that before a reset.
    #[must_use]
    pub fn start(&self) -> f64 {
        self.first.clock
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Control({} snapshots)", self.kept.len())
    }
}
