//! Layouts, archives and storage trees: written, read back, and damaged in every way.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails says so"
)]

mod damaged;
mod forms;
mod packed;
mod printed;
mod tars;
mod world;
