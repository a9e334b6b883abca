//! How many calls there may be.

use std::{collections::BTreeMap, fmt, fmt::Write as _};

use serde_json::{Map, Value};

use super::Call;
use crate::{
    spec::{Digest, Glob, from_text, unknown},
    wire::Operation,
};

/// How many calls of each operation there may be, and rules about their order.
///
/// ```
/// use registrette::layer::CallBudget;
///
/// let budget = r#"{ "manifest.get": 1, "upload.put": { "max": 3 }, "rules": ["no blob twice", "HEAD before GET"] }"#;
/// assert!(CallBudget::parse(budget).is_ok());
/// assert!(CallBudget::parse(r#"{ "manifest.got": 1 }"#).unwrap_err().to_string().contains("manifest.get"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CallBudget {
    counts: Vec<Count>,
    rules: Vec<Order>,
}

/// Bounds on the calls of some operations.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Count {
    operation: Glob,
    repository: Option<Glob>,
    min: u64,
    max: Option<u64>,
}

/// A rule about several calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    /// No blob of a repository is pushed twice, or pulled twice from its first byte to its last.
    NoBlobTwice,
    /// A manifest is asked for by HEAD before it is pulled, by the same name or by the digest which that gave.
    HeadBeforeGet,
}

const RULES: [&str; 2] = ["no blob twice", "HEAD before GET"];

/// What is wrong with a budget.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BudgetError(String);

/// A budget that was not kept. Its text says by how much, and lists the calls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overspent(String);

impl CallBudget {
    /// Reads a budget: JSON with an operation, or a pattern of some, as each name. A number is the most calls there may
    /// be; an object says more: `min`, `max`, `repository`. `rules` is a list of `no blob twice` and `HEAD before GET`.
    ///
    /// # Errors
    /// Where it is wrong, and what was expected there.
    pub fn parse(json: &str) -> Result<Self, BudgetError> {
        let value = from_text(json);
        let value = value.map_err(|fault| BudgetError(format!("it is not JSON: {fault}")))?;
        let Value::Object(members) = value else {
            return Err(BudgetError("expected an object of operations".to_owned()));
        };
        let mut budget = Self::default();
        for (name, value) in members {
            if name == "rules" {
                budget.rules = rules(&value)?;
            } else {
                budget.counts.push(count(&name, &value)?);
            }
        }
        Ok(budget)
    }

    /// Checks it against calls, of which there were `count` and of which the last `limit` are kept.
    pub(super) fn check<'a>(
        &self,
        calls: impl Iterator<Item = &'a Call>,
        limit: usize,
        count: u64,
    ) -> Result<(), Overspent> {
        let calls: Vec<_> = calls.collect();
        let mut faults = Vec::new();
        if limit == 0 {
            faults.push("no calls are recorded: nobody knows what was spent".to_owned());
        } else if count > calls.len() as u64 {
            faults.push(format!(
                "only the last {} of {count} calls are kept: nobody knows what was spent",
                calls.len()
            ));
        }
        faults.extend(self.counts.iter().filter_map(|count| count.check(&calls)));
        faults.extend(self.rules.iter().filter_map(|rule| rule.check(&calls)));
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Overspent(faults.join("\n")))
        }
    }
}

fn rules(value: &Value) -> Result<Vec<Order>, BudgetError> {
    let list = value.as_array().map_or(&[][..], Vec::as_slice);
    if list.is_empty() {
        return Err(BudgetError(format!("rules: expected a list of {RULES:?}")));
    }
    let rule = |value: &Value| match value.as_str().unwrap_or_default() {
        "no blob twice" => Ok(Order::NoBlobTwice),
        "HEAD before GET" => Ok(Order::HeadBeforeGet),
        other => Err(BudgetError(format!(
            "rules: {}",
            unknown("rule", other, &RULES)
        ))),
    };
    list.iter().map(rule).collect()
}

fn count(name: &str, value: &Value) -> Result<Count, BudgetError> {
    let fault = |what: String| BudgetError(format!("{name}: {what}"));
    let whole = |what: &str, value: &Value| {
        let whole = value.as_u64();
        whole.ok_or_else(|| fault(format!("{what} is {value}; it takes a whole number")))
    };
    let mut count = Count {
        operation: Operation::pattern(name).map_err(BudgetError)?,
        repository: None,
        min: 0,
        max: None,
    };
    let Value::Object(members) = value else {
        count.max = Some(whole("the most calls", value)?);
        return Ok(count);
    };
    fill(&mut count, members, &fault, &whole)?;
    if count.max.is_some_and(|max| max < count.min) {
        return Err(fault(
            "min is above max, so it could never be kept".to_owned(),
        ));
    }
    Ok(count)
}

fn fill(
    count: &mut Count,
    members: &Map<String, Value>,
    fault: &impl Fn(String) -> BudgetError,
    whole: &impl Fn(&str, &Value) -> Result<u64, BudgetError>,
) -> Result<(), BudgetError> {
    for (member, value) in members {
        match member.as_str() {
            "min" => count.min = whole("min", value)?,
            "max" => count.max = Some(whole("max", value)?),
            "repository" => {
                let name = value.as_str();
                let name = name.ok_or_else(|| fault(format!("repository is {value}, not text")))?;
                count.repository = Some(Glob::new(name));
            }
            other => {
                let known = ["min", "max", "repository"];
                return Err(fault(unknown("member", other, &known)));
            }
        }
    }
    Ok(())
}

impl Count {
    fn check(&self, calls: &[&Call]) -> Option<String> {
        let repository = self.repository.as_ref();
        let is_of = |call: &&&Call| {
            self.operation.is_match(call.operation)
                && repository.is_none_or(|glob| {
                    let name = call.repository.as_ref();
                    name.is_some_and(|name| glob.is_match(name.as_str()))
                })
        };
        let spent: Vec<&Call> = calls.iter().filter(is_of).copied().collect();
        let number = spent.len() as u64;
        let allowed = if number < self.min {
            format!("at least {}", self.min)
        } else {
            format!("at most {}", self.max.filter(|max| number > *max)?)
        };
        let of = repository.map_or_else(String::new, |glob| format!(" in {}", glob.as_str()));
        // Of too few the others say more.
        let shown = if number < self.min { calls } else { &spent };
        let what = self.operation.as_str();
        Some(told(
            &format!("{what}{of}: {number} calls, {allowed} allowed"),
            shown,
        ))
    }
}

impl Order {
    fn check(self, calls: &[&Call]) -> Option<String> {
        match self {
            Self::NoBlobTwice => no_blob_twice(calls),
            Self::HeadBeforeGet => head_before_get(calls),
        }
    }
}

fn no_blob_twice(calls: &[&Call]) -> Option<String> {
    let mut moved: BTreeMap<_, Vec<&Call>> = BTreeMap::new();
    for call in calls {
        let is_push = match (call.operation, call.status) {
            ("blob.put" | "upload.put", 201) => true,
            ("blob.get", 200) => false,
            _ => continue,
        };
        let key = (call.repository.as_ref(), call.reference.as_deref(), is_push);
        moved.entry(key).or_default().push(call);
    }
    let twice: Vec<&Call> = (moved.into_values())
        .filter(|calls| calls.len() > 1)
        .flatten()
        .collect();
    (!twice.is_empty()).then(|| told("no blob twice: these are the same blobs again", &twice))
}

fn head_before_get(calls: &[&Call]) -> Option<String> {
    let mut asked = Vec::new();
    let mut early = Vec::new();
    for call in calls {
        let reference = call.reference.as_deref();
        match call.operation {
            "manifest.head" => {
                asked.push((call.repository.as_ref(), reference));
                asked.push((call.repository.as_ref(), answered_digest(call)));
            }
            "manifest.get" if !asked.contains(&(call.repository.as_ref(), reference)) => {
                early.push(*call);
            }
            _ => {}
        }
    }
    (!early.is_empty()).then(|| {
        told(
            "HEAD before GET: nobody asked for these by HEAD first",
            &early,
        )
    })
}

fn answered_digest(call: &Call) -> Option<&str> {
    let digest = call
        .answer_headers
        .get(crate::wire::header::CONTENT_DIGEST)?;
    digest
        .to_str()
        .ok()
        .filter(|text| Digest::parse(text).is_ok())
}

/// A fault with the calls it is about, a line each.
fn told(fault: &str, calls: &[&Call]) -> String {
    let mut text = fault.to_owned();
    if calls.is_empty() {
        text.push_str("\n  there were no calls");
    }
    for call in calls {
        let _ = write!(text, "\n  {call}");
    }
    text
}

impl fmt::Display for BudgetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "budget: {}", self.0)
    }
}

impl fmt::Display for Overspent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BudgetError {}
impl std::error::Error for Overspent {}
