//! What is true of every answer.

use bytes::Bytes;
use http::{HeaderMap, Response};
use registrette::{
    Registry,
    content::{Body, Sha2, Step},
    spec::{BlobRedirect, Digest, Quirks, Timestamp, UploadLocation},
};
use serde_json::Value;

use super::ask::Ask;

const CODES: [&str; 17] = [
    "TAG_INVALID",
    "BLOB_UNKNOWN",
    "BLOB_UPLOAD_INVALID",
    "BLOB_UPLOAD_UNKNOWN",
    "DIGEST_INVALID",
    "MANIFEST_BLOB_UNKNOWN",
    "MANIFEST_INVALID",
    "MANIFEST_UNKNOWN",
    "NAME_INVALID",
    "NAME_UNKNOWN",
    "SIZE_INVALID",
    "UNAUTHORIZED",
    "DENIED",
    "UNSUPPORTED",
    "TOOMANYREQUESTS",
    // As one of the profiles words them.
    "UNKNOWN",
    "RANGE_INVALID",
];

/// An answer that is well formed.
pub(super) struct Seen {
    pub(super) status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Seen {
    /// Fails unless the answer is well formed by itself.
    pub(super) fn new(ask: &Ask, answer: Response<Body>) -> Self {
        let status = answer.status().as_u16();
        let (head, body) = answer.into_parts();
        assert!(body.before.is_empty(), "{ask:?}");
        let only_sends = body.steps.iter().all(|step| matches!(step, Step::Send(_)));
        assert!(only_sends, "{ask:?}");
        let seen = Self {
            status,
            headers: head.headers,
            body: body.bytes(),
        };
        seen.check_length(ask);
        assert!(seen.header("x-content-type-options").is_some());
        assert!(seen.header("content-security-policy").is_some());
        match status {
            200..=399 => seen.check_success(ask),
            400..=599 => seen.check_error(ask),
            _ => panic!("{status} to {ask:?}"),
        }
        seen
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn check_length(&self, ask: &Ask) {
        let length = self.header("content-length").map(|text| text.parse());
        match self.status {
            204 | 304 => assert_eq!((length, self.body.len()), (None, 0), "{ask:?}"),
            _ if ask.method == "HEAD" => {
                assert!(self.body.is_empty() && length.is_some(), "{ask:?}");
            }
            _ => assert_eq!(length, Some(Ok(self.body.len())), "{ask:?}"),
        }
    }

    fn check_success(&self, ask: &Ask) {
        let is_whole = self.status == 200 && ask.method == "GET";
        if let Some(digest) = self.header("docker-content-digest") {
            let digest = Digest::parse(digest).unwrap();
            if is_whole {
                assert_eq!(Sha2::digest(digest.algorithm(), &self.body), digest);
            }
        }
        if is_whole && self.header("content-type") == Some("application/json") {
            // A manifest may say so of itself and be anything.
            let is_json = serde_json::from_slice::<Value>(&self.body).is_ok();
            assert!(is_json || self.header("etag").is_some(), "{ask:?}");
        }
        if self.status == 206 {
            let range = self.header("content-range").unwrap();
            let (range, _) = range
                .strip_prefix("bytes ")
                .unwrap()
                .split_once('/')
                .unwrap();
            let (first, last) = range.split_once('-').unwrap();
            let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
            assert_eq!(last + 1 - first, self.body.len(), "{ask:?}");
        }
    }

    fn check_error(&self, ask: &Ask) {
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert_eq!(self.status == 405, self.header("allow").is_some());
        assert_eq!(self.status == 429, self.header("retry-after").is_some());
        if ask.method == "HEAD" {
            return;
        }
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        let errors = body["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1);
        let code = errors[0]["code"].as_str().unwrap();
        assert!(CODES.contains(&code), "{code}");
        // One profile has a 500 of its own; otherwise it would be a bug of ours.
        assert!(self.status != 500 || code == "UNKNOWN", "{ask:?}");
        assert!(!errors[0]["message"].as_str().unwrap().is_empty());
        assert!(
            self.body.len() < 8 << 10,
            "an error of {} bytes",
            self.body.len()
        );
    }

    /// Fails unless what the answer says is so.
    pub(super) fn holds(&self, registry: &Registry, now: Timestamp, ask: &Ask) {
        // Where a template leads, nobody knows; the settings may have changed since the answer was decided.
        let location = self.header("location").map(path);
        let is_elsewhere = location.is_some_and(|location| !location.starts_with("/v2/"));
        if is_elsewhere || says_what_is_not(&registry.settings().quirks) {
            return;
        }
        // A fork, so that looking leaves no trace.
        let mut registry = registry.fork();
        let mut get = |target: &str| {
            let get = Ask::new("GET", target);
            let request = get.request().unwrap();
            Self::new(&get, registry.handle(now, request))
        };
        match (ask.method, self.status) {
            (_, 201) => {
                let found = get(location.unwrap());
                assert_eq!(found.status, 200, "{ask:?}");
                let digest = Digest::parse(self.header("docker-content-digest").unwrap()).unwrap();
                assert_eq!(Sha2::digest(digest.algorithm(), &found.body), digest);
            }
            ("POST" | "PATCH", 202) => {
                let found = get(location.unwrap());
                assert_eq!(
                    (found.status, found.header("range")),
                    (204, self.header("range"))
                );
            }
            ("DELETE", 202 | 204) => assert_eq!(get(&ask.target).status, 404, "{ask:?}"),
            ("GET", 200) => {
                if let Some(link) = self.header("link") {
                    let next = link.strip_prefix('<').unwrap();
                    let next = next.strip_suffix(">; rel=\"next\"").unwrap();
                    assert_eq!(get(next).status, 200, "{ask:?}");
                }
            }
            _ => {}
        }
    }
}

/// Whether a registry like this says less than there is, or other than it will say.
fn says_what_is_not(quirks: &Quirks) -> bool {
    quirks.locations_for_descriptor.is_some()
        || quirks.blob_redirect != BlobRedirect::None
        || quirks.upload_location == UploadLocation::Missing
        || quirks.read_lag_ms.is_some()
        || quirks.no_upload_status
        || quirks.omit_manifest_location
        || quirks.manifests_as_blobs
        || quirks.fallback_tag_is_subject
        || quirks.denied_when_missing
}

/// The path and query of a URL, absolute or not.
pub(super) fn path(url: &str) -> &str {
    match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => url,
    }
}

/// What two registries answer to the same question.
pub(super) fn alike(one: &mut Registry, other: &mut Registry, now: Timestamp, ask: &Ask) {
    let [one, other] = [one, other].map(|registry| {
        let seen = Seen::new(ask, registry.handle(now, ask.request().unwrap()));
        (seen.status, seen.headers, seen.body)
    });
    assert_eq!(one, other, "{ask:?}");
}
