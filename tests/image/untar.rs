//! A reader of tar archives, as small as one can be that checks what it reads.

use std::collections::BTreeMap;

/// One entry: its mode, and its content unless it is a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) mode: u64,
    pub(crate) content: Option<Vec<u8>>,
}

/// The entries of an archive, in order.
pub(crate) fn untar(archive: &[u8]) -> Vec<Entry> {
    assert_eq!(archive.len() % 512, 0);
    let mut rest = archive;
    let mut entries = Vec::new();
    let mut long_name = None;
    while rest[..512].iter().any(|byte| *byte != 0) {
        let (header, after) = rest.split_at(512);
        check(header);
        let size = usize::try_from(octal(&header[124..136])).unwrap();
        let content = after[..size].to_vec();
        let padded = size.next_multiple_of(512);
        assert!(after[size..padded].iter().all(|byte| *byte == 0));
        rest = &after[padded..];
        let name = text(&header[..100]);
        match header[156] {
            b'x' => long_name = Some(path_of(&content)),
            kind => entries.push(Entry {
                name: long_name.take().unwrap_or(name),
                mode: octal(&header[100..108]),
                content: (kind == b'0').then_some(content),
            }),
        }
    }
    assert_eq!(rest, [0; 1024], "the end");
    entries
}

/// The files of an archive.
pub(crate) fn files(archive: &[u8]) -> BTreeMap<String, String> {
    let files = untar(archive).into_iter().filter_map(|entry| {
        let content = String::from_utf8(entry.content?).unwrap();
        Some((entry.name, content))
    });
    files.collect()
}

/// The sum is right, and nothing says who made it, where or when.
fn check(header: &[u8]) {
    let mut summed = header.to_vec();
    summed[148..156].fill(b' ');
    let sum: u64 = summed.iter().copied().map(u64::from).sum();
    assert_eq!(octal(&header[148..156]), sum);
    assert_eq!(&header[257..265], b"ustar\x0000");
    for number in [&header[108..116], &header[116..124], &header[136..148]] {
        assert_eq!(octal(number), 0);
    }
    assert!(header[265..].iter().all(|byte| *byte == 0));
}

fn octal(field: &[u8]) -> u64 {
    u64::from_str_radix(text(field).trim(), 8).unwrap()
}

fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0);
    String::from_utf8_lossy(&field[..end.unwrap_or(field.len())]).into_owned()
}

fn path_of(records: &[u8]) -> String {
    let record = std::str::from_utf8(records).unwrap();
    let (length, named) = record.split_once(' ').unwrap();
    assert_eq!(length.parse::<usize>().unwrap(), record.len());
    let name = named.strip_prefix("path=").unwrap();
    name.strip_suffix('\n').unwrap().to_owned()
}
