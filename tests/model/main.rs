//! Sequences of operations, held against a model that is small enough to be seen to be right.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that fails may fail loudly"
)]

mod both;
#[path = "../doors/client.rs"]
#[allow(dead_code, reason = "the doors send more kinds of requests")]
mod client;
#[path = "../doors/day.rs"]
#[allow(dead_code, reason = "the day itself is the doors' own")]
mod day;
mod laws;
mod op;
mod reading;
mod reference;
mod universe;
