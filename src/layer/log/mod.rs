//! A record of the last calls.

mod budget;
mod call;
mod filter;
mod har;
mod json;
mod script;

use std::collections::{BTreeMap, VecDeque};

use http::Response;

pub use self::{
    budget::{BudgetError, CallBudget, Overspent},
    call::{Call, End},
    filter::{CallFilter, Statuses},
    har::har,
    json::call_json,
    script::script,
};
use super::{Flow, Layer};
use crate::{
    content::Body,
    spec::Timestamp,
    wire::{Head, Sample},
};

/// Keeps the last calls, a bounded number of them; idle when that is none.
#[derive(Clone, Debug)]
pub struct Log {
    calls: VecDeque<Call>,
    limit: usize,
    bodies: usize,
    count: u64,
    forgotten: u64,
    totals: Totals,
}

/// What a log has counted since it was made, also of calls that it does not have any more.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Totals {
    /// How many calls there were, by operation and status.
    pub calls: BTreeMap<(&'static str, u16), u64>,
    /// How many bytes of bodies were taken.
    pub received: u64,
    /// How many bytes of bodies were answered.
    pub sent: u64,
}

/// Put into a request's extensions by an adapter: this request is nobody's call, and is not recorded.
#[derive(Clone, Copy, Debug)]
pub struct Unrecorded;

impl Log {
    /// A log of at most so many calls, with so many bytes of each body.
    #[must_use]
    pub fn new(limit: usize, bodies: usize) -> Self {
        Self {
            calls: VecDeque::new(),
            limit,
            bodies,
            count: 0,
            forgotten: 0,
            totals: Totals::default(),
        }
    }

    /// Forgets all calls; the next one is number 1 again. What it has counted stays.
    pub fn clear(&mut self) {
        self.calls.clear();
        self.count = 0;
        self.forgotten = self.forgotten.saturating_add(1);
    }

    /// How often calls were forgotten, and how many there were since.
    #[must_use]
    pub fn position(&self) -> (u64, u64) {
        (self.forgotten, self.count)
    }

    /// The calls, in the order in which they were answered.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter()
    }

    /// What it has counted.
    #[must_use]
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Checks a budget against the calls that are kept.
    ///
    /// # Errors
    /// What was overspent, with the calls. A log that has let go of calls cannot know, and says so.
    pub fn check(&self, budget: &CallBudget) -> Result<(), Overspent> {
        budget.check(self.calls(), self.limit, self.count)
    }
}

impl Layer for Log {
    fn before(&mut self, _: Timestamp, head: &mut Head) -> Flow {
        if self.limit > 0 && self.bodies > 0 {
            head.extensions.insert(Sample::new(self.bodies));
        }
        Flow::Next
    }

    fn after(&mut self, now: Timestamp, head: &Head, answer: &mut Response<Body>) {
        if self.limit == 0 || head.extensions.get::<Unrecorded>().is_some() {
            return;
        }
        self.count = self.count.saturating_add(1);
        let call = Call::new(self.count, now, head, answer, self.bodies);
        let totals = &mut self.totals;
        let count = totals.calls.entry((call.operation, call.status));
        let count = count.or_default();
        *count = count.saturating_add(1);
        totals.received = totals.received.saturating_add(call.body_bytes);
        totals.sent = totals.sent.saturating_add(call.bytes);
        if self.calls.len() >= self.limit {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }

    fn fork(&self) -> Box<dyn Layer> {
        Box::new(Self::new(self.limit, self.bodies))
    }
}
