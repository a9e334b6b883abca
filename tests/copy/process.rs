//! The binary.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
    pub(crate) complained: String,
}

pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registrette"));
    command.args(args);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("REGIST")) {
        command.env_remove(name);
    }
    // Nobody's passwords.
    command.env("DOCKER_CONFIG", "/nowhere");
    command
}

pub(crate) fn end(mut command: Command) -> Ended {
    let output = command.stdin(Stdio::null()).output().unwrap();
    Ended {
        code: output.status.code(),
        said: String::from_utf8(output.stdout).unwrap(),
        complained: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs it, which must go well, and gives what it said.
pub(crate) fn run(args: &[&str]) -> String {
    let ended = end(command(args));
    assert_eq!(ended.code, Some(0), "{args:?}: {}", ended.complained);
    ended.said
}

/// Runs it, which must fail, and gives what it complained of.
pub(crate) fn refused(args: &[&str]) -> String {
    let ended = end(command(args));
    assert_eq!(ended.code, Some(2), "{args:?}: {}", ended.said);
    ended.complained
}

/// A registry that runs until it is dropped.
pub(crate) struct Server {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub(crate) host: String,
    stderr: PathBuf,
    _scratch: tempfile::TempDir,
}

impl Server {
    pub(crate) fn start(args: &[&str]) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let stderr = scratch.path().join("stderr");
        let mut child = command(&["serve", "--addr", "127.0.0.1:0", "--log"])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&stderr).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ");
        let host = url.and_then(|url| url.split("://").nth(1));
        let told = std::fs::read_to_string(&stderr).unwrap();
        let host = host.expect(&told).to_owned();
        Self {
            child,
            host,
            stderr,
            _scratch: scratch,
        }
    }

    /// The reference of an image here.
    pub(crate) fn at(&self, image: &str) -> String {
        format!("{}/{image}", self.host)
    }

    /// Its process.
    #[cfg(target_os = "linux")]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote on stderr: what was loaded, and a line for each request.
    pub(crate) fn told(&self) -> String {
        std::fs::read_to_string(&self.stderr).unwrap()
    }

    /// How many requests with that in their line there were.
    pub(crate) fn asked(&self, word: &str) -> usize {
        self.told()
            .lines()
            .filter(|line| line.contains(word))
            .count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
