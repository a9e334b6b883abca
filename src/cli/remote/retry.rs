//! When something is sent again.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};

use super::header;

/// How often a request is sent, and a blob.
pub(super) const TRIES: u32 = 6;

/// The longest time that a registry may ask to wait.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// Whether it may go better the next time.
pub(super) fn is_passing(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
        || status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED
}

/// How long to wait, where the registry says so.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = header(headers, &RETRY_AFTER)?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

/// How long to wait, where it does not.
pub(super) fn pause(attempt: u32) -> Duration {
    Duration::from_millis(100).saturating_mul(2_u32.saturating_pow(attempt.min(6)))
}
