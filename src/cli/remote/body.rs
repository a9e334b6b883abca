//! Bodies: what is sent, and what comes.

use std::{error::Error, io, time::Duration};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper::body::Incoming;
use tokio::time::timeout;

/// A body to send.
pub(super) type SentBody = UnsyncBoxBody<Bytes, io::Error>;

/// A body of these bytes.
pub(super) fn whole(bytes: Bytes) -> SentBody {
    let body = Full::new(bytes).map_err(|never| match never {});
    body.boxed_unsync()
}

/// How long the first answer is waited for, and the next piece of a body.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Why a body did not come.
pub(super) enum Broken {
    TooLong,
    Off(String),
}

/// All of a body.
///
/// # Errors
/// It broke off, or is longer than `limit` bytes.
pub(super) async fn collected(body: &mut Incoming, limit: u64) -> Result<Bytes, String> {
    collect(body, limit).await.map_err(|broken| match broken {
        Broken::TooLong => format!("the answer is longer than {limit} bytes"),
        Broken::Off(reason) => reason,
    })
}

/// The same, with what it was that went wrong.
pub(super) async fn collect(body: &mut Incoming, limit: u64) -> Result<Bytes, Broken> {
    let mut all = BytesMut::new();
    while let Some(piece) = piece(body).await.map_err(Broken::Off)? {
        if (all.len() + piece.len()) as u64 > limit {
            return Err(Broken::TooLong);
        }
        all.extend_from_slice(&piece);
    }
    Ok(all.freeze())
}

/// The next piece of a body.
pub(super) async fn piece(body: &mut Incoming) -> Result<Option<Bytes>, String> {
    loop {
        match timeout(PATIENCE, body.frame()).await {
            Err(_) => return Err(format!("nothing came for {} seconds", PATIENCE.as_secs())),
            Ok(None) => return Ok(None),
            Ok(Some(Err(fault))) => return Err(causes(&fault)),
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// A fault with what it comes from.
pub(super) fn causes(fault: &dyn Error) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
