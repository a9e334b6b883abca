//! The fuzz bodies on any compiler: over the kept inputs, and over a number of inputs that a seed gives.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test that fails says so"
)]

mod runs;
mod targets;
