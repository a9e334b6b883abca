//! What JavaScript calls to read images out of files, and to write them: conversion, and nothing else. Built alone, as `images.wasm`.
//!
//! JavaScript gives [`Shelves`] a number for its files; what is asked of them goes to `host`, which stands around the glue
//! that wasm-bindgen writes. Out come seeds, and blobs piece by piece.

mod gathered;
mod host;

use js_sys::Uint8Array;
use serde_json::{Value, json};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

pub use self::gathered::Gathered;
use self::{
    gathered::catalogue,
    host::{HostArchive, HostFiles},
};
use crate::{
    archive::{Fault, Files, Item, Packing, Plan, Shelf, Source, Tar, repository_of, unpack},
    spec::{Digest, RepositoryName},
};

/// An archive or files, opened.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Shelves {
    shelf: Shelf,
    plan: Plan,
}

#[wasm_bindgen]
impl Shelves {
    /// Opens the files of this number. Images without the name of a repository go into `name`, or what that makes as the
    /// name of a file.
    ///
    /// # Errors
    /// A sentence that names the entry and what was expected.
    pub fn files(files: u32, name: &str, is_file: bool) -> Result<Self, JsValue> {
        Self::open(Box::new(HostFiles(files)), name, is_file).map_err(sentence)
    }

    /// Opens the archive of this number, which is not packed.
    ///
    /// # Errors
    /// A sentence that names the entry and what was expected.
    pub fn archive(archive: u32, name: &str, is_file: bool) -> Result<Self, JsValue> {
        let tar = Tar::open(Box::new(HostArchive::new(archive)));
        let opened = tar.and_then(|tar| Self::open(Box::new(tar), name, is_file));
        opened.map_err(sentence)
    }

    /// Unpacks the archive of this number into `host.take`, at most so many bytes. `false`: it was not packed.
    ///
    /// # Errors
    /// A sentence that says why it cannot be.
    pub fn unpack(archive: u32, limit: f64) -> Result<bool, JsValue> {
        std::panic::set_hook(Box::new(|panic| host::panicked(&panic.to_string())));
        let archive = HostArchive::new(archive);
        if Packing::of_file(&archive).map_err(sentence)? == Packing::Plain {
            return Ok(false);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of bytes; what is no such number is none"
        )]
        let limit = limit as u64;
        let mut take = |piece: &[u8]| {
            host::take(&Uint8Array::from(piece));
            host::check("")
        };
        unpack(&archive, limit, &mut take).map_err(sentence)?;
        Ok(true)
    }

    /// The seeds, as JSON; `{ "part": n }` is the n-th blob or manifest, which [`Shelves::part`] gives.
    #[must_use]
    pub fn seeds(&self) -> String {
        let seeds = self
            .plan
            .items
            .iter()
            .enumerate()
            .map(|(part, item)| match item {
                Item::Blob { repository, digest } => json!({ "blob": {
                "repository": repository.as_str(),
                "digest": digest.to_string(),
                "bytes": { "part": part },
            } }),
                Item::Manifest {
                    place, media_type, ..
                } => json!({ "manifest": {
                "ref": place.to_string(),
                "mediaType": media_type.as_str(),
                "bytes": { "part": part },
            } }),
            });
        Value::Array(seeds.collect()).to_string()
    }

    /// The images that are named, as JSON: pairs of a reference and the bytes of its layers.
    #[must_use]
    pub fn images(&self) -> String {
        let images = self.plan.images.iter();
        let images = images.map(|(place, bytes)| json!([place.to_string(), bytes]));
        Value::Array(images.collect()).to_string()
    }

    /// The catalogue as text, or as JSON.
    ///
    /// # Errors
    /// A sentence that says which manifest cannot be read.
    pub fn catalog(&self, as_json: bool) -> Result<String, JsValue> {
        catalogue(&self.shelf, as_json)
    }

    /// The bytes of a part, in pieces.
    ///
    /// # Errors
    /// A sentence that says what cannot be read.
    pub fn part(&self, part: usize) -> Result<Vec<Uint8Array>, JsValue> {
        match self.plan.items.get(part) {
            None => Ok(Vec::new()),
            Some(Item::Manifest { bytes, .. }) => Ok(vec![Uint8Array::from(&**bytes)]),
            Some(Item::Blob { repository, digest }) => {
                self.blob(repository, digest).map_err(sentence)
            }
        }
    }

    fn blob(&self, repository: &RepositoryName, digest: &Digest) -> Result<Vec<Uint8Array>, Fault> {
        let mut pieces = self.shelf.blob(repository, digest, 0)?;
        let mut all = Vec::new();
        while let Some(piece) = pieces.next()? {
            all.push(Uint8Array::from(&*piece));
        }
        Ok(all)
    }

    fn open(files: Box<dyn Files>, name: &str, is_file: bool) -> Result<Self, Fault> {
        std::panic::set_hook(Box::new(|panic| host::panicked(&panic.to_string())));
        let given = RepositoryName::parse(name).ok().filter(|_| !is_file);
        let name = given.unwrap_or_else(|| repository_of(name));
        let shelf = Shelf::open(files, &name)?;
        let plan = Plan::of(&shelf)?;
        Ok(Self { shelf, plan })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn sentence(fault: Fault) -> JsValue {
    JsValue::from_str(&fault.to_string())
}
