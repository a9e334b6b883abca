//! The clock, as control sees it.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};

use super::super::{Options, SharedRegistry, clock};
use crate::{control::fault, spec::Timestamp};

#[derive(Clone, Debug)]
pub(super) struct Time;

impl Time {
    pub(super) fn of(_options: &Options) -> Self {
        Self
    }

    pub(super) fn now(&self) -> Timestamp {
        clock::now()
    }

    pub(super) fn mark(&self) -> f64 {
        0.0
    }

    pub(super) fn come_back_to(&self, _mark: f64) {}

    pub(super) fn tell(&self) -> Response<Bytes> {
        let body = serde_json::json!({ "now": self.now().rfc3339(), "mode": "real" });
        crate::control::json(StatusCode::OK, &body)
    }

    pub(super) fn advance(&self, _by: Duration, _registry: &SharedRegistry) -> Response<Bytes> {
        fault(StatusCode::CONFLICT, "the clock is the system's")
    }

    pub(super) fn run_all(&self, registry: &SharedRegistry) -> Response<Bytes> {
        self.advance(Duration::ZERO, registry)
    }

    /// The clock of a fork.
    pub(super) fn give(&self, _options: &mut Options) {}
}
