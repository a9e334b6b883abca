//! A server in this process, on a port of its own.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use registrette::{
    Config, Registry,
    serve::{Options, Server, SharedRegistry},
};
use tokio::{runtime::Runtime, sync::oneshot, task::JoinHandle};

/// A server that runs, until it is dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    runtime: Runtime,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

/// A server as it comes.
pub(crate) fn start() -> Running {
    start_with(|_| {}, |_| {})
}

/// A server with other options, of another registry.
pub(crate) fn start_with(
    change: impl FnOnce(&mut Options),
    prepare: impl FnOnce(&mut Registry),
) -> Running {
    let mut options = Options {
        address: ([127, 0, 0, 1], 0).into(),
        ..Options::default()
    };
    change(&mut options);
    let mut registry = Registry::new(Config::new(0));
    prepare(&mut registry);
    let registry = SharedRegistry::new(registry);
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::bind(options, registry)).unwrap();
    let address = server.local_addr();
    let (stop, stopped) = oneshot::channel();
    let server = runtime.spawn(server.run(async { drop(stopped.await) }));
    Running {
        address,
        runtime,
        stop: Some(stop),
        server: Some(server),
    }
}

impl Running {
    /// Asks the server to stop, and says when it has.
    pub(crate) fn ask_to_stop(&mut self) -> impl FnOnce() -> Duration + use<> {
        drop(self.stop.take());
        let server = self.server.take().unwrap();
        let handle = self.runtime.handle().clone();
        let since = Instant::now();
        move || {
            handle.block_on(server).unwrap();
            since.elapsed()
        }
    }
}
