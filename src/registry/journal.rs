//! A journal as text, for a host that stores it and brings it back.

use super::Registry;
use crate::{content::Chunk, store::text};

impl Registry {
    /// The changes since the last call as a JSON list; `part` takes each piece of content and gives its number. `None`:
    /// there were none that content depends on.
    ///
    /// Settings are not written: whoever starts a registry gives it those.
    pub fn take_journal(&mut self, part: &mut dyn FnMut(&Chunk) -> usize) -> Option<String> {
        let lines = text::write(&self.take_changes(), part);
        let is_empty = lines.as_array().is_none_or(Vec::is_empty);
        (!is_empty).then(|| lines.to_string())
    }

    /// The shortest journal that makes this state, whatever was there before.
    pub fn dump_journal(&self, part: &mut dyn FnMut(&Chunk) -> usize) -> String {
        text::write(&self.store.dump(), part).to_string()
    }

    /// Makes the changes of a journal, with its pieces of content by their numbers, and does not record them. The
    /// pieces count as bytes that are kept.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::Request;
    /// use registrette::{Config, Registry, content::Chunk, spec::Timestamp};
    ///
    /// let mut registry = Registry::new(Config { journal: Some(100), ..Config::new(0) });
    /// let digest = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
    /// let push = Request::post(format!("/v2/app/blobs/uploads/?digest={digest}")).body(Bytes::from("foo"))?;
    /// registry.handle(Timestamp::from_millis(0), push);
    ///
    /// let mut parts: Vec<Chunk> = Vec::new();
    /// let mut keep = |chunk: &Chunk| {
    ///     parts.push(chunk.clone());
    ///     parts.len() - 1
    /// };
    /// let journal = registry.take_journal(&mut keep).unwrap_or_default();
    ///
    /// let mut copy = Registry::new(Config::new(0));
    /// copy.replay(&journal, parts)?;
    /// assert!(copy.diff(&registry.snapshot()).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A sentence that says which change makes no sense; those before it are made.
    pub fn replay(&mut self, journal: &str, parts: Vec<Chunk>) -> Result<(), String> {
        let kept = parts
            .into_iter()
            .map(|chunk| self.budget.keep(chunk, u64::MAX));
        let parts: Result<Vec<Chunk>, _> = kept.collect();
        let parts = parts.map_err(|_| "there is more than can be counted".to_owned())?;
        let changes = text::read(journal, &parts, &self.store)?;
        for (number, change) in changes.into_iter().enumerate() {
            self.apply(change)
                .map_err(|error| format!("change {number}: {error}"))?;
        }
        Ok(())
    }
}
