//! A body on its way in.

use super::manifest_intake::ManifestIntake;
use crate::{
    content::{Budget, Chunk, Hasher},
    spec::{Digest, Error, Limits},
    store::Upload,
};

/// What becomes of a body.
#[derive(Debug)]
pub(crate) enum Intake {
    /// It is read and forgotten.
    Nothing,
    /// It is, or continues, a blob.
    Blob(Box<BlobIntake>),
    /// It is a manifest.
    Manifest(Box<ManifestIntake>),
    /// It is a form.
    Form(Vec<u8>),
}

/// The longest form, in bytes.
const LONGEST_FORM: usize = 16 << 10;

/// Whether there is more to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// Call again.
    More,
    /// All is done.
    Done,
}

impl Intake {
    /// Where the body starts in its blob.
    pub(crate) fn offset(&self) -> u64 {
        match self {
            Self::Blob(blob) => blob.offset,
            Self::Nothing | Self::Manifest(_) | Self::Form(_) => 0,
        }
    }

    /// Takes a piece of the body.
    ///
    /// # Errors
    /// The error to answer at once: the body is too long, or there is no room.
    pub(crate) fn body(
        &mut self,
        chunk: Chunk,
        budget: &Budget,
        limits: &Limits,
    ) -> Result<(), Error> {
        match self {
            Self::Nothing => Ok(()),
            Self::Blob(blob) => blob.body(chunk, budget, limits),
            Self::Manifest(manifest) => manifest.body(&chunk, budget, limits),
            Self::Form(form) if form.len().saturating_add(chunk.len()) > LONGEST_FORM => {
                Err(Error::TokenRequestInvalid {
                    reason: format!("the form is longer than {LONGEST_FORM} bytes"),
                })
            }
            Self::Form(form) => {
                form.extend_from_slice(&chunk.bytes());
                Ok(())
            }
        }
    }

    /// Computes what is left to compute, about `budget` bytes of it.
    pub(crate) fn work(&mut self, budget: u64) -> Progress {
        match self {
            Self::Nothing | Self::Form(_) => Progress::Done,
            Self::Blob(blob) => blob.work(budget),
            Self::Manifest(manifest) => {
                manifest.read();
                Progress::Done
            }
        }
    }
}

/// Bytes of a blob, hashed as they come.
#[derive(Debug)]
pub(crate) struct BlobIntake {
    hasher: Box<dyn Hasher>,
    chunks: Vec<Chunk>,
    received: u64,
    /// Where the body starts in the blob.
    offset: u64,
    /// What is hashed later, last first: all that the session has already, when the closing digest is of another algorithm.
    backlog: Option<Vec<Chunk>>,
    /// How many chunks of the body are hashed after the backlog.
    caught_up: usize,
    /// The session as it was when the body began.
    found: Found,
    /// The length that the chunk's range gives.
    range: Option<u64>,
    /// How many bytes a body may have.
    most: u64,
}

/// What a session holds and how often it was appended to; nothing of one that is not there.
///
/// The number alone would not do: a session may be given up and opened again, or a chunk whose storage failed be
/// replaced by another.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Found {
    version: u64,
    content: Option<Digest>,
}

impl Found {
    fn of(upload: &Upload) -> Self {
        Self {
            version: upload.version(),
            content: Some(upload.hasher().duplicate().finish()),
        }
    }
}

impl BlobIntake {
    pub(super) fn new(hasher: Box<dyn Hasher>) -> Self {
        Self {
            hasher,
            chunks: Vec::new(),
            received: 0,
            offset: 0,
            backlog: None,
            caught_up: 0,
            found: Found::default(),
            range: None,
            most: u64::MAX,
        }
    }

    /// Takes no longer body than this.
    pub(super) fn at_most(self, limit: Option<u64>) -> Self {
        Self {
            most: limit.unwrap_or(u64::MAX),
            ..self
        }
    }

    /// Goes on where a session is; without one, opens it.
    pub(super) fn continuing(self, upload: Option<&Upload>, range: Option<u64>) -> Self {
        Self {
            offset: upload.map_or(0, Upload::length),
            found: upload.map_or_else(Found::default, Found::of),
            range,
            ..self
        }
    }

    /// Hashes these chunks first, and everything later.
    pub(super) fn with_backlog<'a>(self, chunks: impl Iterator<Item = &'a Chunk>) -> Self {
        let mut backlog: Vec<Chunk> = chunks.cloned().collect();
        backlog.reverse();
        Self {
            backlog: Some(backlog),
            ..self
        }
    }

    /// Whether a session is still where the body found it.
    pub(super) fn continues(&self, upload: Option<&Upload>) -> bool {
        self.found == upload.map_or_else(Found::default, Found::of)
    }

    pub(super) fn received(&self) -> u64 {
        self.received
    }

    pub(super) fn range(&self) -> Option<u64> {
        self.range
    }

    fn body(&mut self, chunk: Chunk, budget: &Budget, limits: &Limits) -> Result<(), Error> {
        self.received = self.received.saturating_add(chunk.len() as u64);
        if self.received > self.most {
            return Err(Error::BodyTooLarge { limit: self.most });
        }
        if self.offset.saturating_add(self.received) > limits.blob {
            return Err(Error::BlobTooLarge { limit: limits.blob });
        }
        let full = |over: crate::content::OverBudget| Error::Full {
            used: over.used,
            limit: over.limit,
        };
        let mut rest = chunk;
        while !rest.is_empty() {
            let piece = rest.slice(0..Chunk::MAX_LENGTH);
            rest = rest.slice(piece.len()..rest.len());
            let kept = budget.keep(piece, limits.total).map_err(full)?;
            if self.backlog.is_none() {
                self.hasher.update(&kept);
            }
            self.chunks.push(kept);
        }
        Ok(())
    }

    fn work(&mut self, budget: u64) -> Progress {
        let Some(backlog) = &mut self.backlog else {
            return Progress::Done;
        };
        let mut done = 0_u64;
        loop {
            if let Some(chunk) = backlog.pop() {
                self.hasher.update(&chunk);
                done = done.saturating_add(chunk.len() as u64);
            } else if let Some(chunk) = self.chunks.get(self.caught_up) {
                // What arrived meanwhile comes last.
                self.hasher.update(chunk);
                self.caught_up = self.caught_up.saturating_add(1);
                done = done.saturating_add(chunk.len() as u64);
            } else {
                self.backlog = None;
                return Progress::Done;
            }
            // Something is done also where the budget is nothing, or it would never end.
            if done >= budget {
                return Progress::More;
            }
        }
    }

    /// The chunks that arrived, and the hasher that has taken them.
    pub(super) fn into_parts(mut self) -> (Vec<Chunk>, Box<dyn Hasher>) {
        while self.work(u64::MAX) == Progress::More {}
        (self.chunks, self.hasher)
    }

    /// The chunks that arrived, if with all before them they are what the digest says.
    pub(super) fn verified(self, expected: &Digest) -> Result<Vec<Chunk>, Error> {
        let (chunks, hasher) = self.into_parts();
        let actual = hasher.finish();
        if actual == *expected {
            Ok(chunks)
        } else {
            Err(Error::DigestMismatch {
                expected: expected.clone(),
                actual,
            })
        }
    }
}
