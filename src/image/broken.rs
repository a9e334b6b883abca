//! Images that are broken on purpose.

use bytes::Bytes;

use crate::content::{Chunk, Content, Hashers};
use crate::spec::{Algorithm, Digest};

/// What is wrong with an image, and only that. A client that verifies what it pulls notices each.
///
/// "The layer" is the last one. No digest that is wrong or missing here is one of the image without the fault, so a
/// broken image and a whole one of the same files do not touch, wherever they are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broken {
    /// `layer-bytes`: the bytes kept for the layer are not what its digest says. Their length is right, they are the
    /// archive that was described, and manifest and config agree on the digest: only who hashes them notices.
    LayerBytes,
    /// `layer-digest`: the manifest gives the layer a digest that nothing was kept under, and a size that is one byte
    /// too large. The layer is there under its own digest, which the config names.
    LayerDigest,
    /// `missing-layer`: manifest and config agree on a layer that is not there.
    MissingLayer,
    /// `missing-config`: the manifest names a config that is not there.
    MissingConfig,
    /// `empty`: the image has no layers, whatever files and layers are described. Manifest and config agree on it
    /// (image-spec: "For portability, `layers` SHOULD have at least one entry").
    Empty,
}

impl Broken {
    /// All of them, by name.
    pub const ALL: [(&'static str, Self); 5] = [
        ("layer-bytes", Self::LayerBytes),
        ("layer-digest", Self::LayerDigest),
        ("missing-layer", Self::MissingLayer),
        ("missing-config", Self::MissingConfig),
        ("empty", Self::Empty),
    ];

    /// The digest that takes the place of the right one: of content that differs in its last byte, for each fault in
    /// another way.
    pub(super) fn wrong_digest(self, content: &Content, hashers: &dyn Hashers) -> Digest {
        let at = content.len().saturating_sub(1);
        let mut chunks: Vec<Chunk> = content.slice(0..at).collect();
        let last = content.slice(at..content.len()).next();
        let last = last.and_then(|chunk| chunk.bytes().first().copied());
        let other = last.unwrap_or_default() ^ (self as u8).wrapping_add(1);
        chunks.push(Bytes::copy_from_slice(&[other]).into());
        hashers.digest_of(Algorithm::Sha256, &Content::new(chunks))
    }
}
