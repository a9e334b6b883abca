//! Pages of a list (distribution-spec, "Listing Tags").

use super::query::Query;
use crate::spec::{Error, Quirks};

/// Which part of a list is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// At most so many entries; all when absent.
    pub n: Option<u64>,
    /// Only entries after this one, in byte order.
    pub last: Option<String>,
}

impl Page {
    pub(super) fn parse(query: Query<'_>) -> Result<Self, Error> {
        let n = match query.get("n")? {
            None => None,
            Some(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
                Some(text.parse().unwrap_or(u64::MAX))
            }
            Some(text) => {
                return Err(Error::PageInvalid {
                    n: text.chars().take(40).collect(),
                });
            }
        };
        Ok(Self {
            n,
            last: query
                .get("last")?
                .map(String::from)
                .filter(|last| !last.is_empty()),
        })
    }

    /// The page as a registry with these quirks reads it.
    ///
    /// # Errors
    /// [`Error::PageTooLong`] for a page longer than the registry's longest.
    pub fn under(self, quirks: &Quirks) -> Result<Self, Error> {
        if quirks.ignore_pagination {
            return Ok(Self::default());
        }
        match (self.n, quirks.max_list_page_size) {
            (Some(n), Some(max)) if n > max => Err(Error::PageTooLong { n, limit: max }),
            (None, Some(max)) => Ok(Self {
                n: Some(max),
                last: self.last,
            }),
            _ => Ok(self),
        }
    }

    /// The page, cut where a registry's longest ends.
    #[must_use]
    pub fn at_most(mut self, limit: u64) -> Self {
        if self.n.unwrap_or(u64::MAX) > limit {
            self.n = Some(limit);
        }
        self
    }

    /// Takes the page's entries, which must come after `last` already; `true` when more follow.
    pub fn take<T>(&self, mut entries: impl Iterator<Item = T>) -> (Vec<T>, bool) {
        let n = self
            .n
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(usize::MAX);
        let taken: Vec<T> = entries.by_ref().take(n).collect();
        // No entries asked for: no link either, or a client would follow it for ever.
        let more = n > 0 && entries.next().is_some();
        (taken, more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n_is_a_number() {
        for (query, n) in [
            ("n=0", Some(0)),
            ("n=99999999999999999999", Some(u64::MAX)),
            ("", None),
        ] {
            assert_eq!(Page::parse(Query::new(Some(query))).unwrap().n, n);
        }
        for bad in ["n=", "n=-1", "n=abc", "n=1.5", "n=+1"] {
            assert!(Page::parse(Query::new(Some(bad))).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_page_knows_whether_more_follows() {
        let page = |n| Page { n, last: None }.take(0..3);
        assert_eq!(page(Some(2)), (vec![0, 1], true));
        assert_eq!(page(Some(3)), (vec![0, 1, 2], false));
        assert_eq!(page(Some(0)), (vec![], false));
        assert_eq!(page(None), (vec![0, 1, 2], false));
    }
}
