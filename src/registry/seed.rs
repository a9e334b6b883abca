//! Content that a registry has from the start.

use std::fmt;

use super::{
    Registry,
    bed::{Bed, Fault},
};
use crate::{
    image::Seed,
    spec::{Descriptor, Error, Invalid},
};

/// Why seeds were not put in. Nothing was changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SeedError {
    /// A description is wrong.
    Invalid {
        /// Which seed, counted from 0.
        seed: usize,
        /// What is wrong with it.
        fault: Invalid,
    },
    /// The registry does not take it: a limit, an expected digest that is another, a subject that is not there, a
    /// manifest that cannot be read.
    Refused {
        /// Which seed, counted from 0.
        seed: usize,
        /// What a push would have been answered.
        error: Error,
    },
    /// Changes that nobody drained ([`Error::JournalFull`]).
    Full(Error),
}

impl Registry {
    /// Puts content in, all of it or nothing, and gives the descriptor of each seed. Repositories are made as needed.
    ///
    /// The limits of the settings hold, each with the error that a push past it gets. The rules for clients do not:
    /// what a manifest refers to may be missing, a tag may be moved, and a broken image is kept as it is described. A
    /// seed may refer to an earlier one as its subject. Where writes are stored by the host first, these are not; a
    /// host that wants them finds them in the journal.
    ///
    /// # Errors
    /// [`SeedError`] says which seed and why; nothing was changed.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::Request;
    /// use registrette::{Config, Registry, image::Seed, spec::Timestamp};
    ///
    /// let mut registry = Registry::new(Config::new(0));
    /// let seeds = Seed::read(br#"{ "ref": "demo/app:v1", "image": { "files": { "hi.txt": "hi" } } }"#, &[])?;
    /// let made = registry.seed(seeds)?;
    ///
    /// let pull = Request::get("/v2/demo/app/manifests/v1").body(Bytes::new())?;
    /// let answer = registry.handle(Timestamp::from_millis(0), pull);
    /// assert_eq!(answer.headers()["docker-content-digest"], made[0].digest);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn seed(&mut self, seeds: Vec<Seed>) -> Result<Vec<Descriptor>, SeedError> {
        let mut bed = Bed::new(&self.store, &self.budget);
        let mut made = Vec::with_capacity(seeds.len());
        for (seed, described) in seeds.into_iter().enumerate() {
            let planted = bed.plant(described).map_err(|fault| match fault {
                Fault::Invalid(fault) => SeedError::Invalid { seed, fault },
                Fault::Refused(error) => SeedError::Refused { seed, error },
            })?;
            made.push(planted);
        }
        self.store
            .commit(bed.into_changes())
            .map_err(SeedError::Full)?;
        self.durable.refresh(&self.store);
        Ok(made)
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { seed, fault } => {
                write!(f, "{}", fault.clone().within(&format!("[{seed}]")))
            }
            Self::Refused { seed, error } => write!(f, "[{seed}]: {error}"),
            Self::Full(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SeedError {}
