//! Counts the cases and says how each went.

use std::process::ExitCode;

use crate::Check;

#[derive(Default)]
pub(crate) struct Report {
    passed: usize,
    failed: usize,
    skipped: Vec<String>,
}

impl Report {
    pub(crate) fn passed(&mut self, client: &str, case: &str) {
        self.passed += 1;
        println!("ok {client} {case}");
    }

    pub(crate) fn failed(&mut self, client: &str, case: &str, why: &str) {
        self.failed += 1;
        // Further lines are what the client said: they stand indented below the first.
        println!(
            "FAILED {client} {case}: {}",
            why.trim_end().replace('\n', "\n    ")
        );
    }

    /// How many cases failed so far.
    pub(crate) fn failures(&self) -> usize {
        self.failed
    }

    pub(crate) fn skipped(&mut self, client: &str, reason: &str) {
        self.skipped.push(format!("skipped {client}: {reason}"));
    }

    /// Names what was skipped, sums up, and gives the exit code.
    pub(crate) fn close(self) -> ExitCode {
        for line in &self.skipped {
            println!("{line}");
        }
        println!(
            "{} passed, {} failed, {} skipped",
            self.passed,
            self.failed,
            self.skipped.len()
        );
        if self.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// The report as one client's cases see it.
pub(crate) struct Cases<'a> {
    report: &'a mut Report,
    client: &'a str,
}

impl<'a> Cases<'a> {
    pub(crate) fn new(report: &'a mut Report, client: &'a str) -> Self {
        Self { report, client }
    }

    /// How many cases failed so far.
    pub(crate) fn failures(&self) -> usize {
        self.report.failures()
    }

    /// Runs one case and counts it.
    pub(crate) fn case(&mut self, name: &str, body: impl FnOnce() -> Check) {
        match body() {
            Ok(()) => self.report.passed(self.client, name),
            Err(why) => self.report.failed(self.client, name, &why.to_string()),
        }
    }
}

/// Fails unless the two are equal.
pub(crate) fn same(what: &str, expected: &str, found: &str) -> Check {
    if expected == found {
        return Ok(());
    }
    Err(format!("{what}: expected {expected:?}, found {found:?}").into())
}

/// Fails unless `text` holds `part`.
pub(crate) fn holds(what: &str, text: &str, part: &str) -> Check {
    if text.contains(part) {
        return Ok(());
    }
    Err(format!("{what}: no {part:?} in {text:?}").into())
}
