//! The one map.

use std::{
    borrow::Borrow,
    fmt,
    ops::Bound::{self, Excluded, Included, Unbounded},
};

use rpds::RedBlackTreeMapSync;

/// A sorted, persistent map: a clone is one pointer, and shares all that is not changed later.
#[derive(Clone)]
pub struct Map<K: Ord, V>(RedBlackTreeMapSync<K, V>);

impl<K: Ord + Clone, V: Clone> Map<K, V> {
    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.size()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key)
    }

    /// The value of a key, to be changed; first copied, where a clone of the map shares it.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.0.get_mut(key)
    }

    /// Whether there is such a key.
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(key)
    }

    /// Sets the value of a key.
    pub fn insert(&mut self, key: K, value: V) {
        self.0.insert_mut(key, value);
    }

    /// Changes the value of a key where it stands; a missing one is made first.
    pub fn change<R>(
        &mut self,
        key: &K,
        make: impl FnOnce() -> V,
        change: impl FnOnce(&mut V) -> R,
    ) -> R {
        if let Some(value) = self.0.get_mut(key) {
            return change(value);
        }
        let mut value = make();
        let result = change(&mut value);
        self.0.insert_mut(key.clone(), value);
        result
    }

    /// Removes a key; whether it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.remove_mut(key)
    }

    /// All entries, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.0.iter()
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
        self.0.range((start, Unbounded))
    }
}

impl<A: Ord + Clone + Least, B: Ord + Clone + Least, V: Clone> Map<(A, B), V> {
    /// The entries whose key starts with `first` or something greater, in order.
    pub(crate) fn from<'a>(
        &'a self,
        first: &A,
    ) -> impl Iterator<Item = (&'a (A, B), &'a V)> + use<'a, A, B, V> {
        self.0
            .range((Included((first.clone(), B::least())), Unbounded))
    }
}

/// A type that has a least value, so that a pair can be looked up by its first half.
pub trait Least {
    /// The least value.
    fn least() -> Self;
}

impl<K: Ord, V> Default for Map<K, V> {
    fn default() -> Self {
        Self(RedBlackTreeMapSync::new_sync())
    }
}

impl<K: Ord + fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter()).finish()
    }
}
