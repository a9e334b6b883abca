//! Time-outs of one connection.

use std::{
    future::poll_fn,
    pin::pin,
    sync::Arc,
    task::{Poll, ready},
    time::Duration,
};

use hyper_util::server::graceful::GracefulConnection;
use tokio::time::{Instant, sleep};

use super::line::Line;

/// How long clients are waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimeOuts {
    /// From the first byte of a head to its last; also for the TLS handshake.
    pub head: Duration,
    /// Without a byte in either direction, between requests and within. Twice that at most.
    pub idle: Duration,
    /// From the order to stop until running requests are given up.
    pub stop: Duration,
}

impl Default for TimeOuts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(120),
            stop: Duration::from_secs(5),
        }
    }
}

/// Runs a connection until it ends, or its client takes too long. `stop` asks it to end after what it is at.
///
/// The timer is set anew when it fires, not with every byte: it then looks whether bytes went since it was set.
pub(super) async fn watch(
    connection: impl GracefulConnection,
    line: Arc<Line>,
    time_outs: TimeOuts,
    stop: impl Future<Output = ()>,
) {
    let mut connection = pin!(connection);
    let mut stop = pin!(stop);
    let mut stops = false;
    let mut timer = pin!(sleep(time_outs.idle));
    let mut is_in_head = false;
    let mut progress = line.progress();
    poll_fn(|cx| {
        if !stops && stop.as_mut().poll(cx).is_ready() {
            stops = true;
            line.stop();
            connection.as_mut().graceful_shutdown();
        }
        if connection.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        if line.is_in_head() != is_in_head {
            is_in_head = line.is_in_head();
            progress = line.progress();
            timer.as_mut().reset(
                Instant::now()
                    + if is_in_head {
                        time_outs.head
                    } else {
                        time_outs.idle
                    },
            );
        }
        loop {
            ready!(timer.as_mut().poll(cx));
            if is_in_head || (progress == line.progress() && !line.is_held()) {
                return Poll::Ready(());
            }
            progress = line.progress();
            timer.as_mut().reset(Instant::now() + time_outs.idle);
        }
    })
    .await;
}
