//! An image of one platform.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{
    Broken, Built, Invalid, Platform,
    archive::archive,
    built::{Blob, ManifestText, Sorted, to_json},
};
use crate::{
    content::{Content, Hashers},
    spec::{Algorithm, Descriptor, Digest, MediaType},
};

/// An image of one platform, described. The same description gives the same digests, for ever.
///
/// ```
/// use registrette::{content::Sha2, image::Image};
///
/// let built = Image::default().file("hi.txt", "hi").build(&Sha2)?;
/// assert_eq!(built.top.media_type, "application/vnd.oci.image.manifest.v1+json");
/// assert_eq!(built.blobs.len(), 2); // a layer and the config
/// # Ok::<(), registrette::image::Invalid>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Image {
    /// What it runs on.
    pub platform: Platform,
    /// Files by path: one layer, on top of `layers`. Without any, and without `layers`, it is an archive of no files.
    pub files: BTreeMap<String, Content>,
    /// Layers that are there already, lowest first, kept as they are. One that starts as gzip or zstd do gets that
    /// type; what it hashes to unpacked is not known here, so `config` then has to give `rootfs`.
    pub layers: Vec<Content>,
    /// Members of the config document. Each stands in place of the one that would be made: `architecture`, `config`,
    /// `created`, `history`, `os`, `rootfs` and `variant` are.
    pub config: Map<String, Value>,
    /// Docker's media types in place of OCI's.
    pub docker: bool,
    /// Annotations of the manifest, which Docker's does not have.
    pub annotations: BTreeMap<String, String>,
    /// What is to be wrong with it.
    pub broken: Option<Broken>,
}

impl Image {
    /// The same with one more file.
    #[must_use]
    pub fn file(mut self, path: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        self.files.insert(path.into(), bytes.into().into());
        self
    }

    /// Makes it.
    ///
    /// # Errors
    /// [`Invalid`]: a path that no archive may hold, a packed layer without `rootfs` in the config, annotations on a
    /// Docker image.
    pub fn build(&self, hashers: &dyn Hashers) -> Result<Built, Invalid> {
        if self.docker && !self.annotations.is_empty() {
            let reason = "a Docker manifest has no annotations; leave out these or docker";
            return Err(Invalid::new("annotations", reason));
        }
        let layers = self.stack(hashers)?;
        let types = Types::of(self.docker);
        let config = Content::from(self.config(&layers));
        let mut config_digest = hashers.digest_of(Algorithm::Sha256, &config);
        let size = config.len();
        let mut blobs: Vec<Blob> = (layers.iter())
            .filter_map(|layer| layer.kept.clone())
            .collect();
        if self.broken == Some(Broken::MissingConfig) {
            config_digest = Broken::MissingConfig.wrong_digest(&config, hashers);
        } else {
            blobs.push(Blob {
                digest: config_digest.clone(),
                media_type: types.config.to_owned(),
                content: config,
            });
        }
        let named: Vec<Descriptor> = layers.into_iter().map(|layer| layer.named).collect();
        let text = ManifestText {
            schema_version: 2,
            media_type: types.manifest.as_str(),
            artifact_type: None,
            config: Some(&Descriptor::new(types.config, &config_digest, size)),
            layers: Some(&named),
            manifests: None,
            subject: None,
            annotations: &self.annotations,
        };
        Ok(Built::new(
            blobs,
            Vec::new(),
            types.manifest.clone(),
            &text,
            hashers,
        ))
    }

    /// Its layers, the fault included.
    fn stack(&self, hashers: &dyn Hashers) -> Result<Vec<Layer>, Invalid> {
        if self.broken == Some(Broken::Empty) {
            return Ok(Vec::new());
        }
        let mut contents = self.layers.clone();
        if !self.files.is_empty() || contents.is_empty() {
            contents.push(archive(&self.files)?);
        }
        let last = contents.len().saturating_sub(1);
        let layers = contents.into_iter().enumerate().map(|(place, content)| {
            let packing = Packing::of(&content);
            if packing.is_some() && !self.config.contains_key("rootfs") {
                return Err(Invalid::new(
                    format!("layers[{place}]"),
                    "it is packed, and its diff_id is the digest of what is in it: give rootfs in config, or the plain tar",
                ));
            }
            let media_type = self.layer_type(packing);
            let broken = self.broken.filter(|_| place == last);
            Ok(Layer::new(content, media_type, broken, hashers))
        });
        layers.collect()
    }

    fn layer_type(&self, packing: Option<Packing>) -> String {
        let Types { layer, joint, .. } = Types::of(self.docker);
        match packing {
            None => layer.to_owned(),
            Some(Packing::Gzip) => format!("{layer}{joint}gzip"),
            Some(Packing::Zstd) => format!("{layer}{joint}zstd"),
        }
    }

    /// The config document: what is made, and over it what is described.
    fn config(&self, layers: &[Layer]) -> Bytes {
        let diff_ids: Vec<String> = layers
            .iter()
            .map(|layer| layer.diff_id.to_string())
            .collect();
        let made = json!({ "created": EPOCH, "created_by": "registrette" });
        let history = vec![made; layers.len()];
        let mut document = json!({
            "architecture": self.platform.architecture,
            "config": {},
            "created": EPOCH,
            "history": history,
            "os": self.platform.os,
            "rootfs": { "diff_ids": diff_ids, "type": "layers" },
        });
        if let Value::Object(members) = &mut document {
            if let Some(variant) = &self.platform.variant {
                members.insert("variant".to_owned(), variant.as_str().into());
            }
            members.extend(self.config.clone());
        }
        to_json(&Sorted(&document))
    }
}

/// One layer: what the manifest says of it, what the config does, and what is kept.
struct Layer {
    named: Descriptor,
    diff_id: Digest,
    kept: Option<Blob>,
}

impl Layer {
    fn new(
        content: Content,
        media_type: String,
        broken: Option<Broken>,
        hashers: &dyn Hashers,
    ) -> Self {
        let own = hashers.digest_of(Algorithm::Sha256, &content);
        let wrong = |broken: Broken| broken.wrong_digest(&content, hashers);
        let size = content.len();
        let (digest, size, diff_id, kept) = match broken {
            Some(Broken::LayerBytes) => {
                let wrong = wrong(Broken::LayerBytes);
                (wrong.clone(), size, wrong.clone(), Some(wrong))
            }
            Some(Broken::LayerDigest) => {
                let wrong = wrong(Broken::LayerDigest);
                (wrong, size.saturating_add(1), own.clone(), Some(own))
            }
            Some(Broken::MissingLayer) => {
                let wrong = wrong(Broken::MissingLayer);
                (wrong.clone(), size, wrong, None)
            }
            None | Some(Broken::MissingConfig | Broken::Empty) => {
                (own.clone(), size, own.clone(), Some(own))
            }
        };
        Self {
            named: Descriptor::new(&media_type, &digest, size),
            diff_id,
            kept: kept.map(|digest| Blob {
                digest,
                media_type,
                content,
            }),
        }
    }
}

#[derive(Clone, Copy)]
enum Packing {
    Gzip,
    Zstd,
}

impl Packing {
    fn of(content: &Content) -> Option<Self> {
        let start: Vec<u8> = (content.slice(0..4))
            .flat_map(|chunk| chunk.bytes())
            .collect();
        if start.starts_with(&[0x1f, 0x8b]) {
            Some(Self::Gzip)
        } else if start == [0x28, 0xb5, 0x2f, 0xfd] {
            Some(Self::Zstd)
        } else {
            None
        }
    }
}

struct Types {
    manifest: MediaType,
    config: &'static str,
    layer: &'static str,
    /// What stands between the type of a layer and its packing.
    joint: char,
}

impl Types {
    fn of(docker: bool) -> Self {
        if docker {
            Self {
                manifest: MediaType::DOCKER_MANIFEST,
                config: "application/vnd.docker.container.image.v1+json",
                layer: "application/vnd.docker.image.rootfs.diff.tar",
                joint: '.',
            }
        } else {
            Self {
                manifest: MediaType::IMAGE_MANIFEST,
                config: "application/vnd.oci.image.config.v1+json",
                layer: "application/vnd.oci.image.layer.v1.tar",
                joint: '+',
            }
        }
    }
}

const EPOCH: &str = "1970-01-01T00:00:00Z";
