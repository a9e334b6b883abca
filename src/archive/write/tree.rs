//! Distribution's storage tree, written.

use super::{Image, Sink, blob, text};
use crate::{
    archive::{Fault, Source, storage},
    spec::{Digest, RepositoryName, Tag},
};

/// A storage tree being written: `distribution` and its packages serve it as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tree;

impl Tree {
    /// Writes an image and everything it points at, as this repository's, under these tags. Blobs come first and tags last, so that what is seen is whole.
    ///
    /// # Errors
    /// Something cannot be read or written, or is not what its digest says.
    pub fn add(
        self,
        sink: &mut dyn Sink,
        image: &Image<'_>,
        repository: &RepositoryName,
        tags: &[Tag],
    ) -> Result<(), Fault> {
        let walked = image.walked;
        let from = (image.source, image.repository);
        for link in &walked.blobs {
            self.blob(sink, from, repository, (&link.digest, link.size))?;
        }
        let own = |path: &str| {
            storage::below(storage::ROOT, &format!("repositories/{repository}/{path}"))
        };
        for found in &walked.manifests {
            let path = storage::blob(storage::ROOT, &found.digest);
            if !sink.holds(&path, found.bytes.len() as u64) {
                text(sink, &path, found.bytes.clone())?;
            }
            let revision = own(&format!(
                "_manifests/revisions/{}/link",
                folders(&found.digest)
            ));
            link(sink, &revision, &found.digest)?;
        }
        let Some(top) = walked.top() else {
            return Ok(());
        };
        for tag in tags {
            let of_tag = |path: &str| own(&format!("_manifests/tags/{tag}/{path}"));
            let index = of_tag(&format!("index/{}/link", folders(&top.digest)));
            link(sink, &index, &top.digest)?;
            text(sink, &of_tag("current/link"), top.digest.to_string().into())?;
        }
        Ok(())
    }

    /// Writes a blob, as this repository's.
    ///
    /// # Errors
    /// It cannot be read or written, or is not what its digest says.
    pub fn blob(
        self,
        sink: &mut dyn Sink,
        from: (&dyn Source, &RepositoryName),
        repository: &RepositoryName,
        (digest, size): (&Digest, u64),
    ) -> Result<(), Fault> {
        let path = storage::blob(storage::ROOT, digest);
        blob(sink, &path, from, (digest, size))?;
        let path = format!("repositories/{repository}/_layers/{}/link", folders(digest));
        link(sink, &storage::below(storage::ROOT, &path), digest)
    }
}

fn link(sink: &mut dyn Sink, path: &str, digest: &Digest) -> Result<(), Fault> {
    let target = digest.to_string();
    if sink.holds(path, target.len() as u64) {
        return Ok(());
    }
    text(sink, path, target.into())
}

fn folders(digest: &Digest) -> String {
    format!("{}/{}", digest.algorithm().as_str(), digest.hex())
}
