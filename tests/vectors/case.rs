//! A case as it stands in the files. Every member is named here: one that is not is an error, not a check left out.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) level: Option<String>,
    #[serde(default)]
    pub(crate) setup: Setup,
    pub(crate) steps: Option<Vec<Step>>,
    pub(crate) request: Option<Request>,
    pub(crate) expect: Option<Expect>,
    /// What a registry that follows the spec answers.
    pub(crate) strict_expect: Option<Expect>,
    #[serde(default)]
    pub(crate) also_right: Vec<Expect>,
    /// Why the case is never run.
    pub(crate) skip: Option<Value>,
    // For readers, or for a registry that is not started anew for each case.
    #[serde(rename = "area")]
    _area: Option<String>,
    #[serde(rename = "ref")]
    _reference: Option<String>,
    #[serde(rename = "note")]
    _note: Option<Value>,
    #[serde(rename = "why")]
    _why: Option<Value>,
    #[serde(rename = "profile")]
    _profile: Option<String>,
    #[serde(rename = "fresh")]
    _fresh: Option<bool>,
    #[serde(rename = "noIsolate")]
    _no_isolate: Option<bool>,
}

/// What is pushed first; all of it must be taken.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setup {
    /// By repository, then by digest.
    #[serde(default)]
    pub(crate) blobs: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    pub(crate) manifests: Vec<Pushed>,
    /// Sessions of repository `foo` by the id that the case gives them, with what they have received.
    #[serde(default)]
    pub(crate) uploads: BTreeMap<String, String>,
    /// What a registry has to allow for the case to make sense.
    pub(crate) needs: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Pushed {
    pub(crate) path: String,
    pub(crate) body: String,
    pub(crate) media_type: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) request: Request,
    pub(crate) expect: Expect,
    pub(crate) prefer: Option<Expect>,
    /// Name → `header:NAME` or `link:next`.
    #[serde(default)]
    pub(crate) save: BTreeMap<String, String>,
    /// With one of these statuses the case ends there, passed.
    #[serde(default)]
    pub(crate) end_on: Vec<u16>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<String>,
    pub(crate) body_base64: Option<String>,
    pub(crate) body_parts: Option<Vec<Part>>,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) chunked: bool,
    #[serde(default)]
    pub(crate) no_follow: bool,
}

/// A piece of a long body.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Part {
    Text(String),
    Repeated { repeat: String, count: usize },
}

/// What must be answered.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) status: Option<u16>,
    pub(crate) status_in: Option<Vec<u16>>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Value>,
    pub(crate) body: Option<String>,
    pub(crate) body_base64: Option<String>,
    pub(crate) body_parts: Option<Vec<Part>>,
    #[serde(default)]
    pub(crate) body_empty: bool,
    pub(crate) json: Option<Value>,
    pub(crate) json_subset: Option<Value>,
    pub(crate) code: Option<String>,
    pub(crate) code_in: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) error_format: bool,
    pub(crate) any_of: Option<Vec<Self>>,
}

impl Expect {
    /// With this project's choice in the place of what the spec allows.
    pub(crate) fn preferring(&self, prefer: &Self) -> Self {
        let (allowed, wanted) = (self.clone(), prefer.clone());
        let headers = if wanted.headers.is_empty() {
            allowed.headers
        } else {
            wanted.headers
        };
        Self {
            status: wanted.status.or(allowed.status),
            status_in: wanted.status_in,
            headers,
            body: wanted.body.or(allowed.body),
            body_base64: wanted.body_base64.or(allowed.body_base64),
            body_parts: wanted.body_parts.or(allowed.body_parts),
            body_empty: wanted.body_empty || allowed.body_empty,
            json: wanted.json.or(allowed.json),
            json_subset: wanted.json_subset.or(allowed.json_subset),
            code: wanted.code.or(allowed.code),
            code_in: wanted.code_in,
            error_format: wanted.error_format || allowed.error_format,
            any_of: wanted.any_of,
        }
    }
}

/// Texts and repetitions, put together.
pub(crate) fn join(parts: &[Part]) -> Vec<u8> {
    let pieces = parts.iter().map(|part| match part {
        Part::Text(text) => text.clone(),
        Part::Repeated { repeat, count } => repeat.repeat(*count),
    });
    pieces.collect::<String>().into_bytes()
}

/// Bytes from base64 (RFC 4648, section 4).
pub(crate) fn from_base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for digit in text.bytes().filter(|byte| *byte != b'=') {
        let value = ALPHABET.iter().position(|known| *known == digit);
        bits = bits << 6 | u32::try_from(value.expect("base64 digits")).expect("below 64");
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).expect("a byte"));
        }
    }
    bytes
}
