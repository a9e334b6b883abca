//! The body of an answer, as steps.

use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::Chunk;

/// One thing an adapter does while it answers.
#[derive(Clone, Debug)]
pub enum Step {
    /// Sends these bytes.
    Send(Chunk),
    /// Waits.
    Wait(Duration),
    /// Breaks the connection off, at once and visibly.
    Reset,
    /// Does nothing more, and does not end.
    Hang,
}

/// The body of an answer: what is done before its head is sent, and after.
///
/// An adapter knows these four steps and no fault; a fault is a rewriting of the two lists.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// What is done before the head is sent.
    pub before: Vec<Step>,
    /// What is done after.
    pub steps: Vec<Step>,
}

impl Body {
    /// No body.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// A body of these chunks.
    pub fn of(chunks: impl IntoIterator<Item = Chunk>) -> Self {
        Self {
            before: Vec::new(),
            steps: chunks
                .into_iter()
                .filter(|chunk| !chunk.is_empty())
                .map(Step::Send)
                .collect(),
        }
    }

    /// How many bytes it sends.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.chunks()
            .fold(0, |sum, chunk| sum.saturating_add(chunk.len() as u64))
    }

    /// Whether it sends nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All it sends, in one piece.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        let mut chunks = self.chunks();
        match (chunks.next(), chunks.next()) {
            (None, _) => Bytes::new(),
            (Some(one), None) => one.bytes(),
            _ => self
                .chunks()
                .fold(BytesMut::new(), |mut all, chunk| {
                    all.extend_from_slice(&chunk.bytes());
                    all
                })
                .freeze(),
        }
    }

    fn chunks(&self) -> impl Iterator<Item = &Chunk> {
        self.steps.iter().filter_map(|step| match step {
            Step::Send(chunk) => Some(chunk),
            Step::Wait(_) | Step::Reset | Step::Hang => None,
        })
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::of([bytes.into()])
    }
}
