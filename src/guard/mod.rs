//! Who may ask.
//!
//! A registry on loopback is reachable by every page that the same machine's browser shows. Two things keep pages out:
//! a name that leads here although it is not ours (DNS rebinding) is seen in `Host`, and what a page of another origin
//! sends, the browser marks with `Origin` and `Sec-Fetch-Site`. Every server of the registry asks here, on whatever sockets.

mod cors;
mod head;
mod host;
mod refusal;

use http::{
    HeaderMap, HeaderValue, Method,
    header::{HOST, ORIGIN},
    request::Parts,
};

use self::host::{Host, Origin};

pub use head::check as check_head;
pub use refusal::Refusal;

/// Decides which requests reach the registry.
///
/// ```
/// use registrette::guard::Guard;
///
/// let guard = Guard::loopback().host("registry.test")?.origin("http://localhost:8080")?;
/// assert!(Guard::loopback().origin("*").unwrap_err().contains("name each origin"));
/// # drop(guard);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guard {
    /// The names this server goes by, besides local ones; `None`: any.
    hosts: Option<Vec<String>>,
    /// The origins that may ask, besides its own.
    origins: Vec<String>,
    scheme: &'static str,
    trust_forwarded: bool,
}

impl Guard {
    /// For a server on loopback: `Host` is an address, `localhost`, a name below it, or one that [`host`](Self::host)
    /// names.
    #[must_use]
    pub fn loopback() -> Self {
        Self {
            hosts: Some(Vec::new()),
            ..Self::open()
        }
    }

    /// For a server that others reach, by names it does not know.
    #[must_use]
    pub fn open() -> Self {
        Self {
            hosts: None,
            origins: Vec::new(),
            scheme: "http",
            trust_forwarded: false,
        }
    }

    /// The server also goes by this name.
    ///
    /// # Errors
    /// A sentence that says why this is no name.
    pub fn host(mut self, name: &str) -> Result<Self, String> {
        if name.contains('*') || Host::parse(name).is_none_or(|host| host.port.is_some()) {
            return Err(format!(
                "{name:?} is not the name of a host; give it without scheme and port, each name by itself"
            ));
        }
        if let Some(hosts) = &mut self.hosts {
            hosts.push(name.to_owned());
        }
        Ok(self)
    }

    /// Pages of this origin may ask.
    ///
    /// # Errors
    /// A sentence that says why this is no origin. `*` is none.
    pub fn origin(mut self, origin: &str) -> Result<Self, String> {
        if origin.contains('*') {
            return Err(format!(
                "{origin:?} would let every page in the browser push and delete; name each origin by itself"
            ));
        }
        if Origin::parse(origin).is_none() {
            return Err(format!(
                "{origin:?} is not an origin; write it like http://localhost:8080, without a path"
            ));
        }
        self.origins.push(origin.to_ascii_lowercase());
        Ok(self)
    }

    /// The server speaks TLS: its own origin is `https`.
    #[must_use]
    pub fn https(mut self) -> Self {
        self.scheme = "https";
        self
    }

    /// A proxy in front says by `X-Forwarded-Proto` and `X-Forwarded-Host` what the client asked.
    #[must_use]
    pub fn trust_forwarded(mut self) -> Self {
        self.trust_forwarded = true;
        self
    }

    /// Checks a head that [`check_head`] let through.
    ///
    /// # Errors
    /// The [`Refusal`] to answer in place of the registry.
    pub fn check(&self, head: &Parts) -> Result<(), Refusal> {
        let host = head.headers.get(HOST).and_then(text).and_then(Host::parse);
        if let (Some(names), Some(host)) = (&self.hosts, host)
            && !host.is_local()
            && !names.iter().any(|name| host.is_named(name))
        {
            return Err(Refusal::HostUnknown(host.name.to_owned()));
        }
        if head.headers.contains_key(ORIGIN) {
            return self.check_origin(&head.headers, host);
        }
        // Not every request of a page has an origin: its images and links have none.
        let is = |name, value| {
            head.headers
                .get(name)
                .is_some_and(|is: &HeaderValue| is == value)
        };
        let is_navigation = head.method == Method::GET && is("sec-fetch-mode", "navigate");
        if is("sec-fetch-site", "cross-site") && !is_navigation {
            return Err(Refusal::CrossSite);
        }
        Ok(())
    }

    /// Whether the pages of an origin may ask, besides those of this server.
    fn is_allowed(&self, origin: &str) -> bool {
        Origin::parse(origin).is_some_and(|origin| self.is_named(origin))
    }

    fn is_named(&self, origin: Origin<'_>) -> bool {
        let known = self.origins.iter().filter_map(|known| Origin::parse(known));
        known.into_iter().any(|known| known.is_same(origin))
    }

    fn check_origin(&self, headers: &HeaderMap, host: Option<Host<'_>>) -> Result<(), Refusal> {
        let asked = host.map(|host| Origin {
            scheme: self.scheme,
            host,
        });
        let own = if self.trust_forwarded {
            forwarded(headers, asked)
        } else {
            asked
        };
        let may_ask = |value: &HeaderValue| {
            text(value).and_then(Origin::parse).is_some_and(|origin| {
                own.is_some_and(|own| own.is_same(origin)) || self.is_named(origin)
            })
        };
        match headers.get_all(ORIGIN).iter().find(|value| !may_ask(value)) {
            None => Ok(()),
            Some(value) => Err(Refusal::OriginUnknown(
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )),
        }
    }
}

/// The origin that the client asked, when a proxy says.
fn forwarded<'a>(headers: &'a HeaderMap, asked: Option<Origin<'a>>) -> Option<Origin<'a>> {
    let said = |name| {
        headers
            .get(name)
            .and_then(text)
            .and_then(|list| list.split(',').next())
            .map(str::trim)
    };
    let scheme = said("x-forwarded-proto").or_else(|| asked.map(|asked| asked.scheme));
    let host = said("x-forwarded-host")
        .and_then(Host::parse)
        .or_else(|| asked.map(|asked| asked.host));
    Some(Origin {
        scheme: scheme?,
        host: host?,
    })
}

fn text(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn check(guard: &Guard, method: &str, headers: &[(&str, &str)]) -> Result<(), Refusal> {
        let mut request = Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        guard.check(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn a_name_that_is_not_ours_is_refused_on_loopback() {
        let evil = [("host", "evil.example:5000")];
        let refused = Err(Refusal::HostUnknown("evil.example".to_owned()));
        assert_eq!(check(&Guard::loopback(), "GET", &evil), refused);
        assert_eq!(check(&Guard::open(), "GET", &evil), Ok(()));
        assert_eq!(
            check(
                &Guard::loopback().host("Evil.Example").unwrap(),
                "GET",
                &evil
            ),
            Ok(())
        );
        assert_eq!(
            check(&Guard::loopback(), "GET", &[("host", "localhost:5000")]),
            Ok(())
        );
    }

    #[test]
    fn an_origin_is_our_own_or_admitted() {
        let guard = Guard::loopback().origin("http://App.example").unwrap();
        let from = |origin| {
            check(
                &guard,
                "POST",
                &[("host", "localhost:5000"), ("origin", origin)],
            )
        };
        assert_eq!(from("http://localhost:5000"), Ok(()));
        assert_eq!(from("http://app.example:80"), Ok(()));
        for origin in [
            "http://localhost:5001",
            "https://localhost:5000",
            "http://evil.example",
            "null",
            "",
        ] {
            assert_eq!(
                from(origin),
                Err(Refusal::OriginUnknown(origin.to_owned())),
                "{origin}"
            );
        }
        let two = [
            ("host", "localhost"),
            ("origin", "http://localhost"),
            ("origin", "http://evil.example"),
        ];
        assert!(check(&guard, "POST", &two).is_err());
    }

    #[test]
    fn another_site_may_only_navigate() {
        let cross = ("sec-fetch-site", "cross-site");
        let navigate = ("sec-fetch-mode", "navigate");
        let guard = Guard::loopback().origin("http://app.example").unwrap();
        assert_eq!(check(&guard, "GET", &[cross]), Err(Refusal::CrossSite));
        assert_eq!(check(&guard, "GET", &[cross, navigate]), Ok(()));
        assert_eq!(
            check(&guard, "POST", &[cross, navigate]),
            Err(Refusal::CrossSite)
        );
        assert_eq!(
            check(&guard, "GET", &[cross, ("origin", "http://app.example")]),
            Ok(())
        );
        assert_eq!(
            check(&guard, "GET", &[("sec-fetch-site", "same-origin")]),
            Ok(())
        );
    }

    #[test]
    fn a_proxy_is_believed_when_it_is_trusted() {
        let headers = [
            ("host", "localhost:5000"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "registry.example"),
            ("origin", "https://registry.example"),
        ];
        assert!(check(&Guard::loopback(), "POST", &headers).is_err());
        assert_eq!(
            check(&Guard::loopback().trust_forwarded(), "POST", &headers),
            Ok(())
        );
    }

    #[test]
    fn names_and_origins_are_read_at_the_start() {
        for name in ["*", "*.example", "a:1", "http://a", ""] {
            assert!(Guard::loopback().host(name).is_err(), "{name}");
        }
        for origin in ["*", "http://*", "a.example", "http://a/b", "null"] {
            assert!(Guard::loopback().origin(origin).is_err(), "{origin}");
        }
    }
}
