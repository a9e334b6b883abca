//! The bodies: each takes any bytes, and panics where something does not hold.
//!
//! They are run on every compiler by `cargo test --test fuzz`, and without end by `cargo fuzz run TARGET`.

pub(crate) mod control;
pub(crate) mod exchanges;
pub(crate) mod json;
pub(crate) mod requests;
#[cfg(feature = "hyper")]
pub(crate) mod server;
pub(crate) mod words;

mod answers;
mod ask;
mod equal;
mod input;
mod life;
mod oracle;
mod world;
