//! What is pushed, and deleted again.

use std::time::Duration;

use http::Method;
use registrette::{
    content::Sha2,
    spec::{Algorithm, Digest, RepositoryName},
};
use serde_json::{Value, json};

use super::{
    Seen, Site, site,
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

/// How often what was pushed is asked for, and how long after each time.
const TRIES: u32 = 250;
const PAUSE: Duration = Duration::from_millis(20);

/// What cannot be seen where nothing is pushed.
const OF_MANIFESTS: [&str; 16] = [
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
    "repositoriesMustExist",
    "DisableReferrersFiltering",
    "IgnorePagination",
];

/// What was pushed, to be looked at and deleted.
pub(super) struct Pushed {
    pub(super) site: Site,
    manifests: Vec<(String, String)>,
    blobs: Vec<String>,
    used: String,
}

/// The SHA-256 of bytes.
pub(super) fn digest(bytes: &[u8]) -> Digest {
    Sha2::digest(Algorithm::Sha256, bytes)
}

/// What is pushed where.
struct Push<'a> {
    once: &'a Once,
    name: &'a RepositoryName,
    /// Tags of the probe begin with this.
    salt: &'a str,
    config: Value,
    layer: Value,
    pushed: Vec<(String, String)>,
}

fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": digest(bytes).to_string(), "size": bytes.len() })
}

/// Pushes three tags and looks at how that goes. Nothing, where no push is taken.
pub(super) fn push(
    once: &Once,
    own: &RepositoryName,
    named: Option<&RepositoryName>,
    seen: &mut Seen,
) -> Result<Option<Pushed>, Mistake> {
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
    uploads.look(&begun, &salt, seen)?;
    let config = format!(
        r#"{{"architecture":"amd64","os":"linux","rootfs":{{"type":"layers","diff_ids":[]}},"author":"{salt}"}}"#
    );
    let layer = format!("{salt}layer");
    for blob in [&config, &layer, &"{}".to_owned()] {
        let told = uploads.push(blob.as_bytes())?;
        if !told.is_ok() {
            let why = format!("a blob is answered {}", told.status);
            seen.missed(&OF_MANIFESTS, &why);
            return Ok(None);
        }
    }
    let into = RepositoryName::parse(&format!("{own}/other")).unwrap_or_else(|_| own.clone());
    let layer_digest = digest(layer.as_bytes()).to_string();
    if name == own {
        uploads.mounts(&into, &layer_digest, seen)?;
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
        pushed: Vec::new(),
    };
    let chunks = [
        format!("{salt}chunk"),
        format!("{salt}single"),
        format!("{salt}put"),
        salt.clone(),
    ];
    let mut blobs: Vec<String> = chunks
        .iter()
        .map(|blob| digest(blob.as_bytes()).to_string())
        .collect();
    blobs.extend([
        digest(config.as_bytes()).to_string(),
        digest(b"{}").to_string(),
    ]);
    push.all(blobs, layer_digest, seen)
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
            let digest = digest(bytes).to_string();
            self.pushed.push((reference.to_owned(), digest));
        }
        Ok(told)
    }

    fn all(
        mut self,
        blobs: Vec<String>,
        used: String,
        seen: &mut Seen,
    ) -> Result<Option<Pushed>, Mistake> {
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
        seen.is("omitManifestLocation", told.header("location").is_none());
        self.lag(&tags[0], seen)?;
        for tag in &tags[1..] {
            let image = self.image(&json!({ "annotations": { "probe": tag } }));
            self.put(tag, IMAGE, &image)?;
        }
        self.types(seen)?;
        self.subject(&first, seen)?;
        self.immutable(&tags[0], &first, seen)?;
        let site = Site {
            repository: self.name.clone(),
            tag: tags[1].clone(),
            digest: digest(&self.image(&json!({ "annotations": { "probe": tags[1] } }))),
            blob: Some(used.clone()),
            tags: tags.len(),
            is_own: true,
        };
        Ok(Some(Pushed {
            site,
            manifests: self.pushed,
            blobs,
            used,
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
        let empty = json!({ "mediaType": EMPTY, "digest": digest(b"{}").to_string(), "size": 2 });
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

impl Pushed {
    /// Deletes what was pushed; gives what could not be.
    pub(super) fn leave(self, once: &Once, seen: &mut Seen) -> Result<Vec<String>, Mistake> {
        let name = &self.site.repository;
        let delete =
            |target: String| once.ask(&Question::new(Method::DELETE, target, &site::all(name)));
        let used = delete(format!("/v2/{name}/blobs/{}", self.used))?;
        let mut left = Vec::new();
        let mut refused = 0;
        let mut digests: Vec<&String> = self.manifests.iter().map(|(_, digest)| digest).collect();
        digests.sort();
        digests.dedup();
        // What is pointed at goes last: what points at it was pushed later.
        for (_, digest) in self.manifests.iter().rev() {
            if !digests.contains(&digest) {
                continue;
            }
            digests.retain(|other| *other != digest);
            let told = delete(format!("/v2/{name}/manifests/{digest}"))?;
            if told.is_refused() && told.status != 404 {
                refused += 1;
                left.push(format!("{name}@{digest}"));
            }
        }
        let all = self
            .blobs
            .iter()
            .map(|blob| (blob, delete(format!("/v2/{name}/blobs/{blob}"))));
        let mut taken = false;
        for (blob, told) in all.collect::<Vec<_>>() {
            match told?.status {
                200..300 => taken = true,
                404 => {}
                _ => left.push(format!("blob {blob} in {name}")),
            }
        }
        let none = refused == self.manifests.len() || !taken && refused > 0;
        seen.is("refuseDeletes", none);
        match none {
            true => seen.missed(&["keepUsedBlobs"], "nothing can be deleted"),
            false => seen.is("keepUsedBlobs", used.status == 405),
        }
        if used.is_refused() {
            let again = delete(format!("/v2/{name}/blobs/{}", self.used))?;
            if again.is_refused() && again.status != 404 {
                left.push(format!("blob {} in {name}", self.used));
            }
        }
        Ok(left)
    }
}
