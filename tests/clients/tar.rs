//! Layers: plain tar archives of one file, written as a stream.

use std::io::{self, Read, Write};

/// Writes an archive that holds one file: its `size` bytes are read from `content`.
pub(crate) fn write(
    out: &mut dyn Write,
    name: &str,
    size: u64,
    content: &mut dyn Read,
) -> io::Result<()> {
    out.write_all(&header(name, size))?;
    io::copy(&mut content.take(size), out)?;
    let padding = size.next_multiple_of(BLOCK) - size;
    io::copy(&mut io::repeat(0).take(padding + END), out)?;
    Ok(())
}

/// An archive without a file: only its end mark.
pub(crate) fn empty() -> Vec<u8> {
    vec![0; 1024]
}

/// Bytes that no compressor makes smaller, the same for the same seed.
pub(crate) struct Noise(pub(crate) u64);

impl Read for Noise {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for part in buffer.chunks_mut(8) {
            // xorshift64*: a multiplication and three shifts for eight bytes.
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            let word = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes();
            part.copy_from_slice(word.split_at(part.len()).0);
        }
        Ok(buffer.len())
    }
}

fn header(name: &str, size: u64) -> Vec<u8> {
    let mut header = Vec::new();
    let mut field = |text: &str, width: usize| {
        let end = header.len() + width;
        header.extend_from_slice(text.as_bytes());
        header.resize(end, 0);
    };
    field(name, 100);
    field("0000644", 8);
    field("0000000", 8);
    field("0000000", 8);
    field(&format!("{size:011o}"), 12);
    field("00000000000", 12);
    field("        ", 8);
    field("0", 1);
    field("", 100);
    field("ustar", 6);
    field("00", 2);
    field("", 247);
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    // The sum is taken with spaces in its own place, and ends with a zero and a space.
    header.splice(148..156, format!("{sum:06o}\0 ").bytes());
    header
}

const BLOCK: u64 = 512;
const END: u64 = 2 * BLOCK;
