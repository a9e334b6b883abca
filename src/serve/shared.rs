//! One registry, many connections.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use tokio::task::yield_now;

use crate::Registry;

/// A registry that connections share. Clones are the same registry.
///
/// The lock is held while a request looks up, compares and inserts, never while bytes arrive, are hashed or leave.
#[derive(Clone, Debug)]
pub struct SharedRegistry(Arc<Mutex<Registry>>);

/// How often a task lets others of its thread go first before the thread itself waits. A thread that waits goes to the
/// kernel twice, to sleep and to be woken; most locks are free again sooner.
const TURNS: usize = 3;

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

    /// The registry, unless somebody else has it.
    pub(super) fn try_lock(&self) -> Option<MutexGuard<'_, Registry>> {
        match self.0.try_lock() {
            Ok(registry) => Some(registry),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// The registry, when it is this task's turn.
    pub(super) async fn turn(&self) -> MutexGuard<'_, Registry> {
        for _ in 0..TURNS {
            if let Some(registry) = self.try_lock() {
                return registry;
            }
            yield_now().await;
        }
        self.lock()
    }
}

impl From<Registry> for SharedRegistry {
    fn from(registry: Registry) -> Self {
        Self::new(registry)
    }
}
