//! Tar archives of every make, and damaged ones.

use bytes::Bytes;
use registrette::{
    archive::{Files, Tar},
    content::Content,
    image::tar_header,
};

/// An entry: its kind, name, link and content.
type Entry<'a> = (u8, &'a str, &'a str, &'a [u8]);

/// An archive by hand: what no library would write.
fn archive(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut all = Vec::new();
    for (kind, name, link, content) in entries {
        let mut header = tar_header("x", content.len() as u64);
        header[..100].fill(0);
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[156] = *kind;
        header[157..157 + link.len()].copy_from_slice(link.as_bytes());
        sum(&mut header);
        all.extend(header);
        all.extend_from_slice(content);
        all.resize(all.len().next_multiple_of(512), 0);
    }
    all.extend([0; 1024]);
    all
}

fn sum(header: &mut [u8]) {
    header[148..156].fill(b' ');
    let sum: u32 = header[..512].iter().copied().map(u32::from).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

fn open(archive: Vec<u8>) -> Result<Tar, String> {
    let archive = Content::from(Bytes::from(archive));
    Tar::open(Box::new(archive)).map_err(|fault| fault.to_string())
}

fn text(tar: &Tar, path: &str) -> String {
    let length = tar.length(path).unwrap().expect(path);
    let bytes = tar.read(path, 0, usize::try_from(length).unwrap()).unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn every_kind_of_entry_is_read() {
    let long = format!("{}/file", "folder".repeat(40));
    let gnu = format!("{long}\0");
    let pax = format!("{} path={long}.pax\n", long.len() + 14);
    let tar = open(archive(&[
        (b'g', "pax_global", "", b"20 comment=whatever\n"),
        (b'5', "a/", "", b""),
        (b'0', "./a/b", "", b"one"),
        (0, "a/old", "", b"two"),
        (b'2', "a/link", "b", b""),
        (b'2', "a/up", "../c", b""),
        (b'1', "hard", "a/b", b""),
        (b'3', "device", "", b""),
        (b'0', "c", "", b"first"),
        (b'0', "c", "", b"second"),
        (b'L', "././@LongLink", "", gnu.as_bytes()),
        (b'0', "cut", "", b"gnu"),
        (b'x', "pax", "", pax.as_bytes()),
        (b'0', "cut", "", b"pax"),
    ]))
    .unwrap();
    for (path, wanted) in [
        ("a/b", "one"),
        ("a/old", "two"),
        ("a/link", "one"),
        ("a/up", "second"),
        ("hard", "one"),
        ("c", "second"),
        (long.as_str(), "gnu"),
        (&format!("{long}.pax"), "pax"),
    ] {
        assert_eq!(text(&tar, path), wanted, "{path}");
    }
    assert_eq!(tar.list("a").unwrap(), ["b", "link", "old", "up"]);
    assert_eq!(
        tar.list("").unwrap()[..3],
        ["a/", "c", &format!("{}/", "folder".repeat(40))]
    );
    assert_eq!(tar.length("device").unwrap(), None);
}

#[test]
fn a_size_over_8_gib_is_in_base_256() {
    let size = (10 << 30) + 1;
    let header = tar_header("large", size);
    assert_eq!(header[124..136], [0x80, 0, 0, 0, 0, 0, 0, 2, 0x80, 0, 0, 1]);
    let told = open(header).unwrap_err();
    assert_eq!(
        told,
        format!("large: the archive ends after 0 of its {size} bytes")
    );
    // The last that fits in octal digits.
    assert_eq!(
        tar_header("large", (8 << 30) - 1)[124..136],
        *b"77777777777\0"
    );
}

#[test]
fn what_leads_out_is_refused() {
    for (entry, wanted) in [
        (
            (b'0', "../x", "", &b""[..]),
            "../x: it leads out of the archive by \"..\"",
        ),
        (
            (b'0', "a/../../x", "", b""),
            "a/../../x: it leads out of the archive by \"..\"",
        ),
        (
            (b'0', "/etc/passwd", "", b""),
            "/etc/passwd: its name is absolute; expected one inside the archive",
        ),
        (
            (b'2', "a/link", "../../x", b""),
            "a/link: it leads out of the archive by \"..\"",
        ),
        (
            (b'2', "link", "/etc/passwd", b""),
            "link: its link is absolute; expected one inside the archive",
        ),
        (
            (b'1', "hard", "../x", b""),
            "hard: it leads out of the archive by \"..\"",
        ),
        (
            (b'S', "sparse", "", b""),
            "sparse: it is written with holes; expected plain files",
        ),
    ] {
        assert_eq!(open(archive(&[entry])).unwrap_err(), wanted);
    }
}

#[test]
fn links_that_lead_nowhere_are_told() {
    let tar = open(archive(&[
        (b'2', "a", "b", b""),
        (b'2', "b", "a", b""),
        (b'2', "c", "d", b""),
    ]))
    .unwrap();
    let told = |path: &str| tar.length(path).unwrap_err().to_string();
    assert_eq!(told("a"), "a: its links go round in a circle");
    assert_eq!(told("c"), "c: it links to d, which is not in the archive");
}

#[test]
fn what_is_cut_off_or_damaged_is_told() {
    let whole = archive(&[(b'0', "a", "", &[7; 1000])]);
    let changed = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        bytes
    };
    let mut wrong_size = whole.clone();
    wrong_size[124..136].copy_from_slice(b"zzzzzzzzzzz\0");
    sum(&mut wrong_size);
    for (bytes, wanted) in [
        (
            Vec::new(),
            "header at byte 0: the archive ends after 0 of its 512 bytes",
        ),
        (
            whole[..100].to_vec(),
            "header at byte 0: the archive ends after 100 of its 512 bytes",
        ),
        (
            whole[..600].to_vec(),
            "a: the archive ends after 88 of its 1000 bytes",
        ),
        (
            changed(0, b'b'),
            "header at byte 0: its checksum is wrong; expected a tar archive",
        ),
        (
            b"not an archive at all".repeat(100),
            "header at byte 0: its checksum is wrong; expected a tar archive",
        ),
        (wrong_size, "a: its size is no number"),
    ] {
        assert_eq!(open(bytes).unwrap_err(), wanted);
    }
    // No end mark, as some writers leave it.
    assert!(open(whole[..512 + 1024].to_vec()).is_ok());
}
