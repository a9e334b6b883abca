//! What the clients push: made once, on disk, from nothing but seeds.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Check;
use crate::digest::Algorithm;
use crate::layout::{INDEX, Image, LAYER, Layout, MANIFEST};
use crate::tar;

/// The file in the first layer of every image, and what it says.
pub(crate) const HELLO: (&str, &str) = ("hello", "hello from the registry\n");

/// The file in the large layer.
pub(crate) const LARGE: (&str, u64) = ("large.bin", 200 * 1024 * 1024);

/// The type of the artifact that refers to the image.
pub(crate) const SBOM: &str = "application/vnd.example.sbom";

pub(crate) struct Images {
    dir: PathBuf,
    /// Two layers, one platform.
    pub(crate) image: Image,
    /// An image index over two platforms.
    pub(crate) index: Image,
    /// An image with a layer of no bytes and a layer that is an archive of no files.
    pub(crate) empty: Image,
    /// An image with a layer that is an archive of no files: for clients that refuse no bytes at all.
    pub(crate) empty_archive: Image,
    /// An image with a layer of 200 MiB.
    pub(crate) large: Image,
    /// The image of two layers, named by sha512 throughout.
    pub(crate) sha512: Image,
    /// An artifact whose subject is `image`.
    pub(crate) artifact: Image,
}

impl Images {
    pub(crate) fn make(dir: &Path) -> Check<Self> {
        let image = plain(dir, "image", Algorithm::Sha256)?;
        Ok(Self {
            dir: dir.to_owned(),
            index: index(dir)?,
            empty: empty(dir, "empty-layer", &[&[], &tar::empty()])?,
            empty_archive: empty(dir, "empty-archive", &[&tar::empty()])?,
            large: large(dir)?,
            sha512: plain(dir, "sha512", Algorithm::Sha512)?,
            artifact: artifact(dir, &image)?,
            image,
        })
    }

    /// The folder with a folder for each.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }
}

fn plain(dir: &Path, name: &str, algorithm: Algorithm) -> Check<Image> {
    let mut layout = Layout::create(dir.join(name), algorithm)?;
    let layers = [
        hello(&mut layout)?,
        noise(&mut layout, "noise.bin", 300_000)?,
    ];
    let root = layout.image("amd64", &layers)?;
    layout.finish(root)
}

fn index(dir: &Path) -> Check<Image> {
    let mut layout = Layout::create(dir.join("index"), Algorithm::Sha256)?;
    let mut manifests = Vec::new();
    for (architecture, size) in [("amd64", 10_000), ("arm64", 20_000)] {
        let layers = [hello(&mut layout)?, noise(&mut layout, architecture, size)?];
        manifests.push(layout.image(architecture, &layers)?);
    }
    let root = layout.json(
        INDEX,
        &json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests }),
    )?;
    layout.finish(root)
}

fn empty(dir: &Path, name: &str, empties: &[&[u8]]) -> Check<Image> {
    let mut layout = Layout::create(dir.join(name), Algorithm::Sha256)?;
    let mut layers = vec![hello(&mut layout)?];
    for bytes in empties {
        layers.push(layout.bytes(LAYER, bytes)?);
    }
    let root = layout.image("amd64", &layers)?;
    layout.finish(root)
}

fn large(dir: &Path) -> Check<Image> {
    let mut layout = Layout::create(dir.join("200-mib"), Algorithm::Sha256)?;
    let layers = [noise(&mut layout, LARGE.0, LARGE.1)?];
    let root = layout.image("amd64", &layers)?;
    layout.finish(root)
}

fn artifact(dir: &Path, subject: &Image) -> Check<Image> {
    let mut layout = Layout::create(dir.join("artifact"), Algorithm::Sha256)?;
    let config = layout.bytes("application/vnd.oci.empty.v1+json", b"{}")?;
    let layer = layout.bytes(SBOM, b"what is in the image\n")?;
    let mut subject = subject.root.clone();
    if let Some(members) = subject.as_object_mut() {
        members.remove("platform");
    }
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": SBOM,
        "config": config,
        "layers": [layer],
        "subject": subject,
    });
    let root = layout.json(MANIFEST, &manifest)?;
    layout.finish(root)
}

fn hello(layout: &mut Layout) -> Check<Value> {
    layout.layer(HELLO.0, HELLO.1.len() as u64, || HELLO.1.as_bytes())
}

fn noise(layout: &mut Layout, name: &str, size: u64) -> Check<Value> {
    layout.layer(name, size, || tar::Noise(size | 1).take(size))
}
