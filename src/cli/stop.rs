//! What ends the server.

use std::{future::pending, io, thread};

use tokio::sync::oneshot;

#[cfg(not(unix))]
use self::elsewhere::Signals;
#[cfg(unix)]
use self::unix::Signals;

/// Listens from now on, and waits when it is polled.
///
/// The server is asked to stop by Ctrl-C, by SIGTERM, or by the end of stdin where that counts.
pub(super) fn asked(exit_with_parent: bool) -> impl Future<Output = ()> {
    let mut signals = Signals::listen();
    let parent = exit_with_parent.then(parent);
    async move {
        tokio::select! {
            () = signals.next() => {}
            () = async { match parent { Some(parent) => drop(parent.await), None => pending().await } } => {}
        }
    }
}

/// Listens from now on, for somebody who asks a second time and means at once.
pub(super) fn asked_twice() -> impl Future<Output = ()> {
    let mut signals = Signals::listen();
    async move {
        signals.next().await;
        signals.next().await;
    }
}

/// Ends with stdin: whoever holds the other end has closed it, or is gone.
fn parent() -> oneshot::Receiver<()> {
    let (end, ended) = oneshot::channel();
    // A thread of its own: a read of stdin cannot be given up, and the runtime would wait for it at the end.
    thread::spawn(move || {
        drop(io::copy(&mut io::stdin().lock(), &mut io::sink()));
        drop(end);
    });
    ended
}

#[cfg(unix)]
mod unix {
    use std::future::pending;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(super) struct Signals(Option<(Signal, Signal)>);

    impl Signals {
        pub(super) fn listen() -> Self {
            Self(
                signal(SignalKind::interrupt())
                    .and_then(|one| Ok((one, signal(SignalKind::terminate())?)))
                    .ok(),
            )
        }

        pub(super) async fn next(&mut self) {
            match &mut self.0 {
                Some((interrupt, terminate)) => tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                },
                // Unheard, a signal ends the program by itself.
                None => pending().await,
            }
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    pub(super) struct Signals;

    impl Signals {
        pub(super) fn listen() -> Self {
            Self
        }

        pub(super) async fn next(&mut self) {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending().await
            }
        }
    }
}
