//! What `Host` and `Origin` hold.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A name or an address, and the port where one is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Host<'a> {
    /// The name; an IPv6 address with its brackets.
    pub(crate) name: &'a str,
    /// The port, as text; not empty.
    pub(crate) port: Option<&'a str>,
}

/// A scheme and a host: what `Origin` holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Origin<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) host: Host<'a>,
}

impl<'a> Host<'a> {
    /// Reads `NAME[:PORT]` (RFC 9110, 7.2), without a user.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let end = if text.starts_with('[') {
            text.find(']')?.checked_add(1)?
        } else {
            text.find(':').unwrap_or(text.len())
        };
        let (name, rest) = text.split_at_checked(end)?;
        let port = match rest.strip_prefix(':') {
            Some(port) => Some(port).filter(|port| !port.is_empty()),
            None if rest.is_empty() => None,
            None => return None,
        };
        let fits = |name: &str| !name.is_empty() && name.bytes().all(is_name_byte);
        let is_named = bracketed(name)
            .map_or_else(|| fits(name), |address| address.parse::<Ipv6Addr>().is_ok());
        let is_ported = port.is_none_or(|port| port.parse::<u16>().is_ok());
        (is_named && is_ported).then_some(Self { name, port })
    }

    /// Whether nobody else can make this name lead here: an address, or a name that is local by definition.
    pub(crate) fn is_local(self) -> bool {
        if bracketed(self.name).is_some() || self.name.parse::<Ipv4Addr>().is_ok() {
            return true;
        }
        let name = self.name.strip_suffix('.').unwrap_or(self.name);
        let (parent, label) = name
            .rsplit_once('.')
            .map_or(("", name), |(parent, label)| (parent, label));
        label.eq_ignore_ascii_case("localhost") && (name.len() == label.len() || !parent.is_empty())
    }

    /// Whether it goes by that name, whatever the port.
    pub(crate) fn is_named(self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl<'a> Origin<'a> {
    /// Reads `SCHEME://NAME[:PORT]`.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (scheme, host) = text.split_once("://")?;
        Some(Self {
            scheme,
            host: Host::parse(host)?,
        })
    }

    /// Whether both are one origin. The port that a scheme has anyway may be left out.
    pub(crate) fn is_same(self, other: Self) -> bool {
        let port = |origin: Self| {
            origin.host.port.or(match origin.scheme {
                "http" => Some("80"),
                "https" => Some("443"),
                _ => None,
            })
        };
        self.scheme == other.scheme
            && self.host.is_named(other.host.name)
            && port(self) == port(other)
    }
}

fn bracketed(name: &str) -> Option<&str> {
    name.strip_prefix('[')?.strip_suffix(']')
}

/// A byte of a registered name (RFC 3986, 3.2.2).
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read() {
        for (text, name, port) in [
            ("localhost", "localhost", None),
            ("a.example:5000", "a.example", Some("5000")),
            ("127.0.0.1:", "127.0.0.1", None),
            ("[::1]:80", "[::1]", Some("80")),
            ("[::1]", "[::1]", None),
        ] {
            assert_eq!(Host::parse(text), Some(Host { name, port }), "{text}");
        }
        for text in [
            "", ":80", "a b", "a/b", "u@a", "a:b", "a:65536", "[::1", "[x]", "[::1]80", "::1",
            "a:1:2", "é",
        ] {
            assert_eq!(Host::parse(text), None, "{text}");
        }
    }

    #[test]
    fn local_is_what_no_name_server_decides() {
        for text in [
            "localhost",
            "LOCALHOST:1",
            "a.b.localhost",
            "localhost.",
            "127.0.0.1",
            "10.0.0.1:5000",
            "[::1]:5000",
        ] {
            assert!(Host::parse(text).unwrap().is_local(), "{text}");
        }
        for text in [
            "evil.example",
            "localhost.evil.example",
            "xlocalhost",
            ".localhost",
            "127.1",
            "0x7f000001",
        ] {
            assert!(!Host::parse(text).unwrap().is_local(), "{text}");
        }
    }

    #[test]
    fn origins_are_one_by_scheme_name_and_port() {
        let same = |a, b| Origin::parse(a).unwrap().is_same(Origin::parse(b).unwrap());
        assert!(same("http://A.example", "http://a.example:80"));
        assert!(same("https://a.example:443", "https://a.example"));
        assert!(!same("http://a.example", "https://a.example"));
        assert!(!same("http://a.example:1", "http://a.example:2"));
        assert_eq!(Origin::parse("null"), None);
        assert_eq!(Origin::parse("http://a/"), None);
    }
}
