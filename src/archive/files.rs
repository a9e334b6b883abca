//! What a host gives: files by their paths, or one long file.

use std::fmt;

use bytes::{Bytes, BytesMut};

use super::Fault;
use crate::content::Content;

/// Files below one root, by path: names joined by `/`, none of them `.` or `..`.
///
/// A host that has a folder reads it; [`super::Tar`] has an archive.
pub trait Files: fmt::Debug + Send + Sync {
    /// The names in a folder, sorted, a folder's with a `/` at its end. The root is the empty path. None where there is
    /// no such folder.
    ///
    /// # Errors
    /// It cannot be read.
    fn list(&self, folder: &str) -> Result<Vec<String>, Fault>;

    /// The length of a file; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be looked at, or leads out of the root.
    fn length(&self, path: &str) -> Result<Option<u64>, Fault>;

    /// A part of a file, all of it.
    ///
    /// # Errors
    /// It cannot be read, or ends before.
    fn read(&self, path: &str, offset: u64, length: usize) -> Result<Bytes, Fault>;
}

/// One file that can be read anywhere.
pub trait ReadAt: fmt::Debug + Send + Sync {
    /// Its length.
    fn length(&self) -> u64;

    /// A part of it, all of it.
    ///
    /// # Errors
    /// It cannot be read, or ends before.
    fn read(&self, offset: u64, length: usize) -> Result<Bytes, Fault>;
}

impl ReadAt for Content {
    fn length(&self) -> u64 {
        self.len()
    }

    fn read(&self, offset: u64, length: usize) -> Result<Bytes, Fault> {
        let end = offset.saturating_add(length as u64);
        if end > self.len() {
            return Err(Fault::new("", format!("it ends at byte {}", self.len())));
        }
        let mut pieces = self.slice(offset..end);
        match (pieces.next(), pieces.next()) {
            (None, _) => Ok(Bytes::new()),
            (Some(one), None) => Ok(one.bytes()),
            _ => {
                let mut all = BytesMut::with_capacity(length);
                for piece in self.slice(offset..end) {
                    all.extend_from_slice(&piece.bytes());
                }
                Ok(all.freeze())
            }
        }
    }
}

/// The longest file that is read whole: an index, a manifest, a config.
const WHOLE: u64 = 16 << 20;

/// A small file as a whole; `None` where there is none.
pub(super) fn whole(files: &dyn Files, path: &str) -> Result<Option<Bytes>, Fault> {
    let Some(length) = files.length(path)? else {
        return Ok(None);
    };
    match usize::try_from(length).ok().filter(|_| length <= WHOLE) {
        Some(length) => files.read(path, 0, length).map(Some),
        None => Err(Fault::new(
            path,
            format!("it has {length} bytes; expected JSON of at most {WHOLE}"),
        )),
    }
}

/// A small file that must be there.
pub(super) fn needed(files: &dyn Files, path: &str) -> Result<Bytes, Fault> {
    whole(files, path)?.ok_or_else(|| Fault::new(path, "it is not there"))
}
