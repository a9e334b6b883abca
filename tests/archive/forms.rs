//! What is written is read back: the same repositories, tags, manifests and blobs.

use bytes::Bytes;
use registrette::{
    Registry,
    archive::{Fault, Files, Layout, Pieces, Shelf, Sink, Stored, Tar, TarSink, Tree, print},
    content::Content,
};

use crate::world::{Memory, Writer, layout, loaded, open, registry, seeded, tree, write};

/// What two registries differ in, seen from the outside of both.
fn assert_same(found: &Registry, wanted: &Registry) {
    let difference = found.diff(&wanted.snapshot());
    let shown = format!("{difference:?}");
    assert!(difference.is_empty(), "{shown}");
    let text = |registry: &Registry| print(&Stored::new(registry.store())).unwrap();
    assert_eq!(text(found), text(wanted));
}

fn archived(registry: &Registry) -> Content {
    let mut pieces = Vec::new();
    let mut out = |bytes: Bytes| {
        pieces.push(bytes.into());
        Ok(())
    };
    let mut sink = TarSink::new(&mut out);
    write(registry, Writer::Layout(Box::default()), &mut sink);
    sink.finish().unwrap();
    Content::new(pieces)
}

#[test]
fn a_layout_is_read_back() {
    let registry = registry();
    assert_same(
        &loaded(&open(layout(&registry)).unwrap()).unwrap(),
        &registry,
    );
}

#[test]
fn an_archive_of_a_layout_is_read_back() {
    let registry = registry();
    let tar = Tar::open(Box::new(archived(&registry))).unwrap();
    assert_same(&loaded(&open(tar).unwrap()).unwrap(), &registry);
}

#[test]
fn a_storage_tree_is_read_back() {
    let registry = registry();
    assert_same(&loaded(&open(tree(&registry)).unwrap()).unwrap(), &registry);
}

/// A registry can also name its inner folder.
#[test]
fn a_storage_tree_is_found_from_the_inside() {
    let registry = registry();
    let files = tree(&registry).0.into_iter();
    let inner = files.map(|(path, bytes)| (path.replace("docker/registry/v2/", ""), bytes));
    let shelf = open(Memory(inner.collect())).unwrap();
    assert_same(&loaded(&shelf).unwrap(), &registry);
}

/// A collection of garbage takes blobs away and leaves their links.
#[test]
fn links_to_what_was_collected_are_passed_over() {
    let registry = registry();
    let mut files = tree(&registry);
    let hex = "0".repeat(64);
    files.0.insert(
        format!("docker/registry/v2/repositories/list/_layers/sha256/{hex}/link"),
        format!("sha256:{hex}").into_bytes(),
    );
    assert_same(&loaded(&open(files).unwrap()).unwrap(), &registry);
}

/// Names that a host could be read into, and the ones that Docker shortens, stay as they are.
#[test]
fn names_stay() {
    let seeds = br#"[
        { "ref": "app:v1", "image": {} },
        { "ref": "library/app:v1", "image": {} },
        { "ref": "localhost/app:v1", "image": {} },
        { "ref": "quay.io/a/b:v1", "image": {} } ]"#;
    let registry = seeded(seeds);
    assert_same(
        &loaded(&open(layout(&registry)).unwrap()).unwrap(),
        &registry,
    );
}

/// `docker load` wants its own list of the images that it can run.
#[test]
fn docker_finds_what_it_loads() {
    let registry = registry();
    let mut files = layout(&registry);
    files.0.remove("oci-layout");
    files.0.remove("index.json");
    let shelf = open(files).unwrap();
    let text = print(&shelf).unwrap();
    let tags: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
    let kind = "application/vnd.docker.distribution.manifest.v2+json";
    assert_eq!(
        tags,
        [
            format!("demo/single:v1 {kind}"),
            format!("demo/single:v2 {kind}")
        ]
    );
}

/// What a layout has is kept when more is written to it; the same name is written anew.
#[test]
fn a_layout_grows() {
    let mut files = layout(&seeded(
        br#"[{ "ref": "a:v1", "image": {} }, { "ref": "b:v1", "image": {} }]"#,
    ));
    let more = seeded(br#"[{ "ref": "b:v1", "image": { "files": { "x": "y" } } }, { "ref": "b:v2", "image": {} }]"#);
    let layout = Layout::open(&files).unwrap();
    write(&more, Writer::Layout(Box::new(layout)), &mut files);
    let wanted = seeded(
        br#"[{ "ref": "a:v1", "image": {} }, { "ref": "b:v1", "image": { "files": { "x": "y" } } },
             { "ref": "b:v2", "image": {} }]"#,
    );
    let text = |shelf: &Shelf| print(shelf).unwrap();
    assert_eq!(
        text(&open(files).unwrap()),
        print(&Stored::new(wanted.store())).unwrap()
    );
}

/// A disk that is full after some files.
struct Full(Memory, usize);

impl Sink for Full {
    fn file(&mut self, path: &str, length: u64, content: &mut dyn Pieces) -> Result<(), Fault> {
        let left = self.1.checked_sub(1);
        self.1 = left.ok_or_else(|| Fault::new(path, "no space left on device"))?;
        self.0.file(path, length, content)
    }
}

/// What was not written to its end names no image.
#[test]
fn half_a_layout_and_half_a_tree_show_nothing_that_is_not_whole() {
    let registry = seeded(br#"[{ "ref": "a:v1", "image": { "files": { "x": "y" } } }]"#);
    let source = Stored::new(registry.store());
    let repository = &crate::world::name("a");
    let tag = registrette::spec::Tag::parse("v1").unwrap();
    let reference = registrette::spec::Reference::Tag(tag.clone());
    let walked = &registrette::archive::walk(&source, repository, &reference, &|_| true).unwrap();
    let image = &registrette::archive::Image {
        source: &source,
        repository,
        walked,
    };
    let whole = tree(&registry).0.len();
    for room in 0..whole {
        let mut full = Full(Memory::default(), room);
        let fault = Tree
            .add(&mut full, image, repository, std::slice::from_ref(&tag))
            .unwrap_err();
        assert_eq!(fault.reason(), "no space left on device");
        let tags = full
            .0
            .0
            .keys()
            .filter(|path| path.ends_with("current/link"));
        assert_eq!(tags.count(), 0, "{room}");
    }
    for room in 0..6 {
        let mut full = Full(Memory::default(), room);
        let mut layout = Layout::default();
        let written = layout.add(&mut full, image, repository, std::slice::from_ref(&tag));
        let finished = written.and_then(|()| layout.finish(&mut full));
        assert!(finished.is_err(), "{room}");
        assert!(full.0.length("oci-layout").unwrap().is_none(), "{room}");
    }
}
