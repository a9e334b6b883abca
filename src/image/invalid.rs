//! What is wrong with a description.

use std::fmt;

/// A description that nothing can be made of: where, and what was expected there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid {
    /// The member at fault, such as `images[1].files["../a"]`; empty for the description as a whole.
    pub place: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Invalid {
    pub(super) fn new(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            reason: reason.into(),
        }
    }

    /// The same, seen from a description that this one stands in.
    #[must_use]
    pub fn within(self, outer: &str) -> Self {
        let place = join(outer, &self.place);
        Self { place, ..self }
    }
}

/// The place of a member in what stands at a place.
pub(super) fn join(outer: &str, inner: &str) -> String {
    let dot = if outer.is_empty() || inner.is_empty() || inner.starts_with('[') {
        ""
    } else {
        "."
    };
    format!("{outer}{dot}{inner}")
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Invalid {}
