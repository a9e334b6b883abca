//! Answers made before the request was read.

use std::time::Duration;

use http::{HeaderValue, Response, header::CONNECTION};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use tokio::time::timeout;

use super::line::Flight;
use crate::content::Body;

/// A body short enough to be read although nobody wants it: that costs less than a new connection.
const SHORT: u64 = 64 << 10;

/// How long such a body may take.
const PATIENCE: Duration = Duration::from_millis(200);

/// The body of a request, which is read, or not.
#[derive(Debug)]
pub(super) struct Unread {
    body: Incoming,
    is_http2: bool,
    /// The client sends the body when it is told to, and hyper tells it when the body is first asked for.
    expects: bool,
}

impl Unread {
    pub(super) fn new(body: Incoming, is_http2: bool, expects: bool) -> Self {
        Self {
            body,
            is_http2,
            expects,
        }
    }

    /// How many bytes are to come, where that is known.
    pub(super) fn remaining(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    /// The next bytes; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, hyper::Error>> {
        loop {
            match self.body.frame().await?.map(http_body::Frame::into_data) {
                Ok(Ok(bytes)) => return Some(Ok(bytes)),
                // Trailers say nothing that a registry wants to know.
                Ok(Err(_)) => {}
                Err(fault) => return Some(Err(fault)),
            }
        }
    }

    /// Whether the connection is better kept than closed.
    pub(super) fn is_worth_reading(&self) -> bool {
        !self.is_http2 && !self.expects && self.remaining().is_some_and(|length| length <= SHORT)
    }

    /// Reads what is worth it, else leaves it.
    pub(super) async fn leave(mut self, answer: &mut Response<Body>, flight: Option<&Flight>) {
        if self.is_worth_reading() {
            let read = async { while let Some(Ok(_)) = self.next().await {} };
            if timeout(PATIENCE, read).await.is_ok() && self.body.is_end_stream() {
                return;
            }
        }
        self.leave_now(answer, flight);
    }

    /// Leaves the rest unread: the connection ends with this answer, and the [`Socket`](super::Socket) drops the rest.
    pub(super) fn leave_now(self, answer: &mut Response<Body>, flight: Option<&Flight>) {
        if self.is_http2 {
            // There a stream ends alone.
            return;
        }
        answer
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
        if let Some(flight) = flight {
            flight.line().leave_unread();
        }
    }
}
