//! Names of images, as archives give them.

use super::Fault;
use crate::spec::{Digest, RepositoryName, Tag};

/// Reads the name of an image: a tag alone, of the repository that is given, or a reference such as
/// `docker.io/library/alpine:3`. The host is left out, and Docker's `library/` with it. A reference with a digest alone
/// has no tag.
///
/// # Errors
/// It is no reference.
pub fn named(text: &str, default: &RepositoryName) -> Result<(RepositoryName, Option<Tag>), Fault> {
    let fault = |reason: String| Fault::new(format!("image {text:?}"), reason);
    let tag = |tag: &str| Tag::parse(tag).map_err(|error| fault(error.to_string()));
    if !text.contains(['/', ':', '@']) {
        return Ok((default.clone(), Some(tag(text)?)));
    }
    let (named, is_by_digest) = match text.split_once('@') {
        Some((named, _)) => (named, true),
        None => (text, false),
    };
    let (name, tagged) = match named.rsplit_once(':') {
        Some((name, tagged)) if !tagged.contains('/') => (name, Some(tagged)),
        _ if is_by_digest => (named, None),
        _ => (named, Some("latest")),
    };
    let repository = match name.split_once('/') {
        Some(("docker.io" | "index.docker.io", rest)) => {
            rest.strip_prefix("library/").unwrap_or(rest)
        }
        Some((host, rest)) if is_host(host) => rest,
        _ => name,
    };
    let repository = RepositoryName::parse(repository).map_err(|error| fault(error.to_string()))?;
    Ok((repository, tagged.map(tag).transpose()?))
}

/// The name that containerd and Docker give an image here; [`named`] reads it back.
pub(super) fn full_name(repository: &RepositoryName, tag: Option<&Tag>, digest: &Digest) -> String {
    let name = repository.as_str();
    // The short names are Docker's own, and `library/` is left out where it is read.
    let library = if name.contains('/') && !name.starts_with("library/") {
        ""
    } else {
        "library/"
    };
    match tag {
        Some(tag) => format!("docker.io/{library}{name}:{tag}"),
        None => format!("docker.io/{library}{name}@{digest}"),
    }
}

/// Whether the first part of a reference is a host: it has a dot or a port, or is `localhost`.
#[must_use]
pub fn is_host(part: &str) -> bool {
    part == "localhost" || part.contains(['.', ':'])
}

/// The name of a repository that a file's name makes: lower-case, without its ending, other signs as `-`.
#[must_use]
pub fn repository_of(file: &str) -> RepositoryName {
    let lower = file.to_ascii_lowercase();
    let mut stem = lower.as_str();
    for ending in [".gz", ".tgz", ".zst", ".tar"] {
        stem = stem.strip_suffix(ending).unwrap_or(stem);
    }
    RepositoryName::for_test(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        let app = RepositoryName::parse("app").unwrap();
        for (text, repository, tag) in [
            ("v1", "app", "v1"),
            ("alpine:3", "alpine", "3"),
            ("docker.io/library/alpine:3", "alpine", "3"),
            ("docker.io/a/b", "a/b", "latest"),
            ("ghcr.io/a/b:c", "a/b", "c"),
            ("localhost:5000/a:b", "a", "b"),
            ("a/b:c@sha256:1", "a/b", "c"),
            ("a/b@sha256:1", "a/b", ""),
        ] {
            let (found, tagged) = named(text, &app).unwrap();
            let tagged = tagged.as_ref().map_or("", Tag::as_str);
            assert_eq!((found.as_str(), tagged), (repository, tag), "{text}");
        }
        for text in ["a b", "", "A/b:c", "a:b c", "/a:b"] {
            assert!(named(text, &app).is_err(), "{text}");
        }
    }

    #[test]
    fn full_names_are_read_back() {
        let digest = Digest::sha256([1; 32]);
        let tag = Tag::parse("v1").unwrap();
        for name in [
            "a",
            "a/b",
            "library/a",
            "localhost/a",
            "quay.io/a/b",
            "library/library/a",
        ] {
            let repository = RepositoryName::parse(name).unwrap();
            for tag in [None, Some(&tag)] {
                let text = full_name(&repository, tag, &digest);
                let (found, tagged) = named(&text, &RepositoryName::least()).unwrap();
                assert_eq!((found.as_str(), tagged.as_ref()), (name, tag), "{text}");
            }
        }
    }

    #[test]
    fn files_make_names() {
        for (file, wanted) in [
            ("app.tar", "app"),
            ("My App_1.tar.gz", "my-app-1"),
            ("app.tgz", "app"),
            ("a.b.tar.zst", "a-b"),
        ] {
            assert_eq!(repository_of(file).as_str(), wanted, "{file}");
        }
    }
}
