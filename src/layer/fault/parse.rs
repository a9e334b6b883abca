//! Rules from JSON.

use std::{fmt, ops::Range, ops::RangeInclusive, time::Duration};

use http::{HeaderName, HeaderValue, Method, StatusCode, uri::Authority};
use serde_json::Value;

use super::{Match, Place, Rule, Verb, When};
use crate::{
    spec::{
        Glob, Invalid, from_text,
        members::{Object, count, expected, list, map, text},
        parse_duration, unknown,
    },
    wire::{Operation, Role, parse_method},
};

/// What is wrong with a rule: where, and what was expected there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleError(Invalid);

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fault rule: {}", self.0)
    }
}

impl std::error::Error for RuleError {}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// Where it is wrong, and what was expected there; for an unknown name the nearest that there is.
    pub fn parse(json: &str) -> Result<Self, RuleError> {
        let rule = value(json).and_then(|value| Self::read(&value));
        rule.map_err(RuleError)
    }

    /// Reads a list of rules, or a single one. None is taken when one is wrong.
    ///
    /// # Errors
    /// As [`Rule::parse`], with the rule's place in the list.
    pub fn parse_all(json: &str) -> Result<Vec<Self>, RuleError> {
        let rules = value(json).and_then(|value| one_or_more(&value, Self::read));
        rules.map_err(RuleError)
    }

    fn read(value: &Value) -> Result<Self, Invalid> {
        let rule = Object::of(value, &["match", "when", "do"])?;
        let verbs = rule.need("do", |verbs| list(verbs, Verb::read))?;
        if verbs.is_empty() {
            return Err(Invalid::new("do", "expected at least one verb, got none"));
        }
        Ok(Self {
            on: rule.read("match", Match::read)?.unwrap_or_default(),
            when: rule.read("when", When::read)?.unwrap_or_default(),
            verbs,
        })
    }
}

fn value(json: &str) -> Result<Value, Invalid> {
    from_text(json).map_err(|fault| Invalid::from(format!("it is not JSON: {fault}")))
}

/// An array, or one of what could be in it.
fn one_or_more<T>(
    value: &Value,
    read: impl Fn(&Value) -> Result<T, Invalid>,
) -> Result<Vec<T>, Invalid> {
    if value.is_array() {
        list(value, read)
    } else {
        Ok(vec![read(value)?])
    }
}

impl Match {
    fn read(value: &Value) -> Result<Self, Invalid> {
        let known = [
            "operation",
            "method",
            "repository",
            "reference",
            "role",
            "mediaType",
            "client",
            "session",
            "range",
        ];
        let on = Object::of(value, &known)?;
        let operations = on.read("operation", |value| one_or_more(value, operation))?;
        let operations = operations.unwrap_or_default();
        let method = on.read("method", |value| Ok(parse_method(text(value)?)?))?;
        if let Some(method) = &method
            && let Some(operation) = operations.first()
            && !operations
                .iter()
                .any(|operation| is_asked_by(operation, method))
        {
            let never = format!(
                "{} is never asked for by {method}, so nothing would ever match",
                operation.as_str()
            );
            return Err(Invalid::new("method", &never));
        }
        let glob = |name| on.read(name, |value| text(value).map(Glob::new));
        Ok(Self {
            operations,
            method,
            repository: glob("repository")?,
            reference: glob("reference")?,
            role: on.read("role", role)?,
            media_type: glob("mediaType")?,
            client: glob("client")?,
            session: on.read("session", owned)?,
            range: on.read("range", |value| pair(value, count))?,
        })
    }
}

fn operation(value: &Value) -> Result<Glob, Invalid> {
    Ok(Operation::pattern(text(value)?)?)
}

/// Whether some operation of that pattern has that method.
fn is_asked_by(operation: &Glob, method: &Method) -> bool {
    Operation::NAMES.iter().any(|name| {
        let own = match name.rsplit_once('.').map_or(*name, |(_, verb)| verb) {
            "get" | "list" | "status" | "alive" | "ping" | "catalog" | "extensions" => "GET",
            "head" => "HEAD",
            "start" | "mount" => "POST",
            "patch" => "PATCH",
            "delete" | "cancel" => "DELETE",
            "options" => "OPTIONS",
            // A blob by one POST is blob.put, too; and what is unknown comes by any method.
            "put" if *name == "blob.put" => "POST",
            "put" => "PUT",
            _ => method.as_str(),
        };
        operation.is_match(name)
            && (own == method.as_str() || own == "GET" && method == Method::HEAD)
    })
}

fn role(value: &Value) -> Result<Role, Invalid> {
    let name = text(value)?;
    Role::named(name).ok_or_else(|| unknown("role", name, &Role::NAMES).into())
}

impl When {
    fn read(value: &Value) -> Result<Self, Invalid> {
        let known = ["nth", "first", "every", "after", "windowMs", "probability"];
        let when = Object::of(value, &known)?;
        let (first, after) = (when.read("first", positive)?, when.read("after", count)?);
        if let (Some(first), Some(after)) = (first, after)
            && first <= after
        {
            let never = format!(
                "no request is among the first {first} and after {after}, so it would never happen"
            );
            return Err(never.into());
        }
        Ok(Self {
            nth: when.read("nth", positive)?,
            first,
            every: when.read("every", positive)?,
            after,
            window: when.read("windowMs", |value| pair(value, duration))?,
            probability: when.read("probability", |value| {
                let within = value.as_f64().filter(|number| (0.0..=1.0).contains(number));
                within.ok_or_else(|| expected("a number from 0 to 1", value))
            })?,
        })
    }
}

impl Verb {
    fn read(value: &Value) -> Result<Self, Invalid> {
        let verb = match map(value)?.get("verb") {
            Some(name) => text(name).map_err(|fault| fault.within("verb"))?,
            None => return Err(Invalid::new("", "\"verb\" is missing")),
        };
        let known: &[&str] = match verb {
            "status" => &["verb", "status", "code", "message", "headers"],
            "redirect" => &["verb", "status", "host", "authorization"],
            "delay" => &["verb", "time", "at"],
            "reset" | "truncate" | "stall" | "corrupt" => &["verb", "at"],
            "throttle" => &["verb", "bytesPerSecond"],
            "header" => &["verb", "set", "drop"],
            "hang" => &["verb"],
            other => return Err(Invalid::new("verb", &unknown("verb", other, &Self::NAMES))),
        };
        let members = Object::of(value, known)?;
        let at = || members.need("at", count);
        Ok(match verb {
            "status" => Self::Status {
                status: members.need("status", |value| status(value, &(200..=599)))?,
                code: members.read("code", owned)?,
                message: members.read("message", owned)?,
                headers: members.read("headers", headers)?.unwrap_or_default(),
            },
            "redirect" => Self::Redirect {
                status: members
                    .read("status", |value| status(value, &(301..=308)))?
                    .unwrap_or(StatusCode::TEMPORARY_REDIRECT),
                host: members.read("host", host)?,
                refuses_authorization: members
                    .read("authorization", authorization)?
                    .unwrap_or(true),
            },
            "delay" => Self::Delay {
                time: members.need("time", duration)?,
                place: members.read("at", place)?.unwrap_or_default(),
            },
            "reset" => Self::Reset {
                at: members.read("at", count)?,
            },
            "truncate" => Self::Truncate { at: at()? },
            "stall" => Self::Stall { at: at()? },
            "corrupt" => Self::Corrupt { at: at()? },
            "throttle" => Self::Throttle {
                rate: members.need("bytesPerSecond", positive)?,
            },
            "header" => Self::Header {
                set: members.read("set", headers)?.unwrap_or_default(),
                drop: members
                    .read("drop", |names| list(names, header))?
                    .unwrap_or_default(),
            },
            _ => Self::Hang,
        })
    }
}

fn owned(value: &Value) -> Result<String, Invalid> {
    text(value).map(str::to_owned)
}

/// A count that is not zero.
fn positive(value: &Value) -> Result<u64, Invalid> {
    match count(value)? {
        0 => Err(expected("a number from 1 upwards", value)),
        count => Ok(count),
    }
}

/// Milliseconds, or text as Go writes durations.
fn duration(value: &Value) -> Result<Duration, Invalid> {
    if let Some(text) = value.as_str() {
        return Ok(parse_duration(text)?);
    }
    let millis = value.as_u64().map(Duration::from_millis);
    millis.ok_or_else(|| expected("milliseconds, or a duration like \"1.5s\"", value))
}

/// Two of something, the first smaller than the second.
fn pair<T: PartialOrd>(
    value: &Value,
    read: impl Fn(&Value) -> Result<T, Invalid>,
) -> Result<Range<T>, Invalid> {
    let [first, second] = value.as_array().map_or(&[][..], Vec::as_slice) else {
        return Err(expected("two numbers: [from, until]", value));
    };
    let (from, until) = (read(first)?, read(second)?);
    if from < until {
        Ok(from..until)
    } else {
        let never = "it ends before it begins, so nothing would ever match";
        Err(Invalid::new("", never))
    }
}

fn status(value: &Value, within: &RangeInclusive<u16>) -> Result<StatusCode, Invalid> {
    let number = u16::try_from(count(value)?).ok();
    let number = number.filter(|number| within.contains(number));
    let status = number.and_then(|number| StatusCode::from_u16(number).ok());
    status.ok_or_else(|| expected(&format!("{} to {}", within.start(), within.end()), value))
}

fn host(value: &Value) -> Result<String, Invalid> {
    let name = text(value)?;
    match name.parse::<Authority>() {
        Ok(host) => Ok(host.to_string()),
        Err(_) => Err(format!("{name:?} is not a host; write it like localhost:5000").into()),
    }
}

fn authorization(value: &Value) -> Result<bool, Invalid> {
    match text(value)? {
        "refuse" => Ok(true),
        "ignore" => Ok(false),
        other => Err(unknown("policy", other, &["refuse", "ignore"]).into()),
    }
}

fn place(value: &Value) -> Result<Place, Invalid> {
    match text(value)? {
        "head" => Ok(Place::Head),
        "chunks" => Ok(Place::Chunks),
        "end" => Ok(Place::End),
        other => Err(unknown("place", other, &["head", "chunks", "end"]).into()),
    }
}

fn headers(value: &Value) -> Result<Vec<(HeaderName, HeaderValue)>, Invalid> {
    let mut headers = Vec::new();
    for (name, value) in map(value)? {
        let fault = |fault: Invalid| fault.within(&format!("[{name:?}]"));
        let text = text(value).map_err(fault)?;
        let value = HeaderValue::from_str(text)
            .map_err(|_| fault(Invalid::new("", "no header can have that value")))?;
        let name =
            (name.parse()).map_err(|_| fault(Invalid::new("", "no header can have that name")))?;
        headers.push((name, value));
    }
    Ok(headers)
}

fn header(value: &Value) -> Result<HeaderName, Invalid> {
    let name = text(value)?;
    (name.parse()).map_err(|_| format!("no header can be named {name:?}").into())
}
