//! Bad input: each a clear answer or a closed connection, with work and memory in proportion to what was sent, nothing
//! stored by halves, and a registry that goes on.

#![allow(
    clippy::disallowed_methods,
    reason = "a generous limit on the clock tells linear work from quadratic"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that fails may fail loudly"
)]

mod bodies;
#[path = "../doors/client.rs"]
#[allow(dead_code, reason = "the doors send more kinds of requests")]
mod client;
#[cfg(feature = "hyper")]
#[path = "../serve/client.rs"]
#[allow(dead_code, reason = "the server's own tests look at more of an answer")]
mod connection;
mod effort;
mod malformed;
mod manifests;
mod names;
#[cfg(feature = "hyper")]
#[path = "../serve/running.rs"]
#[allow(dead_code, reason = "the server's own tests also stop it")]
mod running;
mod sessions;
#[cfg(feature = "hyper")]
mod sockets;

use std::time::{Duration, Instant};

use registrette::Registry;

use client::Ask;

/// Fails when something takes longer than any linear work does here, by far; quadratic work takes many times that.
#[track_caller]
fn in_time<R>(what: impl FnOnce() -> R) -> R {
    let since = Instant::now();
    let result = what();
    assert!(
        since.elapsed() < Duration::from_secs(60),
        "{:?}",
        since.elapsed()
    );
    result
}

/// Fails unless a registry takes a push and gives it back.
#[track_caller]
fn assert_alive(registry: &mut Registry) {
    Ask::blob("alive", "hello").to(registry).is(201);
    let target = format!("/v2/alive/blobs/{}", client::sha256("hello"));
    let pull = Ask::get(&target).to(registry).is(200);
    assert_eq!(pull.text(), "hello");
    Ask::delete(&target).to(registry).is(202);
}
