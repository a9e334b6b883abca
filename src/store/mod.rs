//! State: repositories, blobs, manifests, tags, referrers and upload sessions.
//!
//! Everything that grows is a persistent [`Map`], so a clone of the [`Store`] is a few pointers.
//! [`Store::commit`] is the one door by which anything changes.

mod apply;
mod change;
mod diff;
mod dump;
mod gc;
mod manifest;
mod map;
mod repository;
mod snapshot;
pub(crate) mod text;
mod upload;

use std::sync::Arc;

pub use change::Change;
pub use diff::{Diff, MovedTag};
pub use gc::Kept;
pub use manifest::StoredManifest;
pub(crate) use manifest::to_json;
pub use map::{Least, Map};
pub use repository::Repository;
pub use snapshot::Snapshot;
pub use upload::Upload;

use crate::{
    content::{Content, Hashers},
    spec::{Digest, Error, RepositoryName, SessionId, Settings, Timestamp},
};

/// The state of a registry.
#[derive(Clone, Debug)]
pub struct Store {
    settings: Arc<Settings>,
    hashers: Arc<dyn Hashers>,
    repositories: Map<RepositoryName, Arc<Repository>>,
    /// Which repositories hold a blob: what is pushed twice is kept once.
    holdings: Map<(Digest, RepositoryName), ()>,
    uploads: Map<SessionId, Upload>,
    /// The open sessions by when they were last touched.
    idle: Map<(Timestamp, SessionId), ()>,
    /// How many sessions were ever opened.
    opened: u64,
    journal: Option<Journal>,
}

#[derive(Clone, Debug)]
struct Journal {
    changes: Vec<Change>,
    limit: usize,
}

impl Store {
    /// An empty store. With `journal`, changes are recorded, at most so many between two drains.
    #[must_use]
    pub fn new(settings: Settings, hashers: Arc<dyn Hashers>, journal: Option<usize>) -> Self {
        Self {
            settings: Arc::new(settings),
            hashers,
            repositories: Map::default(),
            holdings: Map::default(),
            uploads: Map::default(),
            idle: Map::default(),
            opened: 0,
            journal: journal.map(|limit| Journal {
                changes: Vec::new(),
                limit,
            }),
        }
    }

    /// The same state, with an empty journal.
    #[must_use]
    pub fn fork(&self) -> Self {
        let journal = self.journal.as_ref().map(|journal| Journal {
            changes: Vec::new(),
            limit: journal.limit,
        });
        Self {
            journal,
            ..self.clone()
        }
    }

    /// Makes these changes, in order, and records them.
    ///
    /// # Errors
    /// [`Error::JournalFull`]: nothing was changed. Any other error is that of [`Store::apply`] for a change that does
    /// not fit the state; the changes before it are made.
    pub fn commit(&mut self, changes: Vec<Change>) -> Result<(), Error> {
        if let Some(journal) = self
            .journal
            .as_ref()
            .filter(|journal| journal.changes.len() >= journal.limit)
        {
            return Err(Error::JournalFull {
                limit: journal.limit,
            });
        }
        for change in changes {
            match &mut self.journal {
                None => self.apply(change)?,
                Some(_) => {
                    self.apply(change.clone())?;
                    if let Some(journal) = &mut self.journal {
                        journal.changes.push(change);
                    }
                }
            }
        }
        Ok(())
    }

    /// The changes since the last call, in order.
    pub fn take_changes(&mut self) -> Vec<Change> {
        self.journal
            .as_mut()
            .map(|journal| std::mem::take(&mut journal.changes))
            .unwrap_or_default()
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// Where hashers come from.
    #[must_use]
    pub fn hashers(&self) -> &Arc<dyn Hashers> {
        &self.hashers
    }

    /// A repository, when something was ever kept in it.
    #[must_use]
    pub fn repository(&self, name: &RepositoryName) -> Option<&Repository> {
        self.repositories.get(name).map(|repository| &**repository)
    }

    /// How many repositories there are.
    #[must_use]
    pub fn repository_count(&self) -> usize {
        self.repositories.len()
    }

    /// How many manifests there are, counted in each repository.
    #[must_use]
    pub fn manifest_count(&self) -> usize {
        let counts = self.repositories.iter();
        counts.fold(0, |sum, (_, repository)| {
            sum.saturating_add(repository.manifests.len())
        })
    }

    /// The repositories after a name, in byte order; all of them after none.
    pub fn repositories_after(
        &self,
        last: Option<&str>,
    ) -> impl Iterator<Item = (&RepositoryName, &Repository)> {
        self.repositories
            .after(last)
            .map(|(name, repository)| (name, &**repository))
    }

    /// The repositories that hold a blob, in order, with the blob.
    pub fn holders<'a>(
        &'a self,
        digest: &Digest,
    ) -> impl Iterator<Item = (&'a RepositoryName, &'a Content)> + use<'a> {
        let digest = digest.clone();
        self.holdings
            .from(&digest)
            .take_while(move |((held, _), ())| *held == digest)
            .filter_map(|((digest, name), ())| Some((name, self.repository(name)?.blob(digest)?)))
    }

    /// An open session, when it is this repository's and was not idle for too long.
    #[must_use]
    pub fn upload(
        &self,
        repository: &RepositoryName,
        session: &SessionId,
        now: Timestamp,
    ) -> Option<&Upload> {
        let upload = self.uploads.get(session)?;
        (upload.repository() == repository && !self.is_expired(upload.touched(), now))
            .then_some(upload)
    }

    /// The open sessions, those included that were idle for too long and not swept yet.
    pub fn uploads(&self) -> impl Iterator<Item = (&SessionId, &Upload)> {
        self.uploads.iter()
    }

    /// The repository of a session, expired or not.
    #[must_use]
    pub fn upload_repository(&self, session: &SessionId) -> Option<&RepositoryName> {
        self.uploads.get(session).map(Upload::repository)
    }

    /// How many sessions are open, those included that were idle for too long and not swept yet.
    #[must_use]
    pub fn upload_count(&self) -> usize {
        self.uploads.len()
    }

    /// How many sessions were ever opened.
    #[must_use]
    pub fn opened(&self) -> u64 {
        self.opened
    }

    /// The sessions that were idle for too long, longest first.
    pub fn expired(&self, now: Timestamp) -> impl Iterator<Item = &SessionId> {
        let expired = self
            .idle
            .iter()
            .take_while(move |((touched, _), ())| self.is_expired(*touched, now));
        expired.map(|((_, session), ())| session)
    }

    /// When the session that was idle longest will expire.
    #[must_use]
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.idle
            .iter()
            .next()
            .map(|((touched, _), ())| touched.after(self.settings.limits.session_idle))
    }

    fn is_expired(&self, touched: Timestamp, now: Timestamp) -> bool {
        now.since(touched) >= self.settings.limits.session_idle
    }
}
