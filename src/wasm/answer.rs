//! Answers, to JavaScript.

use http::{HeaderMap, Response};
use js_sys::Array;
use wasm_bindgen::JsValue;

use super::host;
use crate::content::{Body, Step};

/// An answer as `[status, headers, steps, steps before the head]`; headers are name, value, name, … in lines.
///
/// A step is bytes to send, a number of milliseconds to wait, `"reset"` or `"hang"`.
pub(super) fn array(answer: &Response<Body>) -> JsValue {
    let array = Array::of3(
        &u32::from(answer.status().as_u16()).into(),
        &headers(answer.headers()),
        &steps(&answer.body().steps),
    );
    if !answer.body().before.is_empty() {
        array.push(&steps(&answer.body().before));
    }
    array.into()
}

fn headers(headers: &HeaderMap) -> JsValue {
    let mut lines = String::new();
    for (name, value) in headers {
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(name.as_str());
        lines.push('\n');
        match value.to_str() {
            Ok(text) => lines.push_str(text),
            Err(_) => lines.push_str(&latin(value.as_bytes())),
        }
    }
    JsValue::from_str(&lines)
}

/// Bytes as text, one character each.
pub(super) fn latin(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

fn steps(steps: &[Step]) -> Array {
    let array = Array::new();
    for step in steps {
        array.push(&match step {
            Step::Send(chunk) => host::array(chunk).into(),
            Step::Wait(time) => JsValue::from_f64(time.as_secs_f64() * 1000.0),
            Step::Reset => JsValue::from_str("reset"),
            Step::Hang => JsValue::from_str("hang"),
        });
    }
    array
}
