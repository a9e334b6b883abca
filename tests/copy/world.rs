//! Images on disk.

use std::{fs, path::Path};

use registrette::{
    Config, Registry,
    archive::{Fault, Image, Layout, Pieces, Sink, Source, Stored, walk},
    image::Seed,
    spec::Reference,
};

/// An index of two platforms, a Docker list of two, and a single image.
pub(crate) const IMAGES: &str = r#"[
    { "index": { "ref": "demo/multi:v1", "images": [
        { "platform": "linux/amd64", "files": { "a": "1" } },
        { "platform": "linux/arm64", "files": { "a": "2" } } ] } },
    { "index": { "ref": "list:v1", "docker": true, "images": [
        { "docker": true, "platform": "linux/amd64", "files": { "b": "1" } },
        { "docker": true, "platform": "windows/amd64", "files": { "b": "2" } } ] } },
    { "ref": "demo/single:v1", "image": { "files": { "c": "1" } } }
]"#;

/// What `catalog` prints of them.
pub(crate) const PRINTED: &str = "\
demo/multi:v1 application/vnd.oci.image.index.v1+json
  index -> sha256:adde0353faf7c1a0a6a852b7acc638568a8c5762b0cd795f95ce893a5d587df5
  linux/amd64 -> sha256:50a1eb2c3d30b86ea55945a57ac18d386205839e62e4024689b70fb0c9fc187d
  linux/arm64 -> sha256:aadb82e92f48def499291f948c41965b44637ae97c57074dd2e2f42a45849468
demo/single:v1 application/vnd.oci.image.manifest.v1+json
  single platform image -> sha256:53a63050941398c63ca2ceabd7927b5144ba527dc0b37f38cde04ba85778c9a5
list:v1 application/vnd.docker.distribution.manifest.list.v2+json
  index -> sha256:d14e268a4ba6cfd10fcc9c96ece9f3b4070d78352be82109ef31891ece56ab80
  linux/amd64 -> sha256:5408b1a7fa71538d6d347f07dfd9f685a02d520bc87b8eab5877d7ae89406663
  windows/amd64 -> sha256:deef94ff6298e39d1459f0a6c162cf534565a9d32d076957dfb28b9933eace96
";

struct Disk<'a>(&'a Path);

impl Sink for Disk<'_> {
    fn file(&mut self, path: &str, _length: u64, content: &mut dyn Pieces) -> Result<(), Fault> {
        let path = self.0.join(path);
        let mut bytes = Vec::new();
        while let Some(piece) = content.next()? {
            bytes.extend_from_slice(&piece);
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        Ok(())
    }
}

/// Writes what these seeds describe as an OCI layout.
pub(crate) fn layout(seeds: &str, folder: &Path) {
    let mut registry = Registry::new(Config::new(0));
    registry
        .seed(Seed::read(seeds.as_bytes(), &[]).unwrap())
        .unwrap();
    let source = Stored::new(registry.store());
    let (mut layout, mut disk) = (Layout::default(), Disk(folder));
    for repository in &source.repositories().unwrap() {
        let mut add = |reference: Reference, tags: &[_]| {
            let walked = &walk(&source, repository, &reference, &|_| true).unwrap();
            let image = &Image {
                source: &source,
                repository,
                walked,
            };
            layout.add(&mut disk, image, repository, tags).unwrap();
        };
        for tag in source.tags(repository).unwrap() {
            add(Reference::Tag(tag.clone()), &[tag]);
        }
        for digest in source.untagged(repository).unwrap() {
            add(Reference::Digest(digest), &[]);
        }
    }
    layout.finish(&mut disk).unwrap();
}
