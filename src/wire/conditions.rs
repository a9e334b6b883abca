//! Preconditions (RFC 9110, section 13).

use http::{
    HeaderMap, HeaderName,
    header::{IF_MATCH, IF_NONE_MATCH},
};

use crate::spec::Digest;

/// `If-Match` and `If-None-Match`; entity tags here are digests in quotes.
#[derive(Clone, Copy, Debug)]
pub struct Conditions<'a>(&'a HeaderMap);

/// The entity tag of some content: its digest in quotes.
#[must_use]
pub fn entity_tag(digest: &Digest) -> String {
    format!("\"{digest}\"")
}

impl<'a> Conditions<'a> {
    /// The conditions of a request.
    #[must_use]
    pub fn of(headers: &'a HeaderMap) -> Self {
        Self(headers)
    }

    /// Whether a pull may go on: the client asks for whatever is there, or for this content.
    #[must_use]
    pub fn is_wanted(self, digest: &Digest) -> bool {
        self.names(&IF_MATCH, Some(digest)) != Some(false)
    }

    /// Whether the client has this content already: a pull is then answered 304.
    #[must_use]
    pub fn is_known(self, digest: &Digest) -> bool {
        self.names(&IF_NONE_MATCH, Some(digest)) == Some(true)
    }

    /// Whether a change may go on, given what is there now: nothing, or content of this digest.
    #[must_use]
    pub fn allow(self, current: Option<&Digest>) -> bool {
        self.names(&IF_MATCH, current) != Some(false)
            && self.names(&IF_NONE_MATCH, current) != Some(true)
    }

    /// Whether a header names what is there; `None` when it is absent.
    fn names(self, header: &HeaderName, current: Option<&Digest>) -> Option<bool> {
        self.0.get(header)?;
        let Some(current) = current.map(ToString::to_string) else {
            return Some(false);
        };
        let values = self
            .0
            .get_all(header)
            .iter()
            .filter_map(|value| value.to_str().ok());
        // A weak tag will do to have something already, not to be sure of it (sections 13.1.1 and 13.1.2).
        let weak = if header == IF_NONE_MATCH { "W/" } else { "" };
        let named = values.flat_map(|value| value.split(',')).any(|tag| {
            let tag = tag.trim();
            tag == "*" || tag.strip_prefix(weak).unwrap_or(tag).trim_matches('"') == current
        });
        Some(named)
    }
}
