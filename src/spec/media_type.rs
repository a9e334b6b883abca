//! Media types.

use std::{borrow::Cow, fmt};

/// A media type without parameters, such as `application/vnd.oci.image.manifest.v1+json`.
///
/// Any type is taken, known or not; only what could not stand in a header is refused.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaType(Cow<'static, str>);

impl MediaType {
    /// An OCI image manifest.
    pub const IMAGE_MANIFEST: Self = Self::known("application/vnd.oci.image.manifest.v1+json");
    /// An OCI image index.
    pub const IMAGE_INDEX: Self = Self::known("application/vnd.oci.image.index.v1+json");
    /// A Docker image manifest, schema 2.
    pub const DOCKER_MANIFEST: Self =
        Self::known("application/vnd.docker.distribution.manifest.v2+json");
    /// A Docker manifest list.
    pub const DOCKER_LIST: Self =
        Self::known("application/vnd.docker.distribution.manifest.list.v2+json");
    /// JSON of no known type.
    pub const JSON: Self = Self::known("application/json");
    /// Bytes of no known type.
    pub const OCTET_STREAM: Self = Self::known("application/octet-stream");

    const fn known(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// Takes the type out of a `Content-Type`: parameters dropped, blanks trimmed.
    ///
    /// `None` when nothing is left, or something that no header could carry.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.split(';').next().unwrap_or_default().trim();
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        let known = [
            Self::JSON,
            Self::IMAGE_MANIFEST,
            Self::IMAGE_INDEX,
            Self::DOCKER_MANIFEST,
            Self::DOCKER_LIST,
            Self::OCTET_STREAM,
        ];
        let found = known.into_iter().find(|known| known.as_str() == text);
        Some(found.unwrap_or_else(|| Self(Cow::Owned(text.to_owned()))))
    }

    /// The type as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether layers of this type may be absent: the spec forbids to refuse a manifest for want of them
    /// (image-spec, "Non-distributable layers"), and Docker's foreign layers are the same thing.
    #[must_use]
    pub fn is_non_distributable(&self) -> bool {
        self.0.contains(".nondistributable.") || self.0.contains(".foreign.")
    }

    /// Whether a browser that is handed this type would run or render it.
    #[must_use]
    pub fn is_active(&self) -> bool {
        if matches!(self.0, Cow::Borrowed(_)) {
            return false;
        }
        let text = self.0.to_ascii_lowercase();
        let Some(kind) = text.strip_prefix("application/") else {
            return true;
        };
        let is_archive = matches!(kind, "x-tar" | "gzip" | "zstd");
        let is_known = kind.starts_with("vnd.oci.")
            || kind.starts_with("vnd.docker.")
            || kind.ends_with("+json");
        !(is_archive || is_known)
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_dropped() {
        assert_eq!(
            MediaType::parse(" application/json ; charset=utf-8")
                .unwrap()
                .as_str(),
            "application/json"
        );
        assert_eq!(
            MediaType::parse(MediaType::IMAGE_INDEX.as_str()),
            Some(MediaType::IMAGE_INDEX)
        );
        assert_eq!(MediaType::parse(" ; q=1"), None);
        assert_eq!(MediaType::parse("te xt/é"), None);
    }

    #[test]
    fn what_a_browser_would_run() {
        for active in [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "text/javascript",
            "nonsense",
        ] {
            assert!(MediaType::parse(active).unwrap().is_active(), "{active}");
        }
        for inert in [MediaType::IMAGE_MANIFEST, MediaType::OCTET_STREAM] {
            assert!(!inert.is_active(), "{inert}");
        }
    }
}
