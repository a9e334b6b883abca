//! Targets: what is read out of a request line, against a second reading of it by segments.

use http::{HeaderMap, Method, Uri};
use registrette::{
    spec::{Digest, Error, Reference, RepositoryName, SessionId, Settings, Tag},
    wire::{Operation, Page},
};

use super::{
    input::Input,
    oracle::{self, Pairs},
};

const SHA256: &str = "sha256:b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
const ESCAPED: &str = "sha256%3Ab94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
const SEGMENTS: [&str; 19] = [
    "v2",
    "a",
    "b0",
    "blobs",
    "uploads",
    "manifests",
    "tags",
    "list",
    "referrers",
    "_catalog",
    "_oci",
    "ext",
    "discover",
    "",
    "latest",
    SHA256,
    ESCAPED,
    "%61",
    "MQ",
];
const KEYS: [&str; 10] = [
    "n",
    "last",
    "digest",
    "mount",
    "from",
    "tag",
    "artifactType",
    "digest-algorithm",
    "%6e",
    "",
];
const VALUES: [&str; 10] = [
    "",
    "0",
    "3",
    "99999999999999999999",
    "v1",
    SHA256,
    ESCAPED,
    "a%2Fb",
    "%zz",
    "sha512",
];
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

pub(crate) fn run(data: &[u8]) {
    let input = &mut Input::new(data);
    let method = Method::from_bytes(input.pick(&METHODS).as_bytes()).unwrap();
    let target = if input.one_in(3) {
        input.text(300)
    } else {
        made(input)
    };
    let Ok(uri) = target.parse::<Uri>() else {
        return;
    };
    let settings = Settings::default();
    let parse = |uri: &Uri| Operation::parse(&method, uri, &HeaderMap::new(), &settings);
    let read = parse(&uri);
    match (
        &read,
        wanted(&method, uri.path(), uri.query().unwrap_or_default()),
    ) {
        (Ok(Operation::ListMethods { allow }), Wanted::Options) => {
            assert!(allow.ends_with("OPTIONS"));
        }
        (Ok(read), Wanted::Operation(wanted)) => assert_eq!(*read, *wanted, "{method} {target}"),
        (Err(Error::NotFound), Wanted::Nothing)
        | (Err(Error::MethodNotAllowed { .. }), Wanted::NoMethod) => {}
        (Err(error), Wanted::Wrong) => assert!(error.status() >= 400),
        (read, wanted) => panic!("{method} {target}: {read:?}, not {wanted:?}"),
    }
    if let Ok(operation) = read
        && !matches!(operation, Operation::ListMethods { .. })
    {
        let again = operation.target().parse().unwrap();
        assert_eq!(parse(&again).as_ref(), Ok(&operation));
    }
}

fn made(input: &mut Input<'_>) -> String {
    let mut target = String::new();
    if !input.one_in(4) {
        target.push_str("/v2");
    }
    for _ in 0..input.below(8) {
        target.push('/');
        target.push_str(&match input.below(24) {
            20.. => input.text(10),
            known => SEGMENTS[known % SEGMENTS.len()].to_owned(),
        });
    }
    let mut separator = '?';
    for _ in 0..input.below(4) {
        target.push(separator);
        target.push_str(input.pick(&KEYS));
        target.push('=');
        target.push_str(&match input.below(12) {
            10.. => input.text(10),
            known => VALUES[known].to_owned(),
        });
        separator = '&';
    }
    target
}

#[derive(Debug)]
enum Wanted {
    Operation(Box<Operation>),
    Options,
    Nothing,
    NoMethod,
    Wrong,
}

/// What a target names, as segments say.
fn wanted(method: &Method, path: &str, query: &str) -> Wanted {
    let segments: Vec<&str> = path.split('/').collect();
    let (kind, allowed, name, last): (_, &[&str], &[&str], _) = match segments.as_slice() {
        ["", ""] => ("root", &["GET", "HEAD"], &[], ""),
        ["", "v2"] | ["", "v2", ""] => ("check", &["GET", "HEAD"], &[], ""),
        ["", "v2", "_catalog"] => ("catalog", &["GET", "HEAD"], &[], ""),
        ["", "v2", "_oci", "ext", "discover"] => ("extensions", &["GET", "HEAD"], &[], ""),
        ["", "v2", name @ .., "blobs", "uploads"]
        | ["", "v2", name @ .., "blobs", "uploads", ""] => ("uploads", &["POST"], name, ""),
        ["", "v2", name @ .., "tags", "list"] => ("tags", &["GET", "HEAD"], name, ""),
        ["", "v2", name @ .., "blobs", "uploads", last] if !name.is_empty() => (
            "upload",
            &["GET", "HEAD", "PATCH", "PUT", "DELETE"],
            name,
            *last,
        ),
        ["", "v2", name @ .., "blobs", last @ ("" | _)] => {
            ("blob", &["GET", "HEAD", "DELETE"], name, *last)
        }
        ["", "v2", name @ .., "manifests", last] => {
            ("manifest", &["GET", "HEAD", "PUT", "DELETE"], name, *last)
        }
        ["", "v2", name @ .., "referrers", last] => ("referrers", &["GET", "HEAD"], name, *last),
        _ => return Wanted::Nothing,
    };
    let is_named = matches!(kind, "root" | "check" | "catalog" | "extensions");
    let has_last = matches!(kind, "upload" | "blob" | "manifest" | "referrers");
    if (!is_named && name.is_empty()) || (has_last && last.is_empty()) {
        return Wanted::Nothing;
    }
    let (Some(name), Some(last)) = (oracle::decode(&name.join("/")), oracle::decode(last)) else {
        return Wanted::Wrong;
    };
    if *method == Method::OPTIONS {
        return Wanted::Options;
    }
    if !allowed.contains(&method.as_str()) {
        return Wanted::NoMethod;
    }
    let operation = match kind {
        "root" => Some(Operation::CheckAlive),
        "check" => Some(Operation::CheckApi),
        "extensions" => Some(Operation::DiscoverExtensions),
        "catalog" => page(query).map(|page| Operation::ListRepositories { page }),
        _ => repository(&name).and_then(|name| named(kind, method, name, &last, query)),
    };
    operation.map_or(Wanted::Wrong, |operation| {
        Wanted::Operation(Box::new(operation))
    })
}

fn repository(text: &str) -> Option<RepositoryName> {
    let is_name = oracle::is_name(text);
    assert_eq!(RepositoryName::parse(text).is_ok(), is_name, "{text}");
    (is_name && text.len() <= 255).then(|| RepositoryName::parse(text).unwrap())
}

fn digest(text: &str) -> Option<Digest> {
    let is_digest = oracle::is_digest(text);
    assert_eq!(Digest::parse(text).is_ok(), is_digest, "{text}");
    is_digest.then(|| Digest::parse(text).unwrap())
}

fn tag(text: &str) -> Option<Tag> {
    let is_tag = oracle::is_tag(text);
    assert_eq!(Tag::parse(text).is_ok(), is_tag, "{text}");
    is_tag.then(|| Tag::parse(text).unwrap())
}

fn page(query: &str) -> Option<Page> {
    let pairs = Pairs::new(query);
    let n = match pairs.first("n").ok()? {
        Some(text) => Some(oracle::number(&text)?),
        None => None,
    };
    let last = pairs.first("last").ok()?.filter(|last| !last.is_empty());
    Some(Page { n, last, skip: 0 })
}

fn named(
    kind: &str,
    method: &Method,
    repository: RepositoryName,
    last: &str,
    query: &str,
) -> Option<Operation> {
    let pairs = Pairs::new(query);
    Some(match (kind, method.as_str()) {
        ("uploads", _) => return uploads(repository, &pairs),
        ("tags", _) => Operation::ListTags {
            repository,
            page: page(query)?,
        },
        ("referrers", _) => Operation::ListReferrers {
            repository,
            subject: digest(last)?,
            artifact_type: pairs
                .first("artifactType")
                .ok()?
                .filter(|text| !text.is_empty()),
            page: page(query)?,
        },
        ("blob", "DELETE") => Operation::DeleteBlob {
            repository,
            digest: digest(last)?,
        },
        ("blob", _) => Operation::PullBlob {
            repository,
            digest: digest(last)?,
        },
        ("upload", method) => {
            let session = oracle::is_session(last).then(|| SessionId::parse(last).unwrap())?;
            match method {
                "PUT" => Operation::CloseUpload {
                    repository,
                    session,
                    range: None,
                    digest: digest(&pairs.first("digest").ok()??)?,
                },
                "PATCH" => Operation::UploadChunk {
                    repository,
                    session,
                    range: None,
                },
                "DELETE" => Operation::CancelUpload {
                    repository,
                    session,
                },
                _ => Operation::UploadStatus {
                    repository,
                    session,
                },
            }
        }
        (_, method) => {
            let reference = match last.find(':') {
                Some(_) => Reference::Digest(digest(last)?),
                None => Reference::Tag(tag(last)?),
            };
            match (method, reference) {
                ("PUT", reference) => {
                    let tags = pairs.all("tag").into_iter().map(|text| tag(&text.ok()?));
                    let tags = tags.collect::<Option<Vec<_>>>()?;
                    Operation::PushManifest {
                        repository,
                        reference,
                        tags,
                        media_type: None,
                    }
                }
                ("DELETE", Reference::Digest(digest)) => {
                    Operation::DeleteManifest { repository, digest }
                }
                ("DELETE", Reference::Tag(tag)) => Operation::DeleteTag { repository, tag },
                (_, reference) => Operation::PullManifest {
                    repository,
                    reference,
                },
            }
        }
    })
}

fn uploads(repository: RepositoryName, pairs: &Pairs<'_>) -> Option<Operation> {
    let mount = pairs.first("mount").ok()?.and_then(|text| digest(&text));
    let from = pairs.first("from").ok()?.unwrap_or_default();
    if let Some(digest) = mount
        && (from.is_empty() || oracle::is_name(&from))
    {
        let from = RepositoryName::parse(&from).ok();
        return Some(Operation::MountBlob {
            repository,
            digest,
            from,
        });
    }
    if let Some(text) = pairs.first("digest").ok()? {
        return Some(Operation::PushBlob {
            repository,
            digest: digest(&text)?,
        });
    }
    let algorithm = match pairs.first("digest-algorithm").ok()? {
        Some(name) => Some(name.parse().ok()?),
        None => None,
    };
    Some(Operation::StartUpload {
        repository,
        algorithm,
    })
}
