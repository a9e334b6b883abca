//! OCI image layouts (image-spec, "Image Layout").

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    Fault, Files,
    files::needed,
    named,
    shelf::{Contents, Held, Kind},
};
use crate::spec::{Descriptor, Digest, Manifest, MediaType, RepositoryName, Tag};

/// The file that says what this is.
pub(super) const MARK: &str = "oci-layout";
pub(super) const INDEX: &str = "index.json";
pub(super) const VERSION: &str = "1.0.0";

/// Where a name stands: containerd and Docker write all of it, the image-spec has the tag, or all of it too.
pub(super) const NAMES: [&str; 2] = [
    "io.containerd.image.name",
    "org.opencontainers.image.ref.name",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    image_layout_version: String,
}

pub(super) fn read(files: &dyn Files, default: &RepositoryName) -> Result<Contents, Fault> {
    let mark: Mark = serde_json::from_slice(&needed(files, MARK)?)
        .map_err(|fault| Fault::new(MARK, format!("it cannot be read: {fault}")))?;
    if mark.image_layout_version != VERSION {
        let reason = format!(
            "imageLayoutVersion is {:?}; expected {VERSION:?}",
            mark.image_layout_version
        );
        return Err(Fault::new(MARK, reason));
    }
    let index = Manifest::parse(&MediaType::IMAGE_INDEX, &needed(files, INDEX)?)
        .map_err(|error| Fault::new(INDEX, error.to_string()))?;
    let mut repositories: BTreeMap<RepositoryName, Held> = BTreeMap::new();
    let mut types = BTreeMap::new();
    let is_alone = index.manifests.len() == 1;
    for (at, descriptor) in index.manifests.iter().enumerate() {
        let entry = format!("{INDEX}: manifests[{at}]");
        let digest = Digest::parse(&descriptor.digest)
            .map_err(|error| Fault::new(&entry, error.to_string()))?;
        if let Some(media_type) = MediaType::parse(&descriptor.media_type) {
            types.insert(digest.clone(), media_type);
        }
        check(files, &entry, descriptor, &digest)?;
        match name(descriptor, default, is_alone).map_err(|fault| fault.within(&entry))? {
            (repository, None) => {
                let held = repositories.entry(repository).or_default();
                held.untagged.insert(digest);
            }
            (repository, Some(tag)) => {
                let tags = &mut repositories.entry(repository.clone()).or_default().tags;
                let before = tags.insert(tag.clone(), digest.clone());
                if let Some(before) = before.filter(|before| *before != digest) {
                    let reason = format!("it is {repository}:{tag}, and so is {before}");
                    return Err(Fault::new(entry, reason));
                }
            }
        }
    }
    Ok(Contents {
        kind: Kind::Layout,
        repositories,
        types,
    })
}

/// What the index names must be there, as long as it says.
fn check(
    files: &dyn Files,
    entry: &str,
    descriptor: &Descriptor,
    digest: &Digest,
) -> Result<(), Fault> {
    let path = format!("blobs/{}/{}", digest.algorithm().as_str(), digest.hex());
    match files.length(&path)? {
        Some(length) if length == descriptor.size => Ok(()),
        Some(length) => Err(Fault::new(
            path,
            format!(
                "it has {length} bytes; {entry} gives it {}",
                descriptor.size
            ),
        )),
        None => Err(Fault::new(
            path,
            format!("it is not there; {entry} names it"),
        )),
    }
}

fn name(
    descriptor: &Descriptor,
    default: &RepositoryName,
    is_alone: bool,
) -> Result<(RepositoryName, Option<Tag>), Fault> {
    let annotations = descriptor.annotations.as_ref();
    let mut names = NAMES
        .iter()
        .filter_map(|name| annotations.and_then(|all| all.get(*name)));
    match names.next() {
        Some(text) => named(text, default),
        // An image alone need not be told from others.
        None if is_alone => named("latest", default),
        None => Ok((default.clone(), None)),
    }
}
