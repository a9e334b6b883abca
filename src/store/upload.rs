//! An upload session.

use super::Map;
use crate::{
    content::{Chunk, Content, Hasher},
    spec::{Algorithm, RepositoryName, Timestamp},
};

/// An open session: what has arrived so far, and its hash.
#[derive(Clone, Debug)]
pub struct Upload {
    repository: RepositoryName,
    algorithm: Algorithm,
    hasher: Box<dyn Hasher>,
    /// By where each starts: a copy shares them, however many there are.
    chunks: Map<u64, Chunk>,
    length: u64,
    /// How many bytes the first chunk had that had any.
    first: u64,
    version: u64,
    touched: Timestamp,
}

impl Upload {
    pub(super) fn new(
        repository: RepositoryName,
        algorithm: Algorithm,
        hasher: Box<dyn Hasher>,
        touched: Timestamp,
    ) -> Self {
        Self {
            repository,
            algorithm,
            hasher,
            chunks: Map::default(),
            length: 0,
            first: 0,
            version: 0,
            touched,
        }
    }

    /// The repository it was opened in.
    #[must_use]
    pub fn repository(&self) -> &RepositoryName {
        &self.repository
    }

    /// What it is hashed by.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The hash of what has arrived.
    #[must_use]
    pub fn hasher(&self) -> &dyn Hasher {
        &*self.hasher
    }

    /// What has arrived, in order.
    pub fn chunks(&self) -> impl Iterator<Item = &Chunk> {
        self.chunks.iter().map(|(_, chunk)| chunk)
    }

    /// How many bytes have arrived.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// How many bytes the first chunk had; 0 before there is one.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.first
    }

    /// How often it was appended to.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// When it was last appended to, or opened.
    #[must_use]
    pub fn touched(&self) -> Timestamp {
        self.touched
    }

    /// Appends chunks. `hasher` has taken them already; without it they are hashed now.
    pub(super) fn append(
        &mut self,
        chunks: Vec<Chunk>,
        hasher: Option<Box<dyn Hasher>>,
        now: Timestamp,
    ) {
        match hasher {
            Some(hasher) => self.hasher = hasher,
            None => chunks.iter().for_each(|chunk| self.hasher.update(chunk)),
        }
        for chunk in chunks.into_iter().filter(|chunk| !chunk.is_empty()) {
            let start = self.length;
            self.length = start.saturating_add(chunk.len() as u64);
            self.chunks.insert(start, chunk);
        }
        if self.first == 0 {
            self.first = self.length;
        }
        self.version = self.version.saturating_add(1);
        self.touched = now;
    }

    /// All its content, with these last chunks.
    pub(super) fn close(&self, last: Vec<Chunk>) -> Content {
        Content::new(self.chunks().cloned().chain(last).collect())
    }
}
