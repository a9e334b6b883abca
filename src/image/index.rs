//! An image of several platforms.

use std::collections::BTreeMap;

use super::{
    Built, Image,
    built::{Child, ManifestText},
};
use crate::{
    content::Hashers,
    spec::{Invalid, MediaType},
};

/// An image of several platforms, described: an OCI index, or Docker's manifest list where all its images are Docker's.
///
/// ```
/// use registrette::{content::Sha2, image::{Image, Index}};
///
/// let arm = Image { platform: "linux/arm64/v8".parse()?, ..Image::default() };
/// let index = Index { images: vec![Image::default(), arm], ..Index::default() };
/// let built = index.build(&Sha2)?;
/// assert_eq!(built.manifests.len(), 3); // two images, then the index
/// # Ok::<(), registrette::spec::Invalid>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Its images, in order.
    pub images: Vec<Image>,
    /// Docker's media types for it and all its images.
    pub docker: bool,
    /// Annotations of the index, which Docker's list does not have.
    pub annotations: BTreeMap<String, String>,
}

impl Index {
    /// Makes it and its images.
    ///
    /// # Errors
    /// [`Invalid`]: what is wrong with one of the images, or annotations on Docker's list.
    pub fn build(self, hashers: &dyn Hashers) -> Result<Built, Invalid> {
        let all_dockers = !self.images.is_empty() && self.images.iter().all(|image| image.docker);
        let docker = self.docker || all_dockers;
        if docker && !self.annotations.is_empty() {
            let reason = "a Docker manifest list has no annotations; leave out these or docker";
            return Err(Invalid::new("annotations", reason));
        }
        let (mut blobs, mut manifests, mut tops) = (Vec::new(), Vec::new(), Vec::new());
        for (place, mut image) in self.images.into_iter().enumerate() {
            image.docker |= docker;
            let platform = image.platform.clone();
            let built = image
                .build(hashers)
                .map_err(|fault| fault.within(&format!("images[{place}]")))?;
            blobs.extend(built.blobs);
            manifests.extend(built.manifests);
            tops.push((built.top, platform));
        }
        let children: Vec<Child<'_>> = (tops.iter())
            .map(|(top, platform)| Child {
                media_type: &top.media_type,
                digest: &top.digest,
                size: top.size,
                platform,
            })
            .collect();
        let media_type = if docker {
            MediaType::DOCKER_LIST
        } else {
            MediaType::IMAGE_INDEX
        };
        let text = ManifestText {
            schema_version: 2,
            media_type: media_type.as_str(),
            artifact_type: None,
            config: None,
            layers: None,
            manifests: Some(&children),
            subject: None,
            annotations: &self.annotations,
        };
        Ok(Built::new(
            blobs,
            manifests,
            media_type.clone(),
            &text,
            hashers,
        ))
    }
}
