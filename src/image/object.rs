//! Members out of JSON, with an error that says where and what was expected.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Invalid, invalid::join};
use crate::spec::nearest;

/// A JSON value and where it stands.
pub(super) struct Member {
    pub(super) place: String,
    pub(super) value: Value,
}

/// A JSON object of which every member is known.
pub(super) struct Object {
    place: String,
    members: Map<String, Value>,
}

impl Member {
    pub(super) fn object(self, known: &[&str]) -> Result<Object, Invalid> {
        let Self { place, value } = self;
        let Value::Object(members) = value else {
            return Err(expected("an object", &value, place));
        };
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(Object { place, members }),
            Some(name) => {
                let reason = format!("there is no such member; {}", did_you_mean(name, known));
                Err(Invalid::new(join(&place, name), reason))
            }
        }
    }

    pub(super) fn text(self) -> Result<String, Invalid> {
        let Value::String(text) = self.value else {
            return Err(expected("a string", &self.value, self.place));
        };
        Ok(text)
    }

    pub(super) fn list(self) -> Result<Vec<Self>, Invalid> {
        let Value::Array(items) = self.value else {
            return Err(expected("an array", &self.value, self.place));
        };
        let items = items.into_iter().enumerate().map(|(place, value)| Self {
            place: format!("{}[{place}]", self.place),
            value,
        });
        Ok(items.collect())
    }

    /// The members of an object whose names are anybody's.
    pub(super) fn map(self) -> Result<Map<String, Value>, Invalid> {
        let Value::Object(members) = self.value else {
            return Err(expected("an object", &self.value, self.place));
        };
        Ok(members)
    }

    /// The members of an object whose names are anybody's, each with its place.
    pub(super) fn members(self) -> Result<Vec<(String, Self)>, Invalid> {
        let outer = self.place.clone();
        let members = self.map()?.into_iter().map(|(name, value)| {
            let place = format!("{outer}[{name:?}]");
            (name, Self { place, value })
        });
        Ok(members.collect())
    }

    pub(super) fn texts(self) -> Result<BTreeMap<String, String>, Invalid> {
        let members = self.members()?.into_iter();
        members
            .map(|(name, value)| Ok((name, value.text()?)))
            .collect()
    }
}

impl Object {
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Member> {
        let value = self.members.remove(name)?;
        let place = join(&self.place, name);
        Some(Member { place, value })
    }

    pub(super) fn need(&mut self, name: &str) -> Result<Member, Invalid> {
        self.take(name)
            .ok_or_else(|| self.invalid(format!("{name:?} is missing")))
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Invalid> {
        self.take(name).map(Member::text).transpose()
    }

    pub(super) fn texts(&mut self, name: &str) -> Result<BTreeMap<String, String>, Invalid> {
        self.take(name)
            .map_or_else(|| Ok(BTreeMap::new()), Member::texts)
    }

    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Member>, Invalid> {
        self.take(name).map_or_else(|| Ok(Vec::new()), Member::list)
    }

    pub(super) fn flag(&mut self, name: &str) -> Result<bool, Invalid> {
        match self.take(name) {
            None => Ok(false),
            Some(Member { place, value }) => value
                .as_bool()
                .ok_or_else(|| expected("true or false", &value, place)),
        }
    }

    /// A member that is written as text and parsed.
    pub(super) fn parsed<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Result<Option<T>, Invalid> {
        let Some(member) = self.take(name) else {
            return Ok(None);
        };
        let place = member.place.clone();
        let parsed = parse(&member.text()?).map_err(|fault| fault.within(&place));
        parsed.map(Some)
    }

    pub(super) fn invalid(&self, reason: impl Into<String>) -> Invalid {
        Invalid::new(self.place.as_str(), reason)
    }
}

/// The name that was probably meant, or all there are.
pub(super) fn did_you_mean(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("did you mean {nearest:?}?"),
        None => format!("there are {}", known.join(", ")),
    }
}

fn expected(what: &str, found: &Value, place: String) -> Invalid {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    Invalid::new(place, format!("expected {what}, found {found}"))
}
