//! Tags.

use std::fmt;

use smol_str::SmolStr;

use super::{Error, name::shortened};

/// A tag: 1 to 128 characters, `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(SmolStr);

impl Tag {
    /// The longest tag there is, in characters.
    pub const MAX_LENGTH: usize = 128;

    /// Parses a tag.
    ///
    /// # Errors
    /// [`Error::TagInvalid`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let invalid = |reason| {
            Err(Error::TagInvalid {
                tag: shortened(text),
                reason,
            })
        };
        let mut bytes = text.bytes();
        match bytes.next() {
            None => return invalid("a tag has at least one character"),
            Some(first) if first.is_ascii_alphanumeric() || first == b'_' => {}
            Some(_) => return invalid("a tag starts with a letter, a digit or '_'"),
        }
        if !bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')) {
            return invalid("only letters, digits, '.', '_' and '-' are allowed");
        }
        if text.len() > Self::MAX_LENGTH {
            return invalid("a tag has at most 128 characters");
        }
        Ok(Self(text.into()))
    }

    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl std::borrow::Borrow<str> for Tag {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar() {
        for good in [
            "_foo",
            "A.b-C_9",
            "0",
            "latest..",
            "UPPER",
            &"x".repeat(128),
        ] {
            assert!(Tag::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            ".foo",
            "-foo",
            "foo+bar",
            "foo bar",
            "foo@bar",
            "é",
            &"x".repeat(129),
        ] {
            assert!(Tag::parse(bad).is_err(), "{bad}");
        }
    }
}
