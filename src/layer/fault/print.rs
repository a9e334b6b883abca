//! Rules as JSON: the inverse of reading them.

use std::{ops::Range, time::Duration};

use http::{HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::{Match, Place, Rule, Verb, When};
use crate::wire::Role;

impl Rule {
    /// The rule as [`Rule::parse`] reads it, without what it does not say.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let verbs: Value = self.verbs.iter().map(Verb::to_json).collect();
        object(&mut [
            ("match", self.on.to_json()),
            ("when", self.when.to_json()),
            ("do", verbs),
        ])
    }
}

impl Match {
    fn to_json(&self) -> Value {
        let text =
            |glob: &Option<crate::spec::Glob>| json!(glob.as_ref().map(|glob| glob.as_str()));
        let operations: Vec<_> = self.operations.iter().map(|glob| glob.as_str()).collect();
        let operation = match operations.as_slice() {
            [] => Value::Null,
            [one] => json!(one),
            several => json!(several),
        };
        object(&mut [
            ("operation", operation),
            (
                "method",
                json!(self.method.as_ref().map(|method| method.as_str())),
            ),
            ("repository", text(&self.repository)),
            ("reference", text(&self.reference)),
            ("role", json!(self.role.map(Role::name))),
            ("mediaType", text(&self.media_type)),
            ("client", text(&self.client)),
            ("session", json!(self.session)),
            (
                "range",
                json!(self.range.as_ref().map(|range| [range.start, range.end])),
            ),
        ])
    }
}

impl When {
    fn to_json(&self) -> Value {
        object(&mut [
            ("nth", json!(self.nth)),
            ("first", json!(self.first)),
            ("every", json!(self.every)),
            ("after", json!(self.after)),
            ("windowMs", json!(self.window.as_ref().map(window))),
            ("probability", json!(self.probability)),
        ])
    }
}

fn window(window: &Range<Duration>) -> [Value; 2] {
    [time(window.start), time(window.end)]
}

/// Milliseconds where they are whole, else text as Go writes durations.
fn time(time: Duration) -> Value {
    if time.subsec_nanos().is_multiple_of(1_000_000) {
        json!(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    } else {
        json!(format!("{}ns", time.as_nanos()))
    }
}

impl Verb {
    fn to_json(&self) -> Value {
        let verb = json!(self.name());
        match self {
            Self::Status {
                status,
                code,
                message,
                headers: set,
            } => object(&mut [
                ("verb", verb),
                ("status", json!(status.as_u16())),
                ("code", json!(code)),
                ("message", json!(message)),
                ("headers", headers(set)),
            ]),
            Self::Redirect {
                status,
                host,
                refuses_authorization,
            } => {
                let policy = if *refuses_authorization {
                    "refuse"
                } else {
                    "ignore"
                };
                object(&mut [
                    ("verb", verb),
                    ("status", json!(status.as_u16())),
                    ("host", json!(host)),
                    ("authorization", json!(policy)),
                ])
            }
            Self::Delay { time: wait, place } => object(&mut [
                ("verb", verb),
                ("time", time(*wait)),
                ("at", json!(place.name())),
            ]),
            Self::Hang => object(&mut [("verb", verb)]),
            Self::Reset { at } => object(&mut [("verb", verb), ("at", json!(at))]),
            Self::Truncate { at } | Self::Stall { at } | Self::Corrupt { at } => {
                object(&mut [("verb", verb), ("at", json!(at))])
            }
            Self::Throttle { rate } => {
                object(&mut [("verb", verb), ("bytesPerSecond", json!(rate))])
            }
            Self::Header { set, drop } => {
                let names: Vec<_> = drop.iter().map(HeaderName::as_str).collect();
                let names = if names.is_empty() {
                    Value::Null
                } else {
                    json!(names)
                };
                object(&mut [("verb", verb), ("set", headers(set)), ("drop", names)])
            }
        }
    }
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Chunks => "chunks",
            Self::End => "end",
        }
    }
}

fn headers(headers: &[(HeaderName, HeaderValue)]) -> Value {
    let mut members = Map::new();
    for (name, value) in headers {
        let value = value.to_str().unwrap_or_default();
        members.insert(name.as_str().to_owned(), json!(value));
    }
    if members.is_empty() {
        Value::Null
    } else {
        Value::Object(members)
    }
}

/// An object without what is null, or an object with nothing in it.
fn object(members: &mut [(&str, Value)]) -> Value {
    let mut said = Map::new();
    for (name, value) in members {
        if !value.is_null() && value.as_object().is_none_or(|object| !object.is_empty()) {
            said.insert((*name).to_owned(), value.take());
        }
    }
    Value::Object(said)
}
