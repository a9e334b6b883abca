//! Images of random bytes, made in slices: of layers that are large, nothing is kept and much is hashed.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{Broken, Built, Image, archive::archive};
use crate::{
    content::{Content, Formula, Hasher, Hashers},
    spec::{Algorithm, Digest, Invalid},
};

/// An image of random bytes, described. The same three numbers give the same digests, for ever.
///
/// Each layer is an archive of one file, `random-SEED-LAYER.bin`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RandomImage {
    /// How many layers it has.
    pub layers: u32,
    /// How long the file of each layer is, in bytes.
    pub size: u64,
    /// What its bytes depend on.
    pub seed: u64,
}

impl RandomImage {
    /// How many bytes there are in all its files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.size.saturating_mul(u64::from(self.layers))
    }

    fn layer(&self, number: u64) -> Result<Content, Invalid> {
        // Odd factors: no two seeds, and no two layers of one, begin at the same number.
        let seed = self.seed.wrapping_mul(0xd134_2543_de82_ef95);
        let seed = seed.wrapping_add(number.wrapping_mul(0xaf25_1af3_b0f0_25b5));
        let name = format!("random-{}-{number}.bin", self.seed);
        let file = Formula::Noise.content(seed, self.size);
        archive(&BTreeMap::from([(name, file)]))
    }
}

/// A [`RandomImage`] that is being made.
pub struct RandomWork {
    /// What it becomes.
    pub image: RandomImage,
    hashers: Arc<dyn Hashers>,
    layers: Vec<Content>,
    digests: Vec<Digest>,
    open: Option<Box<dyn Hasher>>,
    /// How many chunks of the layer after those with a digest are hashed.
    hashed: usize,
}

impl RandomWork {
    /// Begins. The digests of its layers can be given when they were found out before; else there are none.
    ///
    /// # Errors
    /// [`Invalid`]: a layer that no archive can hold.
    pub fn new(
        image: RandomImage,
        digests: Vec<Digest>,
        hashers: Arc<dyn Hashers>,
    ) -> Result<Self, Invalid> {
        let mut layers = Vec::new();
        for number in 0..u64::from(image.layers) {
            layers.push(image.layer(number)?);
        }
        Ok(Self {
            image,
            hashers,
            layers,
            digests,
            open: None,
            hashed: 0,
        })
    }

    /// Hashes about so many bytes. `true`: all are.
    pub fn work(&mut self, budget: u64) -> bool {
        let mut left = budget;
        while let Some(layer) = self.layers.get(self.digests.len()) {
            let mut hasher =
                (self.open.take()).unwrap_or_else(|| self.hashers.start(Algorithm::Sha256));
            let Some(chunk) = layer.chunks().get(self.hashed) else {
                self.digests.push(hasher.finish());
                self.hashed = 0;
                continue;
            };
            if left > 0 {
                hasher.update(chunk);
                self.hashed = self.hashed.saturating_add(1);
            }
            self.open = Some(hasher);
            if left == 0 {
                return false;
            }
            left = left.saturating_sub(chunk.len() as u64);
        }
        true
    }

    /// Makes the image, and gives the digests of its layers.
    ///
    /// # Errors
    /// [`Invalid`], as [`Image::build`].
    pub fn build(mut self) -> Result<(Built, Vec<Digest>), Invalid> {
        self.work(u64::MAX);
        let image = Image {
            layers: self.layers.clone(),
            broken: self.layers.is_empty().then_some(Broken::Empty),
            ..Image::default()
        };
        let built = image.build(&self)?;
        Ok((built, self.digests))
    }
}

impl fmt::Debug for RandomWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RandomWork")
    }
}

/// Its layers are not hashed a second time.
impl Hashers for RandomWork {
    fn start(&self, algorithm: Algorithm) -> Box<dyn Hasher> {
        self.hashers.start(algorithm)
    }

    fn digest_of(&self, algorithm: Algorithm, content: &Content) -> Digest {
        let mut known = self.layers.iter().zip(&self.digests);
        match known.find(|(layer, _)| layer.is_same(content)) {
            Some((_, digest)) => digest.clone(),
            None => self.hashers.digest_of(algorithm, content),
        }
    }
}
