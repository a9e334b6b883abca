//! JSON objects taken apart, with errors that say where.

use std::{fmt, time::Duration};

use serde_json::{Map, Value};

use crate::spec::{did_you_mean, parse_duration};

/// What is wrong with a rule: where, and what was expected there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleError {
    place: String,
    fault: String,
}

impl RuleError {
    pub(super) fn new(place: impl Into<String>, fault: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            fault: fault.into(),
        }
    }

    /// The same, one level further out.
    pub(super) fn within(self, outer: &str) -> Self {
        let dot = if self.place.is_empty() || self.place.starts_with('[') {
            ""
        } else {
            "."
        };
        Self {
            place: format!("{outer}{dot}{}", self.place),
            ..self
        }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            write!(f, "fault rule: {}", self.fault)
        } else {
            write!(f, "fault rule: {}: {}", self.place, self.fault)
        }
    }
}

impl std::error::Error for RuleError {}

/// A fault of a name, with the name that was probably meant.
pub(super) fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    format!("no {what} {name:?}; {}", did_you_mean(name, known))
}

/// The members of an object, each to be taken once.
pub(super) struct Members(Map<String, Value>);

impl Members {
    /// The members of an object that has no others than these.
    pub(super) fn new(value: Value, known: &[&str]) -> Result<Self, RuleError> {
        let Value::Object(members) = value else {
            return Err(expected("", "an object", &value));
        };
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(RuleError::new("", unknown("member", name, known))),
            None => Ok(Self(members)),
        }
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, RuleError> {
        self.take(name).map(|value| text(name, value)).transpose()
    }

    pub(super) fn count(&mut self, name: &str) -> Result<Option<u64>, RuleError> {
        self.take(name).map(|value| count(name, &value)).transpose()
    }

    /// A count that is not zero.
    pub(super) fn positive(&mut self, name: &str) -> Result<Option<u64>, RuleError> {
        match self.count(name)? {
            Some(0) => Err(RuleError::new(
                name,
                "expected a number from 1 upwards, got 0",
            )),
            count => Ok(count),
        }
    }

    /// What a function makes of the text of a member.
    pub(super) fn parse<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, RuleError> {
        let text = self.text(name)?;
        let parsed = text.map(|text| parse(&text)).transpose();
        parsed.map_err(|fault| RuleError::new(name, fault))
    }
}

pub(super) fn text(place: &str, value: Value) -> Result<String, RuleError> {
    match value {
        Value::String(text) => Ok(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(expected(place, "text", &value))
        }
    }
}

pub(super) fn count(place: &str, value: &Value) -> Result<u64, RuleError> {
    value
        .as_u64()
        .ok_or_else(|| expected(place, "a whole number from 0 upwards", value))
}

/// Milliseconds, or text as Go writes durations.
pub(super) fn duration(place: &str, value: &Value) -> Result<Duration, RuleError> {
    match value {
        Value::String(text) => parse_duration(text).map_err(|fault| RuleError::new(place, fault)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            let millis = value.as_u64();
            millis
                .map(Duration::from_millis)
                .ok_or_else(|| expected(place, "milliseconds, or a duration like \"1.5s\"", value))
        }
    }
}

/// Two of something, the first not larger than the second.
pub(super) fn pair<T: PartialOrd>(
    place: &str,
    value: &Value,
    read: impl Fn(&str, &Value) -> Result<T, RuleError>,
) -> Result<std::ops::Range<T>, RuleError> {
    let [first, second] = value.as_array().map_or(&[][..], Vec::as_slice) else {
        return Err(expected(place, "two numbers: [from, until]", value));
    };
    let (from, until) = (read(place, first)?, read(place, second)?);
    if from < until {
        Ok(from..until)
    } else {
        Err(RuleError::new(
            place,
            "it ends before it begins, so nothing would ever match",
        ))
    }
}

pub(super) fn expected(place: &str, what: &str, got: &Value) -> RuleError {
    let mut got = got.to_string();
    if let Some((end, _)) = got.char_indices().nth(60) {
        got.truncate(end);
        got.push('…');
    }
    RuleError::new(place, format!("expected {what}, got {got}"))
}
