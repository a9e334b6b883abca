//! Paths: which thing a path names.

use super::percent::decode;
use crate::spec::{Error, Quirks, Settings};

/// Where sessions are that are not under `/v2/`; the name of the repository follows, then the session.
pub(crate) const OUTSIDE: &str = "/artifacts-uploads/namespaces/";

/// A path, taken apart and decoded but not yet understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Route {
    Root,
    Check,
    Catalog,
    Extensions,
    Token,
    Uploads {
        name: String,
    },
    Upload {
        name: String,
        session: String,
        is_outside: bool,
    },
    Blob {
        name: String,
        digest: String,
    },
    Manifest {
        name: String,
        reference: String,
    },
    Tags {
        name: String,
    },
    Referrers {
        name: String,
        subject: String,
    },
}

impl Route {
    /// Cuts the tail of a path off from the right; what is left of it is the repository's name, of any depth.
    pub(super) fn parse(path: &str) -> Result<Self, Error> {
        match path {
            "/" => return Ok(Self::Root),
            "/v2" | "/v2/" => return Ok(Self::Check),
            "/v2/_catalog" => return Ok(Self::Catalog),
            "/v2/_oci/ext/discover" => return Ok(Self::Extensions),
            "/_token" | "/_token/keys" => return Ok(Self::Token),
            _ => {}
        }
        if let Some(path) = path.strip_prefix(OUTSIDE) {
            let (name, session) = path.rsplit_once("/uploads/").ok_or(Error::NotFound)?;
            return Ok(Self::Upload {
                name: decode(name)?.into_owned(),
                session: decode(session)?.into_owned(),
                is_outside: true,
            });
        }
        let path = path.strip_prefix("/v2/").ok_or(Error::NotFound)?;
        let (name, tail) = cut(path).ok_or(Error::NotFound)?;
        let name = decode(name)?.into_owned();
        Ok(match tail {
            Tail::Uploads => Self::Uploads { name },
            Tail::Upload(session) => Self::Upload {
                name,
                session: decode(session)?.into_owned(),
                is_outside: false,
            },
            Tail::Blob(digest) => Self::Blob {
                name,
                digest: decode(digest)?.into_owned(),
            },
            Tail::Manifest(reference) => Self::Manifest {
                name,
                reference: decode(reference)?.into_owned(),
            },
            Tail::Tags => Self::Tags { name },
            Tail::Referrers(subject) => Self::Referrers {
                name,
                subject: decode(subject)?.into_owned(),
            },
        })
    }

    /// The methods that this path has, as `Allow` lists them.
    pub(super) fn methods(&self, settings: &Settings, quirks: &Quirks) -> &'static str {
        let read_only = settings.read_only;
        let deletes = settings.deletes && !quirks.refuse_deletes;
        match self {
            Self::Root
            | Self::Check
            | Self::Catalog
            | Self::Extensions
            | Self::Tags { .. }
            | Self::Referrers { .. } => "GET, HEAD, OPTIONS",
            Self::Token => "GET, HEAD, POST, OPTIONS",
            Self::Uploads { .. } if read_only => "OPTIONS",
            Self::Upload { .. } | Self::Blob { .. } | Self::Manifest { .. } if read_only => {
                "GET, HEAD, OPTIONS"
            }
            Self::Uploads { .. } => "POST, OPTIONS",
            Self::Upload { .. } => "GET, HEAD, PATCH, PUT, DELETE, OPTIONS",
            Self::Blob { .. } if deletes => "GET, HEAD, DELETE, OPTIONS",
            Self::Blob { .. } => "GET, HEAD, OPTIONS",
            Self::Manifest { .. } if deletes => "GET, HEAD, PUT, DELETE, OPTIONS",
            Self::Manifest { .. } => "GET, HEAD, PUT, OPTIONS",
        }
    }
}

enum Tail<'a> {
    Uploads,
    Upload(&'a str),
    Blob(&'a str),
    Manifest(&'a str),
    Tags,
    Referrers(&'a str),
}

fn cut(path: &str) -> Option<(&str, Tail<'_>)> {
    for suffix in ["/blobs/uploads/", "/blobs/uploads"] {
        if let Some(name) = path.strip_suffix(suffix) {
            return Some((name, Tail::Uploads));
        }
    }
    if let Some(name) = path.strip_suffix("/tags/list") {
        return Some((name, Tail::Tags));
    }
    let (rest, last) = path.rsplit_once('/').filter(|(_, last)| !last.is_empty())?;
    if let Some(name) = rest.strip_suffix("/blobs/uploads") {
        return Some((name, Tail::Upload(last)));
    }
    let (name, kind) = rest.rsplit_once('/')?;
    let tail = match kind {
        "blobs" => Tail::Blob(last),
        "manifests" => Tail::Manifest(last),
        "referrers" => Tail::Referrers(last),
        _ => return None,
    };
    Some((name, tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same rules once more, over segments from the left.
    fn oracle(path: &str) -> Option<Route> {
        let segments: Vec<&str> = path.split('/').collect();
        let name = |name: &[&str]| (!name.is_empty()).then(|| name.join("/"));
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        match segments.as_slice() {
            ["", ""] => Some(Route::Root),
            ["", "v2"] | ["", "v2", ""] => Some(Route::Check),
            ["", "v2", "_catalog"] => Some(Route::Catalog),
            ["", "v2", "_oci", "ext", "discover"] => Some(Route::Extensions),
            ["", "v2", repo @ .., "blobs", "uploads"]
            | ["", "v2", repo @ .., "blobs", "uploads", ""] => {
                Some(Route::Uploads { name: name(repo)? })
            }
            ["", "v2", repo @ .., "tags", "list"] => Some(Route::Tags { name: name(repo)? }),
            ["", "v2", repo @ .., "blobs", "uploads", x] if !repo.is_empty() => {
                Some(Route::Upload {
                    name: name(repo)?,
                    session: some(x)?,
                    is_outside: false,
                })
            }
            ["", "v2", repo @ .., "blobs", x] => Some(Route::Blob {
                name: name(repo)?,
                digest: some(x)?,
            }),
            ["", "v2", repo @ .., "manifests", x] => Some(Route::Manifest {
                name: name(repo)?,
                reference: some(x)?,
            }),
            ["", "v2", repo @ .., "referrers", x] => Some(Route::Referrers {
                name: name(repo)?,
                subject: some(x)?,
            }),
            _ => None,
        }
    }

    #[test]
    fn every_short_path_agrees_with_the_oracle() {
        const WORDS: [&str; 10] = [
            "",
            "v2",
            "a",
            "blobs",
            "uploads",
            "manifests",
            "tags",
            "list",
            "referrers",
            "_catalog",
        ];
        let mut paths = vec![String::new()];
        for _ in 0..6 {
            let longer = paths
                .iter()
                .flat_map(|path| WORDS.map(|word| format!("{path}/{word}")));
            let longer: Vec<_> = longer
                .filter(|path| path.starts_with("/v2") || path.len() < 3)
                .collect();
            for path in &longer {
                assert_eq!(Route::parse(path).ok(), oracle(path), "{path}");
            }
            paths = longer;
        }
    }

    #[test]
    fn segments_are_decoded_once() {
        let route = Route::parse("/v2/%66oo/blobs/sha256%3Aab%2541").unwrap();
        assert_eq!(
            route,
            Route::Blob {
                name: "foo".into(),
                digest: "sha256:ab%41".into()
            }
        );
    }
}
