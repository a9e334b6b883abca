//! One registry, many connections.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Registry;

/// A registry that connections share. Clones are the same registry.
///
/// The lock is held while a request looks up, compares and inserts, never while bytes arrive, are hashed or leave.
#[derive(Clone, Debug)]
pub struct SharedRegistry(Arc<Mutex<Registry>>);

impl SharedRegistry {
    /// Shares a registry.
    #[must_use]
    pub fn new(registry: Registry) -> Self {
        Self(Arc::new(Mutex::new(registry)))
    }

    /// The registry, for as long as the guard lives: every request waits meanwhile.
    pub fn lock(&self) -> MutexGuard<'_, Registry> {
        // A thread that panicked under the lock left a registry whose changes are each whole: it is taken over.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Registry> for SharedRegistry {
    fn from(registry: Registry) -> Self {
        Self::new(registry)
    }
}
