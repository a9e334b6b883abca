//! Where an answer sends on to.

/// A `Location`, seen from where it was given.
pub(super) fn resolve(base: &str, location: &str) -> String {
    if location.contains("://") {
        return location.to_owned();
    }
    let start = base.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = base.split_at(start);
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    if let Some(other) = location.strip_prefix("//") {
        return format!("{scheme}{other}");
    }
    if location.starts_with('/') {
        return format!("{scheme}{host}{location}");
    }
    let path = base.split('?').next().unwrap_or_default();
    let folder = path.rfind('/').map_or(path, |at| &path[..=at]);
    format!("{folder}{location}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_resolved() {
        let base = "https://a.test:1/v2/app/blobs/uploads/?x=1";
        for (location, wanted) in [
            ("https://b.test/c", "https://b.test/c"),
            ("/v2/c?d", "https://a.test:1/v2/c?d"),
            ("//b.test/c", "https://b.test/c"),
            ("c", "https://a.test:1/v2/app/blobs/uploads/c"),
        ] {
            assert_eq!(resolve(base, location), wanted);
        }
    }
}
