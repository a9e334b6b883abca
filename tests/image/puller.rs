//! A client that verifies everything it pulls.

use bytes::Bytes;
use http::Request;
use registrette::{
    Config, Registry,
    content::Sha2,
    image::Seed,
    spec::{Algorithm, Descriptor, Digest, Timestamp},
};
use serde_json::Value;

/// A registry that holds what this JSON describes, and the descriptors of it.
#[track_caller]
pub(crate) fn seeded(json: &Value) -> (Registry, Vec<Descriptor>) {
    let mut registry = Registry::new(Config::new(0));
    let seeds = Seed::read(json.to_string().as_bytes(), &[]).unwrap();
    let made = registry.seed(seeds).unwrap();
    (registry, made)
}

/// An answer to a GET.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) digest: String,
    pub(crate) body: Bytes,
}

impl Got {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

pub(crate) fn get(registry: &mut Registry, target: &str) -> Got {
    let request = Request::get(target).body(Bytes::new()).unwrap();
    let answer = registry.handle(Timestamp::default(), request);
    let header = |name: &str| {
        let value = answer.headers().get(name).map(|value| value.to_str());
        value.map_or("", Result::unwrap).to_owned()
    };
    Got {
        status: answer.status().as_u16(),
        media_type: header("content-type"),
        digest: header("docker-content-digest"),
        body: answer.into_body().bytes(),
    }
}

/// An image as it was pulled.
#[derive(Debug)]
pub(crate) struct Pulled {
    pub(crate) media_type: String,
    pub(crate) manifest: Value,
    pub(crate) config: Value,
    pub(crate) layers: Vec<Bytes>,
}

/// Pulls an image; the error is the first thing that is wrong with it.
pub(crate) fn pull(
    registry: &mut Registry,
    repository: &str,
    reference: &str,
) -> Result<Pulled, String> {
    let got = get(registry, &format!("/v2/{repository}/manifests/{reference}"));
    if got.status != 200 {
        return Err(format!("manifest: {}", got.status));
    }
    if sha256(&got.body) != got.digest {
        return Err("manifest: digest".to_owned());
    }
    let manifest = got.json();
    if manifest["mediaType"] != got.media_type.as_str() {
        return Err("manifest: type".to_owned());
    }
    let mut blob = |place: String, named: &Value| {
        let digest = named["digest"].as_str().unwrap();
        let blob = get(registry, &format!("/v2/{repository}/blobs/{digest}"));
        match () {
            () if blob.status != 200 => Err(format!("{place}: {}", blob.status)),
            () if blob.body.len() as u64 != named["size"] => Err(format!("{place}: size")),
            () if sha256(&blob.body) != digest => Err(format!("{place}: digest")),
            () => Ok(blob.body),
        }
    };
    let config = blob("config".to_owned(), &manifest["config"])?;
    let named = manifest["layers"].as_array().unwrap().iter().enumerate();
    let layers = named.map(|(place, layer)| blob(format!("layers[{place}]"), layer));
    let layers: Vec<Bytes> = layers.collect::<Result<_, _>>()?;
    if layers.is_empty() {
        return Err("layers: none".to_owned());
    }
    let config: Value = serde_json::from_slice(&config).unwrap();
    let diff_ids: Vec<String> = layers.iter().map(|layer| sha256(layer)).collect();
    if config["rootfs"]["diff_ids"] != Value::from(diff_ids) {
        return Err("config: diff_ids".to_owned());
    }
    Ok(Pulled {
        media_type: got.media_type,
        manifest,
        config,
        layers,
    })
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest: Digest = Sha2::digest(Algorithm::Sha256, bytes);
    digest.to_string()
}
