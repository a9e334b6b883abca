//! What is wrong with what somebody described.

use std::fmt;

/// A description that nothing can be made of: where, and what was expected there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid(Box<Fault>);

#[derive(Clone, PartialEq, Eq, Debug)]
struct Fault {
    place: String,
    reason: String,
}

impl Invalid {
    pub(crate) fn new(place: &str, reason: &str) -> Self {
        Self(Box::new(Fault {
            place: place.to_owned(),
            reason: reason.to_owned(),
        }))
    }

    /// The member at fault, such as `images[1].files["../a"]`; empty for the description as a whole.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.0.place
    }

    /// What is wrong with it.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// The same, seen from a description that this one stands in.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.0.place = join(outer, &self.0.place);
        self
    }
}

/// The place of a member in what stands at a place.
fn join(outer: &str, inner: &str) -> String {
    let dot = if outer.is_empty() || inner.is_empty() || inner.starts_with('[') {
        ""
    } else {
        "."
    };
    format!("{outer}{dot}{inner}")
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place().is_empty() {
            write!(f, "{}: ", self.place())?;
        }
        f.write_str(self.reason())
    }
}

impl std::error::Error for Invalid {}

/// What is wrong with a value as a whole.
impl From<String> for Invalid {
    fn from(reason: String) -> Self {
        Self(Box::new(Fault {
            place: String::new(),
            reason,
        }))
    }
}
