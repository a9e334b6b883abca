//! One registry, many connections.

use std::{
    hint::spin_loop,
    sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError},
};

use crate::Registry;

/// How often the lock is tried before its thread sleeps. It is held for microseconds: being woken takes longer.
const TRIES: u32 = 10;

/// How long the pause between two tries is, in the processor's own pauses: about two microseconds.
const PAUSE: u32 = 50;

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
        for _ in 0..TRIES {
            match self.0.try_lock() {
                Ok(registry) => return registry,
                Err(TryLockError::Poisoned(left)) => return left.into_inner(),
                Err(TryLockError::WouldBlock) => (0..PAUSE).for_each(|_| spin_loop()),
            }
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Registry> for SharedRegistry {
    fn from(registry: Registry) -> Self {
        Self::new(registry)
    }
}
