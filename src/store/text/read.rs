//! From JSON to changes.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use crate::{
    content::{Chunk, Content},
    spec::{
        Algorithm, Digest, ManifestKind, MediaType, RepositoryName, SessionId, Tag, Timestamp,
        from_text,
    },
    store::{Change, Snapshot, Store, StoredManifest},
};

/// Reads what [`super::write`] wrote. `parts` are the pieces of content by their numbers; `store` is any store of the
/// registry that the changes are for, whose settings and hashers stay.
///
/// # Errors
/// A sentence that says which line makes no sense.
pub(crate) fn read(text: &str, parts: &[Chunk], store: &Store) -> Result<Vec<Change>, String> {
    let lines: Vec<Value> = from_text(text).map_err(|fault| fault.to_string())?;
    let numbered = lines.iter().enumerate();
    numbered
        .map(|(number, value)| {
            let line = Line { value, parts };
            line.change(store)
                .map_err(|what| format!("change {number}: {what}"))
        })
        .collect()
}

struct Line<'a> {
    value: &'a Value,
    parts: &'a [Chunk],
}

impl Line<'_> {
    fn change(&self, store: &Store) -> Result<Change, String> {
        Ok(match self.text("do")? {
            "open" => Change::OpenUpload {
                number: self.number("number")?,
                repository: self.repository("repository")?,
                session: self.session()?,
                algorithm: self.parsed("algorithm", |text| text.parse::<Algorithm>().ok())?,
                at: self.at()?,
            },
            "append" => Change::AppendUpload {
                session: self.session()?,
                chunks: self.chunks()?,
                hasher: None,
                at: self.at()?,
            },
            "close" => Change::CloseUpload {
                session: self.session()?,
                chunks: self.chunks()?,
                digest: self.digest("digest")?,
            },
            "cancel" => Change::CancelUpload {
                session: self.session()?,
            },
            "blob" => Change::PutBlob {
                repository: self.repository("repository")?,
                digest: self.digest("digest")?,
                content: Content::new(self.chunks()?),
            },
            "mount" => Change::MountBlob {
                repository: self.repository("repository")?,
                digest: self.digest("digest")?,
                from: self.repository("from")?,
            },
            "deleteBlob" => Change::DeleteBlob {
                repository: self.repository("repository")?,
                digest: self.digest("digest")?,
            },
            "manifest" => Change::PutManifest {
                repository: self.repository("repository")?,
                digest: self.digest("digest")?,
                manifest: Arc::new(self.manifest()?),
            },
            "tag" => Change::SetTag {
                repository: self.repository("repository")?,
                tag: self.tag()?,
                digest: self.digest("digest")?,
            },
            "deleteTag" => Change::DeleteTag {
                repository: self.repository("repository")?,
                tag: self.tag()?,
            },
            "deleteManifest" => Change::DeleteManifest {
                repository: self.repository("repository")?,
                digest: self.digest("digest")?,
            },
            "empty" => {
                let settings = (**store.settings()).clone();
                let empty = Store::new(settings, store.hashers().clone(), None);
                Change::Restore {
                    snapshot: Snapshot::of(&empty),
                }
            }
            other => return Err(format!("there is no change {other:?}")),
        })
    }

    fn manifest(&self) -> Result<StoredManifest, String> {
        let bytes = Content::new(self.chunks()?).bytes();
        let described = Line {
            value: self.value.get("manifest").ok_or("it has no manifest")?,
            parts: &[],
        };
        let kind = match described.text("kind")? {
            "image" => ManifestKind::Image,
            "index" => ManifestKind::Index,
            _ => ManifestKind::Opaque,
        };
        let digest = |name| match described.value.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => described.digest(name).map(Some),
        };
        Ok(StoredManifest {
            media_type: described.parsed("mediaType", MediaType::parse)?,
            bytes,
            kind,
            config: digest("config")?,
            subject: digest("subject")?,
            artifact_type: described.text("artifactType").ok().map(str::to_owned),
            descriptor: Bytes::from(described.text("descriptor")?.to_owned()),
        })
    }

    fn text(&self, name: &str) -> Result<&str, String> {
        let text = self.value.get(name).and_then(Value::as_str);
        text.ok_or_else(|| format!("it has no {name}"))
    }

    fn number(&self, name: &str) -> Result<u64, String> {
        let number = self.value.get(name).and_then(Value::as_u64);
        number.ok_or_else(|| format!("it has no {name}"))
    }

    fn parsed<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, String> {
        let text = self.text(name)?;
        parse(text).ok_or_else(|| format!("{name} is {text:?}"))
    }

    fn repository(&self, name: &str) -> Result<RepositoryName, String> {
        self.parsed(name, |text| RepositoryName::parse(text).ok())
    }

    fn session(&self) -> Result<SessionId, String> {
        self.parsed("session", |text| SessionId::parse(text).ok())
    }

    fn digest(&self, name: &str) -> Result<Digest, String> {
        self.parsed(name, |text| Digest::parse(text).ok())
    }

    fn tag(&self) -> Result<Tag, String> {
        self.parsed("tag", |text| Tag::parse(text).ok())
    }

    fn at(&self) -> Result<Timestamp, String> {
        self.number("at").map(Timestamp::from_millis)
    }

    fn chunks(&self) -> Result<Vec<Chunk>, String> {
        let numbers = self.value.get("parts").and_then(Value::as_array);
        let numbers = numbers.ok_or("it has no parts")?;
        let part = |number: &Value| {
            let part = number
                .as_u64()
                .and_then(|number| usize::try_from(number).ok())
                .and_then(|number| self.parts.get(number));
            part.cloned()
                .ok_or_else(|| format!("there is no part {number}"))
        };
        numbers.iter().map(part).collect()
    }
}
