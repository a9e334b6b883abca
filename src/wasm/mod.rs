//! What JavaScript calls: conversion, and nothing else.
//!
//! [`Core`] is a registry. A request comes as method, target and `[name, value, …]`, and goes as one array: status,
//! `[name, value, …]`, the steps of the body. The bytes of blobs stay in JavaScript's memory, in the tables of
//! `host`, which stands around the glue that wasm-bindgen writes.

mod answer;
mod control;
mod core;
mod faults;
mod host;
mod journal;
mod look;
mod options;
mod request;

pub use self::core::{Core, State};
