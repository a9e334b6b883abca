//! Seeds out of JSON.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::{
    Artifact, ArtifactBlob, Broken, Image, Index, Invalid, Place, Seed, base64,
    built::{Sorted, to_json},
    object::{Member, Object, did_you_mean},
};
use crate::{
    content::Content,
    spec::{MediaType, RepositoryName},
};

const KINDS: [&str; 5] = ["image", "index", "artifact", "blob", "manifest"];

impl Seed {
    /// Reads one seed, or an array of them.
    ///
    /// | seed | members |
    /// |---|---|
    /// | `{ "ref", "image" }` | `platform`, `files`, `layers`, `config`, `docker`, `annotations`, `broken`; all may be left out |
    /// | `{ "index" }` | `ref`, `images`, `docker`, `annotations` |
    /// | `{ "artifact" }` | `artifactType`, `blobs`, `annotations`, and `ref`, `subject` or both |
    /// | `{ "blob" }` | `repository`, `bytes` |
    /// | `{ "manifest" }` | `ref`, `bytes` or `json`, `mediaType` |
    ///
    /// A reference is written as [`Place`] says. Bytes are a string, which stands for its UTF-8; `{ "base64": "…" }`;
    /// or `{ "part": 0 }`, which stands for one of `parts`: by that, an adapter hands over bytes beside the JSON.
    /// A blob of an artifact is bytes, or `{ "bytes", "mediaType", "annotations" }`. A manifest given as `json` is
    /// written without blanks and with its members sorted.
    ///
    /// # Errors
    /// [`Invalid`] names the member that is wrong, missing or unknown, and for that the nearest there is.
    ///
    /// ```
    /// use registrette::image::Seed;
    ///
    /// let text = br#"{ "ref": "demo/app:v1", "image": { "files": { "hi.txt": "hi" } } }"#;
    /// assert_eq!(Seed::read(text, &[])?.len(), 1);
    ///
    /// let text = br#"[{ "ref": "demo/app:v1", "image": { "flies": { "hi.txt": "hi" } } }]"#;
    /// assert_eq!(
    ///     Seed::read(text, &[]).unwrap_err().to_string(),
    ///     r#"[0].image.flies: there is no such member; did you mean "files"?"#
    /// );
    /// # Ok::<(), registrette::image::Invalid>(())
    /// ```
    pub fn read(text: &[u8], parts: &[Content]) -> Result<Vec<Self>, Invalid> {
        let value = serde_json::from_slice(text)
            .map_err(|fault| Invalid::new("", format!("this is no JSON: {fault}")))?;
        let whole = Member {
            place: String::new(),
            value,
        };
        let reader = Reader { parts };
        if !whole.value.is_array() {
            return Ok(vec![reader.seed(whole)?]);
        }
        whole
            .list()?
            .into_iter()
            .map(|seed| reader.seed(seed))
            .collect()
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    parts: &'a [Content],
}

impl Reader<'_> {
    fn seed(self, seed: Member) -> Result<Seed, Invalid> {
        let mut known = vec!["ref"];
        known.extend(KINDS);
        let mut seed = seed.object(&known)?;
        let mut named = KINDS.into_iter().filter(|kind| seed.has(kind));
        let (Some(kind), None) = (named.next(), named.next()) else {
            let kinds = KINDS.join(", ");
            return Err(seed.invalid(format!("a seed has exactly one of {kinds}")));
        };
        if kind != "image" && seed.has("ref") {
            return Err(seed.invalid(format!(
                "\"ref\" stands beside \"image\" only; here it stands inside {kind:?}"
            )));
        }
        let body = seed.need(kind)?;
        match kind {
            "image" => Ok(Seed::Image {
                place: place(&mut seed)?,
                image: self.image(body)?,
            }),
            "index" => self.index(body),
            "artifact" => self.artifact(body),
            "blob" => self.blob(body),
            _ => self.manifest(body),
        }
    }

    fn image(self, body: Member) -> Result<Image, Invalid> {
        let mut body = body.object(&[
            "platform",
            "files",
            "layers",
            "config",
            "docker",
            "annotations",
            "broken",
        ])?;
        let files = body
            .take("files")
            .map_or_else(|| Ok(Vec::new()), Member::members)?;
        let files = files
            .into_iter()
            .map(|(path, bytes)| Ok((path, self.bytes(bytes)?)));
        let layers = body
            .list("layers")?
            .into_iter()
            .map(|layer| self.bytes(layer));
        Ok(Image {
            platform: body.parsed("platform", str::parse)?.unwrap_or_default(),
            files: files.collect::<Result<_, Invalid>>()?,
            layers: layers.collect::<Result<_, _>>()?,
            config: body
                .take("config")
                .map_or_else(|| Ok(Map::new()), Member::map)?,
            docker: body.flag("docker")?,
            annotations: body.texts("annotations")?,
            broken: body.parsed("broken", broken)?,
        })
    }

    fn index(self, body: Member) -> Result<Seed, Invalid> {
        let mut body = body.object(&["ref", "images", "docker", "annotations"])?;
        let images = body.need("images")?.list()?.into_iter();
        Ok(Seed::Index {
            place: place(&mut body)?,
            index: Index {
                images: images
                    .map(|image| self.image(image))
                    .collect::<Result<_, _>>()?,
                docker: body.flag("docker")?,
                annotations: body.texts("annotations")?,
            },
        })
    }

    fn artifact(self, body: Member) -> Result<Seed, Invalid> {
        let mut body = body.object(&["ref", "subject", "artifactType", "blobs", "annotations"])?;
        let named = body.parsed("ref", str::parse::<Place>)?;
        let subject = body.parsed("subject", str::parse::<Place>)?;
        let place = match (named, &subject) {
            (Some(place), Some(subject)) if place.repository != subject.repository => {
                return Err(body.invalid(format!(
                    "its subject is in {}, and referrers are listed in the subject's own repository",
                    subject.repository
                )));
            }
            (Some(place), _) => place,
            (None, Some(subject)) => Place::untagged(subject.repository.clone()),
            (None, None) => {
                return Err(
                    body.invalid("\"ref\" or \"subject\" is missing: it says where this goes")
                );
            }
        };
        let blobs = body
            .list("blobs")?
            .into_iter()
            .map(|blob| self.artifact_blob(blob));
        let artifact = Artifact {
            artifact_type: body.need("artifactType")?.text()?,
            blobs: blobs.collect::<Result<_, _>>()?,
            annotations: body.texts("annotations")?,
            subject: None,
        };
        Ok(Seed::Artifact {
            place,
            subject: subject.and_then(|subject| subject.reference()),
            artifact,
        })
    }

    fn artifact_blob(self, blob: Member) -> Result<ArtifactBlob, Invalid> {
        let is_described =
            |members: &Map<_, _>| !members.contains_key("base64") && !members.contains_key("part");
        if !blob.value.as_object().is_some_and(is_described) {
            let content = self.bytes(blob)?;
            return Ok(ArtifactBlob {
                content,
                ..ArtifactBlob::default()
            });
        }
        let mut blob = blob.object(&["bytes", "mediaType", "annotations"])?;
        Ok(ArtifactBlob {
            content: self.bytes(blob.need("bytes")?)?,
            media_type: blob.text("mediaType")?,
            annotations: blob.texts("annotations")?,
        })
    }

    fn blob(self, body: Member) -> Result<Seed, Invalid> {
        let mut body = body.object(&["repository", "bytes"])?;
        let parse = |name: &str| {
            RepositoryName::parse(name).map_err(|error| Invalid::new("", error.to_string()))
        };
        let repository = body.parsed("repository", parse)?;
        Ok(Seed::Blob {
            repository: repository.ok_or_else(|| body.invalid("\"repository\" is missing"))?,
            content: self.bytes(body.need("bytes")?)?,
        })
    }

    fn manifest(self, body: Member) -> Result<Seed, Invalid> {
        let mut body = body.object(&["ref", "mediaType", "bytes", "json"])?;
        let place = place(&mut body)?;
        let media_type = body.parsed("mediaType", |text| {
            let parsed = MediaType::parse(text);
            parsed.ok_or_else(|| Invalid::new("", format!("{text:?} is no media type")))
        })?;
        let bytes = match (body.take("bytes"), body.take("json")) {
            (Some(bytes), None) => self.bytes(bytes)?.bytes(),
            (None, Some(json)) => to_json(&Sorted(&json.value)),
            _ => return Err(body.invalid("a manifest has either \"bytes\" or \"json\"")),
        };
        Ok(Seed::Manifest {
            place,
            media_type,
            bytes,
        })
    }

    fn bytes(self, member: Member) -> Result<Content, Invalid> {
        if let Value::String(text) = member.value {
            return Ok(Bytes::from(text).into());
        }
        let place = member.place.clone();
        let invalid = |reason: String| Invalid::new(place.as_str(), reason);
        if !member.value.is_object() {
            return Err(invalid(
                "expected a string, or an object with \"base64\"".to_owned(),
            ));
        }
        let mut member = member.object(&["base64", "part"])?;
        match (member.take("base64"), member.take("part")) {
            (Some(text), None) => {
                let bytes = base64::decode(&text.text()?);
                let bytes = bytes.ok_or_else(|| {
                    invalid("this is no base64 (RFC 4648, with its padding)".to_owned())
                })?;
                Ok(Bytes::from(bytes).into())
            }
            (None, Some(part)) => {
                let found = part
                    .value
                    .as_u64()
                    .and_then(|part| usize::try_from(part).ok());
                let found = found.and_then(|part| self.parts.get(part)).cloned();
                found.ok_or_else(|| invalid(format!("there is no part {}", part.value)))
            }
            _ => Err(invalid("expected one member, \"base64\"".to_owned())),
        }
    }
}

fn place(object: &mut Object) -> Result<Place, Invalid> {
    let place = object.parsed("ref", str::parse)?;
    place.ok_or_else(|| object.invalid("\"ref\" is missing"))
}

fn broken(text: &str) -> Result<Broken, Invalid> {
    let names = Broken::ALL.map(|(name, _)| name);
    let found = Broken::ALL.into_iter().find(|(name, _)| *name == text);
    found.map(|(_, broken)| broken).ok_or_else(|| {
        Invalid::new(
            "",
            format!(
                "{text:?} is no way to break an image; {}",
                did_you_mean(text, &names)
            ),
        )
    })
}
