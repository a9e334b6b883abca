//! One line per request.

use std::{fmt, sync::Arc, time::Duration};

use http::{Method, StatusCode, Uri, request};
use tokio::time::Instant;

use super::clock;
use crate::spec::Timestamp;

/// Who is told of every request that was answered, or given up.
///
/// ```
/// use registrette::serve::Log;
///
/// let log = Log::new(|served| drop(served.to_string()));
/// ```
#[derive(Clone)]
pub struct Log(Arc<dyn Fn(&Served) + Send + Sync>);

/// One request, when the last byte of its answer has been handed over.
///
/// Its text is one line: time, method, target, status, bytes, milliseconds. The target is escaped.
#[derive(Clone, Debug)]
pub struct Served {
    /// When it came.
    pub at: Timestamp,
    /// Its method.
    pub method: Method,
    /// What it asked for.
    pub target: Uri,
    /// What it was answered with; `None` when it was not.
    pub status: Option<StatusCode>,
    /// How many bytes of the answer's body were sent.
    pub bytes: u64,
    /// How long it took from its head to the last byte of its answer.
    pub took: Duration,
}

/// The longest target that is written whole.
const LONGEST_TARGET: usize = 1 << 10;

/// What is gathered for the line while the request runs. Dropping it is what ends the request.
#[derive(Debug)]
pub(super) struct Record {
    log: Log,
    since: Instant,
    served: Served,
}

impl Log {
    /// Calls `tell` for each request, on the task that answers it: it should be quick.
    pub fn new(tell: impl Fn(&Served) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(super) fn record(&self, head: &request::Parts) -> Box<Record> {
        let (at, method, target) = (clock::now(), head.method.clone(), head.uri.clone());
        let served = Served {
            at,
            method,
            target,
            status: None,
            bytes: 0,
            took: Duration::ZERO,
        };
        Box::new(Record {
            log: self.clone(),
            since: Instant::now(),
            served,
        })
    }
}

impl Record {
    pub(super) fn answered(&mut self, status: StatusCode) {
        self.served.status = Some(status);
    }

    pub(super) fn sent(&mut self, bytes: u64) {
        self.served.bytes = self.served.bytes.saturating_add(bytes);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.served.took = self.since.elapsed();
        (self.log.0)(&self.served);
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at,
            method,
            target,
            status,
            bytes,
            took,
        } = self;
        write!(f, "{} {method} ", at.rfc3339())?;
        let target = target
            .path_and_query()
            .map_or("-", |target| target.as_str());
        let mut letters = target.chars();
        for letter in letters.by_ref().take(LONGEST_TARGET) {
            match letter {
                '!'..='~' => write!(f, "{letter}")?,
                _ => write!(f, "{}", letter.escape_default())?,
            }
        }
        if letters.next().is_some() {
            f.write_str("…")?;
        }
        match status {
            Some(status) => write!(f, " {}", status.as_u16())?,
            None => f.write_str(" -")?,
        }
        write!(
            f,
            " {bytes}B {}.{:03}ms",
            took.as_millis(),
            took.subsec_micros() % 1000
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(millis: u64, target: &str, status: Option<StatusCode>) -> String {
        let at = Timestamp::from_millis(millis);
        let (method, target) = (Method::GET, target.parse().unwrap());
        Served {
            at,
            method,
            target,
            status,
            bytes: 2,
            took: Duration::from_micros(1_050),
        }
        .to_string()
    }

    #[test]
    fn a_line_has_six_words() {
        let wanted = "1970-01-01T00:00:00.000Z GET /v2/?n=1 200 2B 1.050ms";
        assert_eq!(line(0, "/v2/?n=1", Some(StatusCode::OK)), wanted);
        assert_eq!(
            line(951_782_400_001, "/", None),
            "2000-02-29T00:00:00.001Z GET / - 2B 1.050ms"
        );
        assert!(line(1_709_251_199_999, "/", None).starts_with("2024-02-29T23:59:59.999Z "));
        assert!(line(4_102_444_800_000, "/", None).starts_with("2100-01-01T00:00:00.000Z "));
    }

    #[test]
    fn a_target_is_escaped_and_cut() {
        assert!(line(0, "/é", None).contains(" /\\u{e9} "));
        let long = line(0, &format!("/{}", "a".repeat(5000)), None);
        assert!(long.contains("aa… - "));
        assert!(long.len() < 1200);
    }
}
