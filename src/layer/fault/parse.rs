//! Rules from JSON.

use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;

use super::{
    Match, Place, Rule, RuleError, Verb, When,
    members::{Members, count, duration, expected, pair, text, unknown},
};
use crate::{
    spec::{Glob, from_text},
    wire::{Operation, Role},
};

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// Where it is wrong, and what was expected there; for an unknown name the nearest that there is.
    pub fn parse(json: &str) -> Result<Self, RuleError> {
        Self::from_json(value(json)?)
    }

    /// Reads a list of rules, or a single one. None is taken when one is wrong.
    ///
    /// # Errors
    /// As [`Rule::parse`], with the rule's place in the list.
    pub fn parse_all(json: &str) -> Result<Vec<Self>, RuleError> {
        let Value::Array(rules) = value(json)? else {
            return Ok(vec![Self::parse(json)?]);
        };
        let rules = rules.into_iter().enumerate();
        rules
            .map(|(at, rule)| {
                Self::from_json(rule).map_err(|fault| fault.within(&format!("[{at}]")))
            })
            .collect()
    }

    fn from_json(value: Value) -> Result<Self, RuleError> {
        let mut members = Members::new(value, &["match", "when", "do"])?;
        let on = members.take("match").map(Match::from_json).transpose();
        let when = members.take("when").map(When::from_json).transpose();
        let verbs = match members.take("do") {
            Some(Value::Array(verbs)) if !verbs.is_empty() => verbs,
            Some(other) => return Err(expected("do", "a list of at least one verb", &other)),
            None => return Err(RuleError::new("do", "expected a list of at least one verb")),
        };
        let verbs = verbs.into_iter().enumerate().map(|(at, verb)| {
            Verb::from_json(verb).map_err(|fault| fault.within(&format!("do[{at}]")))
        });
        Ok(Self {
            on: on
                .map_err(|fault| fault.within("match"))?
                .unwrap_or_default(),
            when: when
                .map_err(|fault| fault.within("when"))?
                .unwrap_or_default(),
            verbs: verbs.collect::<Result<_, _>>()?,
        })
    }
}

fn value(json: &str) -> Result<Value, RuleError> {
    from_text(json).map_err(|fault| RuleError::new("", format!("it is not JSON: {fault}")))
}

impl Match {
    fn from_json(value: Value) -> Result<Self, RuleError> {
        let mut members = Members::new(
            value,
            &[
                "operation",
                "method",
                "repository",
                "reference",
                "role",
                "mediaType",
                "client",
                "session",
                "range",
            ],
        )?;
        let operations = match members.take("operation") {
            None => Vec::new(),
            Some(Value::Array(list)) => {
                list.into_iter().map(operation).collect::<Result<_, _>>()?
            }
            Some(one) => vec![operation(one)?],
        };
        let mut glob = |name| members.text(name).map(|text| text.map(Glob::new));
        let [repository, reference, media_type, client] = [
            glob("repository")?,
            glob("reference")?,
            glob("mediaType")?,
            glob("client")?,
        ];
        let range = members.take("range");
        let method = members.parse("method", method)?;
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
            return Err(RuleError::new("method", never));
        }
        Ok(Self {
            operations,
            method,
            repository,
            reference,
            role: members.parse("role", role)?,
            media_type,
            client,
            session: members.text("session")?,
            range: range
                .map(|value| pair("range", &value, count))
                .transpose()?,
        })
    }
}

fn operation(value: Value) -> Result<Glob, RuleError> {
    let name = text("operation", value)?;
    let glob = Glob::new(name.clone());
    if Operation::NAMES.iter().any(|known| glob.is_match(known)) {
        return Ok(glob);
    }
    Err(RuleError::new(
        "operation",
        unknown("operation", &name, &Operation::NAMES),
    ))
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

fn method(text: &str) -> Result<Method, String> {
    Method::from_bytes(text.to_ascii_uppercase().as_bytes())
        .map_err(|_| format!("{text:?} is not a method"))
}

fn role(text: &str) -> Result<Role, String> {
    Role::named(text).ok_or_else(|| unknown("role", text, &Role::NAMES))
}

impl When {
    fn from_json(value: Value) -> Result<Self, RuleError> {
        let mut members = Members::new(
            value,
            &["nth", "first", "every", "after", "windowMs", "probability"],
        )?;
        let window = members.take("windowMs");
        let (first, after) = (members.positive("first")?, members.count("after")?);
        if let (Some(first), Some(after)) = (first, after)
            && first <= after
        {
            let never = format!(
                "no request is among the first {first} and after {after}, so it would never happen"
            );
            return Err(RuleError::new("", never));
        }
        let probability = members.take("probability");
        let probability = probability.map(|value| {
            let within = value.as_f64().filter(|number| (0.0..=1.0).contains(number));
            within.ok_or_else(|| expected("probability", "a number from 0 to 1", &value))
        });
        Ok(Self {
            nth: members.positive("nth")?,
            first,
            every: members.positive("every")?,
            after,
            window: window
                .map(|value| pair("windowMs", &value, duration))
                .transpose()?,
            probability: probability.transpose()?,
        })
    }
}

impl Verb {
    fn from_json(value: Value) -> Result<Self, RuleError> {
        let name = match value.get("verb") {
            Some(Value::String(name)) => name.clone(),
            Some(other) => return Err(expected("verb", "text", other)),
            None => return Err(RuleError::new("", "expected a member \"verb\"")),
        };
        let known: &[&str] = match name.as_str() {
            "status" => &["verb", "status", "code", "message", "headers"],
            "redirect" => &["verb", "status", "host", "authorization"],
            "delay" => &["verb", "time", "at"],
            "reset" | "truncate" | "stall" | "corrupt" => &["verb", "at"],
            "throttle" => &["verb", "bytesPerSecond"],
            "header" => &["verb", "set", "drop"],
            "hang" => &["verb"],
            other => return Err(RuleError::new("verb", unknown("verb", other, &Self::NAMES))),
        };
        let mut members = Members::new(value, known)?;
        Ok(match name.as_str() {
            "status" => Self::Status {
                status: needed("status", status(&mut members, 200..=599)?)?,
                code: members.text("code")?,
                message: members.text("message")?,
                headers: headers("headers", members.take("headers"))?,
            },
            "redirect" => Self::Redirect {
                status: status(&mut members, 301..=308)?.unwrap_or(StatusCode::TEMPORARY_REDIRECT),
                host: members.parse("host", host)?,
                refuses_authorization: members
                    .parse("authorization", authorization)?
                    .unwrap_or(true),
            },
            "delay" => {
                let time = members.take("time");
                let time = time.map(|time| duration("time", &time)).transpose()?;
                Self::Delay {
                    time: needed("time", time)?,
                    place: members.parse("at", place)?.unwrap_or_default(),
                }
            }
            "reset" => Self::Reset {
                at: members.count("at")?,
            },
            "truncate" => Self::Truncate {
                at: needed("at", members.count("at")?)?,
            },
            "stall" => Self::Stall {
                at: needed("at", members.count("at")?)?,
            },
            "corrupt" => Self::Corrupt {
                at: needed("at", members.count("at")?)?,
            },
            "throttle" => Self::Throttle {
                rate: needed("bytesPerSecond", members.positive("bytesPerSecond")?)?,
            },
            "header" => Self::Header {
                set: headers("set", members.take("set"))?,
                drop: dropped(members.take("drop"))?,
            },
            _ => Self::Hang,
        })
    }
}

fn needed<T>(name: &str, value: Option<T>) -> Result<T, RuleError> {
    value.ok_or_else(|| RuleError::new(name, "expected, and not there"))
}

fn status(
    members: &mut Members,
    within: std::ops::RangeInclusive<u16>,
) -> Result<Option<StatusCode>, RuleError> {
    let Some(number) = members.count("status")? else {
        return Ok(None);
    };
    let status = u16::try_from(number)
        .ok()
        .filter(|number| within.contains(number));
    let status = status.and_then(|number| StatusCode::from_u16(number).ok());
    status.map(Some).ok_or_else(|| {
        let (first, last) = (within.start(), within.end());
        RuleError::new(
            "status",
            format!("expected {first} to {last}, got {number}"),
        )
    })
}

fn host(text: &str) -> Result<String, String> {
    text.parse::<http::uri::Authority>()
        .map(|host| host.to_string())
        .map_err(|_| format!("{text:?} is not a host; write it like localhost:5000"))
}

fn authorization(text: &str) -> Result<bool, String> {
    match text {
        "refuse" => Ok(true),
        "ignore" => Ok(false),
        _ => Err(unknown("policy", text, &["refuse", "ignore"])),
    }
}

fn place(text: &str) -> Result<Place, String> {
    match text {
        "head" => Ok(Place::Head),
        "chunks" => Ok(Place::Chunks),
        "end" => Ok(Place::End),
        _ => Err(unknown("place", text, &["head", "chunks", "end"])),
    }
}

fn headers(place: &str, value: Option<Value>) -> Result<Vec<(HeaderName, HeaderValue)>, RuleError> {
    let members = match value {
        None => return Ok(Vec::new()),
        Some(Value::Object(members)) => members,
        Some(other) => return Err(expected(place, "an object of names and values", &other)),
    };
    let header = |(name, value): (String, Value)| {
        let fault = |fault| RuleError::new(format!("{place}.{name}"), fault);
        let value = value.as_str().ok_or_else(|| fault("expected text"))?;
        let value =
            HeaderValue::from_str(value).map_err(|_| fault("no header can have that value"))?;
        let name = name
            .parse()
            .map_err(|_| fault("no header can have that name"))?;
        Ok((name, value))
    };
    members.into_iter().map(header).collect()
}

fn dropped(value: Option<Value>) -> Result<Vec<HeaderName>, RuleError> {
    let names = match value {
        None => return Ok(Vec::new()),
        Some(Value::Array(names)) => names,
        Some(other) => return Err(expected("drop", "a list of names", &other)),
    };
    let name = |name: Value| {
        let name = text("drop", name)?;
        let fault = || RuleError::new("drop", format!("no header can be named {name:?}"));
        name.parse().map_err(|_| fault())
    };
    names.into_iter().map(name).collect()
}
