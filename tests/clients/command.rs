//! Runs a client's command and keeps what it said.

use std::borrow::BorrowMut;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::Check;

/// How long one command may take: far above what the slowest needs, and still an end.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs the command, which must succeed, and returns its standard output.
pub(crate) fn run(mut command: impl BorrowMut<Command>) -> Check<String> {
    let command = command.borrow_mut();
    let ended = end(command.stdout(Stdio::piped()))?;
    if ended.status.success() {
        Ok(ended.stdout)
    } else {
        Err(ended.told(command).into())
    }
}

/// The same with the standard output in a file: for what is large or not text.
pub(crate) fn run_into(mut command: impl BorrowMut<Command>, path: &Path) -> Check {
    let command = command.borrow_mut();
    let ended = end(command.stdout(File::create(path)?))?;
    if ended.status.success() {
        Ok(())
    } else {
        Err(ended.told(command).into())
    }
}

/// Runs the command, which must fail and say `word`.
pub(crate) fn refused(mut command: impl BorrowMut<Command>, word: &str) -> Check {
    let command = command.borrow_mut();
    let ended = end(command.stdout(Stdio::piped()))?;
    if !ended.status.success() && ended.stderr.to_lowercase().contains(&word.to_lowercase()) {
        return Ok(());
    }
    Err(format!(
        "expected a failure that says {word:?}: {}",
        ended.told(command)
    )
    .into())
}

/// How a command ended, well or not.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// The command line, how it ended and its error stream.
    pub(crate) fn told(&self, command: &Command) -> String {
        let words: Vec<_> = command
            .get_args()
            .map(|word| word.to_string_lossy())
            .collect();
        let program = command.get_program().to_string_lossy();
        format!(
            "`{program} {}` ended with {}\n{}",
            words.join(" "),
            self.status,
            self.stderr
        )
    }
}

/// Runs the command to its end, or kills it at the limit.
pub(crate) fn end(command: &mut Command) -> Check<Ended> {
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    let (sender, ends) = mpsc::channel();
    let stdout = read(child.stdout.take(), sender.clone());
    let stderr = read(child.stderr.take(), sender);
    for _ in 0..2 {
        if ends.recv_timeout(LIMIT).is_err() {
            child.kill()?;
            child.wait()?;
            return Err(format!("did not end within {LIMIT:?}: {command:?}").into());
        }
    }
    let status = child.wait()?;
    let text = |reader: JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
    };
    Ok(Ended {
        status,
        stdout: text(stdout),
        stderr: text(stderr),
    })
}

/// Reads a stream to its end on a thread, and tells when that was.
fn read(stream: Option<impl Read + Send + 'static>, ended: Sender<()>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            drop(stream.read_to_end(&mut bytes));
        }
        // Nobody waits any more when the command was killed.
        let _ = ended.send(());
        bytes
    })
}
