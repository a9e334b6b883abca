//! Seeds out of JSON.

use bytes::Bytes;
use serde_json::Value;

use super::{
    Artifact, ArtifactBlob, Broken, Image, Index, Place, Seed,
    built::{sorted, to_json},
};
use crate::{
    content::{Content, Formula},
    spec::{
        Digest, Error, Invalid, MediaType, RepositoryName, base64, did_you_mean,
        members::{Object, count, entries, flag, list, map, text, texts},
        unknown,
    },
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
    /// | `{ "blob" }` | `repository`, `bytes`, and `digest` where it is expected |
    /// | `{ "manifest" }` | `ref`, `bytes` or `json`, `mediaType` |
    ///
    /// A reference is written as [`Place`] says. Bytes are a string, which stands for its UTF-8; `{ "base64": "…" }`;
    /// or `{ "part": 0 }`, which stands for one of `parts`: by that, an adapter hands over bytes beside the JSON.
    /// `{ "virtual": length, "seed": 0, "formula": "noise" }` stands for bytes of any length that are made when they are
    /// asked for, and never kept; `"zeros"` is the other formula. They are hashed once, when the seed is put in.
    /// A blob of an artifact is bytes, or `{ "bytes", "mediaType", "annotations" }`. A manifest given as `json` is
    /// written without blanks and with its members sorted. A member that is `null` is as good as left out.
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
    /// # Ok::<(), registrette::spec::Invalid>(())
    /// ```
    pub fn read(text: &[u8], parts: &[Content]) -> Result<Vec<Self>, Invalid> {
        let value: Value = serde_json::from_slice(text)
            .map_err(|fault| Invalid::new("", &format!("this is no JSON: {fault}")))?;
        let reader = Reader { parts };
        if value.is_array() {
            list(&value, |seed| reader.seed(seed))
        } else {
            Ok(vec![reader.seed(&value)?])
        }
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    parts: &'a [Content],
}

impl Reader<'_> {
    fn seed(self, seed: &Value) -> Result<Seed, Invalid> {
        let seed = Object::of(
            seed,
            &["ref", "image", "index", "artifact", "blob", "manifest"],
        )?;
        let mut named = KINDS.into_iter().filter(|kind| seed.has(kind));
        let (Some(kind), None) = (named.next(), named.next()) else {
            let kinds = KINDS.join(", ");
            return Err(Invalid::new(
                "",
                &format!("a seed has exactly one of {kinds}"),
            ));
        };
        if kind == "image" {
            return Ok(Seed::Image {
                place: seed.need("ref", place)?,
                image: seed.need(kind, |body| self.image(body))?,
            });
        }
        if seed.has("ref") {
            let reason = "\"ref\" stands beside \"image\", and inside all others";
            return Err(Invalid::new("", reason));
        }
        seed.need(kind, |body| match kind {
            "index" => self.index(body),
            "artifact" => self.artifact(body),
            "blob" => self.blob(body),
            _ => self.manifest(body),
        })
    }

    fn image(self, body: &Value) -> Result<Image, Invalid> {
        let known = [
            "platform",
            "files",
            "layers",
            "config",
            "docker",
            "annotations",
            "broken",
        ];
        let body = Object::of(body, &known)?;
        let bytes = |value: &Value| self.bytes(value);
        let mut image = Image::default();
        if let Some(platform) = body.read("platform", |value| text(value)?.parse())? {
            image.platform = platform;
        }
        if let Some(files) = body.read("files", |value| entries(value, bytes))? {
            image.files = files;
        }
        if let Some(layers) = body.read("layers", |value| list(value, bytes))? {
            image.layers = layers;
        }
        if let Some(config) = body.read("config", map)? {
            image.config = config.clone();
        }
        image.docker = body.read("docker", flag)?.unwrap_or_default();
        image.annotations = body.read("annotations", texts)?.unwrap_or_default();
        image.broken = body.read("broken", broken)?;
        Ok(image)
    }

    fn index(self, body: &Value) -> Result<Seed, Invalid> {
        let body = Object::of(body, &["ref", "images", "docker", "annotations"])?;
        Ok(Seed::Index {
            place: body.need("ref", place)?,
            index: Index {
                images: body.need("images", |images| list(images, |image| self.image(image)))?,
                docker: body.read("docker", flag)?.unwrap_or_default(),
                annotations: body.read("annotations", texts)?.unwrap_or_default(),
            },
        })
    }

    fn artifact(self, body: &Value) -> Result<Seed, Invalid> {
        let known = ["ref", "subject", "artifactType", "blobs", "annotations"];
        let body = Object::of(body, &known)?;
        let subject = body.read("subject", place)?;
        let place = match (body.read("ref", place)?, &subject) {
            (Some(place), Some(subject)) if place.repository != subject.repository => {
                let reason = format!(
                    "its subject is in {}, and referrers are listed in the subject's own repository",
                    subject.repository
                );
                return Err(Invalid::new("", &reason));
            }
            (Some(place), _) => place,
            (None, Some(subject)) => Place::untagged(subject.repository.clone()),
            (None, None) => {
                let reason = "\"ref\" or \"subject\" is missing: it says where this goes";
                return Err(Invalid::new("", reason));
            }
        };
        let blobs = body.read("blobs", |blobs| {
            list(blobs, |blob| self.artifact_blob(blob))
        })?;
        let artifact = Artifact {
            artifact_type: body.need("artifactType", text)?.to_owned(),
            blobs: blobs.unwrap_or_default(),
            annotations: body.read("annotations", texts)?.unwrap_or_default(),
        };
        Ok(Seed::Artifact {
            place,
            subject: subject.and_then(|subject| subject.reference()),
            artifact,
        })
    }

    fn artifact_blob(self, blob: &Value) -> Result<ArtifactBlob, Invalid> {
        let is_bytes = |name| blob.get(name).is_some();
        if !blob.is_object() || ["base64", "part", "virtual"].into_iter().any(is_bytes) {
            let content = self.bytes(blob)?;
            return Ok(ArtifactBlob {
                content,
                ..ArtifactBlob::default()
            });
        }
        let blob = Object::of(blob, &["bytes", "mediaType", "annotations"])?;
        Ok(ArtifactBlob {
            content: blob.need("bytes", |bytes| self.bytes(bytes))?,
            media_type: blob.read("mediaType", text)?.map(str::to_owned),
            annotations: blob.read("annotations", texts)?.unwrap_or_default(),
        })
    }

    fn blob(self, body: &Value) -> Result<Seed, Invalid> {
        let body = Object::of(body, &["repository", "digest", "bytes"])?;
        let invalid = |error: Error| Invalid::new("", &error.to_string());
        Ok(Seed::Blob {
            repository: body.need("repository", |name| {
                RepositoryName::parse(text(name)?).map_err(invalid)
            })?,
            digest: body.read("digest", |digest| {
                Digest::parse(text(digest)?).map_err(invalid)
            })?,
            content: body.need("bytes", |bytes| self.bytes(bytes))?,
        })
    }

    fn manifest(self, body: &Value) -> Result<Seed, Invalid> {
        let body = Object::of(body, &["ref", "mediaType", "bytes", "json"])?;
        if body.has("bytes") == body.has("json") {
            let reason = "a manifest has either \"bytes\" or \"json\"";
            return Err(Invalid::new("", reason));
        }
        let json = body.read("json", |json| Ok(to_json(&sorted(json.clone()))))?;
        Ok(Seed::Manifest {
            place: body.need("ref", place)?,
            media_type: body.read("mediaType", media_type)?,
            bytes: match json {
                Some(bytes) => bytes,
                None => body.need("bytes", |bytes| self.bytes(bytes))?.bytes(),
            },
        })
    }

    fn bytes(self, value: &Value) -> Result<Content, Invalid> {
        if let Some(text) = value.as_str() {
            return Ok(Bytes::copy_from_slice(text.as_bytes()).into());
        }
        let invalid = |reason: &str| Invalid::new("", reason);
        if !value.is_object() {
            return Err(invalid("expected a string, or an object with \"base64\""));
        }
        if let Some(content) = computed(value)? {
            return Ok(content);
        }
        let object = Object::of(value, &["base64", "part"])?;
        if object.has("base64") == object.has("part") {
            return Err(invalid("expected one member, \"base64\""));
        }
        let decoded = object.read("base64", |value| {
            let bytes = base64::decode(text(value)?);
            bytes.ok_or_else(|| invalid("this is no base64 (RFC 4648, with its padding)"))
        })?;
        match decoded {
            Some(bytes) => Ok(Bytes::from(bytes).into()),
            None => object.need("part", |part| {
                let found = part.as_u64().and_then(|part| usize::try_from(part).ok());
                let found = found.and_then(|part| self.parts.get(part)).cloned();
                found.ok_or_else(|| Invalid::new("", &format!("there is no part {part}")))
            }),
        }
    }
}

/// Reads virtual content: `{ "virtual": length, "seed": 0, "formula": "noise" }`.
fn computed(value: &Value) -> Result<Option<Content>, Invalid> {
    if value.get("virtual").is_none() {
        return Ok(None);
    }
    let object = Object::of(value, &["virtual", "seed", "formula"])?;
    let length = object.need("virtual", count)?;
    if length > LONGEST {
        let reason = format!("{length} bytes are too many: a virtual file has at most {LONGEST}");
        return Err(Invalid::new("virtual", &reason));
    }
    let formula = object.read("formula", |value| {
        let text = text(value)?;
        let found = Formula::ALL.into_iter().find(|(name, _)| *name == text);
        found.map(|(_, formula)| formula).ok_or_else(|| {
            let names = Formula::ALL.map(|(name, _)| name);
            unknown("formula", text, &names).into()
        })
    })?;
    let seed = object.read("seed", count)?.unwrap_or_default();
    Ok(Some(formula.unwrap_or_default().content(seed, length)))
}

/// The longest virtual file: its list of pieces takes memory, 32 bytes for each mebibyte.
const LONGEST: u64 = 1 << 40;

fn place(value: &Value) -> Result<Place, Invalid> {
    text(value)?.parse()
}

fn media_type(value: &Value) -> Result<MediaType, Invalid> {
    let text = text(value)?;
    MediaType::parse(text).ok_or_else(|| Invalid::new("", &format!("{text:?} is no media type")))
}

fn broken(value: &Value) -> Result<Broken, Invalid> {
    let text = text(value)?;
    let names = Broken::ALL.map(|(name, _)| name);
    let found = Broken::ALL.into_iter().find(|(name, _)| *name == text);
    found.map(|(_, broken)| broken).ok_or_else(|| {
        let meant = did_you_mean(text, &names);
        format!("{text:?} is no way to break an image; {meant}").into()
    })
}
