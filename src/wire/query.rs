//! The query of a target.

use std::borrow::Cow;

use super::percent::decode;
use crate::spec::Error;

/// A query, decoded as it is read. Where a name comes twice, the first counts.
#[derive(Clone, Copy)]
pub(super) struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    pub(super) fn new(query: Option<&'a str>) -> Self {
        Self(query.unwrap_or_default())
    }

    /// The value of a name, when it is there.
    pub(super) fn get(self, name: &str) -> Result<Option<Cow<'a, str>>, Error> {
        self.all(name).next().transpose()
    }

    /// Every value of a name, in order.
    pub(super) fn all(self, name: &str) -> impl Iterator<Item = Result<Cow<'a, str>, Error>> {
        let pairs = self
            .0
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs
            .filter(move |(key, _)| decode(key).is_ok_and(|key| key == name))
            .map(|(_, value)| decode(value))
    }
}

/// Every value of a name in a form, or in a query that is one: a plus is a blank.
///
/// # Errors
/// The value that cannot be decoded.
pub fn form_values(form: &str, name: &str) -> Result<Vec<String>, Error> {
    let form = form.replace('+', "%20");
    let values = Query::new(Some(&form)).all(name);
    values.map(|value| value.map(Cow::into_owned)).collect()
}
