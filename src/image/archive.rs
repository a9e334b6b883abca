//! Tar archives that are the same for the same files, for ever.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::{
    content::{Chunk, Content},
    spec::Invalid,
};

/// A tar archive of files, by path: sorted, folders made as needed, no owner, no time.
///
/// Files have mode 0644, folders 0755. A path may start with `/`, which is the root of the archive. Names of more than
/// 100 bytes are written as POSIX does (`pax`). Large contents are shared, not copied.
///
/// # Errors
/// [`Invalid`] names the path that is empty, leads out by `..`, or is there twice.
///
/// ```
/// use std::collections::BTreeMap;
/// use bytes::Bytes;
/// use registrette::image::archive;
///
/// let files = BTreeMap::from([("etc/motd".to_owned(), Bytes::from("hello").into())]);
/// assert_eq!(archive(&files)?.len(), 5 * 512); // a folder, a file, its content, the end
///
/// let files = BTreeMap::from([("../motd".to_owned(), Bytes::from("hello").into())]);
/// assert_eq!(
///     archive(&files).unwrap_err().to_string(),
///     r#"files["../motd"]: a path must not go by "." or "..": it could lead out of the image"#
/// );
/// # Ok::<(), registrette::spec::Invalid>(())
/// ```
pub fn archive(files: &BTreeMap<String, Content>) -> Result<Content, Invalid> {
    let mut writer = Writer::default();
    for (name, content) in entries(files)? {
        writer.name(&name);
        if name.ends_with('/') {
            writer.header(&name, Kind::Folder, 0);
        } else {
            writer.header(&name, Kind::File, content.len());
            for chunk in content.chunks() {
                writer.chunk(chunk);
            }
            writer.pad(content.len());
        }
    }
    Ok(writer.finish())
}

/// Every entry in order: a folder is one whose name ends with `/`.
fn entries(files: &BTreeMap<String, Content>) -> Result<BTreeMap<String, Content>, Invalid> {
    let invalid = |path: &str, reason| Invalid::new(&format!("files[{path:?}]"), reason);
    let mut entries = BTreeMap::new();
    for (path, content) in files {
        let name = path.strip_prefix('/').unwrap_or(path);
        if let Some(reason) = fault(name) {
            return Err(invalid(path, reason));
        }
        let mut folder = String::new();
        for part in name.split_inclusive('/').filter(|part| part.ends_with('/')) {
            folder.push_str(part);
            entries.insert(folder.clone(), Content::default());
        }
        if entries.insert(name.to_owned(), content.clone()).is_some() {
            return Err(invalid(path, "another path names the same file"));
        }
    }
    for name in entries.keys() {
        if entries.contains_key(&format!("{name}/")) {
            return Err(invalid(
                name,
                "this is a file, and other paths need it to be a folder",
            ));
        }
    }
    Ok(entries)
}

/// The longest path that Linux takes; it bounds how many folders one can need.
const PATH: usize = 4096;

/// The longest size that eleven octal digits can say.
const LONGEST: u64 = (1 << 33) - 1;

fn fault(name: &str) -> Option<&'static str> {
    let mut parts = name.split('/');
    if name.is_empty() {
        Some("a file needs a name")
    } else if name.len() > PATH {
        Some("a path has at most 4096 bytes")
    } else if name.contains('\0') {
        Some("a path cannot hold a zero byte")
    } else if parts.clone().any(str::is_empty) {
        Some("a part of the path is empty")
    } else if parts.any(|part| part == "." || part == "..") {
        Some("a path must not go by \".\" or \"..\": it could lead out of the image")
    } else {
        None
    }
}

#[derive(Clone, Copy)]
enum Kind {
    File,
    Folder,
    Pax,
}

#[derive(Default)]
struct Writer {
    chunks: Vec<Chunk>,
    open: Vec<u8>,
}

impl Writer {
    /// Says a name that is too long for a header before the header it is for.
    fn name(&mut self, name: &str) {
        if name.len() <= NAME {
            return;
        }
        let record = record(name);
        self.header("pax", Kind::Pax, record.len() as u64);
        self.open.extend_from_slice(record.as_bytes());
        self.pad(record.len() as u64);
    }

    fn header(&mut self, name: &str, kind: Kind, size: u64) {
        let (flag, mode) = match kind {
            Kind::File => ("0", "0000644"),
            Kind::Folder => ("5", "0000755"),
            Kind::Pax => ("x", "0000644"),
        };
        let none = "0000000";
        let mut before = Vec::with_capacity(148);
        for (text, width) in [(name, NAME), (mode, 8), (none, 8), (none, 8)] {
            field(&mut before, text, width);
        }
        before.extend(size_field(size));
        field(&mut before, "00000000000", 12);
        let mut after = Vec::with_capacity(356);
        for (text, width) in [(flag, 1), ("", 100), ("ustar", 6), ("00", 2), ("", 247)] {
            field(&mut after, text, width);
        }
        // The sum is taken with eight blanks in its own place.
        let bytes = before.iter().chain(&after).chain(b"        ");
        let sum: u32 = bytes.copied().map(u32::from).sum();
        self.open.extend_from_slice(&before);
        self.open
            .extend_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.open.extend_from_slice(&after);
    }

    fn chunk(&mut self, chunk: &Chunk) {
        if chunk.len() <= COPIED {
            self.open.extend_from_slice(&chunk.bytes());
        } else {
            self.flush();
            self.chunks.push(chunk.clone());
        }
        if self.open.len() >= FULL {
            self.flush();
        }
    }

    fn pad(&mut self, written: u64) {
        let missing = written.wrapping_neg() % BLOCK;
        self.zeros(missing);
    }

    fn zeros(&mut self, count: u64) {
        self.open.extend((0..count).map(|_| 0));
    }

    fn flush(&mut self) {
        if !self.open.is_empty() {
            let full = Bytes::from(std::mem::take(&mut self.open));
            self.chunks.push(full.into());
        }
    }

    fn finish(mut self) -> Content {
        self.zeros(2 * BLOCK);
        self.flush();
        Content::new(self.chunks)
    }
}

/// The header of a file in a tar archive, for whoever writes its content behind it: the bytes, filled up to 512.
#[must_use]
pub fn tar_header(name: &str, size: u64) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.name(name);
    writer.header(name, Kind::File, size);
    writer.open
}

/// A size: eleven octal digits, or from 8 GiB on in base 256, as GNU has it.
fn size_field(size: u64) -> [u8; 12] {
    let mut field = [0; 12];
    if size <= LONGEST {
        let digits = format!("{size:011o}");
        let places = field.iter_mut().zip(digits.bytes());
        places.for_each(|(place, digit)| *place = digit);
    } else {
        let places = field.iter_mut().rev().zip(size.to_le_bytes());
        places.for_each(|(place, byte)| *place = byte);
        if let Some(first) = field.first_mut() {
            *first = 0x80;
        }
    }
    field
}

fn field(out: &mut Vec<u8>, text: &str, width: usize) {
    out.extend(text.bytes().chain(std::iter::repeat(0)).take(width));
}

/// `LENGTH path=NAME` and a line's end, where the length counts its own digits too.
fn record(name: &str) -> String {
    let rest = format!(" path={name}\n");
    let mut record = rest.clone();
    loop {
        let next = format!("{}{rest}", record.len());
        if next.len() == record.len() {
            return next;
        }
        record = next;
    }
}

const BLOCK: u64 = 512;
const NAME: usize = 100;
/// What is no longer than this is copied; a chunk of its own would cost more.
const COPIED: usize = 64 << 10;
const FULL: usize = Chunk::MAX_LENGTH / 2;
