//! What control replies, to JavaScript.

use js_sys::Array;
use serde_json::json;
use wasm_bindgen::JsValue;

use super::answer;
use crate::{
    content::Body,
    control::{Reply, Task},
};

/// An answer as others are, with the clock's number as its last element where there is one; a task as JSON.
pub(super) fn reply(reply: Reply) -> JsValue {
    let task = match reply {
        Reply::Answer(answer, clock) => {
            let answer = Array::from(&answer::array(&answer.map(Body::from)));
            if let Some(clock) = clock {
                answer.set(3, Array::new().into());
                answer.set(4, clock.into());
            }
            return answer.into();
        }
        Reply::Task(task) => task,
    };
    let task = match task {
        Task::Describe => json!({ "do": "describe" }),
        Task::Reset => json!({ "do": "reset" }),
        Task::Clock => json!({ "do": "clock" }),
        Task::Advance(by) => json!({ "do": "advance", "ms": by.as_secs_f64() * 1000.0 }),
        Task::RunAll => json!({ "do": "runAll" }),
        Task::Registries => json!({ "do": "registries" }),
        Task::Registry(id) => json!({ "do": "registry", "id": id }),
        Task::Open => json!({ "do": "open" }),
        Task::Close(id) => json!({ "do": "close", "id": id }),
        Task::Follow { events, .. } => json!({ "do": "follow", "events": events }),
    };
    task.to_string().into()
}
