//! Images on disk.

use std::{fs, path::Path};

use registrette::{
    Config, Registry,
    archive::{Fault, Image, Layout, Pieces, Sink, Source, Stored, walk},
    image::Seed,
    spec::Reference,
};

/// An index of two platforms, a Docker list of two, and a single image.
pub(crate) const IMAGES: &str = include_str!("images.json");

/// What `catalog` prints of them; in Node it is held to the same.
pub(crate) const PRINTED: &str = include_str!("printed.txt");

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
