//! Requests, as choices of the input make them.

use bytes::Bytes;
use http::{Method, Request};
use registrette::{content::Sha2, spec::Algorithm};
use serde_json::json;

use super::input::Input;

pub(super) const NAMES: [&str; 4] = ["a", "b", "lib/app", "localhost/x.y/z"];
const TAGS: [&str; 4] = ["v1", "v2", "latest", "v1"];
pub(super) const TYPES: [&str; 7] = [
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/x-opaque",
    "text/html; charset=utf-8",
    "",
];
const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW",
];
const HEADERS: [&str; 10] = [
    "range",
    "content-range",
    "content-length",
    "content-type",
    "accept",
    "if-match",
    "if-none-match",
    "if-range",
    "host",
    "x-forwarded-host",
];

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: &'static str,
    pub(super) target: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Bytes,
}

/// What the requests so far have named.
#[derive(Default)]
pub(super) struct Known {
    pub(super) sessions: Vec<String>,
    pub(super) digests: Vec<String>,
}

impl Ask {
    pub(super) fn new(method: &'static str, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn body(mut self, body: Bytes) -> Self {
        self.body = body;
        self
    }

    /// As `http` has it; none where no parser would let it through.
    pub(super) fn request(&self) -> Option<Request<Bytes>> {
        let mut request = Request::builder()
            .method(Method::from_bytes(self.method.as_bytes()).ok()?)
            .uri(self.target.as_str());
        for (name, value) in &self.headers {
            request = request.header(*name, value.as_str());
        }
        request.body(self.body.clone()).ok()
    }
}

/// A request of any kind, most of them near enough to what the registry knows.
pub(super) fn any(input: &mut Input<'_>, known: &mut Known) -> Ask {
    let ask = match input.below(12) {
        0 => Ask::new(input.pick(&METHODS), input.text(200)).body(content(input)),
        1 => blob(input, known),
        2 => start(input, known),
        3 | 4 => chunk(input, known),
        5 | 6 => manifest(input, known),
        7 | 8 => pull(input, known),
        9 => list(input, known),
        10 => {
            let target = thing(input, known);
            Ask::new("DELETE", target)
        }
        _ => Ask::new(input.pick(&["GET", "DELETE"]), session(input, known)),
    };
    if input.one_in(8) {
        let name = input.pick(&HEADERS);
        let value = input.text(40);
        return ask.header(name, value);
    }
    ask
}

fn content(input: &mut Input<'_>) -> Bytes {
    match input.below(8) {
        0 => Bytes::from_static(b"{}"),
        1 => Bytes::new(),
        2 => Bytes::from_static(b"hello"),
        3 => Bytes::from_static(b"hello world"),
        4 => Bytes::from(vec![b'x'; 700]),
        5 => Bytes::from(vec![b'y'; 2000]),
        _ => Bytes::copy_from_slice(input.bytes(100)),
    }
}

pub(super) fn digest(input: &mut Input<'_>, content: &[u8]) -> String {
    let algorithm = if input.one_in(4) {
        Algorithm::Sha512
    } else {
        Algorithm::Sha256
    };
    Sha2::digest(algorithm, content).to_string()
}

/// A digest of what may be there.
fn some_digest(input: &mut Input<'_>, known: &Known) -> String {
    if !known.digests.is_empty() && !input.one_in(5) {
        return input.pick(&known.digests);
    }
    let content = content(input);
    digest(input, &content)
}

fn name(input: &mut Input<'_>) -> &'static str {
    input.pick(&NAMES)
}

fn blob(input: &mut Input<'_>, known: &mut Known) -> Ask {
    let content = content(input);
    let digest = digest(input, &content);
    known.digests.push(digest.clone());
    let content = if input.one_in(10) {
        Bytes::from_static(b"else")
    } else {
        content
    };
    Ask::new(
        "POST",
        format!("/v2/{}/blobs/uploads/?digest={digest}", name(input)),
    )
    .body(content)
}

fn start(input: &mut Input<'_>, known: &Known) -> Ask {
    let uploads = format!("/v2/{}/blobs/uploads/", name(input));
    let target = match input.below(6) {
        0 | 1 => uploads,
        2 => uploads + "?digest-algorithm=sha512",
        3 => format!("{uploads}?mount={}", some_digest(input, known)),
        _ => {
            let digest = some_digest(input, known);
            format!("{uploads}?mount={digest}&from={}", name(input))
        }
    };
    Ask::new("POST", target)
}

fn session(input: &mut Input<'_>, known: &Known) -> String {
    if known.sessions.is_empty() || input.one_in(8) {
        return format!(
            "/v2/{}/blobs/uploads/{}",
            name(input),
            input.pick(&["mine", "other"])
        );
    }
    input.pick(&known.sessions)
}

fn chunk(input: &mut Input<'_>, known: &mut Known) -> Ask {
    let session = session(input, known);
    let content = content(input);
    let ask = if input.one_in(3) {
        let digest = some_digest(input, known);
        let separator = if session.contains('?') { '&' } else { '?' };
        Ask::new("PUT", format!("{session}{separator}digest={digest}"))
    } else {
        known.digests.push(digest(input, &content));
        Ask::new("PATCH", session)
    };
    let ask = if input.one_in(3) {
        let first = [0, 2, 5, 700, 2000][input.below(5)];
        let last = (first + content.len()).saturating_sub(1);
        ask.header("content-range", format!("{first}-{last}"))
    } else {
        ask
    };
    ask.body(content)
}

fn reference(input: &mut Input<'_>, known: &Known) -> String {
    match input.below(8) {
        0 => some_digest(input, known).replacen(':', "-", 1),
        1..=4 => input.pick(&TAGS).to_owned(),
        _ => some_digest(input, known),
    }
}

fn manifest(input: &mut Input<'_>, known: &mut Known) -> Ask {
    let media_type = input.pick(&TYPES);
    let descriptor = |input: &mut Input<'_>| {
        let kind = input.pick(&["a/b", TYPES[0], TYPES[1], "x/y.foreign.z"]);
        json!({ "mediaType": kind, "digest": some_digest(input, known), "size": 2 })
    };
    let body = match input.below(5) {
        0 => content(input).to_vec(),
        1 => json!({ "manifests": (0..input.below(4)).map(|_| descriptor(input)).collect::<Vec<_>>() })
            .to_string()
            .into_bytes(),
        2 => input.bytes(200).to_vec(),
        _ => {
            let mut image = json!({ "schemaVersion": 2, "config": descriptor(input) });
            image["layers"] = (0..input.below(3)).map(|_| descriptor(input)).collect();
            if input.one_in(2) {
                image["subject"] = descriptor(input);
                image["artifactType"] = json!(input.pick(&["", "x/sig"]));
                image["annotations"] = json!({ "a": "b" });
            }
            image.to_string().into_bytes()
        }
    };
    let digest = digest(input, &body);
    known.digests.push(digest.clone());
    let reference = match input.below(4) {
        0 => digest,
        1 => format!(
            "{digest}?tag={}&tag={}",
            input.pick(&TAGS),
            input.pick(&TAGS)
        ),
        _ => reference(input, known),
    };
    let put = Ask::new("PUT", format!("/v2/{}/manifests/{reference}", name(input)));
    put.header("content-type", media_type).body(body.into())
}

/// A blob, a manifest or a tag.
fn thing(input: &mut Input<'_>, known: &Known) -> String {
    let name = name(input);
    if input.one_in(2) {
        format!("/v2/{name}/blobs/{}", some_digest(input, known))
    } else {
        format!("/v2/{name}/manifests/{}", reference(input, known))
    }
}

fn pull(input: &mut Input<'_>, known: &Known) -> Ask {
    let pull = Ask::new(input.pick(&["GET", "HEAD"]), thing(input, known));
    match input.below(6) {
        0 => pull.header(
            "range",
            input.pick(&[
                "bytes=1-3",
                "bytes=2-",
                "bytes=-2",
                "bytes=9-1",
                "bytes=0-0,1-1",
            ]),
        ),
        1 => pull.header(
            "if-none-match",
            format!("\"{}\"", some_digest(input, known)),
        ),
        2 => pull.header("accept", input.pick(&TYPES)),
        _ => pull,
    }
}

fn list(input: &mut Input<'_>, known: &Known) -> Ask {
    let path = match input.below(4) {
        0 => "/v2/_catalog".to_owned(),
        1 => format!("/v2/{}/tags/list", name(input)),
        _ => format!(
            "/v2/{}/referrers/{}",
            name(input),
            some_digest(input, known)
        ),
    };
    let query = input.pick(&[
        "",
        "?n=1",
        "?n=2&last=v1",
        "?artifactType=x/sig&n=1",
        "?n=0",
        "?n=x",
    ]);
    Ask::new(input.pick(&["GET", "HEAD"]), format!("{path}{query}"))
}
