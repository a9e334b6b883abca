//! The two ends of a copy, as they are written.

use std::path::PathBuf;

use registrette::{
    archive::is_host,
    spec::{Digest, Reference, RepositoryName, Tag},
};

use super::Mistake;

/// Where images are, or are to go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum End {
    Registry(Address),
    Path(Local),
}

/// A registry, and what of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Address {
    /// `http://127.0.0.1:5000`.
    pub(super) origin: String,
    /// What it is called: `127.0.0.1:5000`.
    pub(super) host: String,
    pub(super) repository: Option<RepositoryName>,
    pub(super) tag: Option<Tag>,
    pub(super) digest: Option<Digest>,
}

/// A path, and what of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Local {
    pub(super) path: PathBuf,
    /// What it is to be, where that is said.
    pub(super) form: Option<Form>,
    pub(super) repository: Option<RepositoryName>,
    pub(super) tag: Option<Tag>,
}

/// What is written to a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Layout,
    Archive,
    Storage,
}

const FORMS: [(&str, Form); 4] = [
    ("oci:", Form::Layout),
    ("oci-archive:", Form::Archive),
    ("docker-archive:", Form::Archive),
    ("storage:", Form::Storage),
];

/// Ends of paths that are archives.
pub(super) const ARCHIVES: [&str; 5] = [".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst"];

impl End {
    /// Reads an end.
    pub(super) fn parse(text: &str) -> Result<Self, Mistake> {
        for (scheme, form) in FORMS {
            if let Some(path) = text.strip_prefix(scheme) {
                return local(path, Some(form)).map(Self::Path);
            }
        }
        for scheme in ["http://", "https://", "docker://"] {
            if let Some(rest) = text.strip_prefix(scheme) {
                let plain = match scheme {
                    "http://" => Some(true),
                    "https://" => Some(false),
                    _ => None,
                };
                return address(rest, plain).map(Self::Registry);
            }
        }
        let path = text.split('#').next().unwrap_or_default();
        let is_path = text.starts_with(['/', '.', '~'])
            || ARCHIVES.iter().any(|ending| path.ends_with(ending))
            || PathBuf::from(path).exists();
        let host = text.split('/').next().unwrap_or_default();
        if !is_path && is_host(host) {
            return address(text, None).map(Self::Registry);
        }
        local(text, None).map(Self::Path)
    }
}

impl Address {
    /// What it names: the digest, where there is one, else the tag.
    pub(super) fn reference(&self) -> Option<Reference> {
        let digest = self.digest.clone().map(Reference::Digest);
        digest.or_else(|| self.tag.clone().map(Reference::Tag))
    }
}

fn address(text: &str, plain: Option<bool>) -> Result<Address, Mistake> {
    let text = text.trim_end_matches('/');
    let (host, rest) = text.split_once('/').unwrap_or((text, ""));
    if host.is_empty() {
        return Err(Mistake(format!(
            "{text:?} names no registry; write it like localhost:5000/app:v1"
        )));
    }
    let is_plain = plain.unwrap_or_else(|| is_loopback(host));
    // Docker's own registry goes by a name that does not answer.
    let at = match host {
        "docker.io" | "index.docker.io" => "registry-1.docker.io",
        host => host,
    };
    let scheme = if is_plain { "http" } else { "https" };
    let (repository, tag, digest) = reference(rest)?;
    Ok(Address {
        origin: format!("{scheme}://{at}"),
        host: host.to_owned(),
        repository,
        tag,
        digest,
    })
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    name == "localhost"
        || name == "[::1]"
        || name.starts_with("127.")
        || name.ends_with(".localhost")
}

type Parts = (Option<RepositoryName>, Option<Tag>, Option<Digest>);

/// Reads `REPOSITORY[:TAG][@DIGEST]`.
pub(super) fn reference(text: &str) -> Result<Parts, Mistake> {
    let wrong = |error: registrette::spec::Error| {
        Mistake(format!("{text:?}: {error}; write it like demo/app:v1"))
    };
    if text.is_empty() {
        return Ok((None, None, None));
    }
    let (named, digest) = match text.split_once('@') {
        Some((named, digest)) => (named, Some(Digest::parse(digest).map_err(wrong)?)),
        None => (text, None),
    };
    let (name, tag) = match named.rsplit_once(':') {
        Some((name, tag)) => (name, Some(Tag::parse(tag).map_err(wrong)?)),
        None => (named, None),
    };
    let name = RepositoryName::parse(name).map_err(wrong)?;
    Ok((Some(name), tag, digest))
}

fn local(text: &str, form: Option<Form>) -> Result<Local, Mistake> {
    let (path, image) = text.split_once('#').unwrap_or((text, ""));
    if path.is_empty() {
        return Err(Mistake(format!("{text:?} names no path")));
    }
    let (repository, tag, digest) = reference(image)?;
    if digest.is_some() {
        return Err(Mistake(format!(
            "{text:?}: an image in a path is named by its tag"
        )));
    }
    let by_ending = ARCHIVES.iter().any(|ending| path.ends_with(ending));
    Ok(Local {
        path: PathBuf::from(path),
        form: form.or(if by_ending { Some(Form::Archive) } else { None }),
        repository,
        tag,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_read() {
        for (text, wanted) in [
            ("localhost:5000/a/b:c", "http://localhost:5000 a/b c"),
            ("127.0.0.1:1/a", "http://127.0.0.1:1 a "),
            ("ghcr.io/a/b:c", "https://ghcr.io a/b c"),
            ("http://ghcr.io/a/b", "http://ghcr.io a/b "),
            ("https://localhost/a", "https://localhost a "),
            (
                "docker://docker.io/library/a:b",
                "https://registry-1.docker.io library/a b",
            ),
            ("http://127.0.0.1:1", "http://127.0.0.1:1  "),
            ("./a", "./a None  "),
            ("a.tar", "a.tar Some(Archive)  "),
            ("./a.tar#b/c:d", "./a.tar Some(Archive) b/c d"),
            ("storage:a", "a Some(Storage)  "),
            ("oci:a", "a Some(Layout)  "),
            ("nowhere", "nowhere None  "),
        ] {
            let name =
                |name: Option<RepositoryName>| name.map_or_else(String::new, |n| n.to_string());
            let tag = |tag: Option<Tag>| tag.map_or_else(String::new, |tag| tag.to_string());
            let found = match End::parse(text).unwrap() {
                End::Registry(at) => {
                    format!("{} {} {}", at.origin, name(at.repository), tag(at.tag))
                }
                End::Path(at) => format!(
                    "{} {:?} {} {}",
                    at.path.display(),
                    at.form,
                    name(at.repository),
                    tag(at.tag)
                ),
            };
            assert_eq!(found, wanted, "{text}");
        }
        for text in [
            "",
            "localhost:5000/A",
            "localhost:5000/a:b c",
            "localhost:5000/a@b",
            "http://",
            "oci:",
        ] {
            assert!(End::parse(text).is_err(), "{text}");
        }
    }
}
