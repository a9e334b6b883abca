//! The clock, as control sees it.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json as value;

use super::super::{Clock, ClockMode, SharedRegistry};
use crate::{control::json, spec::Timestamp};

/// What a clock is told to come back to: milliseconds.
pub(super) fn mark(clock: &Clock) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact for the next 280,000 years"
    )]
    let mark = clock.now().as_millis() as f64;
    mark
}

/// Shows a time again. The system's time does not go back.
pub(super) fn come_back_to(clock: &Clock, mark: f64) {
    if clock.mode() != ClockMode::Real {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it was a whole number from 0 upwards"
        )]
        clock.set(Timestamp::from_millis(mark as u64));
    }
}

pub(super) fn tell(clock: &Clock) -> Response<Bytes> {
    let mode = match clock.mode() {
        ClockMode::Real => "real",
        ClockMode::Virtual => "virtual",
        ClockMode::Auto => "auto",
    };
    let body = value!({ "now": clock.now().rfc3339(), "mode": mode });
    json(StatusCode::OK, &body)
}

/// Moves the clock forward, lets what is due by then happen, and tells it.
pub(super) fn advance(clock: &Clock, by: Duration, registry: &SharedRegistry) -> Response<Bytes> {
    clock.advance(by);
    registry.lock().tick(clock.now());
    tell(clock)
}

/// Moves the clock forward until nothing waits for it, and tells it.
pub(super) fn run_all(clock: &Clock, registry: &SharedRegistry) -> Response<Bytes> {
    clock.run_all();
    advance(clock, Duration::ZERO, registry)
}

/// A clock of its own that shows the same time.
pub(super) fn fork(clock: &Clock) -> Clock {
    let fork = Clock::new(clock.mode());
    fork.set(clock.now());
    fork
}
