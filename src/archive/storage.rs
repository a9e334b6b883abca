//! The storage tree of distribution: `docker/registry/v2/{blobs,repositories}`.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Fault, Files,
    files::whole,
    shelf::{Contents, Held, Kind},
};
use crate::spec::{Digest, RepositoryName, Tag};

/// The folder in which `blobs` and `repositories` are; empty for the root itself.
pub(super) fn root(files: &dyn Files) -> Result<Option<String>, Fault> {
    for root in [ROOT, "registry/v2", "v2", ""] {
        let names = files.list(root)?;
        let has = |name: &str| names.iter().any(|found| found == name);
        let is_there = match root {
            // An empty registry may have either alone.
            ROOT => has("repositories/") || has("blobs/"),
            _ => has("repositories/") && has("blobs/"),
        };
        if is_there {
            return Ok(Some(root.to_owned()));
        }
    }
    Ok(None)
}

/// Where distribution keeps everything.
pub(super) const ROOT: &str = "docker/registry/v2";

/// The path of something below the root.
pub(super) fn below(root: &str, path: &str) -> String {
    if root.is_empty() {
        path.to_owned()
    } else {
        format!("{root}/{path}")
    }
}

/// The path of a blob.
pub(super) fn blob(root: &str, digest: &Digest) -> String {
    let (algorithm, hex) = (digest.algorithm().as_str(), digest.hex());
    let first = hex.get(..2).unwrap_or_default();
    below(root, &format!("blobs/{algorithm}/{first}/{hex}/data"))
}

pub(super) fn read(files: &dyn Files, root: String) -> Result<Contents, Fault> {
    let mut repositories = BTreeMap::new();
    let mut folders = vec![String::new()];
    // Names of repositories are folders in folders: those that begin with _ are a repository's own.
    while let Some(folder) = folders.pop() {
        let path = below(&root, &format!("repositories/{folder}"));
        let names = files.list(path.trim_end_matches('/'))?;
        if folder.split('/').count() > DEEPEST {
            return Err(Fault::new(path, "the folders go deeper than any name"));
        }
        if names
            .iter()
            .any(|name| name == "_manifests/" || name == "_layers/")
        {
            let name = folder.trim_end_matches('/');
            let name = RepositoryName::parse(name)
                .map_err(|error| Fault::new(&path, error.to_string()))?;
            let held = Repository {
                files,
                root: &root,
                path: path.trim_end_matches('/'),
            }
            .read()?;
            repositories.insert(name, held);
        }
        let inner = names
            .iter()
            .filter(|name| name.ends_with('/') && !name.starts_with('_'));
        folders.extend(inner.map(|name| format!("{folder}{name}")));
    }
    Ok(Contents {
        kind: Kind::Storage(root),
        repositories,
        types: BTreeMap::new(),
    })
}

struct Repository<'a> {
    files: &'a dyn Files,
    root: &'a str,
    path: &'a str,
}

impl Repository<'_> {
    fn read(&self) -> Result<Held, Fault> {
        let revisions = self.linked("_manifests/revisions")?;
        for revision in &revisions {
            let data = blob(self.root, revision);
            if self.files.length(&data)?.is_none() {
                let reason = format!("it is not there; {} has it as a manifest", self.path);
                return Err(Fault::new(data, reason));
            }
        }
        let mut tags = BTreeMap::new();
        for name in self.folders("_manifests/tags")? {
            let path = format!("{}/_manifests/tags/{name}/current/link", self.path);
            let Some(digest) = self.link(&path)? else {
                continue;
            };
            let tag = Tag::parse(&name).map_err(|error| Fault::new(&path, error.to_string()))?;
            if !revisions.contains(&digest) {
                let reason = format!("it points at {digest}; expected one of the manifests here");
                return Err(Fault::new(path, reason));
            }
            tags.insert(tag, digest);
        }
        let mut loose = BTreeSet::new();
        for digest in self.linked("_layers")? {
            // A garbage collection leaves links to what it took away.
            if self.files.length(&blob(self.root, &digest))?.is_some() {
                loose.insert(digest);
            }
        }
        let tagged: BTreeSet<&Digest> = tags.values().collect();
        let untagged = revisions.iter().filter(|digest| !tagged.contains(digest));
        let untagged = untagged.cloned().collect();
        Ok(Held {
            tags,
            untagged,
            loose,
        })
    }

    fn folders(&self, folder: &str) -> Result<Vec<String>, Fault> {
        let names = self.files.list(&format!("{}/{folder}", self.path))?;
        let folders = names.iter().filter_map(|name| name.strip_suffix('/'));
        Ok(folders.map(str::to_owned).collect())
    }

    /// The digests that a folder has links for.
    fn linked(&self, folder: &str) -> Result<BTreeSet<Digest>, Fault> {
        let mut digests = BTreeSet::new();
        for algorithm in self.folders(folder)? {
            for hex in self.folders(&format!("{folder}/{algorithm}"))? {
                let path = format!("{}/{folder}/{algorithm}/{hex}/link", self.path);
                let Some(digest) = self.link(&path)? else {
                    continue;
                };
                if digest.to_string() != format!("{algorithm}:{hex}") {
                    let reason = format!("it points at {digest}; expected {algorithm}:{hex}");
                    return Err(Fault::new(path, reason));
                }
                digests.insert(digest);
            }
        }
        Ok(digests)
    }

    /// What a link points at; `None` where it was deleted.
    fn link(&self, path: &str) -> Result<Option<Digest>, Fault> {
        let Some(text) = whole(self.files, path)? else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&text);
        let digest = Digest::parse(text.trim());
        digest
            .map(Some)
            .map_err(|error| Fault::new(path, error.to_string()))
    }
}

const DEEPEST: usize = 128;
