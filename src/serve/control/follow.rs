//! Calls, told as they are answered.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{
    HeaderValue, Response,
    header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};
use tokio::{
    sync::{mpsc, watch},
    time::{MissedTickBehavior, interval},
};

use super::super::SharedRegistry;
use crate::layer::{CallFilter, call_json};

/// How often the log is looked at. Nobody who is not followed pays for it.
const BEAT: Duration = Duration::from_millis(50);

/// Tells of the calls that are kept, then of each new one, until nobody listens or the server ends.
pub(super) fn start(
    registry: SharedRegistry,
    filter: CallFilter,
    events: bool,
    ended: &watch::Sender<bool>,
) -> (Response<()>, mpsc::Receiver<Bytes>) {
    let (to, from) = mpsc::channel(2);
    let mut ended = ended.subscribe();
    let mut reader = Reader {
        registry,
        filter,
        events,
        read: None,
    };
    // Before the head goes out: what is asked for after it is news.
    let first = reader.news();
    let tell = async move {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut news = first;
        loop {
            if to.is_closed() || (!news.is_empty() && to.send(news).await.is_err()) {
                return;
            }
            beat.tick().await;
            news = reader.news();
        }
    };
    tokio::spawn(async move {
        tokio::select! {
            () = tell => {}
            _ = ended.wait_for(|ended| *ended) => {}
        }
    });
    let media_type = if events {
        "text/event-stream"
    } else {
        "application/x-ndjson"
    };
    let mut head = Response::new(());
    head.headers_mut().extend([
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ]);
    (head, from)
}

struct Reader {
    registry: SharedRegistry,
    filter: CallFilter,
    events: bool,
    /// How often calls had been forgotten, and how many there had been since, when the log was last read.
    read: Option<(u64, u64)>,
}

impl Reader {
    /// The calls since the last time, as they are written.
    fn news(&mut self) -> Bytes {
        let registry = self.registry.lock();
        let now = registry.called();
        if self.read == Some(now) {
            return Bytes::new();
        }
        if let Some((forgotten, count)) = self.read {
            self.filter.since = if forgotten == now.0 { count } else { 0 };
            self.filter.last = None;
        }
        self.read = Some(now);
        let mut text = BytesMut::new();
        for call in self.filter.of(registry.calls()) {
            let line = call_json(call).to_string();
            let (before, after) = if self.events {
                ("data: ", "\n\n")
            } else {
                ("", "\n")
            };
            for part in [before, &line, after] {
                text.extend_from_slice(part.as_bytes());
            }
        }
        text.freeze()
    }
}
