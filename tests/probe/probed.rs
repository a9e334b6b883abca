//! A registry in this process, and the binary that looks at it.

use std::process::{Command, Output};

use http::Method;
use registrette::{
    Config, Registry,
    serve::{Options, Server, SharedRegistry},
    spec::Settings,
};
use serde_json::Value;
use tokio::runtime::Runtime;

/// A registry that can be looked at from both sides.
pub(crate) struct Probed {
    pub(crate) registry: SharedRegistry,
    pub(crate) url: String,
    _runtime: Runtime,
}

impl Probed {
    pub(crate) fn new(change: impl FnOnce(&mut Settings)) -> Self {
        let mut config = Config::new(0);
        change(&mut config.settings);
        let registry = SharedRegistry::new(Registry::new(config));
        let options = Options {
            address: ([127, 0, 0, 1], 0).into(),
            ..Options::default()
        };
        let runtime = Runtime::new().unwrap();
        let server = runtime
            .block_on(Server::bind(options, registry.clone()))
            .unwrap();
        let url = format!("http://{}", server.local_addr());
        runtime.spawn(server.run(std::future::pending()));
        Self {
            registry,
            url,
            _runtime: runtime,
        }
    }

    /// What the binary sees.
    pub(crate) fn probe(&self, args: &[&str]) -> Value {
        let output = probe(&[&["--json", &self.url], args].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The methods of all that was asked.
    pub(crate) fn methods(&self) -> Vec<Method> {
        let registry = self.registry.lock();
        registry.calls().map(|call| call.method.clone()).collect()
    }
}

pub(crate) fn probe(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registrette"));
    command.arg("probe").args(args);
    command.env("DOCKER_CONFIG", env!("CARGO_TARGET_TMPDIR"));
    command.output().unwrap()
}
