//! Scenarios: each test is named after the requirement it holds.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    dead_code,
    reason = "a test that fails may fail loudly; helpers are shared with other tests"
)]

mod catalog;
#[path = "../doors/client.rs"]
mod client;
mod extended;
mod failing;
mod prepared;
mod random;
mod waiting;

use std::time::Duration;

use registrette::{Config, Registry, content::Step, layer::Scenarios};

use client::{Ask, Reply, at};

/// A registry with scenarios.
fn registry() -> Registry {
    let mut config = Config::new(0);
    config.scenarios = Some(Scenarios::default());
    Registry::new(config)
}

/// An answer, and what is waited for before any of it is sent.
fn timed(registry: &mut Registry, ask: &Ask) -> (Duration, Reply) {
    let answer = registry.handle(at(0), ask.request());
    let waits = answer.body().before.iter().map(|step| match step {
        Step::Wait(time) => *time,
        Step::Send(_) | Step::Reset | Step::Hang => panic!("{step:?}"),
    });
    (waits.sum(), Reply::of(answer))
}

/// The target of a manifest.
fn manifest(repository: &str, reference: &str) -> String {
    format!("/v2/{repository}/manifests/{reference}")
}

/// The envelope of an error, as it stands in the answer.
fn envelope(code: &str, message: &str) -> String {
    format!(r#"{{"errors":[{{"code":"{code}","message":"{message}"}}]}}"#) + "\n"
}

#[test]
fn without_the_option_there_are_no_scenarios() {
    let mut registry = Registry::new(Config::new(0));
    for (repository, tag) in [
        ("broken/error", "500"),
        ("broken/timeout", "dur-0s"),
        ("broken/random", "layers-1_size-1"),
    ] {
        let ask = Ask::get(manifest(repository, tag));
        ask.to(&mut registry).fails(404, "NAME_UNKNOWN");
    }
}
