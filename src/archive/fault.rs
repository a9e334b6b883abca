//! What is wrong with an archive or a tree.

use std::fmt;

/// Why something cannot be read or written: the entry, and what was expected there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    entry: String,
    reason: String,
}

impl Fault {
    /// A fault of an entry; of the whole, where the entry is empty.
    #[must_use]
    pub fn new(entry: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            entry: entry.into(),
            reason: reason.into(),
        }
    }

    /// The entry at fault, such as `blobs/sha256/…`.
    #[must_use]
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// What is wrong with it.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The same, seen from what the entry stands in.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.entry = match (outer.is_empty(), self.entry.is_empty()) {
            (true, _) => self.entry,
            (false, true) => outer.to_owned(),
            (false, false) => format!("{outer}: {}", self.entry),
        };
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.entry.is_empty() {
            write!(f, "{}: ", self.entry)?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Fault {}
