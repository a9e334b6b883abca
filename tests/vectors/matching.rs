//! How one header, or one JSON value, is held against what is wanted.

use serde_json::{Map, Value};

/// What is wrong with a header: `wanted` is a text, `null` for absent, or an object of conditions.
pub(crate) fn header(name: &str, wanted: &Value, got: Option<&str>) -> Option<String> {
    match (wanted, got) {
        (Value::Null, None) => None,
        (Value::Null, Some(got)) => Some(format!("header {name} present: {got:?}")),
        (Value::String(wanted), got) if got == Some(wanted) => None,
        (Value::String(wanted), got) => {
            Some(format!("header {name} is {got:?}, wanted {wanted:?}"))
        }
        (Value::Object(conditions), None) => {
            let optional = conditions.get("optional") == Some(&Value::Bool(true));
            (!optional).then(|| format!("header {name} missing"))
        }
        (Value::Object(conditions), Some(got)) => conditions
            .iter()
            .find(|(condition, wanted)| !holds(condition, wanted, got))
            .map(|(condition, wanted)| {
                format!("header {name} is {got:?}, wanted {condition} {wanted}")
            }),
        _ => panic!("no condition for a header: {wanted}"),
    }
}

fn holds(condition: &str, wanted: &Value, got: &str) -> bool {
    let text = |value: &Value| {
        value
            .as_str()
            .expect("conditions are written as text")
            .to_owned()
    };
    let texts = || {
        wanted.as_array().map_or_else(
            || vec![text(wanted)],
            |list| list.iter().map(text).collect(),
        )
    };
    match condition {
        "present" | "optional" => true,
        "in" => texts().iter().any(|one| one == got),
        "regex" => is_match(&text(wanted), got),
        "path" => {
            let path = path_of(got).replace("%3A", ":").replace("%3a", ":");
            texts().contains(&path)
        }
        _ => panic!("an unknown condition: {condition}"),
    }
}

/// The path of a URL, absolute or relative.
fn path_of(url: &str) -> &str {
    let path = url
        .split_once("://")
        .map_or(url, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    path.split(['?', '#']).next().unwrap_or_default()
}

/// The few regular expressions of the vectors, by hand.
fn is_match(pattern: &str, text: &str) -> bool {
    let is_next = |after: &str| {
        let after = after.trim_start().strip_prefix(';');
        after.is_some_and(|rel| {
            let rel = rel.trim_start();
            rel.starts_with("rel=next") || rel.starts_with("rel=\"next")
        })
    };
    let link = || text.strip_prefix('<')?.split_once('>');
    match pattern {
        "^application/json(;|$)" => text
            .strip_prefix("application/json")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(';')),
        "^(bytes=)?0-5$" => text.strip_prefix("bytes=").unwrap_or(text) == "0-5",
        "^(bytes=)?0-(0|-1)$" => {
            ["0-0", "0--1"].contains(&text.strip_prefix("bytes=").unwrap_or(text))
        }
        "^[0-9]+$" => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        r#"^<[^>]+>\s*;\s*rel="?next"?"# => {
            link().is_some_and(|(url, after)| !url.is_empty() && is_next(after))
        }
        r#"^<[^>]*/v2/foo/tags/list\?[^>]*>\s*;\s*rel="?next"?"# => {
            link().is_some_and(|(url, after)| url.contains("/v2/foo/tags/list?") && is_next(after))
        }
        r#"rel="?next"?"# => text.contains("rel=next") || text.contains("rel=\"next"),
        "one.*two|two.*one" => text.contains("one") && text.contains("two"),
        _ => panic!("write this one out: {pattern}"),
    }
}

/// Whether `got` has all that is wanted: members of objects, and lists of the same length in any order.
pub(crate) fn is_subset(wanted: &Value, got: &Value) -> bool {
    match (wanted, got) {
        (Value::Object(wanted), Value::Object(got)) => wanted.iter().all(|(key, value)| {
            if is_absent(value) {
                !got.contains_key(key)
            } else {
                got.get(key).is_some_and(|got| is_subset(value, got))
            }
        }),
        (Value::Array(wanted), Value::Array(got)) => {
            let mut rest: Vec<&Value> = got.iter().collect();
            wanted.len() == got.len()
                && wanted.iter().all(|wanted| {
                    let found = rest.iter().position(|got| is_subset(wanted, got));
                    found.map(|place| rest.remove(place)).is_some()
                })
        }
        (wanted, got) => wanted == got,
    }
}

fn is_absent(value: &Value) -> bool {
    let marked = |object: &Map<String, Value>| object.get("$absent") == Some(&Value::Bool(true));
    value.as_object().is_some_and(marked)
}
