//! OCI layouts, written.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Image, Sink, blob, text};
use crate::{
    archive::{
        Fault, Files, Walked,
        files::whole,
        layout::{INDEX, MARK, NAMES, VERSION},
        links,
        names::full_name,
        saved,
    },
    spec::{Digest, ManifestKind, RepositoryName, Tag},
};

/// An OCI layout being written. `docker load` takes it too: it finds the `manifest.json` that it wants.
#[derive(Debug, Default)]
pub struct Layout {
    /// What `index.json` will list, each with the repository it is of.
    listed: Vec<(Option<RepositoryName>, Value)>,
    /// What `manifest.json` will.
    saved: Vec<Value>,
    written: BTreeSet<Digest>,
}

impl Layout {
    /// Goes on with a layout that is there: what it lists stays, except what is written anew.
    ///
    /// # Errors
    /// Its index cannot be read.
    pub fn open(files: &dyn Files) -> Result<Self, Fault> {
        let mut layout = Self::default();
        let members = |path: &str| -> Result<Option<Value>, Fault> {
            let text = whole(files, path)?;
            let read = text.map(|text| serde_json::from_slice(&text)).transpose();
            read.map_err(|fault| Fault::new(path, fault.to_string()))
        };
        if let Some(index) = members(INDEX)? {
            let listed = index.get("manifests").and_then(Value::as_array);
            let listed = listed.into_iter().flatten().cloned();
            layout.listed = listed.map(|listed| (None, listed)).collect();
        }
        if let Some(Value::Array(saved)) = members(saved::MARK)? {
            layout.saved = saved;
        }
        Ok(layout)
    }

    /// Writes an image and everything it points at, as this repository's, under these tags.
    ///
    /// # Errors
    /// Something cannot be read or written, or is not what its digest says.
    pub fn add(
        &mut self,
        sink: &mut dyn Sink,
        image: &Image<'_>,
        repository: &RepositoryName,
        tags: &[Tag],
    ) -> Result<(), Fault> {
        let walked = image.walked;
        for link in &walked.blobs {
            if self.written.insert(link.digest.clone()) {
                let from = (image.source, image.repository);
                blob(sink, &path(&link.digest), from, (&link.digest, link.size))?;
            }
        }
        for found in &walked.manifests {
            let (path, length) = (path(&found.digest), found.bytes.len() as u64);
            if self.written.insert(found.digest.clone()) && !sink.holds(&path, length) {
                text(sink, &path, found.bytes.clone())?;
            }
        }
        let Some(top) = walked.top() else {
            return Ok(());
        };
        let none = [None];
        let some: Vec<Option<&Tag>> = tags.iter().map(Some).collect();
        for tag in if some.is_empty() { &none[..] } else { &some } {
            let name = full_name(repository, *tag, &top.digest);
            let mut names = Map::new();
            let [full, short] = NAMES;
            names.insert(full.to_owned(), json!(name));
            if let Some(tag) = tag {
                names.insert(short.to_owned(), json!(tag.as_str()));
            }
            let listed = json!({
                "mediaType": top.media_type.as_str(),
                "digest": top.digest.to_string(),
                "size": top.bytes.len(),
                "annotations": names,
            });
            let full_name_of = |listed: &Value| {
                let names = listed.get("annotations");
                let name = names
                    .and_then(|names| names.get(full))
                    .and_then(Value::as_str);
                name.map(str::to_owned)
            };
            self.listed
                .retain(|(_, listed)| full_name_of(listed).as_deref() != Some(name.as_str()));
            self.listed.push((Some(repository.clone()), listed));
        }
        self.save(repository, walked, tags)
    }

    /// Lists an image for `docker load`, where it is one.
    fn save(
        &mut self,
        repository: &RepositoryName,
        walked: &Walked,
        tags: &[Tag],
    ) -> Result<(), Fault> {
        let Some(top) = walked.top() else {
            return Ok(());
        };
        if ManifestKind::of(&top.media_type) != ManifestKind::Image {
            return Ok(());
        }
        let links = links("", &top.media_type, &top.bytes)?;
        let Some((config, layers)) = links.split_first() else {
            return Ok(());
        };
        if !CONFIGS.contains(&config.media_type.as_str()) {
            return Ok(());
        }
        let names: Vec<String> = tags
            .iter()
            .map(|tag| format!("{repository}:{tag}"))
            .collect();
        let layers: Vec<String> = layers.iter().map(|layer| path(&layer.digest)).collect();
        let config = path(&config.digest);
        self.saved
            .retain(|saved| saved.get("Config") != Some(&json!(config)));
        self.saved
            .push(json!({ "Config": config, "RepoTags": names, "Layers": layers }));
        Ok(())
    }

    /// Writes what names the images. Until then, what was written is not seen.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self, sink: &mut dyn Sink) -> Result<(), Fault> {
        let named = self
            .listed
            .iter()
            .filter_map(|(repository, _)| repository.as_ref());
        let repositories: BTreeSet<RepositoryName> = named.cloned().collect();
        let are_several = repositories.len() > 1;
        for (repository, listed) in &mut self.listed {
            // A tag alone tells the images of one repository apart.
            let names = listed.get_mut("annotations").and_then(Value::as_object_mut);
            let short = names.and_then(|names| names.get_mut(NAMES[1]));
            if let (Some(repository), Some(short), true) = (repository, short, are_several) {
                *short = json!(format!(
                    "{repository}:{}",
                    short.as_str().unwrap_or_default()
                ));
            }
        }
        let listed: Vec<Value> = self.listed.into_iter().map(|(_, listed)| listed).collect();
        let index = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": listed,
        });
        if !self.saved.is_empty() {
            text(
                sink,
                saved::MARK,
                Value::Array(self.saved).to_string().into(),
            )?;
        }
        text(sink, INDEX, index.to_string().into())?;
        let mark = json!({ "imageLayoutVersion": VERSION });
        text(sink, MARK, mark.to_string().into())
    }
}

fn path(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm().as_str(), digest.hex())
}

const CONFIGS: [&str; 2] = [
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
];
