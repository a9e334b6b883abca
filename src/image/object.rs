//! Members out of JSON, with an error that says where and what was expected.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Invalid;
use crate::spec::did_you_mean;

/// A JSON object of which every member is known.
#[derive(Clone, Copy)]
pub(super) struct Object<'a>(&'a Map<String, Value>);

impl<'a> Object<'a> {
    pub(super) fn of(value: &'a Value, known: &[&str]) -> Result<Self, Invalid> {
        let members = map(value)?;
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(Self(members)),
            Some(name) => {
                let reason = format!("there is no such member; {}", did_you_mean(name, known));
                Err(Invalid::new(name, &reason))
            }
        }
    }

    pub(super) fn has(self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What a member is read as; `None` where it is left out.
    pub(super) fn read<T>(
        self,
        name: &str,
        read: impl FnOnce(&'a Value) -> Result<T, Invalid>,
    ) -> Result<Option<T>, Invalid> {
        match self.0.get(name) {
            None => Ok(None),
            Some(value) => read(value).map(Some).map_err(|fault| fault.within(name)),
        }
    }

    /// What a member is read as that must be there.
    pub(super) fn need<T>(
        self,
        name: &str,
        read: impl FnOnce(&'a Value) -> Result<T, Invalid>,
    ) -> Result<T, Invalid> {
        self.read(name, read)?
            .ok_or_else(|| Invalid::new("", &format!("{name:?} is missing")))
    }
}

pub(super) fn text(value: &Value) -> Result<&str, Invalid> {
    value.as_str().ok_or_else(|| expected("a string", value))
}

pub(super) fn flag(value: &Value) -> Result<bool, Invalid> {
    value
        .as_bool()
        .ok_or_else(|| expected("true or false", value))
}

/// An object whose members may have any name.
pub(super) fn map(value: &Value) -> Result<&Map<String, Value>, Invalid> {
    value
        .as_object()
        .ok_or_else(|| expected("an object", value))
}

pub(super) fn list<T>(
    value: &Value,
    read: impl Fn(&Value) -> Result<T, Invalid>,
) -> Result<Vec<T>, Invalid> {
    let Some(items) = value.as_array() else {
        return Err(expected("an array", value));
    };
    let mut all = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        all.push(read(item).map_err(|fault| fault.within(&format!("[{place}]")))?);
    }
    Ok(all)
}

/// An object whose members may have any name, and are all read alike.
pub(super) fn entries<T>(
    value: &Value,
    read: impl Fn(&Value) -> Result<T, Invalid>,
) -> Result<BTreeMap<String, T>, Invalid> {
    let mut all = BTreeMap::new();
    for (name, value) in map(value)? {
        let entry = read(value).map_err(|fault| fault.within(&format!("[{name:?}]")))?;
        all.insert(name.clone(), entry);
    }
    Ok(all)
}

pub(super) fn texts(value: &Value) -> Result<BTreeMap<String, String>, Invalid> {
    entries(value, |value| text(value).map(str::to_owned))
}

fn expected(what: &str, found: &Value) -> Invalid {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    Invalid::new("", &format!("expected {what}, found {found}"))
}
