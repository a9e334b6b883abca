//! `Accept` (RFC 9110, section 12.5.1).

use http::{HeaderMap, header::ACCEPT};

use crate::spec::MediaType;

/// Whether `Accept` names a media type; it does when it is absent.
#[must_use]
pub fn accepts(headers: &HeaderMap, media_type: &MediaType) -> bool {
    let mut ranges = headers.get_all(ACCEPT).iter().peekable();
    if ranges.peek().is_none() {
        return true;
    }
    let main = media_type.as_str().split('/').next().unwrap_or_default();
    ranges
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|range| {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(is_zero));
            let matches = name == "*/*"
                || name.eq_ignore_ascii_case(media_type.as_str())
                || name
                    .strip_suffix("/*")
                    .is_some_and(|kind| kind.eq_ignore_ascii_case(main));
            matches && !refused
        })
}

/// Whether a weight is `0`, however many zeros it has after the point.
fn is_zero(weight: &str) -> bool {
    weight.starts_with('0') && weight.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted() {
        for (accept, wanted) in [
            ("*/*", true),
            ("application/*", true),
            (
                "text/*, application/vnd.oci.image.index.v1+json;q=0.5",
                true,
            ),
            ("application/vnd.oci.image.index.v1+json;q=0", false),
            ("application/vnd.oci.image.index.v1+json; q=0.000", false),
            ("application/vnd.oci.image.index.v1+json;q=0.001", true),
            ("application/json", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
            assert_eq!(
                accepts(&headers, &MediaType::IMAGE_INDEX),
                wanted,
                "{accept}"
            );
        }
        assert!(accepts(&HeaderMap::new(), &MediaType::IMAGE_INDEX));
    }
}
