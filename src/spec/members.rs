//! JSON taken apart by the names of members, with an error that says where and what was expected there.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Invalid, did_you_mean};

/// A JSON object of which every member is known. One that is `null` is as good as left out.
#[derive(Clone, Copy)]
pub(crate) struct Object<'a>(&'a Map<String, Value>);

impl<'a> Object<'a> {
    pub(crate) fn of(value: &'a Value, known: &[&str]) -> Result<Self, Invalid> {
        let members = map(value)?;
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(Self(members)),
            Some(name) => {
                let reason = format!("there is no such member; {}", did_you_mean(name, known));
                Err(Invalid::new(name, &reason))
            }
        }
    }

    fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn has(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// What a member is read as; `None` where it is left out.
    pub(crate) fn read<T>(
        self,
        name: &str,
        read: impl FnOnce(&'a Value) -> Result<T, Invalid>,
    ) -> Result<Option<T>, Invalid> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => read(value).map(Some).map_err(|fault| fault.within(name)),
        }
    }

    /// What a member is read as that must be there.
    pub(crate) fn need<T>(
        self,
        name: &str,
        read: impl FnOnce(&'a Value) -> Result<T, Invalid>,
    ) -> Result<T, Invalid> {
        self.read(name, read)?
            .ok_or_else(|| Invalid::from(format!("{name:?} is missing")))
    }
}

pub(crate) fn text(value: &Value) -> Result<&str, Invalid> {
    value.as_str().ok_or_else(|| expected("a string", value))
}

pub(crate) fn flag(value: &Value) -> Result<bool, Invalid> {
    value
        .as_bool()
        .ok_or_else(|| expected("true or false", value))
}

pub(crate) fn count(value: &Value) -> Result<u64, Invalid> {
    value
        .as_u64()
        .ok_or_else(|| expected("a whole number from 0 upwards", value))
}

/// An object whose members may have any name.
pub(crate) fn map(value: &Value) -> Result<&Map<String, Value>, Invalid> {
    value
        .as_object()
        .ok_or_else(|| expected("an object", value))
}

pub(crate) fn list<T>(
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
pub(crate) fn entries<T>(
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

pub(crate) fn texts(value: &Value) -> Result<BTreeMap<String, String>, Invalid> {
    entries(value, |value| text(value).map(str::to_owned))
}

/// What is wrong where something else was expected: of that no more is shown than is read at a glance.
pub(crate) fn expected(what: &str, got: &Value) -> Invalid {
    let mut got = got.to_string();
    if let Some((end, _)) = got.char_indices().nth(60) {
        got.truncate(end);
        got.push('…');
    }
    Invalid::from(format!("expected {what}, got {got}"))
}
