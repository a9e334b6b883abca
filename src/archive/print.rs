//! What there is, as text and as JSON.

use serde_json::{Value, json};

use super::{Fault, Found, Link, Source, links};
use crate::spec::{ManifestKind, Reference, RepositoryName, Tag};

/// The catalogue of a source: a block for each tag, in the order of repositories and tags.
///
/// ```text
/// alpine:latest application/vnd.oci.image.index.v1+json
///   index -> sha256:…
///   linux/amd64 -> sha256:…
/// python:3.10 application/vnd.docker.distribution.manifest.v2+json
///   single platform image -> sha256:…
/// ```
///
/// # Errors
/// A list or a manifest cannot be read.
pub fn print(source: &dyn Source) -> Result<String, Fault> {
    let mut text = String::new();
    each(source, &mut |repository, tag, found, children| {
        let (media_type, digest) = (&found.media_type, &found.digest);
        text.push_str(&format!("{repository}:{tag} {media_type}\n"));
        if ManifestKind::of(media_type) != ManifestKind::Index {
            text.push_str(&format!("  single platform image -> {digest}\n"));
            return;
        }
        text.push_str(&format!("  index -> {digest}\n"));
        for child in children {
            let platform = child.platform.as_deref().unwrap_or("unknown/unknown");
            text.push_str(&format!("  {platform} -> {}\n", child.digest));
        }
    })?;
    Ok(text)
}

/// The same as JSON: an array with an object for each tag.
///
/// # Errors
/// A list or a manifest cannot be read.
pub fn json(source: &dyn Source) -> Result<Value, Fault> {
    let mut all = Vec::new();
    each(source, &mut |repository, tag, found, children| {
        let mut image = json!({
            "repository": repository.as_str(),
            "tag": tag.as_str(),
            "mediaType": found.media_type.as_str(),
            "digest": found.digest.to_string(),
        });
        let children = children.iter().map(|child| {
            json!({
                "platform": child.platform,
                "mediaType": child.media_type,
                "digest": child.digest.to_string(),
                "size": child.size,
            })
        });
        if ManifestKind::of(&found.media_type) == ManifestKind::Index
            && let Some(members) = image.as_object_mut()
        {
            members.insert("manifests".to_owned(), children.collect());
        }
        all.push(image);
    })?;
    Ok(Value::Array(all))
}

/// What is done with a tag: its repository, itself, its manifest, the images of an index.
type Take<'a> = dyn FnMut(&RepositoryName, &Tag, &Found, &[Link]) + 'a;

fn each(source: &dyn Source, take: &mut Take<'_>) -> Result<(), Fault> {
    for repository in source.repositories()? {
        for tag in source.tags(&repository)? {
            let name = format!("{repository}:{tag}");
            let reference = Reference::Tag(tag.clone());
            let found = source.manifest(&repository, &reference)?;
            let found =
                found.ok_or_else(|| Fault::new(&name, "the tag is listed, and not there"))?;
            let mut children = links(&name, &found.media_type, &found.bytes)?;
            children.retain(|link| link.is_manifest);
            take(&repository, &tag, &found, &children);
        }
    }
    Ok(())
}
