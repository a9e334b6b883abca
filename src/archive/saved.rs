//! What `docker save` writes, and whoever writes the same: `manifest.json`, configs and layers.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::{
    Fault, Files, Packing,
    files::needed,
    named,
    shelf::{Contents, Held, Kind, PIECE, Place},
};
use crate::{
    content::{Hashers, Sha2},
    spec::{Algorithm, Digest, MediaType, RepositoryName},
};

/// The file that says what this is.
pub(super) const MARK: &str = "manifest.json";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Image {
    config: String,
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    layers: Vec<String>,
}

#[derive(Deserialize)]
struct Config {
    rootfs: Rootfs,
}

#[derive(Deserialize)]
struct Rootfs {
    #[serde(default)]
    diff_ids: Vec<String>,
}

struct Layer {
    digest: Digest,
    length: u64,
    packing: Packing,
}

pub(super) fn read(files: &dyn Files, default: &RepositoryName) -> Result<Contents, Fault> {
    let images: Vec<Image> = serde_json::from_slice(&needed(files, MARK)?)
        .map_err(|fault| Fault::new(MARK, format!("it cannot be read: {fault}")))?;
    let mut repositories: BTreeMap<RepositoryName, Held> = BTreeMap::new();
    let (mut places, mut layers) = (BTreeMap::new(), BTreeMap::new());
    let is_alone = images.len() == 1;
    for image in &images {
        let digest = manifest(files, image, &mut places, &mut layers)?;
        let names = image.repo_tags.as_deref().unwrap_or_default();
        if names.is_empty() && !is_alone {
            let held = repositories.entry(default.clone()).or_default();
            held.untagged.insert(digest.clone());
        }
        let alone = ["latest".to_owned()];
        let names = if names.is_empty() && is_alone {
            &alone
        } else {
            names
        };
        for text in names {
            let (repository, tag) = named(text, default).map_err(|fault| fault.within(MARK))?;
            let held = repositories.entry(repository).or_default();
            match tag {
                Some(tag) => drop(held.tags.insert(tag, digest.clone())),
                None => drop(held.untagged.insert(digest.clone())),
            }
        }
    }
    Ok(Contents {
        kind: Kind::Saved(places),
        repositories,
        types: BTreeMap::new(),
    })
}

/// Makes the manifest that a push of this image would have.
fn manifest(
    files: &dyn Files,
    image: &Image,
    places: &mut BTreeMap<Digest, Place>,
    layers: &mut BTreeMap<String, Layer>,
) -> Result<Digest, Fault> {
    let text = needed(files, &image.config)?;
    let config: Config = serde_json::from_slice(&text)
        .map_err(|fault| Fault::new(&image.config, format!("it is no config: {fault}")))?;
    let config_digest = Sha2::digest(Algorithm::Sha256, &text);
    expect_name(&image.config, &config_digest)?;
    let (diff_ids, named) = (config.rootfs.diff_ids, image.layers.len());
    if diff_ids.len() != named {
        let reason = format!("it has {} layers; {MARK} has {named}", diff_ids.len());
        return Err(Fault::new(&image.config, reason));
    }
    let mut described = Vec::new();
    for (path, diff_id) in image.layers.iter().zip(diff_ids) {
        if !layers.contains_key(path) {
            layers.insert(path.clone(), hash(files, path)?);
        }
        let Some(layer) = layers.get(path) else {
            continue;
        };
        let digest = layer.digest.to_string();
        let media_type = match layer.packing {
            Packing::Plain if digest != diff_id => {
                let reason = format!("its digest is {digest}; the config expects {diff_id}");
                return Err(Fault::new(path, reason));
            }
            Packing::Plain => "application/vnd.docker.image.rootfs.diff.tar",
            Packing::Gzip => "application/vnd.docker.image.rootfs.diff.tar.gzip",
            Packing::Zstd => "application/vnd.docker.image.rootfs.diff.tar.zstd",
        };
        described.push(json!({ "mediaType": media_type, "size": layer.length, "digest": digest }));
        places.insert(layer.digest.clone(), Place::File(path.clone()));
    }
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MediaType::DOCKER_MANIFEST.as_str(),
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": text.len(),
            "digest": config_digest.to_string(),
        },
        "layers": described,
    });
    places.insert(config_digest, Place::File(image.config.clone()));
    let bytes = Bytes::from(manifest.to_string());
    let digest = Sha2::digest(Algorithm::Sha256, &bytes);
    places.insert(digest.clone(), Place::Made(bytes));
    Ok(digest)
}

/// A file named by a hash must have it.
fn expect_name(path: &str, actual: &Digest) -> Result<(), Fault> {
    let file = path.rsplit('/').next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    match Digest::parse(&format!("sha256:{stem}")) {
        Ok(expected) if expected != *actual => {
            let reason = format!("its digest is {actual}; its name says {expected}");
            Err(Fault::new(path, reason))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

fn hash(files: &dyn Files, path: &str) -> Result<Layer, Fault> {
    let length = files
        .length(path)?
        .ok_or_else(|| Fault::new(path, format!("it is not there; {MARK} names it")))?;
    let mut hasher = Sha2.start(Algorithm::Sha256);
    let (mut at, mut packing) = (0_u64, Packing::Plain);
    while at < length {
        let left = usize::try_from(length.saturating_sub(at)).unwrap_or(usize::MAX);
        let piece = files.read(path, at, left.min(PIECE))?;
        if at == 0 {
            packing = Packing::of(&piece);
        }
        at = at.saturating_add(piece.len() as u64);
        hasher.update(&piece.into());
    }
    Ok(Layer {
        digest: hasher.finish(),
        length,
        packing,
    })
}
