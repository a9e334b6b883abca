//! Bytes written to a file and named by their digest on the way.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256, Sha512};

/// The digest algorithm of a layout.
#[derive(Clone, Copy)]
pub(crate) enum Algorithm {
    Sha256,
    Sha512,
}

impl Algorithm {
    /// The name in front of the colon of a digest, which is the folder's name in a layout too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// The digest of what the reader has.
    pub(crate) fn digest(self, reader: &mut dyn Read) -> io::Result<String> {
        let mut hasher = self.hasher();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = reader.read(&mut buffer)?;
            let (bytes, _) = buffer.split_at(read);
            if bytes.is_empty() {
                return Ok(format!("{}:{}", self.name(), hasher.hex()));
            }
            hasher.update(bytes);
        }
    }

    fn hasher(self) -> Hasher {
        match self {
            Self::Sha256 => Hasher::Sha256(Sha256::new()),
            Self::Sha512 => Hasher::Sha512(Sha512::new()),
        }
    }
}

/// Hashes and counts what passes to the file.
pub(crate) struct DigestFile {
    algorithm: Algorithm,
    hasher: Hasher,
    file: BufWriter<File>,
    path: PathBuf,
    size: u64,
}

impl DigestFile {
    pub(crate) fn create(path: PathBuf, algorithm: Algorithm) -> io::Result<Self> {
        let file = BufWriter::new(File::create(&path)?);
        Ok(Self {
            algorithm,
            hasher: algorithm.hasher(),
            file,
            path,
            size: 0,
        })
    }

    /// Names the file by its digest, in `folder`; returns digest and size.
    pub(crate) fn finish(mut self, folder: &Path) -> io::Result<(String, u64)> {
        self.file.flush()?;
        let hex = self.hasher.hex();
        fs::rename(&self.path, folder.join(&hex))?;
        Ok((format!("{}:{hex}", self.algorithm.name()), self.size))
    }
}

impl Write for DigestFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        let (taken, _) = bytes.split_at(written);
        self.hasher.update(taken);
        self.size += taken.len() as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The digest of a file, by the algorithm that `like` (a digest) names.
pub(crate) fn digest_of(path: &Path, like: &str) -> io::Result<String> {
    let algorithm = if like.starts_with("sha512:") {
        Algorithm::Sha512
    } else {
        Algorithm::Sha256
    };
    algorithm.digest(&mut File::open(path)?)
}

enum Hasher {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Hasher {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    fn hex(self) -> String {
        match self {
            Self::Sha256(hasher) => hex::encode(hasher.finalize()),
            Self::Sha512(hasher) => hex::encode(hasher.finalize()),
        }
    }
}
