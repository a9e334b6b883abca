//! Images to write down, and files in memory.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use registrette::{
    Config, Registry, SeedError,
    archive::{Fault, Files, Image, Layout, Pieces, Shelf, Sink, Source, Stored, Tree, load, walk},
    image::Seed,
    spec::{Reference, RepositoryName},
};

/// An index of two platforms, a Docker list of two, an image, and what is about it.
const IMAGES: &[u8] = br#"[
    { "index": { "ref": "demo/multi:v1", "images": [
        { "platform": "linux/amd64", "files": { "a": "1" } },
        { "platform": "linux/arm64", "files": { "a": "2" } } ] } },
    { "index": { "ref": "list:v1", "docker": true, "images": [
        { "docker": true, "platform": "linux/amd64", "files": { "b": "1" } },
        { "docker": true, "platform": "windows/amd64", "files": { "b": "2" } } ] } },
    { "ref": "demo/single:v1", "image": { "files": { "c": "1" } } },
    { "ref": "demo/single:v2", "image": { "files": { "c": "2" } } },
    { "artifact": { "subject": "demo/single:v1", "artifactType": "a/b", "blobs": ["sbom"] } }
]"#;

/// A registry that holds them.
pub(crate) fn registry() -> Registry {
    seeded(IMAGES)
}

pub(crate) fn seeded(seeds: &[u8]) -> Registry {
    let mut registry = Registry::new(Config::new(0));
    registry.seed(Seed::read(seeds, &[]).unwrap()).unwrap();
    registry
}

/// A registry that holds what a shelf does.
pub(crate) fn loaded(shelf: &Shelf) -> Result<Registry, Fault> {
    let mut registry = Registry::new(Config::new(0));
    let load = load(shelf, u64::MAX, &mut |_| ())?;
    match registry.seed(load.seeds) {
        Ok(_) => Ok(registry),
        Err(SeedError::Refused { seed, error }) => {
            Err(Fault::new(&load.entries[seed], error.to_string()))
        }
        Err(other) => panic!("{other}"),
    }
}

pub(crate) fn name(text: &str) -> RepositoryName {
    RepositoryName::parse(text).unwrap()
}

/// Opens files, and puts what has no name of a repository into `app`.
pub(crate) fn open(files: impl Files + 'static) -> Result<Shelf, Fault> {
    Shelf::open(Box::new(files), &name("app"))
}

/// Files in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(pub(crate) BTreeMap<String, Vec<u8>>);

impl Files for Memory {
    fn list(&self, folder: &str) -> Result<Vec<String>, Fault> {
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let names: BTreeSet<String> = (self.0.keys())
            .filter_map(|path| path.strip_prefix(&prefix))
            .map(|rest| match rest.split_once('/') {
                Some((name, _)) => format!("{name}/"),
                None => rest.to_owned(),
            })
            .collect();
        Ok(names.into_iter().collect())
    }

    fn length(&self, path: &str) -> Result<Option<u64>, Fault> {
        Ok(self.0.get(path).map(|bytes| bytes.len() as u64))
    }

    fn read(&self, path: &str, offset: u64, length: usize) -> Result<Bytes, Fault> {
        // Whoever reads must not hold more than this.
        assert!(length <= 16 << 20, "{length} bytes of {path} at once");
        let offset = usize::try_from(offset).unwrap();
        let part = self.0[path].get(offset..offset + length);
        Ok(Bytes::copy_from_slice(part.expect(path)))
    }
}

impl Sink for Memory {
    fn file(&mut self, path: &str, length: u64, content: &mut dyn Pieces) -> Result<(), Fault> {
        let mut bytes = Vec::new();
        while let Some(piece) = content.next()? {
            bytes.extend_from_slice(&piece);
        }
        assert_eq!(bytes.len() as u64, length, "{path}");
        self.0.insert(path.to_owned(), bytes);
        Ok(())
    }

    fn holds(&self, path: &str, length: u64) -> bool {
        self.length(path).unwrap() == Some(length)
    }
}

/// What all images of a registry are written into.
pub(crate) enum Writer {
    Layout(Box<Layout>),
    Tree(Tree),
}

/// Writes everything that a registry holds.
pub(crate) fn write(registry: &Registry, mut writer: Writer, sink: &mut dyn Sink) {
    let source = Stored::new(registry.store());
    for repository in source.repositories().unwrap() {
        let tags = source.tags(&repository).unwrap();
        let tagged = tags
            .into_iter()
            .map(|tag| (Reference::Tag(tag.clone()), Some(tag)));
        let untagged = source.untagged(&repository).unwrap();
        let untagged = untagged
            .into_iter()
            .map(|digest| (Reference::Digest(digest), None));
        for (reference, tag) in tagged.chain(untagged) {
            let walked = &walk(&source, &repository, &reference, &|_| true).unwrap();
            let image = &Image {
                source: &source,
                repository: &repository,
                walked,
            };
            let tags: Vec<_> = tag.into_iter().collect();
            match &mut writer {
                Writer::Layout(layout) => layout.add(sink, image, &repository, &tags).unwrap(),
                Writer::Tree(tree) => tree.add(sink, image, &repository, &tags).unwrap(),
            }
        }
    }
    if let Writer::Layout(layout) = writer {
        layout.finish(sink).unwrap();
    }
}

pub(crate) fn layout(registry: &Registry) -> Memory {
    let mut files = Memory::default();
    write(registry, Writer::Layout(Box::default()), &mut files);
    files
}

pub(crate) fn tree(registry: &Registry) -> Memory {
    let mut files = Memory::default();
    write(registry, Writer::Tree(Tree), &mut files);
    files
}
