//! `registrette probe`, held against registries whose deviations are known: our own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that fails says so"
)]

mod mistakes;
mod probed;
mod profiles;
mod switches;
