//! The control API over sockets.

#![allow(
    clippy::disallowed_methods,
    reason = "a socket has no clock that can be turned"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test that fails says so"
)]

mod admission;
#[allow(dead_code, reason = "others use more of it")]
#[path = "../serve/client.rs"]
mod client;
mod desk;
mod doing;
mod follow;
mod registries;
#[allow(dead_code, reason = "others use more of it")]
#[path = "../serve/running.rs"]
mod running;
mod schema;
mod script;
mod walk;
