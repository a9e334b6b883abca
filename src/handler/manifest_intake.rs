//! A manifest on its way in.

use bytes::Bytes;

use crate::{
    content::{Budget, Chunk, Content, Hashers, OverBudget},
    spec::{Algorithm, Digest, Error, Limits, Manifest, MediaType},
};
use std::sync::Arc;

/// Bytes of a manifest, and what is read out of them.
#[derive(Debug)]
pub(crate) struct ManifestIntake {
    hashers: Arc<dyn Hashers>,
    algorithm: Algorithm,
    media_type: Option<MediaType>,
    /// Whether what cannot be read is kept unread.
    opaque: bool,
    chunks: Vec<Chunk>,
    /// Whether it came in more than one piece.
    is_pieced: bool,
    received: u64,
    read: Option<Result<ReadManifest, Error>>,
}

/// A manifest, read.
#[derive(Debug)]
pub(super) struct ReadManifest {
    pub(super) digest: Digest,
    pub(super) media_type: MediaType,
    pub(super) bytes: Bytes,
    pub(super) manifest: Manifest,
}

impl ManifestIntake {
    pub(super) fn new(
        hashers: Arc<dyn Hashers>,
        algorithm: Algorithm,
        media_type: Option<MediaType>,
        opaque: bool,
    ) -> Self {
        Self {
            hashers,
            algorithm,
            media_type,
            opaque,
            chunks: Vec::new(),
            is_pieced: false,
            received: 0,
            read: None,
        }
    }

    pub(super) fn body(
        &mut self,
        chunk: &Chunk,
        budget: &Budget,
        limits: &Limits,
    ) -> Result<(), Error> {
        self.received = self.received.saturating_add(chunk.len() as u64);
        if self.received > limits.manifest {
            return Err(Error::ManifestTooLarge {
                limit: limits.manifest,
            });
        }
        self.is_pieced = !self.chunks.is_empty();
        // What was read before this piece was not all of it.
        self.read = None;
        // A manifest is always in our own memory: it is read, and answered in one piece.
        self.chunks.push(
            budget
                .keep(chunk.bytes().into(), limits.total)
                .map_err(full)?,
        );
        Ok(())
    }

    pub(super) fn read(&mut self) {
        if self.read.is_none() {
            self.read = Some(self.parse());
        }
    }

    fn parse(&self) -> Result<ReadManifest, Error> {
        let bytes = Content::new(self.chunks.clone()).bytes();
        let mut hasher = self.hashers.start(self.algorithm);
        hasher.update(&bytes.clone().into());
        let media_type = self
            .media_type
            .clone()
            .or_else(|| Manifest::own_media_type(&bytes));
        let media_type = match media_type {
            Some(media_type) => media_type,
            None if self.opaque => MediaType::OCTET_STREAM,
            // Without a type nobody could be told on a pull what it is.
            None => {
                let reason = "it has no Content-Type, and no mediaType of its own".to_owned();
                return Err(Error::ManifestInvalid { reason });
            }
        };
        let manifest = match Manifest::parse(&media_type, &bytes) {
            Err(_) if self.opaque => Manifest::opaque(),
            other => other?,
        };
        Ok(ReadManifest {
            digest: hasher.finish(),
            media_type,
            bytes,
            manifest,
        })
    }

    /// What was read; its bytes in one piece, counted against the budget.
    pub(super) fn into_read(
        mut self,
        budget: &Budget,
        limits: &Limits,
    ) -> Result<ReadManifest, Error> {
        self.read();
        let mut read = self.read.take().unwrap_or_else(|| self.parse())?;
        self.chunks.clear();
        if self.is_pieced {
            read.bytes = budget
                .keep(read.bytes.into(), limits.total)
                .map_err(full)?
                .bytes();
        }
        Ok(read)
    }
}

fn full(over: OverBudget) -> Error {
    Error::Full {
        used: over.used,
        limit: over.limit,
    }
}
