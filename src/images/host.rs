//! Files that JavaScript has.

use bytes::Bytes;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::archive::{Fault, Files, ReadAt};

#[wasm_bindgen]
extern "C" {
    /// Says what went wrong, before the instance stops.
    #[wasm_bindgen(js_namespace = host, js_name = panicked)]
    pub(super) fn panicked(text: &str);

    /// Takes a piece of what was unpacked.
    #[wasm_bindgen(js_namespace = host, js_name = take)]
    pub(super) fn take(piece: &Uint8Array);

    /// The names in a folder.
    #[wasm_bindgen(js_namespace = host, js_name = list)]
    fn list(files: u32, folder: &str) -> Array;

    /// The length of a file; less than 0 where there is none.
    #[wasm_bindgen(js_namespace = host, js_name = fileLength)]
    fn file_length(files: u32, path: &str) -> f64;

    /// A part of a file; what is not there is left out.
    #[wasm_bindgen(js_namespace = host, js_name = readFile)]
    fn read_file(files: u32, path: &str, offset: f64, length: u32) -> Uint8Array;

    /// The length of an archive.
    #[wasm_bindgen(js_namespace = host, js_name = archiveLength)]
    fn archive_length(archive: u32) -> f64;

    /// A part of an archive; what is not there is left out.
    #[wasm_bindgen(js_namespace = host, js_name = readArchive)]
    fn read_archive(archive: u32, offset: f64, length: u32) -> Uint8Array;

    /// Why the last of these could not do what it was asked; empty where it could.
    #[wasm_bindgen(js_namespace = host, js_name = takeFault)]
    fn take_fault() -> String;
}

/// Files by the number that JavaScript gave them.
#[derive(Debug)]
pub(super) struct HostFiles(pub(super) u32);

/// An archive by the number that JavaScript gave it.
#[derive(Debug)]
pub(super) struct HostArchive {
    number: u32,
    length: u64,
}

impl HostArchive {
    pub(super) fn new(number: u32) -> Self {
        let length = whole(archive_length(number)).unwrap_or_default();
        Self { number, length }
    }
}

impl Files for HostFiles {
    fn list(&self, folder: &str) -> Result<Vec<String>, Fault> {
        let names = list(self.0, folder);
        check(folder)?;
        let mut names: Vec<String> = names.iter().filter_map(|name| name.as_string()).collect();
        names.sort();
        Ok(names)
    }

    fn length(&self, path: &str) -> Result<Option<u64>, Fault> {
        let length = file_length(self.0, path);
        check(path)?;
        Ok(whole(length))
    }

    fn read(&self, path: &str, offset: u64, length: usize) -> Result<Bytes, Fault> {
        let read = read_file(self.0, path, number(offset), narrow(length));
        check(path)?;
        all(&read, length).map_err(|fault| fault.within(path))
    }
}

impl ReadAt for HostArchive {
    fn length(&self) -> u64 {
        self.length
    }

    fn read(&self, offset: u64, length: usize) -> Result<Bytes, Fault> {
        let read = read_archive(self.number, number(offset), narrow(length));
        check("")?;
        all(&read, length)
    }
}

/// What went wrong in JavaScript since the last time.
pub(super) fn check(entry: &str) -> Result<(), Fault> {
    match take_fault() {
        none if none.is_empty() => Ok(()),
        fault => Err(Fault::new(entry, fault)),
    }
}

fn all(read: &Uint8Array, length: usize) -> Result<Bytes, Fault> {
    let bytes = read.to_vec();
    if bytes.len() < length {
        let reason = format!("it ends after {} of {length} bytes", bytes.len());
        return Err(Fault::new("", reason));
    }
    Ok(bytes.into())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is less than 0 is taken out before"
)]
fn whole(length: f64) -> Option<u64> {
    (length >= 0.0).then_some(length as u64)
}

#[expect(clippy::cast_precision_loss, reason = "no file has 2^53 bytes")]
fn number(offset: u64) -> f64 {
    offset as f64
}

fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
