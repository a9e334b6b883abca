//! How far something is, on a terminal.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// How often a line is written anew.
const BETWEEN: Duration = Duration::from_millis(100);

/// One line on stderr that is written again and again; nothing where nobody looks.
#[derive(Debug)]
pub(super) struct Progress {
    what: String,
    bytes: u64,
    of: Option<u64>,
    /// When it was last written; `None` where it is not.
    last: Option<Instant>,
    width: usize,
}

impl Progress {
    pub(super) fn new(what: &str, of: Option<u64>) -> Self {
        let is_seen = io::stderr().is_terminal();
        Self {
            what: what.to_owned(),
            bytes: 0,
            of,
            last: is_seen.then(now),
            width: 0,
        }
    }

    pub(super) fn add(&mut self, bytes: u64) {
        self.bytes += bytes;
        let Some(last) = &mut self.last else { return };
        if last.elapsed() < BETWEEN {
            return;
        }
        *last = now();
        let of = match self.of {
            Some(of) => format!(" of {}", size(of)),
            None => String::new(),
        };
        let line = format!("{}: {}{of}", self.what, size(self.bytes));
        let line = format!("{line:<width$}", width = self.width);
        self.width = line.len();
        drop(
            io::stderr()
                .lock()
                .write_all(format!("\r{line}").as_bytes()),
        );
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.width > 0 {
            let line = format!("\r{:width$}\r", "", width = self.width);
            drop(io::stderr().lock().write_all(line.as_bytes()));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a person looks at it")]
fn now() -> Instant {
    Instant::now()
}

/// A size as a person reads it.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    let unit = UNITS.iter().find(|(_, unit)| bytes >= *unit);
    match unit {
        Some((name, unit)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_read() {
        for (bytes, wanted) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (1_600_000, "1.5 MiB"),
            (10 << 30, "10.0 GiB"),
        ] {
            assert_eq!(size(bytes), wanted);
        }
    }
}
