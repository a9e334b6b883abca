//! What socket, service and time-outs of one connection tell each other.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
};

/// The state of one connection. All of it is touched by the connection's own task, and by the tasks of its HTTP/2
/// streams; nothing is ordered by it.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Requests that are not answered to the end.
    requests: AtomicU32,
    /// Steps in which the server keeps the client waiting.
    holds: AtomicU32,
    /// Moves whenever bytes do.
    progress: AtomicU32,
    /// Bytes of a head have come, and its request has not.
    in_head: AtomicBool,
    http2: AtomicBool,
    unread: AtomicBool,
    broken: AtomicBool,
    stopping: AtomicBool,
}

impl Line {
    /// A request arrived; it is being answered for as long as the value lives.
    pub(super) fn request(self: &Arc<Self>, http2: bool) -> Flight {
        self.requests.fetch_add(1, Relaxed);
        self.in_head.store(false, Relaxed);
        if http2 {
            self.http2.store(true, Relaxed);
        }
        Flight(self.clone())
    }

    /// Bytes came.
    pub(super) fn received(&self) {
        self.progress.fetch_add(1, Relaxed);
        // On HTTP/2 frames that belong to no request come at any time.
        if self.requests.load(Relaxed) == 0 && !self.http2.load(Relaxed) {
            self.in_head.store(true, Relaxed);
        }
    }

    /// Bytes went.
    pub(super) fn sent(&self) {
        self.progress.fetch_add(1, Relaxed);
    }

    /// A number that is another one when bytes came or went meanwhile.
    pub(super) fn progress(&self) -> u32 {
        self.progress.load(Relaxed)
    }

    /// Whether a head has begun and not ended.
    pub(super) fn is_in_head(&self) -> bool {
        self.in_head.load(Relaxed)
    }

    /// Whether it is the server that lets the client wait.
    pub(super) fn is_held(&self) -> bool {
        self.holds.load(Relaxed) > 0
    }

    /// An answer went out before its request was read: the rest of that is still coming.
    pub(super) fn leave_unread(&self) {
        self.unread.store(true, Relaxed);
    }

    /// The server stops.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Relaxed);
    }

    /// Whether a close waits for what the client still sends.
    pub(super) fn lingers(&self) -> bool {
        // What hyper itself refuses it does not tell, so every close lingers; but at the end of the server not that of
        // a connection that only idles.
        !self.stopping.load(Relaxed) || self.unread.load(Relaxed)
    }

    /// The connection is to end in a reset.
    pub(super) fn break_off(&self) {
        // One stream of HTTP/2 is reset alone, by its frame.
        if !self.http2.load(Relaxed) {
            self.broken.store(true, Relaxed);
        }
    }

    /// Whether the connection ends in a reset.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Relaxed)
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct Flight(Arc<Line>);

impl Flight {
    pub(super) fn line(&self) -> &Line {
        &self.0
    }

    /// The server keeps the client waiting, for as long as the value lives.
    pub(super) fn hold(&self) -> Hold {
        self.0.holds.fetch_add(1, Relaxed);
        Hold(self.0.clone())
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Relaxed);
    }
}

/// A wait that the server means.
#[derive(Debug)]
pub(super) struct Hold(Arc<Line>);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.holds.fetch_sub(1, Relaxed);
    }
}
