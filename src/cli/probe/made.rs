//! What a probe made, and how it goes again.

use http::Method;
use registrette::spec::RepositoryName;

use super::{Seen, site};
use crate::cli::{
    Mistake,
    remote::{Once, Question},
};

/// What was made, to be deleted: all of it, and nothing that was there before.
#[derive(Default)]
pub(super) struct Made {
    repository: Option<RepositoryName>,
    manifests: Vec<String>,
    pub(super) blobs: Vec<String>,
    /// A blob that a manifest names.
    pub(super) used: Option<String>,
}

impl Made {
    pub(super) fn new(repository: RepositoryName, blobs: impl Iterator<Item = String>) -> Self {
        Self {
            repository: Some(repository),
            blobs: blobs.collect(),
            ..Self::default()
        }
    }

    /// A manifest was taken.
    pub(super) fn manifest(&mut self, digest: String) {
        if !self.manifests.contains(&digest) {
            self.manifests.push(digest);
        }
    }

    /// Deletes it; gives what could not be.
    pub(super) fn leave(self, once: &Once, seen: &mut Seen) -> Result<Vec<String>, Mistake> {
        let Some(name) = self.repository else {
            return Ok(Vec::new());
        };
        let delete = |what: &str| {
            let target = format!("/v2/{name}/{what}");
            let told = once.ask(&Question::new(Method::DELETE, target, &site::all(&name)))?;
            Ok::<_, Mistake>(told.status)
        };
        let used = self.used.map(|used| delete(&format!("blobs/{used}")));
        let used = used.transpose()?;
        let mut left = Vec::new();
        let mut taken = 0;
        // What points at another was pushed after it.
        let manifests = self.manifests.iter().rev();
        let manifests = manifests.map(|digest| format!("manifests/{digest}"));
        let blobs = self.blobs.iter().map(|digest| format!("blobs/{digest}"));
        for what in manifests.chain(blobs) {
            match delete(&what)? {
                200..300 => taken += 1,
                404 => {}
                _ => left.push(format!("/v2/{name}/{what}")),
            }
        }
        seen.is("refuseDeletes", taken == 0 && !left.is_empty());
        match used {
            Some(status) if taken > 0 => seen.is("keepUsedBlobs", status == 405),
            _ => seen.missed(&["keepUsedBlobs"], "nothing can be deleted"),
        }
        Ok(left)
    }
}
