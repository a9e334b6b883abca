//! The state of a registry as a whole: looking, copying, comparing, putting back.

use std::sync::Arc;

use super::{Config, Registry, durable::Durable};
use crate::{
    layer::{
        Call, CallBudget, Fault, FaultId, Faults, Gate, Layer, Log, Overspent, RateLimit, RateRule,
        Rule, Totals,
    },
    spec::{Error, Settings, Timestamp},
    store::{Change, Diff, Snapshot, Store},
};

/// Counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stats {
    /// How many repositories there are.
    pub repositories: u64,
    /// How many blobs there are; one that several repositories hold counts once.
    pub blobs: u64,
    /// How many manifests there are, counted in each repository.
    pub manifests: u64,
    /// How many upload sessions are open.
    pub uploads: u64,
    /// How many bytes are alive: kept here and in every fork and snapshot, arriving, and being answered.
    pub bytes: u64,
}

/// What a sweep took away.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Swept {
    /// How many blobs no repository holds any more.
    pub blobs: u64,
    /// How many bytes they had. A snapshot or fork that still holds them keeps the memory.
    pub bytes: u64,
}

impl Registry {
    /// Lets time pass: sessions that were idle for too long go. Answers never depend on how often this is called.
    pub fn tick(&mut self, now: Timestamp) {
        let expired = self.store.expired(now);
        let changes: Vec<_> = expired
            .map(|session| Change::CancelUpload {
                session: session.clone(),
            })
            .collect();
        if !changes.is_empty() {
            // With a full journal they stay until it is drained: they are unknown to everybody already.
            let _ = self.store.commit(changes);
            self.durable.refresh(&self.store);
        }
    }

    /// A second registry with the same state, in the time it takes to copy a few pointers. What happens to one does
    /// not happen to the other. Calls and faults are not copied.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            config: self.config.clone(),
            store: self.store.fork(),
            budget: self.budget.clone(),
            durable: Durable::default(),
            ids: self.ids,
            epoch: self.epoch,
            log: Log::new(self.config.calls, self.config.call_bodies),
            faults: Faults::new(self.config.seed),
            scenario: self.scenario.clone(),
            auth: self.auth.clone(),
            rate: self.rate.clone(),
            lag: self.lag.clone(),
            extra: self.extra.iter().map(|layer| layer.fork()).collect(),
        }
    }

    /// The state, to come back to.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of(&self.store)
    }

    /// Comes back to a state. Requests whose body is arriving will change nothing.
    ///
    /// # Errors
    /// [`Error::JournalFull`]: nothing was changed.
    pub fn restore(&mut self, snapshot: &Snapshot) -> Result<(), Error> {
        self.store.commit(vec![Change::Restore {
            snapshot: snapshot.clone(),
        }])?;
        self.durable.forget();
        self.epoch = self.epoch.saturating_add(1);
        Ok(())
    }

    /// Comes back to the state it was made in: empty, with its first settings, without faults and without calls.
    ///
    /// What [`Registry::seed`] put in goes, too: a registry does not know which of it is its start. Who does takes a
    /// [`Registry::snapshot`] then, and comes back to that by [`Registry::restore`], [`Registry::forget`] and
    /// [`Registry::clear_faults`]. So does `reset` of the control API, which comes back to what a server was started
    /// with, and `reset()` of the npm package, which comes back to the option `seed`.
    ///
    /// # Errors
    /// [`Error::JournalFull`]: nothing was changed.
    pub fn reset(&mut self) -> Result<(), Error> {
        let Config {
            settings,
            hashers,
            journal,
            ..
        } = &self.config;
        self.restore(&Snapshot::of(&Store::new(
            settings.clone(),
            hashers.clone(),
            *journal,
        )))?;
        self.faults.clear();
        self.forget();
        Ok(())
    }

    /// What differs between a state and now.
    #[must_use]
    pub fn diff(&self, before: &Snapshot) -> Diff {
        Diff::between(before.store(), &self.store)
    }

    /// Changes the settings, from the next request on.
    ///
    /// # Errors
    /// [`Error::JournalFull`]: nothing was changed.
    pub fn configure(&mut self, settings: Settings) -> Result<(), Error> {
        self.store.commit(vec![Change::Set {
            settings: Arc::new(settings),
        }])?;
        self.durable.refresh(&self.store);
        Ok(())
    }

    /// Deletes each blob from each repository in which no manifest names it. Manifests and open sessions stay.
    ///
    /// # Errors
    /// [`Error::JournalFull`]: nothing was changed.
    pub fn gc(&mut self) -> Result<Swept, Error> {
        let unnamed = self.store.unnamed_blobs();
        let before = self.store.kept();
        let changes: Vec<_> = unnamed
            .into_iter()
            .map(|(repository, digest)| Change::DeleteBlob { repository, digest })
            .collect();
        self.store.commit(changes)?;
        self.durable.refresh(&self.store);
        let after = self.store.kept();
        Ok(Swept {
            blobs: before.blobs.saturating_sub(after.blobs),
            bytes: before.bytes.saturating_sub(after.bytes),
        })
    }

    /// Forgets all calls.
    pub fn forget_calls(&mut self) {
        self.log.clear();
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        self.store.settings()
    }

    /// The changes since the last call, in order; none unless [`super::Config::journal`] is set.
    pub fn take_changes(&mut self) -> Vec<Change> {
        self.store.take_changes()
    }

    /// Makes a change that another registry recorded, without recording it again.
    ///
    /// # Errors
    /// What the change builds on is not there; nothing was changed.
    pub fn apply(&mut self, change: Change) -> Result<(), Error> {
        let is_restore = matches!(change, Change::Restore { .. });
        self.store.apply(change)?;
        if is_restore {
            self.durable.forget();
            self.epoch = self.epoch.saturating_add(1);
        } else {
            self.durable.refresh(&self.store);
        }
        Ok(())
    }

    /// The state itself, to look at.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The last calls, in the order in which they were answered.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.log.calls()
    }

    /// How often calls were forgotten, and how many were recorded since: who looks again sees by it what is new.
    #[must_use]
    pub fn called(&self) -> (u64, u64) {
        self.log.position()
    }

    /// What was counted of all calls that are recorded, also of those that were let go of or forgotten.
    #[must_use]
    pub fn totals(&self) -> &Totals {
        self.log.totals()
    }

    /// Checks how many calls there were, and in which order.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::Request;
    /// use registrette::{Config, Registry, layer::CallBudget, spec::Timestamp};
    ///
    /// let mut registry = Registry::new(Config::new(0));
    /// let budget = CallBudget::parse(r#"{ "ping": 1 }"#)?;
    /// for is_kept in [true, false] {
    ///     registry.handle(Timestamp::from_millis(0), Request::get("/v2/").body(Bytes::new())?);
    ///     assert_eq!(registry.check_calls(&budget).is_ok(), is_kept);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What was overspent, with the calls.
    pub fn check_calls(&self, budget: &CallBudget) -> Result<(), Overspent> {
        self.log.check(budget)
    }

    /// Counts. It looks at every blob that is kept.
    #[must_use]
    pub fn stats(&self) -> Stats {
        Stats {
            blobs: self.store.kept().blobs,
            manifests: self.store.manifest_count() as u64,
            repositories: self.store.repository_count() as u64,
            uploads: self.store.upload_count() as u64,
            bytes: self.budget.used(),
        }
    }

    /// Sets a fault, from the next request on.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::Request;
    /// use registrette::{Config, Registry, layer::Rule, spec::Timestamp};
    ///
    /// let mut registry = Registry::new(Config::new(0));
    /// let now = Timestamp::from_millis(0);
    /// let rule = r#"{ "when": { "first": 1 }, "do": [{ "verb": "status", "status": 503 }] }"#;
    /// registry.add_fault(now, Rule::parse(rule)?);
    /// for status in [503, 200] {
    ///     let ask = Request::get("/v2/").body(Bytes::new())?;
    ///     assert_eq!(registry.handle(now, ask).status(), status);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_fault(&mut self, now: Timestamp, rule: Rule) -> FaultId {
        self.faults.add(now, rule)
    }

    /// Takes a fault away, and gives what became of it; `None` when it is not there any more.
    pub fn remove_fault(&mut self, id: FaultId) -> Option<Fault> {
        self.faults.remove(id)
    }

    /// Takes all faults away.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// The faults that are set, in order, with how often each happened.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter()
    }

    /// Lets in who a gate lets in, from the next request on; without one, everybody. Tokens that were given are worth
    /// nothing any more.
    pub fn set_auth(&mut self, gate: Option<Arc<Gate>>) {
        self.auth.set(gate, self.config.seed);
    }

    /// Makes all tokens that were given worth nothing, as if they had been revoked one by one.
    pub fn revoke_tokens(&mut self) {
        self.auth.revoke();
    }

    /// Counts requests by another rule from now on, from full buckets; without one, not at all.
    pub fn set_rate_limit(&mut self, rule: Option<RateRule>) {
        self.rate = RateLimit::new(rule);
    }

    /// Forgets what happened, as if nobody had asked yet: calls, how many requests there were of a rate, and what was
    /// pushed too short a time ago to be pulled. What is kept stays.
    pub fn forget(&mut self) {
        self.log.clear();
        self.rate.clear();
        self.lag.clear();
    }

    /// Puts a layer next to the handlers, inside all others.
    pub fn add_layer(&mut self, layer: Box<dyn Layer>) {
        self.extra.push(layer);
    }
}
