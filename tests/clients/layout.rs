//! OCI image layouts on disk: what the clients push, and what they pulled.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Check;
use crate::digest::{Algorithm, DigestFile, digest_of};
use crate::tar;

/// The tag under which a layout's index lists its content.
pub(crate) const TAG: &str = "v1";

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// A finished layout: an image, an index or an artifact, and all that belongs to it.
pub(crate) struct Image {
    pub(crate) dir: PathBuf,
    /// The descriptor of the manifest or index that has the tag.
    pub(crate) root: Value,
    /// The digest of the configuration; of an index, the last one's.
    pub(crate) config: String,
    /// The digests of the layers, in order.
    pub(crate) layers: Vec<String>,
    /// The files in the layers, by name and digest of what they hold.
    pub(crate) files: Vec<(String, String)>,
    /// Every digest in the layout.
    blobs: Vec<String>,
}

impl Image {
    pub(crate) fn digest(&self) -> &str {
        self.root
            .get("digest")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The file of a blob.
    pub(crate) fn blob(&self, digest: &str) -> PathBuf {
        blob(&self.dir, digest)
    }

    /// How clients that read layouts name this one, after their `oci:` or `ocidir://`.
    pub(crate) fn reference(&self) -> String {
        format!("{}:{TAG}", self.dir.display())
    }

    /// Checks that a layout which a client wrote holds every byte of this one.
    pub(crate) fn same_in(&self, dir: &Path) -> Check {
        for digest in &self.blobs {
            let path = blob(dir, digest);
            if !path.exists() {
                return Err(format!("pulled without {digest}").into());
            }
            let found = digest_of(&path, digest)?;
            if found != *digest {
                return Err(format!("pulled {digest} with the bytes of {found}").into());
            }
        }
        Ok(())
    }
}

/// A layout in the making.
pub(crate) struct Layout {
    dir: PathBuf,
    algorithm: Algorithm,
    config: String,
    layers: Vec<String>,
    files: Vec<(String, String)>,
    blobs: Vec<String>,
}

impl Layout {
    pub(crate) fn create(dir: PathBuf, algorithm: Algorithm) -> Check<Self> {
        fs::create_dir_all(dir.join("blobs").join(algorithm.name()))?;
        fs::write(
            dir.join("oci-layout"),
            json!({ "imageLayoutVersion": "1.0.0" }).to_string(),
        )?;
        let (layers, files, blobs) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self {
            dir,
            algorithm,
            config: String::new(),
            layers,
            files,
            blobs,
        })
    }

    /// Adds a blob that `write` streams, and returns its descriptor.
    pub(crate) fn stream(
        &mut self,
        media: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Check<Value> {
        let mut file = DigestFile::create(self.dir.join("partial"), self.algorithm)?;
        write(&mut file)?;
        let (digest, size) = file.finish(&self.dir.join("blobs").join(self.algorithm.name()))?;
        let descriptor = json!({ "mediaType": media, "digest": digest, "size": size });
        self.blobs.push(digest);
        Ok(descriptor)
    }

    /// Adds a layer with one file, whose bytes `content` gives out anew each time.
    pub(crate) fn layer<R: Read>(
        &mut self,
        name: &str,
        size: u64,
        content: impl Fn() -> R,
    ) -> Check<Value> {
        self.files
            .push((name.to_owned(), Algorithm::Sha256.digest(&mut content())?));
        self.stream(LAYER, |out| tar::write(out, name, size, &mut content()))
    }

    pub(crate) fn bytes(&mut self, media: &str, bytes: &[u8]) -> Check<Value> {
        self.stream(media, |out| out.write_all(bytes))
    }

    pub(crate) fn json(&mut self, media: &str, value: &Value) -> Check<Value> {
        self.bytes(media, value.to_string().as_bytes())
    }

    /// Adds the configuration and the manifest of an image over plain tar layers.
    pub(crate) fn image(&mut self, architecture: &str, layers: &[Value]) -> Check<Value> {
        let digests: Vec<&Value> = layers
            .iter()
            .filter_map(|layer| layer.get("digest"))
            .collect();
        let config = json!({
            "architecture": architecture,
            "os": "linux",
            "created": "2024-01-01T00:00:00Z",
            "config": { "Cmd": ["/hello"] },
            "rootfs": { "type": "layers", "diff_ids": digests },
            "history": vec![json!({ "created_by": "clients" }); layers.len()],
        });
        let config = self.json("application/vnd.oci.image.config.v1+json", &config)?;
        self.config = config
            .get("digest")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        self.layers.extend(
            digests
                .into_iter()
                .filter_map(Value::as_str)
                .map(str::to_owned),
        );
        let manifest = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers });
        let mut descriptor = self.json(MANIFEST, &manifest)?;
        if let Some(members) = descriptor.as_object_mut() {
            members.insert(
                "platform".to_owned(),
                json!({ "os": "linux", "architecture": architecture }),
            );
        }
        Ok(descriptor)
    }

    /// Gives `root` the tag and closes the layout.
    pub(crate) fn finish(self, root: Value) -> Check<Image> {
        let mut listed = root.clone();
        if let Some(members) = listed.as_object_mut() {
            members.insert(
                "annotations".to_owned(),
                json!({ "org.opencontainers.image.ref.name": TAG }),
            );
        }
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [listed] });
        fs::write(self.dir.join("index.json"), index.to_string())?;
        Ok(Image {
            dir: self.dir,
            root,
            config: self.config,
            layers: self.layers,
            files: self.files,
            blobs: self.blobs,
        })
    }
}

fn blob(dir: &Path, digest: &str) -> PathBuf {
    dir.join("blobs").join(digest.replace(':', "/"))
}
