//! The one map.

mod node;
mod walk;

#[cfg(test)]
mod tests;

use std::{
    borrow::Borrow,
    fmt,
    ops::Bound::{self, Excluded, Included, Unbounded},
    sync::Arc,
};

use node::Node;
use walk::Walk;

/// A sorted, persistent map: a clone is one pointer, and shares all that is not changed later.
///
/// A tree of sorted pages. The first change after a clone copies the pages on the way to it, a few dozen entries each.
#[derive(Clone)]
pub struct Map<K, V> {
    root: Option<Arc<Node<K, V>>>,
    size: usize,
}

impl<K: Ord + Clone, V: Clone> Map<K, V> {
    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.size
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.root.as_ref()?.get(key)
    }

    /// The value of a key, to be changed; first copied, where a clone of the map shares it.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.root.as_mut()?.get_mut(key)
    }

    /// Whether there is such a key.
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// Sets the value of a key; what it was before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let before = match &mut self.root {
            Some(root) => root.insert(key, value),
            empty => {
                *empty = Some(Node::of(key, value));
                None
            }
        };
        if before.is_none() {
            self.size = self.size.saturating_add(1);
        }
        before
    }

    /// Changes the value of a key where it stands; a missing one is made first.
    pub fn change<R>(
        &mut self,
        key: &K,
        make: impl FnOnce() -> V,
        change: impl FnOnce(&mut V) -> R,
    ) -> R {
        if let Some(value) = self.get_mut(key) {
            return change(value);
        }
        let mut value = make();
        let result = change(&mut value);
        self.insert(key.clone(), value);
        result
    }

    /// Removes a key; whether it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        if !self.contains(key) {
            return false;
        }
        self.size = self.size.saturating_sub(1);
        if self.size == 0 {
            self.root = None;
        } else if let Some(root) = &mut self.root {
            root.remove(key);
        }
        true
    }

    /// All entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        Walk::from(self.root.as_deref(), Unbounded::<&K>)
    }

    /// The entries after a key, in order; all of them after none.
    pub fn after<'a, 'q, Q: Ord + ?Sized>(
        &'a self,
        last: Option<&'q Q>,
    ) -> impl Iterator<Item = (&'a K, &'a V)> + use<'a, 'q, K, V, Q>
    where
        K: Borrow<Q>,
    {
        let start: Bound<&'q Q> = last.map_or(Unbounded, Excluded);
        Walk::from(self.root.as_deref(), start)
    }
}

impl<A: Ord + Clone + Least, B: Ord + Clone + Least, V: Clone> Map<(A, B), V> {
    /// The entries whose key starts with `first` or something greater, in order.
    pub(crate) fn from<'a>(
        &'a self,
        first: &A,
    ) -> impl Iterator<Item = (&'a (A, B), &'a V)> + use<'a, A, B, V> {
        let start = (first.clone(), B::least());
        Walk::from(self.root.as_deref(), Included(&start))
    }
}

/// A type that has a least value, so that a pair can be looked up by its first half.
pub trait Least {
    /// The least value.
    fn least() -> Self;
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self {
            root: None,
            size: 0,
        }
    }
}

impl<K: Ord + Clone + fmt::Debug, V: Clone + fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
