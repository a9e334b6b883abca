//! Over a socket: the server of the feature `hyper`, on a free port.

use std::{net::SocketAddr, sync::LazyLock, time::Duration};

use registrette::{
    Config, Registry,
    serve::{Options, Server, SharedRegistry},
};
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};

use super::{Answer, Carrier, Request, raw};

/// A server of its own for each registry: nothing is left over from another test.
#[derive(Debug)]
pub(crate) struct Socket {
    registry: SharedRegistry,
    address: SocketAddr,
    server: JoinHandle<()>,
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime starts")
});

impl Carrier for Socket {
    fn start(config: Config) -> Self {
        let registry = SharedRegistry::new(Registry::new(config));
        let options = Options {
            address: ([127, 0, 0, 1], 0).into(),
            ..Options::default()
        };
        let server = RUNTIME
            .block_on(Server::bind(options, registry.clone()))
            .expect("a free port is free");
        let address = server.local_addr();
        let server = RUNTIME.spawn(server.run(std::future::pending()));
        Self {
            registry,
            address,
            server,
        }
    }

    fn send(&mut self, request: &Request) -> Answer {
        raw::ask(self.address, request).unwrap_or_else(|fault| Answer {
            body: format!("no HTTP answer: {fault}").into_bytes(),
            ..Answer::default()
        })
    }

    fn with(&mut self, act: &mut dyn FnMut(&mut Registry)) {
        act(&mut self.registry.lock());
    }

    fn advance(&mut self, _: Duration) -> bool {
        // A server reads the clock of the system.
        false
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.server.abort();
    }
}
