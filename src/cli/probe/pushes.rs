//! What is pushed, and deleted again.

use std::time::Duration;

use http::Method;
use registrette::{
    content::Sha2,
    spec::{Algorithm, Digest, RepositoryName},
};
use serde_json::{Value, json};

use super::{
    Made, Seen, Site, site,
    uploads::{OF_UPLOADS, Uploads},
};
use crate::cli::{
    Mistake,
    remote::{Once, Question, Told},
};

const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
const ARTIFACT: &str = "application/vnd.registrette.probe+json";

/// The config that says nothing.
const NOTHING: &str = "{}";

/// How often what was pushed is asked for, and how long after each time.
const TRIES: u32 = 250;
const PAUSE: Duration = Duration::from_millis(20);

/// What cannot be seen where nothing is pushed.
const OF_MANIFESTS: [&str; 14] = [
    "ImmutableTags",
    "LaxChildReferences",
    "claimSubject",
    "configTypes",
    "fallbackTagIsSubject",
    "immutableTagForm",
    "keepUsedBlobs",
    "omitManifestLocation",
    "opaqueManifests",
    "plainIndexes",
    "readLagMs",
    "referrersForm",
    "refuseDeletes",
    "DisableReferrersFiltering",
];

/// The SHA-256 of bytes.
pub(super) fn digest(bytes: &[u8]) -> Digest {
    Sha2::digest(Algorithm::Sha256, bytes)
}

fn named_by(text: &str) -> String {
    digest(text.as_bytes()).to_string()
}

/// What is pushed where.
struct Push<'a> {
    once: &'a Once,
    name: &'a RepositoryName,
    /// Tags of the probe begin with this.
    salt: &'a str,
    config: Value,
    layer: Value,
    made: &'a mut Made,
}

fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": digest(bytes).to_string(), "size": bytes.len() })
}

/// Pushes three tags and looks at how that goes. Nothing, where no push is taken.
pub(super) fn push(
    once: &Once,
    own: &RepositoryName,
    named: Option<&RepositoryName>,
    made: &mut Made,
    seen: &mut Seen,
) -> Result<Option<Site>, Mistake> {
    let salt = own
        .as_str()
        .rsplit('-')
        .next()
        .unwrap_or_default()
        .to_owned();
    let mut name = own;
    let mut uploads = Uploads { once, name };
    let mut begun = uploads.start("")?;
    seen.is("repositoriesMustExist", begun.status == 404);
    if let Some(named) = named.filter(|_| begun.status == 404) {
        name = named;
        uploads = Uploads { once, name };
        begun = uploads.start("")?;
    }
    if begun.status != 202 {
        let why = match begun.status {
            401 | 403 => "it takes a login that may push".to_owned(),
            404 => "a repository would have to be made first; --repository names one".to_owned(),
            other => format!("an upload is answered {other}"),
        };
        seen.missed(&OF_UPLOADS, &why);
        seen.missed(&OF_MANIFESTS, &why);
        return Ok(None);
    }
    let ends = ["chunk", "single", "put", ""].map(|end| format!("{salt}{end}"));
    *made = Made::new(name.clone(), ends.iter().map(|blob| named_by(blob)));
    uploads.look(&begun, &salt, seen)?;
    let config = format!(
        r#"{{"architecture":"amd64","os":"linux","rootfs":{{"type":"layers","diff_ids":[]}},"author":"{salt}"}}"#
    );
    let layer = format!("{salt}layer");
    for blob in [&config, &layer, NOTHING] {
        let digest = named_by(blob);
        // What somebody else has here is not for us to delete.
        if uploads.has(&digest)? {
            continue;
        }
        let told = uploads.push(blob.as_bytes())?;
        if !told.is_ok() {
            let why = format!("a blob is answered {}", told.status);
            seen.missed(&OF_MANIFESTS, &why);
            return Ok(None);
        }
        made.blobs.push(digest);
    }
    if name == own {
        let into = RepositoryName::parse(&format!("{own}/other")).unwrap_or_else(|_| own.clone());
        uploads.mounts(&into, &named_by(&layer), seen)?;
    } else {
        seen.missed(
            &["mounts"],
            "a second repository would have to be made first",
        );
    }
    let push = Push {
        once,
        name,
        salt: &salt,
        config: descriptor(CONFIG, config.as_bytes()),
        layer: descriptor(LAYER, layer.as_bytes()),
        made,
    };
    push.all(named_by(&layer), seen)
}

impl Push<'_> {
    fn image(&self, more: &Value) -> Vec<u8> {
        let mut manifest = json!({
            "schemaVersion": 2, "mediaType": IMAGE, "config": self.config, "layers": [self.layer],
        });
        if let (Some(members), Some(more)) = (manifest.as_object_mut(), more.as_object()) {
            members.extend(more.clone());
        }
        manifest.to_string().into_bytes()
    }

    /// Pushes a manifest, and remembers what was taken.
    fn put(&mut self, reference: &str, media_type: &str, bytes: &[u8]) -> Result<Told, Mistake> {
        let target = format!("/v2/{}/manifests/{reference}", self.name);
        let question = Question::new(Method::PUT, target, &site::all(self.name))
            .header("content-type", media_type);
        let told = self.once.ask(&question.body(bytes.to_vec()))?;
        if told.is_ok() {
            self.made.manifest(digest(bytes).to_string());
        }
        Ok(told)
    }

    fn all(mut self, layer: String, seen: &mut Seen) -> Result<Option<Site>, Mistake> {
        let salt = self.salt.to_owned();
        let tags = ["a", "b", "c"].map(|end| format!("probe-{salt}-{end}"));
        let first = self.image(&json!({}));
        let told = self.put(&tags[0], IMAGE, &first)?;
        if !told.is_ok() {
            seen.missed(
                &OF_MANIFESTS,
                &format!("a manifest is answered {}", told.status),
            );
            return Ok(None);
        }
        self.made.used = Some(layer.clone());
        seen.is("omitManifestLocation", told.header("location").is_none());
        self.lag(&tags[0], seen)?;
        for tag in &tags[1..] {
            let image = self.image(&json!({ "annotations": { "probe": tag } }));
            self.put(tag, IMAGE, &image)?;
        }
        self.types(seen)?;
        self.subject(&first, seen)?;
        self.immutable(&tags[0], &first, seen)?;
        Ok(Some(Site {
            repository: self.name.clone(),
            tag: tags[1].clone(),
            digest: digest(&self.image(&json!({ "annotations": { "probe": tags[1] } }))),
            blob: Some(layer),
            tags: tags.len(),
            is_own: true,
        }))
    }

    /// How long it takes until what was pushed can be pulled.
    fn lag(&self, tag: &str, seen: &mut Seen) -> Result<(), Mistake> {
        let question = site::manifest(self.name, tag);
        let mut waited = Duration::ZERO;
        for _ in 0..TRIES {
            if self.once.ask(&question)?.status != 404 {
                break;
            }
            self.once.wait(PAUSE);
            waited += PAUSE;
        }
        let waited = u64::try_from(waited.as_millis()).ok();
        seen.is("readLagMs", waited.filter(|waited| *waited > 0));
        Ok(())
    }

    /// Manifests that some registries do not take, and some do.
    fn types(&mut self, seen: &mut Seen) -> Result<(), Mistake> {
        let odd = format!(
            r#"{{"schemaVersion":2,"mediaType":"{IMAGE}","config":"{}"}}"#,
            self.salt
        );
        let told = self.put(&digest(odd.as_bytes()).to_string(), IMAGE, odd.as_bytes())?;
        seen.is("opaqueManifests", told.is_ok());
        let index =
            |child: Value| json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [child] });
        let missing = descriptor(IMAGE, format!("{}missing", self.salt).as_bytes());
        let told = self.put_json(INDEX, &index(missing))?;
        seen.is("LaxChildReferences", told.is_ok());
        self.children(seen)?;
        let mut other = self.config.clone();
        other["mediaType"] = ARTIFACT.into();
        let told = self.put_json(IMAGE, &self.with_config(&other))?;
        let empty = json!({ "mediaType": EMPTY, "digest": digest(NOTHING.as_bytes()).to_string(), "size": 2 });
        let with_empty = self.put_json(IMAGE, &self.with_config(&empty))?;
        seen.is(
            "configTypes",
            match (told.is_ok(), with_empty.is_ok()) {
                (true, true) => "any",
                (true, false) => "not-empty",
                (false, _) => "known",
            },
        );
        Ok(())
    }

    /// An index whose child is a manifest of no known type.
    fn children(&mut self, seen: &mut Seen) -> Result<(), Mistake> {
        let odd = json!({ "probe": self.salt }).to_string();
        let reference = digest(odd.as_bytes()).to_string();
        if self.put(&reference, ARTIFACT, odd.as_bytes())?.is_refused() {
            seen.missed(&["plainIndexes"], "no manifest of an unknown type is taken");
            return Ok(());
        }
        let index = json!({
            "schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor(ARTIFACT, odd.as_bytes())],
        });
        let told = self.put_json(INDEX, &index)?;
        seen.is("plainIndexes", told.is_refused());
        Ok(())
    }

    fn with_config(&self, config: &Value) -> Value {
        json!({ "schemaVersion": 2, "mediaType": IMAGE, "config": config, "layers": [self.layer] })
    }

    fn put_json(&mut self, media_type: &str, manifest: &Value) -> Result<Told, Mistake> {
        let bytes = manifest.to_string().into_bytes();
        self.put(&digest(&bytes).to_string(), media_type, &bytes)
    }

    /// What points at a manifest, and whether it is found by that.
    fn subject(&mut self, first: &[u8], seen: &mut Seen) -> Result<(), Mistake> {
        let of = digest(first).to_string();
        let subject = descriptor(IMAGE, first);
        let artifact = self.image(&json!({ "artifactType": ARTIFACT, "subject": subject }));
        let told = self.put(&digest(&artifact).to_string(), IMAGE, &artifact)?;
        let claims = told.headers.contains_key("oci-subject");
        let ask = |query: &str| {
            let target = format!("/v2/{}/referrers/{of}{query}", self.name);
            self.once
                .ask(&Question::new(Method::GET, target, &site::pull(self.name)))
        };
        let listed = ask("")?;
        let own = digest(&artifact).to_string();
        let lists = |told: &Told| String::from_utf8_lossy(&told.body).contains(&own);
        if listed.status == 200 && !listed.is_html() {
            seen.is(
                "referrersForm",
                if lists(&listed) { "spec" } else { "empty" },
            );
        }
        seen.is("claimSubject", claims && !lists(&listed));
        if lists(&listed) {
            let filtered = ask("?artifactType=application/vnd.registrette.nothing")?;
            seen.is("DisableReferrersFiltering", lists(&filtered));
        }
        let tag = of.replace(':', "-");
        let told = self.once.ask(&site::manifest(self.name, &tag))?;
        let is_subject = told.status == 200 && digest(&told.body).to_string() == of;
        seen.is("fallbackTagIsSubject", is_subject);
        Ok(())
    }

    fn immutable(&mut self, tag: &str, first: &[u8], seen: &mut Seen) -> Result<(), Mistake> {
        let other = self.image(&json!({ "annotations": { "probe": "moved" } }));
        let moved = self.put(tag, IMAGE, &other)?;
        seen.is("ImmutableTags", moved.is_refused());
        if !moved.is_refused() {
            seen.missed(&["immutableTagForm"], "tags can be moved");
            return Ok(());
        }
        let again = self.put(tag, IMAGE, first)?;
        seen.is(
            "immutableTagForm",
            if again.is_refused() {
                "tag-invalid"
            } else {
                "spec"
            },
        );
        Ok(())
    }
}
