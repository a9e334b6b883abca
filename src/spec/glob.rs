//! Patterns of names.

/// A pattern: `*` stands for any letters but `/`, `**` for any at all, everything else for itself.
///
/// ```
/// use registrette::spec::Glob;
///
/// assert!(Glob::new("demo/*").is_match("demo/app"));
/// assert!(!Glob::new("demo/*").is_match("demo/app/web"));
/// assert!(Glob::new("demo/**").is_match("demo/app/web"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Glob(String);

impl Glob {
    /// A pattern. Every text is one.
    #[must_use]
    pub fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }

    /// The pattern, as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text is of that form, as a whole.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        matches(self.0.as_bytes(), text.as_bytes())
    }
}

/// Greedy, with a way back to the last star of each kind: what an earlier star could take, the later one can, too.
fn matches(mut pattern: &[u8], mut text: &[u8]) -> bool {
    // Where to go on when what follows the last star did not match: pattern after the star, text it has not taken.
    let mut narrow: Option<(&[u8], &[u8])> = None;
    let mut wide: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern, text) {
            ([b'*', b'*', rest @ ..], _) => {
                pattern = rest;
                wide = Some((rest, text));
                narrow = None;
                continue;
            }
            ([b'*', rest @ ..], _) => {
                pattern = rest;
                narrow = Some((rest, text));
                continue;
            }
            ([p, rest_of_pattern @ ..], [t, rest_of_text @ ..]) if p == t => {
                pattern = rest_of_pattern;
                text = rest_of_text;
                continue;
            }
            ([], []) => return true,
            _ => {}
        }
        let in_segment = narrow.filter(|(_, text)| text.first() != Some(&b'/'));
        if let Some((after, [_, rest @ ..])) = in_segment {
            (pattern, text) = (after, rest);
            narrow = Some((after, rest));
        } else if let Some((after, [_, rest @ ..])) = wide {
            (pattern, text) = (after, rest);
            wide = Some((after, rest));
            narrow = None;
        } else {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_what_they_say() {
        for (pattern, text, is_match) in [
            ("", "", true),
            ("", "a", false),
            ("app", "app", true),
            ("app", "apps", false),
            ("*", "app", true),
            ("*", "", true),
            ("*", "a/b", false),
            ("**", "a/b", true),
            ("*/b", "a/b", true),
            ("*/*", "a/b", true),
            ("*/*", "a/b/c", false),
            ("**/c", "a/b/c", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcdf", false),
            ("*b/**d", "ab/x/y/d", true),
            ("**a*b", "a/ab", true),
            ("**a*b", "a/a/b", false),
            ("sha256:*", "sha256:00", true),
            ("v1.*", "v1.2", true),
            ("v1.*", "v12", false),
        ] {
            assert_eq!(
                Glob::new(pattern).is_match(text),
                is_match,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn many_stars_take_no_long_time() {
        let pattern = "*a".repeat(300);
        assert!(!Glob::new(pattern).is_match(&"ab".repeat(3_000)));
    }
}
