//! A call as JSON, the same everywhere.

use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::{Call, End};
use crate::{spec::base64, wire::Sample};

/// A call as the JavaScript API and the control API show it.
#[must_use]
pub fn call_json(call: &Call) -> Value {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            members.insert(name.to_owned(), value);
        }
    };
    put("seq", call.sequence.into());
    put("at", call.at.rfc3339().into());
    put("operation", call.operation.into());
    put("method", call.method.as_str().into());
    put("path", call.target.as_str().into());
    put("url", call.url().into());
    put(
        "repository",
        json!(call.repository.as_ref().map(|name| name.as_str())),
    );
    put("reference", json!(call.reference));
    put("client", json!(call.client()));
    put("headers", headers(&call.headers));
    put("bodyBytes", call.body_bytes.into());
    put("body", body(call.body.as_ref()));
    put("status", call.status.into());
    put("error", json!(call.error));
    put("answerHeaders", headers(&call.answer_headers));
    put("answerBytes", call.bytes.into());
    put("answerBody", body(call.answer_body.as_ref()));
    if call.end != End::Whole {
        put("ended", call.end.as_str().into());
    }
    put("faults", json!(call.faults));
    put("ms", call.millis.into());
    Value::Object(members)
}

/// Pairs of name and value; each byte of a value is one character, as fetch has it.
fn headers(headers: &HeaderMap) -> Value {
    let pairs = headers.iter();
    let pairs = pairs.map(|(name, value)| json!([name.as_str(), latin(value.as_bytes())]));
    pairs.collect()
}

/// Bytes as text, one character each.
pub(super) fn latin(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

fn body(sample: Option<&Sample>) -> Value {
    sample.map_or(Value::Null, |sample| base64::encode(sample.bytes()).into())
}
