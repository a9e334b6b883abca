//! A registry, and what its journal says of it.

use registrette::{
    Config, Registry,
    spec::Timestamp,
    store::{Change, Snapshot},
};

use super::equal;

/// A registry with the state it began from and every change since.
pub(super) struct Life {
    pub(super) registry: Registry,
    config: Config,
    base: Snapshot,
    changes: Vec<Change>,
}

impl Life {
    pub(super) fn new(config: Config) -> Self {
        let registry = Registry::new(config.clone());
        Self {
            base: registry.snapshot(),
            registry,
            config,
            changes: Vec::new(),
        }
    }

    pub(super) fn fork(&self) -> Self {
        Self {
            registry: self.registry.fork(),
            config: self.config.clone(),
            base: self.registry.snapshot(),
            changes: Vec::new(),
        }
    }

    /// Takes note of what changed.
    pub(super) fn drain(&mut self) {
        self.changes.extend(self.registry.take_changes());
    }

    /// Fails unless nothing changed since it began.
    pub(super) fn is_untouched(&self) -> bool {
        self.registry.diff(&self.base).is_empty()
    }

    /// Makes the registry again from its journal, and fails unless it is the same; gives the registry alone.
    pub(super) fn replayed(mut self, now: Timestamp) -> Registry {
        self.drain();
        let plain = Config {
            journal: None,
            ..self.config
        };
        let mut copy = Registry::new(plain);
        copy.restore(&self.base).unwrap();
        for change in self.changes {
            copy.apply(change).unwrap();
            equal::assert_no_dangling_tag(&copy);
        }
        equal::assert_equal(&self.registry, &copy, now);
        self.registry
    }
}
