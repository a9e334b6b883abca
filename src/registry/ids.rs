//! Ids from a seed.

use crate::{
    content::Sha2,
    handler::NextSession,
    spec::{Algorithm, SessionId},
};

/// Makes ids: the same seed and count give the same id, and without the seed nobody knows the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ids {
    seed: u64,
}

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }
}

impl NextSession for Ids {
    fn session(&self, opened: u64) -> SessionId {
        let input = [
            &b"session"[..],
            &self.seed.to_be_bytes(),
            &opened.to_be_bytes(),
        ]
        .concat();
        let hash = Sha2::digest(Algorithm::Sha256, &input);
        let random = hash.as_bytes().first_chunk().copied().unwrap_or_default();
        SessionId::from_random(random)
    }
}
