//! The log of calls: what it records, who finds what in it, budgets, and what is made of it for other tools.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that fails says so"
)]

mod budget;
#[allow(dead_code, reason = "others use more of it")]
#[path = "../doors/client.rs"]
mod client;
mod filter;
mod har;
mod record;

use client::{Ask, at, sha256};
use registrette::{Config, Registry, layer::Rule};

/// A registry that keeps so many bytes of each body.
fn registry(call_bodies: usize) -> Registry {
    Registry::new(Config {
        calls: 100,
        call_bodies,
        ..Config::new(7)
    })
}

fn fault(registry: &mut Registry, rule: &str) {
    registry.add_fault(at(0), Rule::parse(rule).unwrap());
}

/// A push of a blob and a manifest, a failed pull, a HEAD, and two pulls, by two clients.
fn some_day(registry: &mut Registry) {
    let by = |ask: Ask, client: &str| {
        ask.header("user-agent", client)
            .header("host", "registry.test:5000")
    };
    let steps = [
        (
            by(Ask::post("/v2/demo/app/blobs/uploads/"), "pusher/1"),
            202,
        ),
        (by(Ask::blob("demo/app", "content"), "pusher/1"), 201),
        (by(Ask::opaque("demo/app", "v1", "{}"), "pusher/1"), 201),
        (by(Ask::get("/v2/demo/app/manifests/v2"), "puller/2"), 404),
        (by(Ask::head("/v2/demo/app/manifests/v1"), "puller/2"), 200),
        (by(Ask::get("/v2/demo/app/manifests/v1"), "puller/2"), 200),
        (
            by(
                Ask::get(format!("/v2/demo/app/blobs/{}", sha256("content"))),
                "puller/2",
            ),
            200,
        ),
        (
            by(
                Ask::get("/v2/demo/deep/er/tags/list?n=1&last=a%26b"),
                "puller/2",
            ),
            404,
        ),
    ];
    for (ask, status) in steps {
        ask.send(registry, at(1000)).is(status);
    }
}
