//! An image of one platform.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{
    Broken, Built, Platform,
    archive::archive,
    built::{Blob, ManifestText, sorted, to_json},
};
use crate::{
    content::{Content, Hashers},
    spec::{Algorithm, Descriptor, Invalid, MediaType},
};

/// An image of one platform, described. The same description gives the same digests, for ever.
///
/// ```
/// use registrette::{content::Sha2, image::Image};
///
/// let built = Image::default().file("hi.txt", "hi").build(&Sha2)?;
/// assert_eq!(built.top.media_type, "application/vnd.oci.image.manifest.v1+json");
/// assert_eq!(built.blobs.len(), 2); // a layer and the config
/// # Ok::<(), registrette::spec::Invalid>(())
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
    pub fn build(mut self, hashers: &dyn Hashers) -> Result<Built, Invalid> {
        if self.docker && !self.annotations.is_empty() {
            let reason = "a Docker manifest has no annotations; leave out these or docker";
            return Err(Invalid::new("annotations", reason));
        }
        let layers = self.stack(hashers)?;
        let types = Types::of(self.docker);
        let (mut named, mut diff_ids, mut blobs) = (Vec::new(), Vec::new(), Vec::new());
        for layer in layers {
            named.push(layer.named);
            diff_ids.push(Value::String(layer.diff_id));
            blobs.extend(layer.kept);
        }
        let config = Content::from(config(&self.platform, self.config, diff_ids));
        let size = config.len();
        let digest = if self.broken == Some(Broken::MissingConfig) {
            Broken::MissingConfig.wrong_digest(&config, hashers)
        } else {
            let digest = hashers.digest_of(Algorithm::Sha256, &config);
            blobs.push(Blob {
                digest: digest.clone(),
                media_type: types.config.to_owned(),
                content: config,
            });
            digest
        };
        let text = ManifestText {
            schema_version: 2,
            media_type: types.manifest.as_str(),
            artifact_type: None,
            config: Some(&Descriptor::new(types.config, &digest, size)),
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
    fn stack(&mut self, hashers: &dyn Hashers) -> Result<Vec<Layer>, Invalid> {
        let mut layers = Vec::new();
        if self.broken == Some(Broken::Empty) {
            return Ok(layers);
        }
        let mut contents = std::mem::take(&mut self.layers);
        if !self.files.is_empty() || contents.is_empty() {
            contents.push(archive(&self.files)?);
        }
        let last = contents.len().saturating_sub(1);
        for (place, content) in contents.into_iter().enumerate() {
            let packing = Packing::of(&content);
            if packing.is_some() && !self.config.contains_key("rootfs") {
                let place = format!("layers[{place}]");
                let reason = "it is packed, and its diff_id is the digest of what is in it: \
                              give rootfs in config, or the plain tar";
                return Err(Invalid::new(&place, reason));
            }
            let media_type = self.layer_type(packing);
            let broken = self.broken.filter(|_| place == last);
            layers.push(Layer::new(content, media_type, broken, hashers));
        }
        Ok(layers)
    }

    fn layer_type(&self, packing: Option<Packing>) -> String {
        let Types { layer, joint, .. } = Types::of(self.docker);
        match packing {
            None => layer.to_owned(),
            Some(Packing::Gzip) => format!("{layer}{joint}gzip"),
            Some(Packing::Zstd) => format!("{layer}{joint}zstd"),
        }
    }
}

/// The config document: what is made, and over it what is described.
fn config(platform: &Platform, described: Map<String, Value>, diff_ids: Vec<Value>) -> Bytes {
    let made = |_: &Value| json!({ "created": EPOCH, "created_by": "registrette" });
    let history: Vec<Value> = diff_ids.iter().map(made).collect();
    let mut members = Map::new();
    let mut set = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    set("architecture", platform.architecture.as_str().into());
    set("config", Value::Object(Map::new()));
    set("created", EPOCH.into());
    set("history", history.into());
    set("os", platform.os.as_str().into());
    set(
        "rootfs",
        json!({ "diff_ids": Value::Array(diff_ids), "type": "layers" }),
    );
    if let Some(variant) = &platform.variant {
        set("variant", variant.as_str().into());
    }
    for (name, value) in described {
        set(&name, value);
    }
    to_json(&sorted(Value::Object(members)))
}

/// One layer: what the manifest says of it, what the config does, and what is kept.
struct Layer {
    named: Descriptor,
    diff_id: String,
    kept: Option<Blob>,
}

impl Layer {
    fn new(
        content: Content,
        media_type: String,
        broken: Option<Broken>,
        hashers: &dyn Hashers,
    ) -> Self {
        use Broken::{LayerBytes, LayerDigest, MissingLayer};
        let own = hashers.digest_of(Algorithm::Sha256, &content);
        let wrong =
            broken.filter(|broken| matches!(broken, LayerBytes | LayerDigest | MissingLayer));
        let wrong = wrong.map(|broken| broken.wrong_digest(&content, hashers));
        let named = wrong.as_ref().unwrap_or(&own);
        let is_misnamed = broken == Some(LayerDigest);
        let kept = if is_misnamed { &own } else { named };
        let size = content.len().saturating_add(u64::from(is_misnamed));
        Self {
            named: Descriptor::new(&media_type, named, size),
            diff_id: kept.to_string(),
            kept: (broken != Some(MissingLayer)).then(|| Blob {
                digest: kept.clone(),
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
