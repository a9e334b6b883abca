//! Control: any method, path, query and body. What is refused changes nothing and says why.

use http::{HeaderMap, HeaderValue, Method};
use registrette::{
    Config, Registry,
    control::{Ask, Control, Reply},
    layer::{CallFilter, har, script},
    spec::Timestamp,
};
use serde_json::Value;

use super::input::Input;

const PATHS: [&str; 20] = [
    "health",
    "stats",
    "metrics",
    "openapi.json",
    "reset",
    "snapshot",
    "snapshot/1",
    "restore",
    "registries",
    "registries/1",
    "faults",
    "faults/1",
    "clock",
    "calls",
    "calls.har",
    "calls.sh",
    "calls/check",
    "profile",
    "",
    "calls/",
];

const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::HEAD,
];

pub(crate) fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let mut registry = Registry::new(Config {
        call_bodies: 8,
        ..Config::new(1)
    });
    let now = Timestamp::from_millis(1000);
    let mut control = Control::new(&registry, now, 0.0, None);
    while !input.is_empty() {
        let target = format!("/v2/{}", input.text(20));
        if let Ok(request) = http::Request::get(target).body(bytes::Bytes::new()) {
            registry.handle(now, request);
        }
        one(&mut input, &mut control, &mut registry, now);
    }
    // Whatever was called can be written down.
    assert!(har(registry.calls())["log"]["entries"].is_array());
    assert!(script(registry.calls()).ends_with("exit $failed\n"));
}

fn one(input: &mut Input<'_>, control: &mut Control, registry: &mut Registry, now: Timestamp) {
    let (method, path) = (input.pick(&METHODS), input.pick(&PATHS));
    let query = input.text(30);
    let target = format!("/_control/{path}?{query}");
    let mut headers = HeaderMap::new();
    headers.insert("registrette-control", HeaderValue::from_static("1"));
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let before = (registry.snapshot(), registry.faults().count());
    let ask = Ask {
        now,
        clock: 0.0,
        method: &method,
        target: &target,
        headers: &headers,
        body: input.bytes(300),
    };
    match control.handle(registry, &ask) {
        Reply::Task(_) => {}
        Reply::Answer(answer, clock) => {
            let status = answer.status().as_u16();
            assert!([200, 201, 204, 400, 404, 405].contains(&status), "{status}");
            if status >= 400 {
                assert!(
                    registry.diff(&before.0).is_empty(),
                    "{target} changed something"
                );
                assert_eq!(registry.faults().count(), before.1);
                assert_eq!(clock, None);
                if method != Method::HEAD {
                    let body: Value = serde_json::from_slice(answer.body()).unwrap();
                    assert!(body["error"].is_string());
                }
            } else if target.starts_with("/_control/calls?") && method == Method::GET {
                assert!(CallFilter::parse(&query).is_ok());
            }
        }
    }
}
