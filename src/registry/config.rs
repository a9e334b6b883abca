//! How a registry is made.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    content::{Hashers, Sha2},
    layer::{Gate, RateRule},
    spec::Settings,
};

/// How a registry is made. Only the seed is required.
///
/// ```
/// use registrette::{Config, Registry, spec::References};
///
/// let mut config = Config::new(7);
/// config.settings.references = References::Sparse;
/// let registry = Registry::new(config);
/// # let _ = registry;
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// All randomness: ids of sessions are made from it. Two registries with the same seed answer alike.
    pub seed: u64,
    /// What it does; can be changed later by [`crate::Registry::configure`].
    pub settings: Settings,
    /// Who hashes; `sha2` by default.
    pub hashers: Arc<dyn Hashers>,
    /// Records changes, at most so many between two calls of [`crate::Registry::take_changes`]; `None`: not at all.
    pub journal: Option<usize>,
    /// Whether a change is stored by the host before it is visible: [`crate::Outcome::Persist`].
    pub durable: bool,
    /// Where missing content is fetched from: [`crate::Outcome::Fetch`].
    pub upstream: Option<Upstream>,
    /// How many calls are remembered; 0: none.
    pub calls: usize,
    /// How many bytes of the body of each request and of each answer are remembered with it, at most.
    pub call_bodies: usize,
    /// Who may ask; `None`: everybody, for anything. Can be changed later by [`crate::Registry::set_auth`].
    pub auth: Option<Arc<Gate>>,
    /// How many requests there may be in which time; `None`: any. Can be changed later by
    /// [`crate::Registry::set_rate_limit`].
    pub rate_limit: Option<RateRule>,
}

impl Config {
    /// The default registry: the spec to the letter, everything in memory.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            settings: Settings::default(),
            hashers: Arc::new(Sha2),
            journal: None,
            durable: false,
            upstream: None,
            calls: 1000,
            call_bodies: 0,
            auth: None,
            rate_limit: None,
        }
    }
}

/// Where missing content is fetched from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Upstream {
    /// The host for names that do not start with one; `None`: those are not fetched.
    pub default: Option<String>,
    /// Other names for hosts, such as `local` for `127.0.0.1:5001`.
    pub aliases: BTreeMap<String, String>,
}
