//! Registries of their own for workers that must not meet.

use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use crate::{
    client::PATIENCE,
    desk::{ask_at, desk},
};

const MARK: &str = "Registrette-Control: 1";
const OPAQUE: &str = "Content-Type: application/x-opaque";

fn address(entry: &Value) -> SocketAddr {
    entry["url"]
        .as_str()
        .unwrap()
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap()
}

#[test]
fn a_fork_begins_with_what_was_there_and_goes_its_own_way() {
    let mut desk = desk();
    desk.ask_with("PUT", "/v2/a/manifests/v1", &[OPAQUE], "{}");
    let entries = [1, 2].map(|_| desk.json("POST", "/_control/registries", "", 201));
    let [first, second] = entries.each_ref().map(address);
    assert_ne!(first, second);
    for fork in [first, second] {
        assert_eq!(
            ask_at(fork, "GET", "/v2/a/manifests/v1", &[], "").status,
            200
        );
    }
    assert_eq!(
        ask_at(first, "PUT", "/v2/a/manifests/v2", &[OPAQUE], "{}").status,
        201
    );
    assert_eq!(
        ask_at(second, "GET", "/v2/a/manifests/v2", &[], "").status,
        404
    );
    assert_eq!(desk.status("GET", "/v2/a/manifests/v2", ""), 404);

    // Control of one is not control of another, and its start is the fork.
    let rule =
        r#"{ "match": { "operation": "ping" }, "do": [{ "verb": "status", "status": 503 }] }"#;
    let json = [MARK, "Content-Type: application/json"];
    assert_eq!(
        ask_at(first, "POST", "/_control/faults", &json, rule).status,
        201
    );
    assert_eq!(ask_at(first, "GET", "/v2/", &[], "").status, 503);
    assert_eq!(ask_at(second, "GET", "/v2/", &[], "").status, 200);
    assert_eq!(
        ask_at(first, "POST", "/_control/reset", &[MARK], "").status,
        204
    );
    assert_eq!(
        ask_at(first, "GET", "/v2/a/manifests/v1", &[], "").status,
        200
    );
    assert_eq!(
        ask_at(first, "GET", "/v2/a/manifests/v2", &[], "").status,
        404
    );

    let all = desk.json("GET", "/_control/registries", "", 200);
    assert_eq!(all, Value::from(entries.to_vec()));
    assert_eq!(
        desk.json("GET", "/_control/registries/2", "", 200),
        entries[1]
    );
}

#[test]
fn a_registry_ends_when_it_is_deleted_and_with_its_server() {
    let mut desk = desk();
    let entries = [1, 2].map(|_| desk.json("POST", "/_control/registries", "", 201));
    let [first, second] = entries.each_ref().map(address);
    assert_eq!(desk.ask("DELETE", "/_control/registries/1", "").status, 204);
    assert_eq!(desk.ask("DELETE", "/_control/registries/1", "").status, 404);
    is_gone(first);
    assert_eq!(ask_at(second, "GET", "/v2/", &[], "").status, 200);
    let third = address(&desk.json("POST", "/_control/registries", "", 201));
    assert_eq!(
        ask_at(third, "DELETE", "/_control/registries/3", &[MARK], "").status,
        204,
        "its own end"
    );
    is_gone(third);
    desk.server.ask_to_stop()();
    is_gone(second);
}

/// Waits until nobody listens there.
fn is_gone(address: SocketAddr) {
    let since = std::time::Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(since.elapsed() < PATIENCE, "{address} still answers");
        std::thread::yield_now();
    }
}

/// What the process has in memory, in KiB.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_hundred_take_less_than_10_mib() {
    let mut desk = desk();
    let layer = "x".repeat(1 << 20);
    let push = desk.ask_with("POST", "/v2/a/blobs/uploads/?digest=sha256:f7c6e3bd1a2e5e4bdad6a8ba0b7a0e5d8ac2a9e6d4e1a8c9b0f1e2d3c4b5a697", &[], &layer);
    assert_eq!(push.status, 400, "that is another digest");
    desk.ask_with("PUT", "/v2/a/manifests/v1", &[OPAQUE], "{}");
    desk.json("POST", "/_control/registries", "", 201);
    let before = resident();
    for _ in 0..100 {
        let entry = desk.json("POST", "/_control/registries", "", 201);
        assert_eq!(
            ask_at(address(&entry), "GET", "/v2/a/manifests/v1", &[], "").status,
            200
        );
    }
    let growth = resident().saturating_sub(before);
    // Other tests run in this process, too.
    println!("100 registries: {growth} KiB");
    assert!(growth < 10 << 10, "{growth} KiB");
}
