//! Archives of files.

use std::{any::Any, collections::BTreeMap, ops::Range, sync::Arc};

use bytes::Bytes;
use registrette::{
    content::{Chunk, Content, HostChunk},
    image::archive,
};

use crate::untar::untar;

fn described(files: &[(&str, &str)]) -> BTreeMap<String, Content> {
    let files = files.iter().map(|(path, text)| {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        ((*path).to_owned(), bytes.into())
    });
    files.collect()
}

#[test]
fn files_are_sorted_below_their_folders() {
    let files = described(&[
        ("b/c/d.txt", "d"),
        ("/a", "root"),
        ("b-c", ""),
        ("b/a", "x"),
    ]);
    let entries = untar(&archive(&files).unwrap().bytes());
    let listed: Vec<_> = entries
        .iter()
        .map(|entry| (entry.name.as_str(), entry.mode, entry.content.as_deref()))
        .collect();
    assert_eq!(
        listed,
        [
            ("a", 0o644, Some(&b"root"[..])),
            ("b-c", 0o644, Some(b"")),
            ("b/", 0o755, None),
            ("b/a", 0o644, Some(b"x")),
            ("b/c/", 0o755, None),
            ("b/c/d.txt", 0o644, Some(b"d")),
        ]
    );
}

#[test]
fn names_of_every_length_come_back() {
    for length in (1..=300).chain([998, 999, 1000, 2000]) {
        let name = "n".repeat(length);
        let folder = format!("{}/f", "é".repeat(length));
        let files = described(&[(&name, "1"), (&folder, "2")]);
        let entries = untar(&archive(&files).unwrap().bytes());
        let names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
        let parent = folder.trim_end_matches('f');
        assert_eq!(names, [name.as_str(), parent, folder.as_str()]);
    }
}

#[test]
fn contents_of_every_size_come_back() {
    for size in [0, 1, 511, 512, 513, 65_536, 65_537, 3 << 20] {
        let text: String = "abcdefg".chars().cycle().take(size).collect();
        let files = described(&[("a", "before"), ("b", &text), ("c", "after")]);
        let entries = untar(&archive(&files).unwrap().bytes());
        let contents: Vec<_> = entries.iter().map(|e| e.content.clone().unwrap()).collect();
        assert_eq!(
            contents,
            [b"before".to_vec(), text.into(), b"after".to_vec()]
        );
    }
}

#[derive(Debug)]
struct Host(Vec<u8>);

impl HostChunk for Host {
    fn len(&self) -> usize {
        self.0.len()
    }
    fn read(&self, range: Range<usize>) -> Bytes {
        Bytes::copy_from_slice(&self.0[range])
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[test]
fn a_large_content_of_the_host_stays_with_it() {
    let chunk = Chunk::host(Arc::new(Host(vec![7; 100_000])));
    let files = BTreeMap::from([("a".to_owned(), Content::new(vec![chunk]))]);
    let made = archive(&files).unwrap();
    let kinds: Vec<bool> = (made.chunks().iter())
        .map(|chunk| matches!(chunk, Chunk::Host { .. }))
        .collect();
    assert_eq!(kinds, [false, true, false]);
    assert_eq!(
        untar(&made.bytes())[0].content.as_deref(),
        Some(&[7; 100_000][..])
    );
}

#[test]
fn many_files_make_few_chunks() {
    let names: Vec<String> = (0..5000).map(|n| format!("{n}.txt")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let made = archive(&described(&files)).unwrap();
    assert_eq!(untar(&made.bytes()).len(), 5000);
    assert!(made.chunks().len() < 20, "{}", made.chunks().len());
    assert!(
        made.chunks()
            .iter()
            .all(|chunk| chunk.len() <= Chunk::MAX_LENGTH)
    );
}

#[test]
fn what_no_archive_may_hold() {
    for (paths, wanted) in [
        (&[""][..], r#"files[""]: a file needs a name"#),
        (&["/"], r#"files["/"]: a file needs a name"#),
        (&["a//b"], r#"files["a//b"]: a part of the path is empty"#),
        (&["a/"], r#"files["a/"]: a part of the path is empty"#),
        (
            &["//etc/a"],
            r#"files["//etc/a"]: a part of the path is empty"#,
        ),
        (
            &["a\0b"],
            r#"files["a\0b"]: a path cannot hold a zero byte"#,
        ),
        (
            &["/../etc/passwd"],
            r#"files["/../etc/passwd"]: a path must not go by "." or "..": it could lead out of the image"#,
        ),
        (
            &["a/./b"],
            r#"files["a/./b"]: a path must not go by "." or "..": it could lead out of the image"#,
        ),
        (
            &["/a", "a"],
            r#"files["a"]: another path names the same file"#,
        ),
        (
            &["a", "a/b"],
            r#"files["a"]: this is a file, and other paths need it to be a folder"#,
        ),
    ] {
        let files: Vec<_> = paths.iter().map(|path| (*path, "x")).collect();
        let fault = archive(&described(&files)).unwrap_err();
        assert_eq!(fault.to_string(), wanted);
    }
    assert!(archive(&described(&[("..a/b..", "x"), ("...", "x")])).is_ok());
    for (length, fits) in [(4096, true), (4097, false)] {
        let files = described(&[(&"n".repeat(length), "x")]);
        assert_eq!(archive(&files).is_ok(), fits);
    }
}
