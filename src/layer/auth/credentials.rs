//! What a client shows of itself.

use http::{HeaderMap, header::AUTHORIZATION};

use crate::spec::base64;

/// What stands in `Authorization`.
#[derive(PartialEq, Eq)]
pub(super) enum Credentials {
    /// Nothing, or a name and a password that are both empty, as some clients send who have none.
    None,
    /// `Basic`: name and password.
    Basic(String, String),
    /// `Bearer`: a token.
    Bearer(String),
    /// What cannot be read.
    Malformed(&'static str),
}

impl Credentials {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        match (values.next(), values.next()) {
            (None, _) => Self::None,
            (Some(_), Some(_)) => Self::Malformed("Authorization comes twice"),
            (Some(value), None) => Self::read(value.to_str().unwrap_or_default()),
        }
    }

    fn read(text: &str) -> Self {
        let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
        let rest = rest.trim_matches(' ');
        if scheme.eq_ignore_ascii_case("basic") {
            return Self::basic(rest);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Self::Malformed("Authorization is neither Basic nor Bearer");
        }
        if rest.is_empty() {
            Self::Malformed("there is no token after Bearer")
        } else {
            Self::Bearer(rest.to_owned())
        }
    }

    fn basic(text: &str) -> Self {
        let pair = base64::decode(text).and_then(|bytes| String::from_utf8(bytes).ok());
        let pair = pair.filter(|pair| !pair.contains(char::is_control));
        match pair.as_deref().and_then(|pair| pair.split_once(':')) {
            Some(("", "")) => Self::None,
            Some((user, password)) => Self::Basic(user.to_owned(), password.to_owned()),
            None => Self::Malformed("Basic is not followed by base64 of NAME:PASSWORD"),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(values: &[&'static str]) -> Credentials {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        Credentials::of(&headers)
    }

    #[test]
    fn authorization_is_read() {
        let basic =
            |user: &str, password: &str| Credentials::Basic(user.to_owned(), password.to_owned());
        assert!(of(&[]) == Credentials::None);
        assert!(of(&["Basic Og=="]) == Credentials::None);
        assert!(of(&["Basic YWxpY2U6c2VjcmV0"]) == basic("alice", "secret"));
        assert!(of(&["bAsIc  YTpiOmM="]) == basic("a", "b:c"));
        assert!(of(&["Bearer t"]) == Credentials::Bearer("t".to_owned()));
        for bad in [
            &["Basic"][..],
            &["Basic YWxpY2U="],
            &["Basic ***"],
            &["Basic YQo6Yg=="],
            &["Bearer "],
            &["Digest x"],
            &["Bearer t", "Bearer t"],
        ] {
            assert!(matches!(of(bad), Credentials::Malformed(_)), "{bad:?}");
        }
    }
}
