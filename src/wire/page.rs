//! Pages of a list (distribution-spec, "Listing Tags").

use super::query::Query;
use crate::spec::{Error, ListCursor, Quirks};

/// Which part of a list is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// At most so many entries; all when absent.
    pub n: Option<u64>,
    /// Only entries after this one, in byte order.
    pub last: Option<String>,
    /// Only entries after so many, where a registry counts them.
    pub skip: usize,
}

impl Page {
    pub(super) fn parse(query: Query<'_>, quirks: &Quirks) -> Result<Self, Error> {
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
        let name = match quirks.list_cursor {
            ListCursor::NextPage => NEXT_PAGE,
            ListCursor::Last | ListCursor::Opaque | ListCursor::Count => LAST,
        };
        let last = query.get(name)?.filter(|last| !last.is_empty());
        let page = Self {
            n,
            ..Self::default()
        };
        let Some(last) = last.filter(|_| !quirks.ignore_pagination) else {
            return Ok(page);
        };
        Ok(match quirks.list_cursor {
            ListCursor::Last => Self {
                last: Some(last.into_owned()),
                ..page
            },
            ListCursor::NextPage | ListCursor::Opaque => Self {
                last: Some(revealed(&last).ok_or_else(|| Error::CursorInvalid {
                    cursor: last.chars().take(80).collect(),
                })?),
                ..page
            },
            ListCursor::Count => match last.parse() {
                Ok(skip) => Self { skip, ..page },
                Err(_) => Self {
                    last: Some(last.into_owned()),
                    ..page
                },
            },
        })
    }

    /// The page after this one, whose last entry is known, in the form in which a client is to ask for it.
    #[must_use]
    pub fn next(&self, last: Option<String>, shown: usize, cursor: ListCursor) -> Self {
        let last = match cursor {
            ListCursor::Last => last,
            ListCursor::NextPage | ListCursor::Opaque => last.map(|last| hidden(&last)),
            ListCursor::Count => Some(self.skip.saturating_add(shown).to_string()),
        };
        Self {
            n: self.n,
            last,
            skip: 0,
        }
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
                ..self
            }),
            _ => Ok(self.at_most(quirks.list_page_cap.unwrap_or(u64::MAX))),
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
        let taken: Vec<T> = entries.by_ref().skip(self.skip).take(n).collect();
        // No entries asked for: no link either, or a client would follow it for ever.
        let more = n > 0 && entries.next().is_some();
        (taken, more)
    }
}

/// The names of what leads on, in a query.
const LAST: &str = "last";
const NEXT_PAGE: &str = "next_page";

/// The target of a next page, which has `last` at its end, with the name that the registry has for it.
#[must_use]
pub fn renamed(target: String, cursor: ListCursor) -> String {
    match (cursor, target.rsplit_once("last=")) {
        (ListCursor::NextPage, Some((before, value))) => format!("{before}{NEXT_PAGE}={value}"),
        _ => target,
    }
}

/// A text that means nothing to a client.
fn hidden(text: &str) -> String {
    hex::encode(turned(text.as_bytes()))
}

fn revealed(text: &str) -> Option<String> {
    let bytes = hex::decode(text).ok()?;
    String::from_utf8(turned(&bytes)).ok()
}

/// Each byte mixed with its place: done twice, it is what it was.
fn turned(bytes: &[u8]) -> Vec<u8> {
    let places = (0_u8..=255).cycle();
    let turned = bytes.iter().zip(places);
    turned
        .map(|(byte, place)| byte ^ place.wrapping_mul(29) ^ 0xa5)
        .collect()
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
            assert_eq!(parse(query, ListCursor::Last).unwrap().n, n);
        }
        for bad in ["n=", "n=-1", "n=abc", "n=1.5", "n=+1"] {
            assert!(parse(bad, ListCursor::Last).is_err(), "{bad}");
        }
    }

    fn parse(query: &str, list_cursor: ListCursor) -> Result<Page, Error> {
        let quirks = Quirks {
            list_cursor,
            ..Quirks::default()
        };
        Page::parse(Query::new(Some(query)), &quirks)
    }

    #[test]
    fn what_leads_on_is_read_back() {
        for cursor in [ListCursor::Last, ListCursor::NextPage, ListCursor::Opaque] {
            let first = Page::default();
            let next = first.next(Some("v1.é".to_owned()), 2, cursor);
            let query = renamed(format!("last={}", next.last.unwrap()), cursor);
            let read = parse(&query, cursor).unwrap();
            assert_eq!(read.last.as_deref(), Some("v1.é"), "{query}");
        }
        let read = parse("last=7", ListCursor::Count).unwrap();
        assert_eq!((read.skip, &read.last), (7, &None));
        let next = read.next(Some("x".to_owned()), 2, ListCursor::Count);
        assert_eq!(next.last.as_deref(), Some("9"));
        assert!(parse("last=v1", ListCursor::Opaque).is_err());
    }

    #[test]
    fn a_page_knows_whether_more_follows() {
        let page = |n| {
            Page {
                n,
                ..Page::default()
            }
            .take(0..3)
        };
        assert_eq!(page(Some(2)), (vec![0, 1], true));
        assert_eq!(page(Some(3)), (vec![0, 1, 2], false));
        assert_eq!(page(Some(0)), (vec![], false));
        assert_eq!(page(None), (vec![0, 1, 2], false));
    }
}
