//! `clients.txt`: who is to run, and whether they are here.

use std::process::Command;

use crate::command;
use crate::setting::{here, tools};

/// One line of the list.
pub(crate) struct Client {
    pub(crate) name: String,
    kind: String,
    package: String,
    cannot_run: Option<String>,
}

/// Whether a client can be tried.
pub(crate) enum Presence {
    Here,
    Missing(String),
    CannotRun(String),
}

impl Client {
    /// Whether one of the words is part of the name; without words, always.
    pub(crate) fn matches(&self, words: &[String]) -> bool {
        words.is_empty() || words.iter().any(|word| self.name.contains(word))
    }

    pub(crate) fn presence(&self) -> Presence {
        if let Some(reason) = &self.cannot_run {
            return Presence::CannotRun(format!("cannot run: {reason}"));
        }
        let mut probe = match self.kind.as_str() {
            "go" => {
                let mut probe = Command::new(tools().join("bin").join(&self.name));
                // distribution has no command for it.
                probe.arg(if self.name == "distribution" {
                    "--version"
                } else {
                    "version"
                });
                probe
            }
            "gotest" => {
                // Without the module proxy: only what is on this machine counts.
                let mut probe = Command::new("go");
                probe
                    .args(["list", "-deps", "-test", "."])
                    .current_dir(here().join("go"))
                    .env("GOPROXY", "off");
                probe
            }
            "golang" => {
                let mut probe = Command::new("go");
                probe.arg("version");
                probe
            }
            "pypi" => {
                let package = self.package.split('=').next().unwrap_or_default();
                let mut probe = Command::new(tools().join("venv/bin/python"));
                probe.args(["-c", &format!("import {package}")]);
                probe
            }
            "debian" => {
                let mut probe = Command::new(&self.package);
                probe.arg("--version");
                probe
            }
            _ => {
                return Presence::Missing(format!(
                    "clients.txt gives it the unknown kind {:?}",
                    self.kind
                ));
            }
        };
        if command::run(&mut probe).is_ok() {
            return Presence::Here;
        }
        Presence::Missing("not installed; tests/clients/install.sh installs it".to_owned())
    }
}

/// The clients in the order of the list.
pub(crate) fn read() -> Vec<Client> {
    include_str!("clients.txt")
        .lines()
        .filter_map(line)
        .collect()
}

/// In CI a client that is absent is a failure, not something to pass over.
pub(crate) fn must_be_complete() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// The words that choose clients. `cargo test` hands the flags of its own harness to every test
/// program: they mean nothing here.
pub(crate) fn words(mut arguments: impl Iterator<Item = String>) -> Vec<String> {
    let mut words = Vec::new();
    while let Some(argument) = arguments.next() {
        if ["--test-threads", "--skip", "--format", "--color"].contains(&argument.as_str()) {
            arguments.next();
        } else if !argument.starts_with('-') {
            words.push(argument);
        }
    }
    words
}

fn line(line: &str) -> Option<Client> {
    let (entry, cannot_run) = match line.split_once("cannot run:") {
        Some((entry, reason)) => (entry, Some(reason.trim().to_owned())),
        None => (line, None),
    };
    let mut words = entry.split_whitespace().map(str::to_owned);
    let name = words.next().filter(|name| !name.starts_with('#'))?;
    // The second word is the version, which install.sh reads.
    let mut word = |skipped| words.nth(skipped).unwrap_or_default();
    Some(Client {
        name,
        kind: word(1),
        package: word(0),
        cannot_run,
    })
}
