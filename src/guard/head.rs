//! What must be true of a head before anybody acts on it.
//!
//! hyper refuses what could be read in two ways: lengths that differ, a bare CR, folded lines, `Transfer-Encoding` in
//! HTTP/1.0 or without `chunked`; and it closes after a request that has both a length and chunks
//! (`tests/serve/smuggling.rs` holds it to that). What is left is `Host`.

use http::{HeaderValue, Version, header::HOST, request::Parts};

use super::{host::Host, refusal::Refusal};

/// Checks `Host`, and makes it the one place that says which host was asked: a target that names one, as every
/// HTTP/2 request's does, stands over it (RFC 9112, 3.2.2).
///
/// # Errors
/// The [`Refusal`] to answer in place of the registry.
pub fn check(head: &mut Parts) -> Result<(), Refusal> {
    let mut hosts = head.headers.get_all(HOST).iter();
    let is_named = hosts.next().is_some();
    if hosts.next().is_some() {
        return Err(Refusal::HostTwice);
    }
    if !is_named && head.version == Version::HTTP_11 {
        return Err(Refusal::HostMissing);
    }
    if let Some(authority) = head.uri.authority() {
        let host = HeaderValue::from_str(authority.as_str());
        head.headers.insert(
            HOST,
            host.map_err(|_| Refusal::HostMalformed(authority.to_string()))?,
        );
    }
    let Some(value) = head.headers.get(HOST) else {
        return Ok(());
    };
    if value.to_str().is_ok_and(|text| Host::parse(text).is_some()) {
        return Ok(());
    }
    Err(Refusal::HostMalformed(
        String::from_utf8_lossy(value.as_bytes()).into_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn checked(version: Version, target: &str, hosts: &[&str]) -> Result<Option<String>, Refusal> {
        let mut request = Request::builder().version(version).uri(target);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        let mut head = request.body(()).unwrap().into_parts().0;
        check(&mut head)?;
        Ok(head
            .headers
            .get(HOST)
            .map(|host| host.to_str().unwrap().to_owned()))
    }

    #[test]
    fn there_is_one_host() {
        assert_eq!(
            checked(Version::HTTP_11, "/", &[]),
            Err(Refusal::HostMissing)
        );
        assert_eq!(
            checked(Version::HTTP_11, "/", &["a", "a"]),
            Err(Refusal::HostTwice)
        );
        assert_eq!(
            checked(Version::HTTP_11, "/", &[""]),
            Err(Refusal::HostMalformed(String::new()))
        );
        assert_eq!(
            checked(Version::HTTP_11, "/", &["a"]),
            Ok(Some("a".to_owned()))
        );
        assert_eq!(checked(Version::HTTP_10, "/", &[]), Ok(None));
    }

    #[test]
    fn the_target_stands_over_the_header() {
        assert_eq!(
            checked(Version::HTTP_11, "http://b:1/v2/", &["a"]),
            Ok(Some("b:1".to_owned()))
        );
        assert_eq!(
            checked(Version::HTTP_2, "http://b/v2/", &[]),
            Ok(Some("b".to_owned()))
        );
        assert_eq!(
            checked(Version::HTTP_11, "http://u@b/", &["a"]),
            Err(Refusal::HostMalformed("u@b".to_owned()))
        );
    }
}
