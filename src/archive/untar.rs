//! Tar archives, read in place: only headers are looked at, contents are left where they are.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::{Fault, Files, ReadAt};

/// An archive whose files can be read. It holds names and places, not contents.
///
/// Reads the ustar, pax and GNU forms. Every name must stay inside: none is absolute, none goes by `..`, no link leads
/// out. Of two entries of one name the later counts.
#[derive(Debug)]
pub struct Tar {
    archive: Box<dyn ReadAt>,
    nodes: BTreeMap<String, Node>,
}

#[derive(Clone, Debug)]
enum Node {
    File { offset: u64, length: u64 },
    Link(String),
}

impl Tar {
    /// Reads the headers of an archive.
    ///
    /// # Errors
    /// The entry that is damaged, cut off or leads out.
    pub fn open(archive: Box<dyn ReadAt>) -> Result<Self, Fault> {
        let mut scan = Scan::new(&*archive);
        while let Some((name, node)) = scan.next()? {
            if let Some(node) = node {
                scan.keep(name, node)?;
            }
        }
        let nodes = scan.nodes;
        Ok(Self { archive, nodes })
    }

    fn find(&self, path: &str) -> Result<Option<(u64, u64)>, Fault> {
        let mut at = path;
        for _ in 0..HOPS {
            match self.nodes.get(at) {
                None if at == path => return Ok(None),
                None => {
                    let reason = format!("it links to {at}, which is not in the archive");
                    return Err(Fault::new(path, reason));
                }
                Some(Node::File { offset, length }) => return Ok(Some((*offset, *length))),
                Some(Node::Link(target)) => at = target,
            }
        }
        Err(Fault::new(path, "its links go round in a circle"))
    }
}

impl Files for Tar {
    fn list(&self, folder: &str) -> Result<Vec<String>, Fault> {
        let prefix = match folder {
            "" => String::new(),
            _ => format!("{folder}/"),
        };
        let below = self.nodes.range(prefix.clone()..);
        let below = below.map_while(|(path, _)| path.strip_prefix(&*prefix));
        let mut names: Vec<String> = below
            .map(|rest| match rest.split_once('/') {
                Some((name, _)) => format!("{name}/"),
                None => rest.to_owned(),
            })
            .collect();
        names.dedup();
        Ok(names)
    }

    fn length(&self, path: &str) -> Result<Option<u64>, Fault> {
        Ok(self.find(path)?.map(|(_, length)| length))
    }

    fn read(&self, path: &str, offset: u64, length: usize) -> Result<Bytes, Fault> {
        let (start, whole) = self
            .find(path)?
            .ok_or_else(|| Fault::new(path, "it is not there"))?;
        if offset.saturating_add(length as u64) > whole {
            return Err(Fault::new(path, format!("it ends at byte {whole}")));
        }
        let read = self.archive.read(start.saturating_add(offset), length);
        read.map_err(|fault| fault.within(path))
    }
}

struct Scan<'a> {
    archive: &'a dyn ReadAt,
    at: u64,
    nodes: BTreeMap<String, Node>,
    names: usize,
    /// What a header before this one says about it.
    ahead: Ahead,
}

#[derive(Default)]
struct Ahead {
    name: Option<String>,
    link: Option<String>,
    size: Option<u64>,
}

impl<'a> Scan<'a> {
    fn new(archive: &'a dyn ReadAt) -> Self {
        Self {
            archive,
            at: 0,
            nodes: BTreeMap::new(),
            names: 0,
            ahead: Ahead::default(),
        }
    }

    /// The next entry, and what it is where that is of interest; `None` at the end.
    fn next(&mut self) -> Result<Option<(String, Option<Node>)>, Fault> {
        loop {
            let left = self.archive.length().saturating_sub(self.at);
            if left == 0 && self.at > 0 {
                return Ok(None);
            }
            let place = || format!("header at byte {}", self.at);
            if left < BLOCK {
                let reason = format!("the archive ends after {left} of its {BLOCK} bytes");
                return Err(Fault::new(place(), reason));
            }
            let header = self.archive.read(self.at, HEADER)?;
            if header.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            if !is_whole(&header) {
                return Err(Fault::new(
                    place(),
                    "its checksum is wrong; expected a tar archive",
                ));
            }
            let name = self.ahead.name.take().unwrap_or_else(|| full_name(&header));
            let size = match self.ahead.size.take() {
                Some(size) => size,
                None => number(&header, 124, 12)
                    .ok_or_else(|| Fault::new(&name, "its size is no number"))?,
            };
            let kind = header.get(156).copied().unwrap_or_default();
            let has_content = !matches!(kind, b'1'..=b'6');
            let offset = self.at.saturating_add(BLOCK);
            let length = if has_content { size } else { 0 };
            let there = self.archive.length().saturating_sub(offset);
            if length > there {
                let reason = format!("the archive ends after {there} of its {length} bytes");
                return Err(Fault::new(name, reason));
            }
            self.at = offset.saturating_add(length.div_ceil(BLOCK).saturating_mul(BLOCK));
            self.at = self.at.min(self.archive.length());
            let link = self.ahead.link.take();
            let link = || link.clone().unwrap_or_else(|| text(&header, 157, 100));
            let node = match kind {
                b'x' | b'L' | b'K' => {
                    self.look_ahead(kind, &name, offset, length)?;
                    continue;
                }
                b'g' => continue,
                b'S' => {
                    return Err(Fault::new(
                        name,
                        "it is written with holes; expected plain files",
                    ));
                }
                0 | b'0' | b'7' => Some(Node::File { offset, length }),
                b'1' => Some(Node::Link(inside(&name, "", &link())?)),
                b'2' => Some(Node::Link(inside(&name, &name, &link())?)),
                _ => None,
            };
            return Ok(Some((inside(&name, "", &name)?, node)));
        }
    }

    /// Takes in what is said about the next entry.
    fn look_ahead(&mut self, kind: u8, name: &str, offset: u64, length: u64) -> Result<(), Fault> {
        let too_long = || Fault::new(name, format!("a name of {length} bytes is too long"));
        let length = usize::try_from(length).ok().filter(|l| *l <= LONGEST_NAME);
        let said = self.archive.read(offset, length.ok_or_else(too_long)?)?;
        let whole = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes)
                .trim_end_matches('\0')
                .to_owned()
        };
        match kind {
            b'L' => self.ahead.name = Some(whole(&said)),
            b'K' => self.ahead.link = Some(whole(&said)),
            _ => {
                for (key, value) in records(&said) {
                    match key {
                        "path" => self.ahead.name = Some(value.to_owned()),
                        "linkpath" => self.ahead.link = Some(value.to_owned()),
                        "size" => self.ahead.size = value.parse().ok(),
                        _ => {}
                    }
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, name: String, node: Node) -> Result<(), Fault> {
        self.names = self.names.saturating_add(name.len()).saturating_add(64);
        if self.names > NAMES {
            return Err(Fault::new(name, "there are too many files before this one"));
        }
        self.nodes.insert(name, node);
        Ok(())
    }
}

/// A path as it is inside the archive, seen from the folder of a file.
fn inside(entry: &str, from: &str, path: &str) -> Result<String, Fault> {
    if path.starts_with('/') {
        let what = if entry == path {
            "its name"
        } else {
            "its link"
        };
        let reason = format!("{what} is absolute; expected one inside the archive");
        return Err(Fault::new(entry, reason));
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    parts.retain(|part| !matches!(*part, "" | "."));
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if from.is_empty() || parts.pop().is_none() => {
                return Err(Fault::new(entry, "it leads out of the archive by \"..\""));
            }
            ".." => {}
            name => parts.push(name),
        }
    }
    Ok(parts.join("/"))
}

/// Whether a header's sum is right, taken with eight blanks in its own place.
fn is_whole(header: &[u8]) -> bool {
    let sum = header.iter().enumerate().map(|(at, byte)| match at {
        148..156 => u64::from(b' '),
        _ => u64::from(*byte),
    });
    number(header, 148, 8) == Some(sum.sum())
}

fn full_name(header: &[u8]) -> String {
    let name = text(header, 0, 100);
    let is_posix = header.get(257..263) == Some(b"ustar\0");
    match text(header, 345, 155) {
        prefix if is_posix && !prefix.is_empty() => format!("{prefix}/{name}"),
        _ => name,
    }
}

fn field(header: &[u8], at: usize, width: usize) -> &[u8] {
    header.get(at..at.saturating_add(width)).unwrap_or_default()
}

fn text(header: &[u8], at: usize, width: usize) -> String {
    let field = field(header, at, width);
    let end = field.iter().position(|byte| *byte == 0);
    let text = field.get(..end.unwrap_or(field.len())).unwrap_or_default();
    String::from_utf8_lossy(text).into_owned()
}

/// A number: octal digits, or with its first bit set the rest in base 256.
fn number(header: &[u8], at: usize, width: usize) -> Option<u64> {
    let field = field(header, at, width);
    if let Some((0x80, rest)) = field.split_first() {
        return rest.iter().try_fold(0_u64, |sum, byte| {
            Some(sum.checked_mul(256)?.saturating_add(u64::from(*byte)))
        });
    }
    let digits = std::str::from_utf8(field).ok()?;
    let digits = digits.trim_matches([' ', '\0']);
    if digits.is_empty() {
        return Some(0);
    }
    u64::from_str_radix(digits, 8).ok()
}

/// The records of a pax header: `LENGTH KEY=VALUE` and a line's end.
fn records(mut said: &[u8]) -> Vec<(&str, &str)> {
    let mut records = Vec::new();
    while let Some(record) = record(said) {
        said = said.get(record.len()..).unwrap_or_default();
        let line = record.split_once(' ').map_or("", |(_, line)| line);
        records.extend(line.trim_end_matches('\n').split_once('='));
    }
    records
}

fn record(said: &[u8]) -> Option<&str> {
    let blank = said.iter().position(|byte| *byte == b' ')?;
    let length = std::str::from_utf8(said.get(..blank)?).ok()?.parse().ok()?;
    let record = std::str::from_utf8(said.get(..length)?).ok()?;
    (length > blank).then_some(record)
}

const BLOCK: u64 = 512;
const HEADER: usize = 512;
const HOPS: usize = 16;
const LONGEST_NAME: usize = 1 << 20;
/// How many bytes names and places may take.
const NAMES: usize = 12 << 20;
