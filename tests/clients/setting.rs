//! What a client's cases start from, and how they start the client.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::images::Images;

#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    /// `127.0.0.1:PORT` of the server.
    pub(crate) host: &'a str,
    pub(crate) images: &'a Images,
    /// An empty folder of this client's own.
    pub(crate) scratch: &'a Path,
    /// The folder of a `config.json`, where the client is to be somebody.
    pub(crate) login: Option<&'a Path>,
}

impl Setting<'_> {
    /// `HOST/NAME`, the way clients write references.
    pub(crate) fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.host)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.scratch.join(name)
    }

    /// A client's command: nothing to read, no settings of the user's, no proxy in between.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .stdin(Stdio::null())
            .current_dir(self.scratch)
            .env("HOME", self.scratch)
            .env("XDG_RUNTIME_DIR", self.scratch)
            .env_remove("DOCKER_CONFIG")
            .env_remove("REGISTRY_AUTH_FILE")
            .envs(self.login.map(|dir| ("DOCKER_CONFIG", dir.to_owned())))
            .envs((self.login).map(|dir| ("REGISTRY_AUTH_FILE", dir.join("config.json"))))
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1");
        command
    }
}

/// The folder of the tests: this one.
pub(crate) fn here() -> PathBuf {
    root().join("tests/clients")
}

/// Where `install.sh` puts what is not a Debian package.
pub(crate) fn tools() -> PathBuf {
    root().join("target/clients")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
