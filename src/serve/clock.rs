//! The one clock of the server.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::spec::Timestamp;

/// What time it is, as a [`Registry`](crate::Registry) is told it.
#[expect(
    clippy::disallowed_methods,
    reason = "the core is told the time, and this is who tells it"
)]
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
