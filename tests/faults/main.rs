//! Faults: what a rule is about, when it happens, what happens, and what is told of a rule that makes no sense.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    dead_code,
    reason = "a test that fails may fail loudly; helpers are shared with other tests"
)]

#[path = "../doors/client.rs"]
mod client;
mod matching;
mod mistakes;
mod same;
mod timing;
mod verbs;

use registrette::{Config, Registry, layer::Rule};

use client::{Ask, at};

/// A registry with this rule, and a blob `hello world` in `demo/app`.
fn registry(rule: &str) -> Registry {
    let mut registry = Registry::new(Config::new(0));
    Ask::blob("demo/app", "hello world")
        .to(&mut registry)
        .is(201);
    registry.add_fault(at(0), Rule::parse(rule).unwrap());
    registry
}
