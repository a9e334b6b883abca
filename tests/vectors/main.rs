//! The test vectors (`spec-calls.json`, `ociserver-calls.json`), replayed in process and over a socket.
//!
//! Their format is that of the files they came from: what a case needs, what it asks, what must be answered, and with
//! `prefer` what this project answers where the spec leaves a choice. A case starts with an empty registry.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that fails says so"
)]

#[path = "../carriers/mod.rs"]
mod carriers;
mod case;
mod check;
mod matching;
mod replay;

use carriers::{Carrier, Streamed, Whole};
use case::Case;
use replay::{Replay, Tally};

const SPEC: &str = include_str!("spec-calls.json");
const OCISERVER: &str = include_str!("ociserver-calls.json");

/// The cases that ociserver's own suite skips: their answers are not known.
const SKIPPED: [&str; 4] = ["C25", "C36", "C37", "C57"];

/// Every case of the spec, with this project's choices: under the default profile, nothing skipped.
fn spec_calls<C: Carrier>() {
    let tally = run::<C>(SPEC, Replay::spec().preferred());
    assert_eq!(tally, Tally::of(284, &[]), "passed and skipped");
}

/// ociserver's own table, byte for byte: under the profile that imitates it.
fn ociserver_calls<C: Carrier>() {
    let tally = run::<C>(OCISERVER, Replay::ociserver());
    assert_eq!(tally, Tally::of(53, &SKIPPED), "passed and skipped");
}

/// The same table as a registry answers it that follows the spec.
fn ociserver_calls_by_the_spec<C: Carrier>() {
    let tally = run::<C>(OCISERVER, Replay::spec());
    // What the spec asks is known for the others that upstream skips.
    assert_eq!(tally, Tally::of(56, &["C37"]), "passed and skipped");
}

fn run<C: Carrier>(cases: &str, replay: Replay) -> Tally {
    let cases: Vec<Case> = serde_json::from_str(cases).expect("the vectors are well formed");
    let tally = replay.run::<C>(&cases);
    println!("{tally}");
    tally
}

macro_rules! carried_by {
    ($module:ident, $carrier:ty) => {
        mod $module {
            use super::*;

            #[test]
            fn spec_calls() {
                super::spec_calls::<$carrier>();
            }

            #[test]
            fn ociserver_calls() {
                super::ociserver_calls::<$carrier>();
            }

            #[test]
            fn ociserver_calls_by_the_spec() {
                super::ociserver_calls_by_the_spec::<$carrier>();
            }
        }
    };
}

carried_by!(in_process_whole, Whole);
carried_by!(in_process_streamed, Streamed);
#[cfg(feature = "hyper")]
carried_by!(over_a_socket, carriers::Socket);
