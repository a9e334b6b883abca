//! Failure on demand: rules that say which requests fail, when, and how.

mod answer;
mod matching;
mod parse;
mod print;
mod rule;
mod steps;

use std::time::Duration;

use http::Response;

pub use self::{
    parse::RuleError,
    rule::{Match, Place, Rule, Verb, When},
};
use super::{Flow, Layer};
use crate::{
    content::Body,
    spec::Timestamp,
    wire::{Happened, Head},
};

/// The number of a fault, as [`Faults::add`] gave it. No other fault of the registry ever has it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FaultId(u64);

impl FaultId {
    /// The fault of that number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number, from 1.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// A rule that is set, and what became of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Fault {
    /// Its number.
    pub id: FaultId,
    /// What it says.
    pub rule: Rule,
    /// How many requests matched.
    pub matches: u64,
    /// To how many of them it happened.
    pub hits: u64,
    since: Timestamp,
}

/// The faults of a registry; idle when there are none.
///
/// All rules that match happen, in the order they were set. What is drawn comes from the seed, the place of the fault
/// among those set since there were none, and the count of its matches alone, so the same requests fail again.
#[derive(Clone, Debug)]
pub struct Faults {
    seed: u64,
    last: u64,
    /// The number of the last fault when all were taken away.
    cleared: u64,
    set: Vec<Fault>,
}

/// What happens to the answer of a request, from `before` to `after`.
#[derive(Clone)]
struct Verbs(Vec<Verb>);

impl Faults {
    /// No faults yet.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            last: 0,
            cleared: 0,
            set: Vec::new(),
        }
    }

    /// Sets a rule, from the next request on.
    pub fn add(&mut self, now: Timestamp, rule: Rule) -> FaultId {
        self.last = self.last.saturating_add(1);
        let id = FaultId(self.last);
        self.set.push(Fault {
            id,
            rule,
            matches: 0,
            hits: 0,
            since: now,
        });
        id
    }

    /// Takes a fault away, and gives what became of it; `None` when it is not there any more.
    pub fn remove(&mut self, id: FaultId) -> Option<Fault> {
        let at = self.set.iter().position(|fault| fault.id == id)?;
        Some(self.set.remove(at))
    }

    /// Takes all faults away. What is set from then on draws as the first ones did.
    pub fn clear(&mut self) {
        self.cleared = self.last;
        self.set.clear();
    }

    /// The faults that are set, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.set.iter()
    }

    /// What happens to a request, in order, and by which faults.
    fn verbs(&mut self, now: Timestamp, head: &Head) -> (Vec<Verb>, Happened) {
        let mut happened = Happened::default();
        let (seed, cleared) = (self.seed, self.cleared);
        let matching = self
            .set
            .iter_mut()
            .filter(|fault| fault.rule.on.is_match(head));
        let happening = matching.filter_map(|fault| {
            fault.matches = fault.matches.saturating_add(1);
            let draw = || draw(seed, fault.id.0.saturating_sub(cleared), fault.matches);
            let happens = fault
                .rule
                .when
                .happens(fault.matches, now.since(fault.since), draw);
            fault.hits = fault.hits.saturating_add(u64::from(happens));
            happens.then(|| {
                happened.0.push(fault.id.0);
                fault.rule.verbs.clone()
            })
        });
        (happening.flatten().collect(), happened)
    }
}

impl Layer for Faults {
    fn before(&mut self, now: Timestamp, head: &mut Head) -> Flow {
        if self.set.is_empty() {
            return Flow::Next;
        }
        if let Some(refusal) = answer::at_target(head) {
            return Flow::Answer(Box::new(refusal));
        }
        if answer::is_target(head) {
            return Flow::Next;
        }
        let (verbs, happened) = self.verbs(now, head);
        if verbs.is_empty() {
            return Flow::Next;
        }
        head.extensions.insert(happened);
        let answer = verbs.iter().find_map(|verb| answer::instead(verb, head));
        head.extensions.insert(Verbs(verbs));
        answer.map_or(Flow::Next, |answer| Flow::Answer(Box::new(answer)))
    }

    fn after(&mut self, _: Timestamp, head: &Head, answer: &mut Response<Body>) {
        if let Some(Verbs(verbs)) = head.extensions.get() {
            let status = answer.status();
            let instead = |verb| answer::afterwards(verb, head, status);
            if let Some(instead) = verbs.iter().find_map(instead) {
                *answer = instead;
            }
            verbs.iter().for_each(|verb| steps::apply(verb, answer));
        }
    }

    fn needs_facts(&self) -> bool {
        let mut rules = self.set.iter().map(|fault| &fault.rule.on);
        // The last bytes are asked for by their number, so their place needs the size.
        rules.any(|on| on.role.is_some() || on.media_type.is_some() || on.range.is_some())
    }

    fn fork(&self) -> Box<dyn Layer> {
        Box::new(Self::new(self.seed))
    }
}

impl When {
    fn happens(&self, count: u64, age: Duration, draw: impl FnOnce() -> f64) -> bool {
        let every = |n: u64| count.checked_rem(n) == Some(0);
        self.nth.is_none_or(|nth| count == nth)
            && self.first.is_none_or(|first| count <= first)
            && self.every.is_none_or(every)
            && self.after.is_none_or(|after| count > after)
            && self
                .window
                .as_ref()
                .is_none_or(|window| window.contains(&age))
            && self
                .probability
                .is_none_or(|probability| draw() < probability)
    }
}

/// A number from 0 to 1, the same for the same three (SplitMix64, mixed twice).
fn draw(seed: u64, fault: u64, count: u64) -> f64 {
    let mix = |state: u64| {
        let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let number = mix(mix(seed ^ mix(fault)) ^ mix(count));
    let high = u32::try_from(number >> 32).unwrap_or(u32::MAX);
    f64::from(high) / 4_294_967_296.0
}
