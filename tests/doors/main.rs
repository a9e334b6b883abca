//! The doors of the core, with a small host behind them: upstreams, storage, journals, layers, hashers, foreign memory.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that fails may fail loudly"
)]

mod auth;
mod budget;
mod calls;
mod client;
mod day;
mod durable;
mod durable_order;
mod exchange;
mod foreign_chunks;
mod gc;
mod hashing;
mod host;
mod journal;
mod journal_text;
mod layers;
mod limits;
mod resolution;
mod sessions;
mod state;
mod time;
mod upstream;

use registrette::{Exchange, Fetch, Persist, Registry, store::Change, store::Snapshot};

/// Each of these may be handed to another thread.
const fn is_send<T: Send>() {}

const _: () = {
    is_send::<Registry>();
    is_send::<Exchange>();
    is_send::<Fetch>();
    is_send::<Persist>();
    is_send::<Change>();
    is_send::<Snapshot>();
};
