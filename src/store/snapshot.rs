//! A state to come back to.

use super::Store;

/// The state of a registry at some moment. Keeping one costs what has changed since.
#[derive(Clone, Debug)]
pub struct Snapshot(Box<Store>);

impl Snapshot {
    /// The state of a store now.
    #[must_use]
    pub fn of(store: &Store) -> Self {
        Self(Box::new(Store {
            journal: None,
            ..store.fork()
        }))
    }

    /// The state itself, to look at.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0
    }

    /// The state in place of another, whose journal goes on.
    pub(super) fn replace(self, store: &mut Store) {
        let journal = store.journal.take();
        *store = Store { journal, ..*self.0 };
    }
}
