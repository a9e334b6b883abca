//! A container registry that fits inside a test.
//!
//! One state machine answers the whole OCI and Docker v2 API from memory. It does no I/O, reads no clock and draws no
//! random numbers: the time and a seed are arguments, effects are data. [`Registry::handle`] is all a test needs;
//! [`Registry::begin`], [`Exchange`] and [`Registry::finish`] are what an adapter streams by.
//!
//! Features only add: `images` reads and writes archives and trees of images, `hyper` the server, `auth` password files,
//! `cli` the binary, `wasm` what JavaScript calls.
#![doc = "\n\n"]
#![doc = include_str!("docs/architecture.md")]

#[cfg(feature = "images")]
#[deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
pub mod archive;
#[deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
pub mod content;
#[deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
pub mod control;
#[cfg(all(feature = "auth", not(target_arch = "wasm32")))]
pub mod crypto;
#[deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
pub mod guard;
#[deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod handler;
#[deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
pub mod image;
#[cfg(all(feature = "wasm-images", target_arch = "wasm32"))]
#[deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
pub mod images;
#[deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
pub mod layer;
#[deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod registry;
#[cfg(all(feature = "hyper", not(target_arch = "wasm32")))]
pub mod serve;
#[deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
pub mod spec;
#[deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
pub mod store;
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
pub mod wasm;
#[deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
pub mod wire;

pub use handler::Progress;
pub use registry::{
    Config, Exchange, Fetch, Outcome, Persist, Registry, SeedError, Stats, Swept, Upstream,
};
