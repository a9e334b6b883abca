//! How an answer is held against what is wanted.

use serde_json::Value;

use crate::{
    carriers::Answer,
    case::{Expect, from_base64, join},
    matching::{header, is_subset},
};

/// How strictly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strictness {
    /// An error body with the code is required, not only allowed.
    pub(crate) prefer: bool,
    /// A wanted body is what one implementation writes: JSON is compared as JSON, errors by their code, and an empty
    /// one is not required.
    pub(crate) loose_bodies: bool,
}

/// The error codes of the spec (distribution-spec, "Error Codes").
const CODES: [&str; 14] = [
    "BLOB_UNKNOWN",
    "BLOB_UPLOAD_INVALID",
    "BLOB_UPLOAD_UNKNOWN",
    "DIGEST_INVALID",
    "MANIFEST_BLOB_UNKNOWN",
    "MANIFEST_INVALID",
    "MANIFEST_UNKNOWN",
    "NAME_INVALID",
    "NAME_UNKNOWN",
    "SIZE_INVALID",
    "UNAUTHORIZED",
    "DENIED",
    "UNSUPPORTED",
    "TOOMANYREQUESTS",
];

/// What is wrong with an answer; nothing when it is as wanted.
pub(crate) fn check(
    wanted: &Expect,
    answer: &Answer,
    method: &str,
    strictness: Strictness,
) -> Vec<String> {
    if answer.status == 0 {
        return vec![answer.text()];
    }
    let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let mut faults = Vec::new();
    check_head(wanted, answer, &mut faults);
    if method == "HEAD" {
        if !answer.body.is_empty() {
            faults.push("HEAD answered with a body".to_owned());
        }
    } else {
        check_body(wanted, answer, json.as_ref(), strictness, &mut faults);
        if answer.status >= 400 {
            check_error(wanted, json.as_ref(), strictness, &mut faults);
        }
    }
    if let Some(alternatives) = &wanted.any_of {
        let tries: Vec<_> = alternatives
            .iter()
            .map(|wanted| check(wanted, answer, method, strictness))
            .collect();
        if tries.iter().all(|faults| !faults.is_empty()) {
            faults.push(format!("none of the alternatives: {tries:?}"));
        }
    }
    faults
}

fn check_head(wanted: &Expect, answer: &Answer, faults: &mut Vec<String>) {
    let status = answer.status;
    if let Some(wanted) = wanted.status.filter(|wanted| *wanted != status) {
        faults.push(format!("status {status}, wanted {wanted}"));
    }
    if let Some(wanted) = &wanted.status_in
        && !wanted.contains(&status)
    {
        faults.push(format!("status {status}, wanted one of {wanted:?}"));
    }
    for (name, wanted) in &wanted.headers {
        faults.extend(header(name, wanted, answer.header(name).as_deref()));
    }
}

fn check_body(
    wanted: &Expect,
    answer: &Answer,
    json: Option<&Value>,
    strictness: Strictness,
    faults: &mut Vec<String>,
) {
    let mut differs = |what: String| faults.push(format!("the body is not {what}"));
    if let Some(body) = &wanted.body
        && !is_body(body, answer, json, strictness)
    {
        differs(format!("{body:?}"));
    }
    if let Some(parts) = &wanted.body_parts {
        let wanted = join(parts);
        if answer.body != wanted {
            differs(format!("the {} bytes wanted", wanted.len()));
        }
    }
    if let Some(text) = &wanted.body_base64
        && answer.body != from_base64(text)
    {
        differs(format!("base64 {text}"));
    }
    if wanted.body_empty && !answer.body.is_empty() {
        differs("empty".to_owned());
    }
    if let Some(wanted) = &wanted.json
        && json != Some(wanted)
    {
        differs(wanted.to_string());
    }
    if let Some(wanted) = &wanted.json_subset
        && !json.is_some_and(|json| is_subset(wanted, json))
    {
        differs(format!("JSON with {wanted}"));
    }
}

fn is_body(wanted: &str, answer: &Answer, json: Option<&Value>, strictness: Strictness) -> bool {
    if answer.body == wanted.as_bytes() {
        return true;
    }
    if !strictness.loose_bodies {
        return false;
    }
    let wanted_json: Option<Value> = serde_json::from_str(wanted).ok();
    match wanted_json.as_ref().filter(|wanted| !wanted.is_string()) {
        Some(wanted) if wanted.get("errors").is_some() => codes(Some(wanted))
            .iter()
            .any(|code| codes(json).contains(code)),
        Some(wanted @ (Value::Object(_) | Value::Array(_))) => json == Some(wanted),
        _ => wanted.is_empty() && (answer.status < 300 || answer.status >= 400),
    }
}

fn check_error(
    wanted: &Expect,
    json: Option<&Value>,
    strictness: Strictness,
    faults: &mut Vec<String>,
) {
    let got = codes(json);
    let mut want = |codes: &[&str]| {
        if !got.iter().any(|code| codes.contains(code)) {
            faults.push(format!("error code {got:?}, wanted one of {codes:?}"));
        }
    };
    // The spec leaves the body of an error free: only JSON is held to its form.
    if let Some(code) = wanted.code.as_deref()
        && (json.is_some() || strictness.prefer)
    {
        want(&[code]);
    }
    if let Some(codes) = &wanted.code_in
        && json.is_some()
    {
        want(&codes.iter().map(String::as_str).collect::<Vec<_>>());
    }
    if wanted.error_format {
        let is_text = |entry: &Value| entry.get("message").is_none_or(Value::is_string);
        let entries = json
            .and_then(|json| json.get("errors")?.as_array())
            .filter(|entries| entries.len() == got.len() && entries.iter().all(is_text));
        if entries.is_none_or(Vec::is_empty) || !got.iter().all(|code| CODES.contains(code)) {
            faults.push("the body is not the spec's list of errors".to_owned());
        }
    }
}

/// The codes of an error body.
fn codes(json: Option<&Value>) -> Vec<&str> {
    let errors = json.and_then(|json| json.get("errors")?.as_array());
    let codes = errors.into_iter().flatten();
    codes
        .filter_map(|entry| entry.get("code")?.as_str())
        .collect()
}
