//! The server over real sockets, and the binary around it.

#![allow(
    clippy::disallowed_methods,
    reason = "a socket has no clock that can be turned"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that fails says so"
)]

mod auth;
mod client;
mod clock;
mod command;
mod continues;
mod crowd;
mod early;
mod embedded;
mod faults;
mod guard;
mod http2;
mod patience;
mod running;
mod scenarios;
mod smuggling;
mod steps;
mod stop;
mod tls;
mod tools;
#[cfg(target_os = "linux")]
mod waiting;
