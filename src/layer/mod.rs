//! Optional behaviour around the handlers: one struct with `before` and `after` in one file each.
//!
//! Layers do not know one another, nor the state. [`crate::Registry`] builds the one array of them.

mod auth;
mod fault;
mod lag;
mod log;
mod rate;
mod scenario;

use std::fmt;

use http::Response;

pub use auth::{
    AccessRule, Auth, AuthOptions, AuthScheme, Claims, Gate, Password, PasswordHash, TokenAnswer,
    TokenForm, Users,
};
pub(crate) use auth::{Grant, Pending};
pub use fault::{Fault, FaultId, Faults, Match, Place, Rule, RuleError, Verb, When};
pub use lag::Lag;
pub use log::{
    BudgetError, Call, CallBudget, CallFilter, End, Log, Overspent, Statuses, Totals, Unrecorded,
    call_json, har, script,
};
pub use rate::{RateBy, RateCounts, RateLimit, RateRule, RetryAfter};
pub use scenario::{Scenario, Scenarios};

pub use crate::spec::Glob;
use crate::{content::Body, spec::Timestamp, wire::Head};

/// Behaviour that stands around every operation.
///
/// What `before` decides for `after` it puts into the head's extensions, as a type of its own.
pub trait Layer: Send {
    /// Looks at a request before it is handled. May answer it, or put [`crate::wire::Directives`] on it.
    fn before(&mut self, now: Timestamp, head: &mut Head) -> Flow {
        let _ = (now, head);
        Flow::Next
    }

    /// Looks at the answer, and may change it. Called for every request that `before` was called for, inside out.
    fn after(&mut self, now: Timestamp, head: &Head, answer: &mut Response<Body>) {
        let _ = (now, head, answer);
    }

    /// Whether it reads [`Head::facts`], which are only looked up for a layer that does.
    fn needs_facts(&self) -> bool {
        false
    }

    /// The same layer for a fork of the registry.
    fn fork(&self) -> Box<dyn Layer>;
}

/// A layer shows that it is one. What it holds it need not be able to print: where layers are behind a pointer, the code
/// for that would be in every program.
impl fmt::Debug for dyn Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Layer")
    }
}

/// Where a request goes from a layer.
#[derive(Debug)]
pub enum Flow {
    /// Further in.
    Next,
    /// Back out, with this answer.
    Answer(Box<Response<Body>>),
}
