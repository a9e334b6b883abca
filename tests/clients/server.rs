//! The server under test, as a process of its own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::Check;

/// How long a server may take to say that it listens.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Server {
    /// `127.0.0.1:PORT`.
    pub(crate) host: String,
    child: Child,
    stderr: PathBuf,
}

impl Server {
    pub(crate) fn start(scratch: &Path) -> Check<Self> {
        Self::with(scratch, &[])
    }

    /// A server with more flags.
    pub(crate) fn with(scratch: &Path, flags: &[&str]) -> Check<Self> {
        let stderr = scratch.join("server.stderr");
        let mut child = Command::new(env!("CARGO_BIN_EXE_registrette"))
            .args(["serve", "--addr", "127.0.0.1:0", "--log"])
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&stderr)?)
            .spawn()?;
        let stdout = child.stdout.take();
        // From here on the child ends with this value, whatever the line says.
        let mut server = Self {
            host: String::new(),
            child,
            stderr,
        };
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            // All lines are read, so that a server that goes on talking is not stopped by a full pipe.
            for line in stdout
                .into_iter()
                .flat_map(|stdout| BufReader::new(stdout).lines())
            {
                drop(sender.send(line.unwrap_or_default()));
            }
        });
        let line = receiver
            .recv_timeout(PATIENCE)
            .map_err(|_| format!("the server said nothing; {}", server.said()))?;
        let host = line.strip_prefix("listening on http://");
        server.host = host
            .ok_or_else(|| format!("the server's first line was {line:?}"))?
            .to_owned();
        Ok(server)
    }

    /// Fails when the server has ended, and says what it left on its error stream.
    pub(crate) fn still_runs(&mut self) -> Check {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(format!("the server ended, {status}; {}", self.said()).into()),
        }
    }

    /// What it left on its error stream: a line for each request.
    pub(crate) fn said(&self) -> String {
        format!(
            "its error stream:\n{}",
            fs::read_to_string(&self.stderr).unwrap_or_default()
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What a server answers to a GET of its control or of its tokens: the body.
pub(crate) fn get(host: &str, path: &str) -> Check<String> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    if head.starts_with("HTTP/1.1 200") {
        return Ok(body.to_owned());
    }
    Err(format!("GET {path}: {answer}").into())
}
