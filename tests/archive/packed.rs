//! Archives that are packed as a whole, and bombs.

use std::io::Write;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use registrette::{
    archive::{Packing, unpack},
    content::Content,
};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn unpacked(packed: Vec<u8>, limit: u64) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    let file = Content::from(Bytes::from(packed));
    let taken = unpack(&file, limit, &mut |piece| {
        assert!(piece.len() <= 16 << 20);
        all.extend_from_slice(piece);
        Ok(())
    });
    taken.map(|()| all).map_err(|fault| fault.to_string())
}

/// `hello` and a line's end, by `zstd -c`.
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd\x04\x58\x31\x00\x00hello\n\x53\x88\xbd\x91";

#[test]
fn every_packing_is_unpacked() {
    let two = [gzip(b"hello "), gzip(b"world")].concat();
    for (packed, packing, wanted) in [
        (b"plain".to_vec(), Packing::Plain, &b"plain"[..]),
        (Vec::new(), Packing::Plain, b""),
        (gzip(b"hello"), Packing::Gzip, b"hello"),
        (two, Packing::Gzip, b"hello world"),
        (ZSTD.to_vec(), Packing::Zstd, b"hello\n"),
    ] {
        assert_eq!(Packing::of(&packed), packing);
        assert_eq!(unpacked(packed, 100).unwrap(), wanted);
    }
}

#[test]
fn what_is_damaged_is_told() {
    let whole = gzip(&vec![7; 100_000]);
    for (packed, wanted) in [
        (whole[..whole.len() / 2].to_vec(), "it cannot be unpacked"),
        (whole[..20].to_vec(), "it cannot be unpacked"),
        (ZSTD[..12].to_vec(), "it cannot be unpacked"),
    ] {
        let fault = unpacked(packed, u64::MAX).unwrap_err();
        assert!(fault.contains(wanted), "{fault}");
    }
}

#[test]
fn a_bomb_does_not_go_off() {
    let bomb = gzip(&vec![0; 50 << 20]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(
        unpacked(bomb, 1 << 20).unwrap_err(),
        "it unpacks to more than the 1048576 bytes there is room for"
    );
}
