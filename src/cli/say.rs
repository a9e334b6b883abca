//! What the program says.

use std::io::{self, Write};

/// Writes lines to stdout, at once.
pub(super) fn on_stdout(lines: &str) {
    let mut out = io::stdout().lock();
    // Who closed the pipe does not want to hear it.
    drop(writeln!(out, "{lines}").and_then(|()| out.flush()));
}

/// Writes a line to stderr, in one piece.
pub(super) fn on_stderr(line: &str) {
    drop(
        io::stderr()
            .lock()
            .write_all(format!("{line}\n").as_bytes()),
    );
}
