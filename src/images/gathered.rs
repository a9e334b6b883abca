//! Images that JavaScript has by their manifests: printed, and written into an archive.

use std::collections::BTreeMap;

use bytes::Bytes;
use js_sys::Uint8Array;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{
    host::{self, HostFiles},
    sentence,
};
use crate::{
    archive::{Fault, Files, Found, Image, Layout, Pieces, Source, TarSink, json, print, walk},
    spec::{Digest, MediaType, Reference, RepositoryName, Tag},
};

/// Repositories in the order in which they came, each with its tags and manifests. Blobs stay in JavaScript: they are
/// files that go by their digests.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Gathered {
    blobs: HostFiles,
    repositories: Vec<(RepositoryName, Held)>,
}

#[derive(Debug, Default)]
struct Held {
    tags: Vec<(Tag, Digest)>,
    manifests: BTreeMap<Digest, Found>,
}

#[wasm_bindgen]
impl Gathered {
    /// Nothing yet; blobs are the files of this number.
    #[wasm_bindgen(constructor)]
    pub fn new(files: u32) -> Self {
        std::panic::set_hook(Box::new(|panic| host::panicked(&panic.to_string())));
        Self {
            blobs: HostFiles(files),
            repositories: Vec::new(),
        }
    }

    /// Adds a manifest, by a tag unless that is empty.
    ///
    /// # Errors
    /// A sentence that says which of these is no such thing.
    pub fn add(
        &mut self,
        repository: &str,
        tag: &str,
        digest: &str,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<(), JsValue> {
        let wrong = |error: crate::spec::Error| JsValue::from_str(&error.to_string());
        let repository = RepositoryName::parse(repository).map_err(wrong)?;
        let digest = Digest::parse(digest).map_err(wrong)?;
        let tag = match tag {
            "" => None,
            tag => Some(Tag::parse(tag).map_err(wrong)?),
        };
        let mut known = self.repositories.iter();
        let known = known.position(|(name, _)| *name == repository);
        let at = known.unwrap_or(self.repositories.len());
        if known.is_none() {
            self.repositories.push((repository, Held::default()));
        }
        let Some((_, held)) = self.repositories.get_mut(at) else {
            return Ok(());
        };
        held.tags.extend(tag.map(|tag| (tag, digest.clone())));
        held.manifests.entry(digest.clone()).or_insert(Found {
            digest,
            media_type: MediaType::parse(media_type).unwrap_or(MediaType::OCTET_STREAM),
            bytes: Bytes::copy_from_slice(bytes),
        });
        Ok(())
    }

    /// The catalogue as text, or as JSON.
    ///
    /// # Errors
    /// A sentence that says which manifest cannot be read.
    pub fn catalog(&self, as_json: bool) -> Result<String, JsValue> {
        catalogue(self, as_json)
    }

    /// Writes images as an OCI layout in an archive, piece by piece into `host.take`. They are named by repository and
    /// tag or digest, one after the other.
    ///
    /// # Errors
    /// A sentence that says what is not there, or is not what its digest says.
    #[expect(clippy::needless_pass_by_value, reason = "it crosses by value")]
    pub fn archive(&self, names: Vec<String>) -> Result<(), JsValue> {
        self.write(&names).map_err(sentence)
    }
}

/// The catalogue of a source.
pub(super) fn catalogue(source: &dyn Source, as_json: bool) -> Result<String, JsValue> {
    if as_json {
        let value = json(source).map_err(sentence)?;
        return Ok(format!("{value:#}"));
    }
    print(source).map_err(sentence)
}

impl Gathered {
    fn write(&self, names: &[String]) -> Result<(), Fault> {
        let mut take = |piece: Bytes| {
            host::take(&Uint8Array::from(&*piece));
            host::check("")
        };
        let mut sink = TarSink::new(&mut take);
        let mut layout = Layout::default();
        for pair in names.chunks_exact(2) {
            let [repository, reference] = pair else {
                continue;
            };
            let wrong = |error: crate::spec::Error| Fault::new(repository, error.to_string());
            let repository = RepositoryName::parse(repository).map_err(wrong)?;
            let reference = Reference::parse(reference).map_err(wrong)?;
            let walked = walk(self, &repository, &reference, &|_| true)?;
            let image = Image {
                source: self,
                repository: &repository,
                walked: &walked,
            };
            let tags = match reference {
                Reference::Tag(tag) => vec![tag],
                Reference::Digest(_) => Vec::new(),
            };
            layout.add(&mut sink, &image, &repository, &tags)?;
        }
        layout.finish(&mut sink)?;
        sink.finish()
    }

    fn held(&self, repository: &RepositoryName) -> Result<&Held, Fault> {
        let mut all = self.repositories.iter();
        let found = all.find(|(name, _)| name == repository);
        let found = found.map(|(_, held)| held);
        found.ok_or_else(|| Fault::new(repository.as_str(), "there is no such repository"))
    }
}

impl Source for Gathered {
    fn repositories(&self) -> Result<Vec<RepositoryName>, Fault> {
        let names = self.repositories.iter().map(|(name, _)| name.clone());
        Ok(names.collect())
    }

    fn tags(&self, repository: &RepositoryName) -> Result<Vec<Tag>, Fault> {
        let tags = self.held(repository)?.tags.iter();
        Ok(tags.map(|(tag, _)| tag.clone()).collect())
    }

    fn manifest(
        &self,
        repository: &RepositoryName,
        reference: &Reference,
    ) -> Result<Option<Found>, Fault> {
        let held = self.held(repository)?;
        let digest = match reference {
            Reference::Digest(digest) => Some(digest),
            Reference::Tag(tag) => {
                let mut tags = held.tags.iter();
                tags.find(|(name, _)| name == tag).map(|(_, digest)| digest)
            }
        };
        Ok(digest.and_then(|digest| held.manifests.get(digest).cloned()))
    }

    fn blob_length(
        &self,
        _: &RepositoryName,
        digest: &Digest,
        _expected: u64,
    ) -> Result<Option<u64>, Fault> {
        self.blobs.length(&digest.to_string())
    }

    fn blob(
        &self,
        _: &RepositoryName,
        digest: &Digest,
        from: u64,
    ) -> Result<Box<dyn Pieces + '_>, Fault> {
        let path = digest.to_string();
        let length = self.blobs.length(&path)?;
        let end = length.ok_or_else(|| Fault::new(&path, "it is not there"))?;
        Ok(Box::new(Reading {
            files: &self.blobs,
            path,
            at: from,
            end,
        }))
    }

    fn untagged(&self, _: &RepositoryName) -> Result<Vec<Digest>, Fault> {
        Ok(Vec::new())
    }

    fn referrers(&self, _: &RepositoryName, _: &Digest) -> Result<Vec<Digest>, Fault> {
        Ok(Vec::new())
    }
}

/// A blob on its way out of JavaScript.
struct Reading<'a> {
    files: &'a HostFiles,
    path: String,
    at: u64,
    end: u64,
}

const PIECE: u64 = 1 << 20;

impl Pieces for Reading<'_> {
    fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        let length = self.end.saturating_sub(self.at).min(PIECE);
        if length == 0 {
            return Ok(None);
        }
        let read = usize::try_from(length).unwrap_or_default();
        let piece = self.files.read(&self.path, self.at, read)?;
        self.at = self.at.saturating_add(length);
        Ok(Some(piece))
    }
}
