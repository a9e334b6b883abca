//! Manifests, as far as a registry reads them: what they need, what they are about.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;

use super::{Descriptor, Digest, Error, MediaType};

/// What kind of manifest some bytes are, by their media type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ManifestKind {
    /// An image: config and layers, which are blobs.
    Image,
    /// An index: manifests.
    Index,
    /// Anything else: bytes that are kept and not read.
    Opaque,
}

impl ManifestKind {
    /// The kind that a media type names.
    #[must_use]
    pub fn of(media_type: &MediaType) -> Self {
        if [MediaType::IMAGE_MANIFEST, MediaType::DOCKER_MANIFEST].contains(media_type) {
            Self::Image
        } else if [MediaType::IMAGE_INDEX, MediaType::DOCKER_LIST].contains(media_type) {
            Self::Index
        } else {
            Self::Opaque
        }
    }
}

/// Something a manifest points at and that a strict registry wants to hold before the manifest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Need {
    /// Where it stands.
    pub place: Place,
    /// Its digest; what is written there, where the algorithm is one that no registry here can hold.
    pub digest: Result<Digest, String>,
}

/// Where in a manifest a descriptor stands. Shown as `config`, `layers[3]`, `manifests[0]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The config of an image, a blob.
    Config,
    /// A layer of an image, a blob.
    Layer(usize),
    /// A manifest of an index.
    Manifest(usize),
}

impl Need {
    /// Whether it is a manifest; else a blob.
    #[must_use]
    pub fn is_manifest(&self) -> bool {
        matches!(self.place, Place::Manifest(_))
    }

    /// Its digest, as written.
    #[must_use]
    pub fn written(&self) -> String {
        match &self.digest {
            Ok(digest) => digest.to_string(),
            Err(written) => written.clone(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config => f.write_str("config"),
            Self::Layer(index) => write!(f, "layers[{index}]"),
            Self::Manifest(index) => write!(f, "manifests[{index}]"),
        }
    }
}

/// What a registry takes out of a manifest. The bytes themselves are kept as they came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Manifest {
    /// Its kind.
    pub kind: ManifestKind,
    /// What it needs, in order; never the subject, never a non-distributable layer.
    pub needs: Vec<Need>,
    /// The config of an image.
    pub config: Option<Digest>,
    /// The manifest it refers to (image-spec, `subject`).
    pub subject: Option<Digest>,
    /// What it shows in a list of referrers: its own, or for an image the type of its config.
    pub artifact_type: Option<String>,
    /// Its annotations.
    pub annotations: Option<BTreeMap<String, String>>,
    /// The descriptors of an index.
    pub manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    media_type: Option<String>,
    artifact_type: Option<String>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
    subject: Option<Descriptor>,
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMediaType {
    media_type: Option<String>,
}

impl Manifest {
    /// Bytes that are not read.
    #[must_use]
    pub fn opaque() -> Self {
        Self {
            kind: ManifestKind::Opaque,
            needs: Vec::new(),
            config: None,
            subject: None,
            artifact_type: None,
            annotations: None,
            manifests: Vec::new(),
        }
    }

    /// Reads a manifest of a known type; one of another type is opaque.
    ///
    /// # Errors
    /// [`Error::ManifestInvalid`] says where the JSON is wrong or which member is missing.
    pub fn parse(media_type: &MediaType, bytes: &[u8]) -> Result<Self, Error> {
        let kind = ManifestKind::of(media_type);
        if kind == ManifestKind::Opaque {
            return Ok(Self::opaque());
        }
        let raw: Raw = parse_object(bytes)?;
        if let Some(written) = raw
            .media_type
            .as_deref()
            .filter(|written| *written != media_type.as_str())
        {
            let reason = format!(
                "its mediaType is {written:?}, its Content-Type {:?}",
                media_type.as_str()
            );
            return Err(Error::ManifestInvalid { reason });
        }
        let needs = match kind {
            ManifestKind::Image => image_needs(&raw)?,
            ManifestKind::Index => index_needs(&raw)?,
            ManifestKind::Opaque => Vec::new(),
        };
        let subject = raw.subject.as_ref().map(|subject| {
            Digest::parse(&subject.digest)
                .map_err(|_| invalid(format!("subject.digest {:?} is no digest", subject.digest)))
        });
        let config = raw.config.filter(|_| kind == ManifestKind::Image);
        let held = needs.first().filter(|need| need.place == Place::Config);
        Ok(Self {
            kind,
            config: held.and_then(|need| need.digest.clone().ok()),
            needs,
            subject: subject.transpose()?,
            artifact_type: raw
                .artifact_type
                .or_else(|| config.map(|config| config.media_type))
                .filter(|text| !text.is_empty()),
            annotations: raw.annotations,
            manifests: raw.manifests.unwrap_or_default(),
        })
    }

    /// The `mediaType` that a manifest gives itself, for a client that sent no `Content-Type`.
    #[must_use]
    pub fn own_media_type(bytes: &[u8]) -> Option<MediaType> {
        let raw: RawMediaType = parse_object(bytes).ok()?;
        raw.media_type.as_deref().and_then(MediaType::parse)
    }
}

fn parse_object<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Error> {
    // A derived reader would take an array for a struct.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(invalid("it is no JSON object".to_owned()));
    }
    serde_json::from_slice(bytes).map_err(|fault| invalid(fault.to_string()))
}

fn invalid(reason: String) -> Error {
    Error::ManifestInvalid { reason }
}

fn image_needs(raw: &Raw) -> Result<Vec<Need>, Error> {
    let config = raw
        .config
        .as_ref()
        .ok_or_else(|| invalid("an image manifest needs a config".to_owned()))?;
    let layers = raw.layers.as_deref().unwrap_or_default();
    let mut needs = vec![need(Place::Config, config)?];
    for (index, layer) in layers.iter().enumerate() {
        let wanted = need(Place::Layer(index), layer)?;
        let may_be_absent =
            MediaType::parse(&layer.media_type).is_some_and(|kind| kind.is_non_distributable());
        if !may_be_absent {
            needs.push(wanted);
        }
    }
    Ok(needs)
}

fn index_needs(raw: &Raw) -> Result<Vec<Need>, Error> {
    let children = raw
        .manifests
        .as_deref()
        .ok_or_else(|| invalid("an index needs its list of manifests".to_owned()))?;
    children
        .iter()
        .enumerate()
        .map(|(index, child)| need(Place::Manifest(index), child))
        .collect()
}

/// Any algorithm will do, but it must have the form of a digest (image-spec, "Digests").
fn need(place: Place, descriptor: &Descriptor) -> Result<Need, Error> {
    let written = &descriptor.digest;
    let digest = match Digest::parse(written) {
        Ok(digest) => Ok(digest),
        Err(_) if is_digest_like(written) => Err(written.clone()),
        Err(_) => return Err(invalid(format!("{place}.digest {written:?} is no digest"))),
    };
    Ok(Need { place, digest })
}

fn is_digest_like(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, encoded)| {
        !algorithm.is_empty()
            && algorithm
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+._-".contains(&b))
            && !encoded.is_empty()
            && encoded
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"=_-".contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Manifest, Error> {
        Manifest::parse(&MediaType::IMAGE_MANIFEST, text.as_bytes())
    }

    #[test]
    fn an_image_needs_its_config_and_its_distributable_layers() {
        let manifest = parse(
            r#"{"config":{"mediaType":"a/b","digest":"sha256:1"},"layers":[{"digest":"sha256:2"},
                {"mediaType":"application/vnd.oci.image.layer.nondistributable.v1.tar","digest":"sha256:3"}],"extra":[1]}"#,
        )
        .unwrap();
        let places: Vec<_> = manifest
            .needs
            .iter()
            .map(|need| need.place.to_string())
            .collect();
        assert_eq!(places, ["config", "layers[0]"]);
        assert_eq!(manifest.artifact_type.as_deref(), Some("a/b"));
    }

    #[test]
    fn what_is_refused() {
        for bad in [
            "",
            "null",
            "[]",
            "[null,null,null,null,null,null,null]",
            "{",
            "{}",
            r#"{"config":{"digest":"nonsense"}}"#,
            r#"{"config":{"digest":"sha256:1"},"subject":{"digest":"sha256:1"}}"#,
            r#"{"config":{"digest":"sha256:1"},"mediaType":"application/vnd.oci.image.index.v1+json"}"#,
        ] {
            assert!(
                matches!(parse(bad), Err(Error::ManifestInvalid { .. })),
                "{bad}"
            );
        }
    }

    #[test]
    fn deep_nesting_is_not_followed() {
        let deep = format!(
            "{{\"config\":{{\"digest\":\"sha256:1\"}},\"x\":{}{}}}",
            "[".repeat(10_000),
            "]".repeat(10_000)
        );
        // Either answer will do; a stack that runs out will not.
        let _ = parse(&deep);
    }
}
