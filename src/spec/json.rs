//! JSON in one way everywhere. A second reader, or a sort for each iterator that is collected, would be code of its own.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Reads a text as its bytes are read.
pub(crate) fn from_text<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    serde_json::from_slice(text.as_bytes())
}

/// An object of members, put in one by one: collecting sorts them first.
pub(crate) fn object(members: impl Iterator<Item = (String, Value)>) -> Map<String, Value> {
    let mut object = Map::new();
    object.extend(members);
    object
}
