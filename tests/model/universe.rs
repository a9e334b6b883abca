//! All the names and contents there are: few, so that operations meet.

use std::sync::LazyLock;

use crate::{
    client::{sha256, sha512},
    day::{IMAGE, INDEX, image, index},
};

pub(crate) const NAMES: [&str; 3] = ["app", "app/web", "lib"];
pub(crate) const TAGS: [&str; 4] = ["latest", "v1", "v1.1", "v2"];
pub(crate) const CONTENTS: [&str; 4] = ["{}", "layer one", "the second layer", ""];

/// A manifest that may be pushed.
pub(crate) struct Known {
    pub(crate) media_type: &'static str,
    pub(crate) text: String,
    /// The digests it needs, and whether each is a manifest's.
    pub(crate) needs: Vec<(String, bool)>,
    pub(crate) subject: Option<String>,
    pub(crate) artifact_type: Option<&'static str>,
}

/// The manifests: two images, an index of both, two that refer to the first, one that nobody reads.
pub(crate) static MANIFESTS: LazyLock<[Known; 6]> = LazyLock::new(|| {
    let [config, one, two, empty] = CONTENTS;
    let images = [
        image(config, &[one], None),
        image(config, &[one, two, empty], None),
    ];
    let known = |text: &str, blobs: &[&str]| Known {
        media_type: IMAGE,
        text: text.to_owned(),
        needs: blobs.iter().map(|blob| (sha256(blob), false)).collect(),
        subject: None,
        artifact_type: None,
    };
    let about = |config| Known {
        subject: Some(sha256(&images[0])),
        artifact_type: Some("application/x-signature"),
        ..known(&image(config, &[], Some((IMAGE, &images[0]))), &[config])
    };
    let both = index(&[&images[0], &images[1]]);
    [
        known(&images[0], &[config, one]),
        known(&images[1], &[config, one, two, empty]),
        Known {
            media_type: INDEX,
            needs: images.iter().map(|image| (sha256(image), true)).collect(),
            ..known(&both, &[])
        },
        about(config),
        about(empty),
        Known {
            media_type: "application/x-opaque",
            ..known("anything", &[])
        },
    ]
});

/// The digest of some content.
pub(crate) fn digest(content: &str, is_sha512: bool) -> String {
    if is_sha512 {
        sha512(content)
    } else {
        sha256(content)
    }
}
