//! Bodies on their way into the registry.

use tokio::{
    sync::Semaphore,
    task::{JoinHandle, spawn_blocking},
};

use super::{answer::BrokenOff, early::Unread, pages::Pages};
use crate::{
    Exchange, Progress,
    content::{Chunk, Gather},
};

/// Chunks from this size on are hashed off the async threads, while the next bytes arrive.
const LARGE: usize = 256 << 10;

/// How much is computed in one go, in bytes.
const SLICE: u64 = 8 << 20;

/// How many requests at a time have room ahead of their bytes, up to a chunk each: what a session took is proof enough
/// that more is meant, but not that it is meant many times over. The others begin small.
static AHEAD: Semaphore = Semaphore::const_new(32);

/// An exchange that has its body, or does not want more of it.
pub(super) struct Received {
    pub(super) exchange: Box<Exchange>,
    /// The body was read to its end.
    pub(super) is_whole: bool,
}

/// Where an exchange is.
enum Place {
    Here(Box<Exchange>),
    /// With a thread that hashes.
    Away(JoinHandle<Box<Exchange>>),
}

/// Reads a body into its exchange.
///
/// # Errors
/// [`BrokenOff`] when the thread that hashed is gone.
pub(super) async fn receive(
    exchange: Box<Exchange>,
    body: &mut Unread,
) -> Result<Received, BrokenOff> {
    let taken = exchange.offset();
    let ahead = AHEAD.try_acquire().ok().filter(|_| taken > 0);
    let mut gather = match ahead {
        Some(_) => Gather::behind(taken, Pages::ready(taken, body.remaining())),
        None => Gather::default(),
    };
    let mut place = Place::Here(exchange);
    let mut full = Vec::new();
    loop {
        let remaining = body.remaining();
        let is_whole = match body.next().await {
            Some(Ok(frame)) => {
                gather.push(&frame, remaining, |chunk| full.push(chunk));
                for chunk in full.drain(..) {
                    place = place.give(chunk).await?;
                }
                if !place.is_answered() {
                    continue;
                }
                false
            }
            None => true,
            Some(Err(_)) => {
                let mut exchange = place.back().await?;
                exchange.cut();
                return Ok(Received {
                    exchange,
                    is_whole: false,
                });
            }
        };
        if let Some(chunk) = gather.rest() {
            place = place.give(chunk).await?;
        }
        let exchange = work(place.back().await?).await?;
        return Ok(Received { exchange, is_whole });
    }
}

/// Does what there is to compute, off the async threads where it is long.
///
/// # Errors
/// [`BrokenOff`] when the thread that computed is gone.
pub(super) async fn work(mut exchange: Box<Exchange>) -> Result<Box<Exchange>, BrokenOff> {
    match exchange.work(LARGE as u64) {
        Progress::Done => Ok(exchange),
        Progress::More => {
            let work = move || {
                while matches!(exchange.work(SLICE), Progress::More) {}
                exchange
            };
            spawn_blocking(work).await.map_err(|_| BrokenOff)
        }
    }
}

impl Place {
    /// Whether no more is wanted, as far as it is known here.
    fn is_answered(&self) -> bool {
        match self {
            Self::Here(exchange) => exchange.is_answered(),
            Self::Away(_) => false,
        }
    }

    /// The exchange, when nobody hashes any more.
    async fn back(self) -> Result<Box<Exchange>, BrokenOff> {
        match self {
            Self::Here(exchange) => Ok(exchange),
            Self::Away(exchange) => exchange.await.map_err(|_| BrokenOff),
        }
    }

    async fn give(self, chunk: Chunk) -> Result<Self, BrokenOff> {
        let mut exchange = self.back().await?;
        if exchange.is_answered() {
            return Ok(Self::Here(exchange));
        }
        if chunk.len() < LARGE {
            exchange.body(chunk);
            return Ok(Self::Here(exchange));
        }
        Ok(Self::Away(spawn_blocking(move || {
            exchange.body(chunk);
            exchange
        })))
    }
}
