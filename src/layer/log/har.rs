//! Calls as an HTTP archive.

use http::{
    HeaderMap, HeaderName, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION, PROXY_AUTHORIZATION, SET_COOKIE},
};
use serde_json::{Value, json};

use super::{Call, End, json::latin};
use crate::{
    spec::base64,
    wire::{Sample, decode},
};

/// Headers whose values are left out of what is handed around.
const SECRET: [HeaderName; 4] = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE, SET_COOKIE];

/// Calls as an HTTP archive, HAR 1.2, which the developer tools of browsers open.
///
/// What is known besides has names that start with `_`: `_operation`, `_repository`, `_reference`, `_code`, `_faults`,
/// `_transferSize`, and `_error` of an answer that did not end well. Credentials are left out.
#[must_use]
pub fn har<'a>(calls: impl IntoIterator<Item = &'a Call>) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    json!({ "log": {
        "version": "1.2",
        "creator": { "name": "registrette", "version": version },
        "pages": [],
        "entries": calls.into_iter().map(entry).collect::<Value>(),
    } })
}

fn entry(call: &Call) -> Value {
    let mut entry = json!({
        "startedDateTime": call.at.rfc3339(),
        "time": call.millis,
        "request": request(call),
        "response": response(call),
        "cache": {},
        "timings": { "send": 0, "wait": call.millis, "receive": 0 },
        "comment": call.to_string(),
        "_operation": call.operation,
        "_faults": call.faults,
    });
    let more = [
        (
            "_repository",
            json!(call.repository.as_ref().map(|name| name.as_str())),
        ),
        ("_reference", json!(call.reference)),
        ("_code", json!(call.error)),
    ];
    for (name, value) in more.into_iter().filter(|(_, value)| !value.is_null()) {
        put(&mut entry, name, value);
    }
    entry
}

fn request(call: &Call) -> Value {
    let query = call.target.split_once('?').map_or("", |(_, query)| query);
    let pairs = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let read = |text| decode(text).unwrap_or_else(|_| String::from(text).into());
            json!({ "name": read(name), "value": read(value) })
        });
    let mut request = json!({
        "method": call.method.as_str(),
        "url": call.url(),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&call.headers),
        "queryString": pairs.collect::<Value>(),
        "headersSize": -1,
        "bodySize": call.body_bytes,
    });
    if call.body_bytes > 0 {
        let mut data = content("text", "_encoding", call.body.as_ref());
        put(&mut data, "mimeType", media_type(&call.headers));
        put(&mut data, "params", json!([]));
        put(&mut request, "postData", data);
    }
    request
}

fn response(call: &Call) -> Value {
    let status = StatusCode::from_u16(call.status).ok();
    let location = call.answer_headers.get(LOCATION);
    let mut content = content("text", "encoding", call.answer_body.as_ref());
    put(&mut content, "size", call.bytes.into());
    put(&mut content, "mimeType", media_type(&call.answer_headers));
    let mut response = json!({
        "status": call.status,
        "statusText": status.and_then(|status| status.canonical_reason()).unwrap_or_default(),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&call.answer_headers),
        "content": content,
        "redirectURL": location.map(|location| latin(location.as_bytes())).unwrap_or_default(),
        "headersSize": -1,
        "bodySize": call.bytes,
        // Without it, tools add up the two above, with the -1 that says that one is not known.
        "_transferSize": call.bytes,
    });
    if call.end != End::Whole {
        put(&mut response, "_error", call.end.as_str().into());
    }
    response
}

fn headers(headers: &HeaderMap) -> Value {
    let pairs = headers.iter().map(|(name, value)| {
        let value = if SECRET.contains(name) {
            "(left out)".to_owned()
        } else {
            latin(value.as_bytes())
        };
        json!({ "name": name.as_str(), "value": value })
    });
    pairs.collect()
}

/// The bytes of a body that are kept: as text where they are, else in base64.
fn content(text: &str, encoding: &str, sample: Option<&Sample>) -> Value {
    let mut content = json!({});
    let Some(sample) = sample else {
        put(&mut content, text, "".into());
        return content;
    };
    match std::str::from_utf8(sample.bytes()) {
        Ok(written) => put(&mut content, text, written.into()),
        Err(_) => {
            put(&mut content, text, base64::encode(sample.bytes()).into());
            put(&mut content, encoding, "base64".into());
        }
    }
    if !sample.is_whole() {
        put(
            &mut content,
            "comment",
            "only its first bytes were kept".into(),
        );
    }
    content
}

fn media_type(headers: &HeaderMap) -> Value {
    let value = headers.get(CONTENT_TYPE);
    value
        .map_or_else(String::new, |value| latin(value.as_bytes()))
        .into()
}

fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
