//! Made images: the same bytes for ever, pulled through the registry, broken as asked, described in JSON.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that fails may fail loudly"
)]

mod archives;
mod broken;
mod descriptions;
mod helpers;
mod images;
mod pinned;
mod puller;
mod seeding;
mod untar;
mod virtuals;
