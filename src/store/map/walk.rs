//! A walk over the entries of a map.

use std::{borrow::Borrow, ops::Bound, slice};

use super::node::{Child, Node, child_of};

/// The entries of a map in order, from some key on.
pub(super) struct Walk<'a, K, V> {
    page: slice::Iter<'a, (K, V)>,
    /// What comes after it, the nearest last.
    later: Vec<slice::Iter<'a, Child<K, V>>>,
}

impl<'a, K: Ord, V> Walk<'a, K, V> {
    /// Starts at a bound.
    pub(super) fn from<Q: Ord + ?Sized>(root: Option<&'a Node<K, V>>, start: Bound<&Q>) -> Self
    where
        K: Borrow<Q>,
    {
        let mut walk = Self {
            page: [].iter(),
            later: Vec::new(),
        };
        let mut node = root;
        while let Some(below) = node {
            node = match below {
                Node::Page(entries) => {
                    let skipped = match start {
                        Bound::Unbounded => 0,
                        Bound::Included(key) => entries.partition_point(|(k, _)| k.borrow() < key),
                        Bound::Excluded(key) => entries.partition_point(|(k, _)| k.borrow() <= key),
                    };
                    walk.page = entries.get(skipped..).unwrap_or_default().iter();
                    None
                }
                Node::Branch(children) => {
                    let first = match start {
                        Bound::Unbounded => 0,
                        Bound::Included(key) | Bound::Excluded(key) => child_of(children, key),
                    };
                    let mut children = children.get(first..).unwrap_or_default().iter();
                    let child = children.next();
                    walk.later.push(children);
                    child.map(|(_, node)| &**node)
                }
            };
        }
        walk
    }

    /// Goes to the next page; whether there is one.
    fn turn(&mut self) -> bool {
        while let Some(children) = self.later.last_mut() {
            let Some((_, mut node)) = children.next().map(|(key, node)| (key, &**node)) else {
                self.later.pop();
                continue;
            };
            loop {
                match node {
                    Node::Page(entries) => {
                        self.page = entries.iter();
                        return true;
                    }
                    Node::Branch(children) => {
                        let mut children = children.iter();
                        let Some((_, first)) = children.next() else {
                            break;
                        };
                        self.later.push(children);
                        node = first;
                    }
                }
            }
        }
        false
    }
}

impl<'a, K: Ord, V> Iterator for Walk<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((key, value)) = self.page.next() {
                return Some((key, value));
            }
            if !self.turn() {
                return None;
            }
        }
    }
}
