//! Repository names.

use std::{fmt, sync::Arc};

use super::Error;

/// The name of a repository, such as `library/alpine`.
///
/// Lower-case path components of letters and digits, joined inside by `.`, `_`, `__` or any number of `-`, and between
/// by `/`: `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*` (distribution-spec, "Pulling
/// manifests"). Cloning is cheap.
///
/// ```
/// use registrette::spec::RepositoryName;
///
/// assert_eq!(RepositoryName::parse("library/alpine")?.as_str(), "library/alpine");
/// assert!(RepositoryName::parse("Library/alpine").is_err());
/// # Ok::<(), registrette::spec::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepositoryName(Arc<str>);

impl RepositoryName {
    /// Parses a name of any length; how long one may be is a limit of the registry.
    ///
    /// # Errors
    /// [`Error::NameInvalid`] says which component is wrong and why.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match text.split('/').find_map(component_fault) {
            None => Ok(Self(text.into())),
            Some(reason) => Err(Error::NameInvalid {
                name: shortened(text),
                reason,
            }),
        }
    }

    /// A name for the images of a test: that of the test in lower case, with a dash for whatever no name can hold.
    ///
    /// ```
    /// use registrette::spec::RepositoryName;
    ///
    /// assert_eq!(RepositoryName::for_test("TestPull/by tag").as_str(), "testpull-by-tag");
    /// ```
    #[must_use]
    pub fn for_test(name: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        let signs = lower.split(|c: char| !c.is_ascii_alphanumeric());
        let parts: Vec<&str> = signs.filter(|part| !part.is_empty()).collect();
        Self::parse(&parts.join("-")).unwrap_or_else(|_| Self("test".into()))
    }

    /// The first name in byte order.
    pub(crate) fn least() -> Self {
        Self("0".into())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Says what is wrong with one component of a name, if anything is.
fn component_fault(component: &str) -> Option<&'static str> {
    let bytes = component.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return Some(
            "a component is empty; expected lower-case letters and digits between slashes",
        );
    };
    if !bytes
        .iter()
        .all(|b| is_alphanumeric(*b) || matches!(b, b'.' | b'_' | b'-'))
    {
        return Some("only a-z, 0-9, '.', '_', '-' and '/' are allowed");
    }
    if !is_alphanumeric(*first) || !is_alphanumeric(*last) {
        return Some("a component must start and end with a letter or a digit");
    }
    let separators = component
        .split(|c: char| c.is_ascii_alphanumeric())
        .filter(|run| !run.is_empty());
    for run in separators {
        let good = matches!(run, "." | "_" | "__") || run.bytes().all(|b| b == b'-');
        if !good {
            return Some("separators are '.', '_', '__' or any number of '-', not mixed");
        }
    }
    None
}

fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// What an error quotes of a value: never more than a line of it.
pub(super) fn shortened(text: &str) -> String {
    const QUOTED: usize = 80;
    if text.len() <= QUOTED {
        return text.to_owned();
    }
    let mut quoted: String = text.chars().take(QUOTED).collect();
    quoted.push('…');
    quoted
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl std::borrow::Borrow<str> for RepositoryName {
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
            "a",
            "0",
            "foo/bar/baz",
            "foo.bar",
            "foo_bar",
            "foo__bar",
            "foo---bar",
            "foo-bar_baz.qux/1-2__3",
        ] {
            assert!(RepositoryName::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "Foo",
            "foo/Bar",
            "-foo",
            "foo-",
            "foo/.bar",
            "foo.",
            "foo..bar",
            "foo___bar",
            "foo._bar",
            "foo_-bar",
            "foo+bar",
            "föö",
            "foo//bar",
            "/foo",
            "foo/",
            "foo:80/bar",
        ] {
            assert!(RepositoryName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_error_quotes_one_line() {
        let Err(Error::NameInvalid { name, .. }) = RepositoryName::parse(&"A".repeat(10_000))
        else {
            panic!()
        };
        assert!(name.chars().count() <= 81);
    }
}
