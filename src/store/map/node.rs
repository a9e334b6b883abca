//! The pages of a map, and how they change.

use std::{borrow::Borrow, sync::Arc};

/// The most entries of a page, and the most children of a branch. A page that is shared is copied before it changes,
/// so it is short; a search goes through few of them, so it is not too short.
const WIDTH: usize = 32;

/// A page this short is put together with its neighbour, where both fit into one.
const SHORT: usize = WIDTH / 4;

/// How much room a full page is given.
const ROOM: usize = 4;

/// A tree of sorted pages.
#[derive(Clone)]
pub(super) enum Node<K, V> {
    /// Entries, by key.
    Page(Vec<(K, V)>),
    /// Children, each with a key that none of its own is below and all before it are. The first one's is never used.
    Branch(Vec<Child<K, V>>),
}

pub(super) type Child<K, V> = (K, Arc<Node<K, V>>);

impl<K: Ord, V> Node<K, V> {
    /// The entry of a key.
    pub(super) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let mut node = self;
        loop {
            match node {
                Self::Page(entries) => {
                    let at = position(entries, key).ok()?;
                    return entries.get(at).map(|(_, value)| value);
                }
                Self::Branch(children) => node = &children.get(child_of(children, key))?.1,
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Page(entries) => entries.len(),
            Self::Branch(children) => children.len(),
        }
    }
}

impl<K: Ord + Clone, V: Clone> Node<K, V> {
    /// A tree of one entry.
    pub(super) fn of(key: K, value: V) -> Arc<Self> {
        Arc::new(Self::Page(vec![(key, value)]))
    }

    /// The entry of a key, to be changed.
    pub(super) fn get_mut<'a, Q: Ord + ?Sized>(
        self: &'a mut Arc<Self>,
        key: &Q,
    ) -> Option<&'a mut V>
    where
        K: Borrow<Q>,
    {
        let mut node = self;
        loop {
            match Arc::make_mut(node) {
                Self::Page(entries) => {
                    let at = position(entries, key).ok()?;
                    return entries.get_mut(at).map(|(_, value)| value);
                }
                Self::Branch(children) => {
                    let at = child_of(children, key);
                    node = &mut children.get_mut(at)?.1;
                }
            }
        }
    }

    /// Sets the value of a key; what it was before.
    pub(super) fn insert(self: &mut Arc<Self>, key: K, value: V) -> Option<V> {
        let mut before = None;
        if let Some(right) = self.insert_below(key, value, &mut before) {
            // The key of a first child is never used: any does.
            let left = (right.0.clone(), self.clone());
            *self = Arc::new(Self::Branch(vec![left, right]));
        }
        before
    }

    /// The same, below the root; the half that was split off, where there was no room.
    fn insert_below(
        self: &mut Arc<Self>,
        key: K,
        value: V,
        before: &mut Option<V>,
    ) -> Option<Child<K, V>> {
        match Arc::make_mut(self) {
            Self::Page(entries) => {
                let at = match position(entries, &key) {
                    Ok(at) => {
                        *before = entries
                            .get_mut(at)
                            .map(|(_, held)| std::mem::replace(held, value));
                        return None;
                    }
                    Err(at) => at,
                };
                let right = put(entries, at, (key, value))?;
                let least = right.first()?.0.clone();
                Some((least, Arc::new(Self::Page(right))))
            }
            Self::Branch(children) => {
                let at = child_of(children, &key);
                let child = children.get_mut(at)?.1.insert_below(key, value, before)?;
                let right = put(children, at.saturating_add(1), child)?;
                let least = right.first()?.0.clone();
                Some((least, Arc::new(Self::Branch(right))))
            }
        }
    }

    /// Removes a key; its value. What is left when it was the last has no entries, and is not to be used again.
    pub(super) fn remove<Q: Ord + ?Sized>(self: &mut Arc<Self>, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let value = self.remove_below(key);
        while let Self::Branch(children) = &**self
            && children.len() == 1
            && let Some((_, only)) = children.first()
        {
            *self = only.clone();
        }
        value
    }

    fn remove_below<Q: Ord + ?Sized>(self: &mut Arc<Self>, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        match Arc::make_mut(self) {
            Self::Page(entries) => {
                let at = position(entries, key).ok()?;
                Some(entries.remove(at).1)
            }
            Self::Branch(children) => {
                let at = child_of(children, key);
                let child = &mut children.get_mut(at)?.1;
                let value = child.remove_below(key);
                match child.len() {
                    0 => drop(children.remove(at)),
                    1..SHORT => join(children, at.saturating_sub(1)),
                    _ => {}
                }
                value
            }
        }
    }
}

/// Where a key is, or would be.
fn position<K: Borrow<Q>, Q: Ord + ?Sized, V>(entries: &[(K, V)], key: &Q) -> Result<usize, usize> {
    entries.binary_search_by(|(held, _)| held.borrow().cmp(key))
}

/// Which child a key is in.
pub(super) fn child_of<K: Borrow<Q>, Q: Ord + ?Sized, C>(children: &[(K, C)], key: &Q) -> usize {
    children
        .partition_point(|(least, _)| least.borrow() <= key)
        .saturating_sub(1)
}

/// Puts an item in; the later half, where there are too many.
///
/// What comes in order leaves full pages behind: then only the last goes to the new one.
fn put<T>(items: &mut Vec<T>, at: usize, item: T) -> Option<Vec<T>> {
    if items.len() == items.capacity() {
        items.reserve_exact(ROOM);
    }
    items.insert(at, item);
    if items.len() <= WIDTH {
        return None;
    }
    let in_order = at.saturating_add(1) == items.len();
    let right = items.split_off(if in_order { at } else { WIDTH / 2 });
    items.shrink_to_fit();
    Some(right)
}

/// Puts a child and the one after it together, where both fit into one.
fn join<K: Ord + Clone, V: Clone>(children: &mut Vec<Child<K, V>>, at: usize) {
    let next = at.saturating_add(1);
    let (Some((_, left)), Some((_, right))) = (children.get(at), children.get(next)) else {
        return;
    };
    if left.len().saturating_add(right.len()) > WIDTH {
        return;
    }
    let (least, right) = children.remove(next);
    let Some((_, left)) = children.get_mut(at) else {
        return;
    };
    match (Arc::make_mut(left), Arc::unwrap_or_clone(right)) {
        (Node::Page(left), Node::Page(right)) => left.extend(right),
        (Node::Branch(left), Node::Branch(mut right)) => {
            // From here on the key of its first child is used.
            if let Some((first, _)) = right.first_mut() {
                *first = least;
            }
            left.extend(right);
        }
        // All pages are equally deep.
        (Node::Page(_), Node::Branch(_)) | (Node::Branch(_), Node::Page(_)) => {}
    }
}
