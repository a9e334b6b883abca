//! `--load`, `catalog`, `copy` and `init`, as a user runs them.

#![allow(
    clippy::disallowed_methods,
    reason = "a process has no clock that can be turned"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that fails says so"
)]

mod broken;
mod copies;
mod init;
mod load;
mod logins;
#[cfg(target_os = "linux")]
mod memory;
mod mistakes;
mod printed;
mod process;
mod tokens;
mod transfer;
mod world;
