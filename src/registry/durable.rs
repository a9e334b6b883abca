//! Durable writes: stored by the host first, visible after.

use std::collections::BTreeSet;

use http::Response;

use super::Registry;
use crate::{
    content::Body,
    spec::{Error, RepositoryName, Timestamp},
    store::{Change, Store},
    wire::{Head, error_answer},
};

/// A write that the host has to store before it counts.
///
/// The host stores `changes`, then gives it to [`Registry::commit`] for the answer, or to [`Registry::discard`].
/// A write named in `waits_for` has to be settled first.
#[derive(Debug)]
pub struct Persist {
    /// Its number.
    pub ticket: u64,
    /// Earlier writes that it builds on.
    pub waits_for: Vec<u64>,
    /// What to store, in order; nothing where all of it is in writes that this one waits for.
    pub changes: Vec<Change>,
    pub(super) head: Head,
    pub(super) entered: usize,
    pub(super) reply: Reply,
}

/// What is answered once a write counts.
#[derive(Debug)]
pub(super) enum Reply {
    /// This.
    Ready(Box<Response<Body>>),
    /// Whatever the request gets now: it asked for something that had to be fetched first.
    Again,
}

/// The writes that are being stored.
#[derive(Debug, Default)]
pub(super) struct Durable {
    /// The state as it will be when all of them are.
    pending: Option<Store>,
    open: Vec<Open>,
    issued: u64,
}

#[derive(Debug)]
struct Open {
    ticket: u64,
    waits_for: Vec<u64>,
    touches: BTreeSet<RepositoryName>,
    changes: Vec<Change>,
    /// A write it builds on was discarded.
    is_doomed: bool,
}

impl Durable {
    /// The state that a write is decided against: what is committed, and what is on its way.
    pub(super) fn pending<'a>(&'a self, committed: &'a Store) -> &'a Store {
        self.pending.as_ref().unwrap_or(committed)
    }

    /// Whether a write on this repository is being stored.
    pub(super) fn is_open_on(&self, repository: &RepositoryName) -> bool {
        self.open
            .iter()
            .any(|open| !open.is_doomed && open.touches.contains(repository))
    }

    /// Takes a write on a repository in; gives its number and what it waits for.
    pub(super) fn open(
        &mut self,
        committed: &Store,
        repository: Option<&RepositoryName>,
        changes: &[Change],
    ) -> Result<(u64, Vec<u64>), Error> {
        let mut touches = touched(self.pending(committed), changes);
        touches.extend(repository.cloned());
        let mut pending = self.pending.clone().unwrap_or_else(|| committed.fork());
        for change in changes {
            pending.apply(change.clone())?;
        }
        self.pending = Some(pending);
        self.issued = self.issued.saturating_add(1);
        let ticket = self.issued;
        let before = self
            .open
            .iter()
            .filter(|open| !open.is_doomed && !open.touches.is_disjoint(&touches));
        let waits_for: Vec<u64> = before.map(|open| open.ticket).collect();
        let changes = changes.to_vec();
        self.open.push(Open {
            ticket,
            waits_for: waits_for.clone(),
            touches,
            changes,
            is_doomed: false,
        });
        Ok((ticket, waits_for))
    }

    /// Takes a write out. With `stored`, says whether it may count.
    fn settle(&mut self, committed: &Store, ticket: u64, stored: bool) -> Result<(), Error> {
        let failed = |reason: &str| {
            Err(Error::StorageFailed {
                reason: reason.to_owned(),
            })
        };
        let Some(place) = self.open.iter().position(|open| open.ticket == ticket) else {
            return failed("this write was settled before");
        };
        let settled = self.open.remove(place);
        let early = self
            .open
            .iter()
            .any(|open| settled.waits_for.contains(&open.ticket));
        let counts = stored && !settled.is_doomed && !early;
        if !counts {
            self.give_up(committed, ticket);
        }
        if self.open.is_empty() {
            self.pending = None;
        }
        match () {
            () if counts || !stored => Ok(()),
            () if early => failed("a write that this one builds on is not stored yet"),
            () => failed("a write that this one builds on was not stored"),
        }
    }

    /// Dooms the writes that build on one that does not count.
    fn give_up(&mut self, committed: &Store, ticket: u64) {
        self.rebuild(committed, BTreeSet::from([ticket]));
    }

    /// Takes account of a change of what is committed that was no write.
    pub(super) fn refresh(&mut self, committed: &Store) {
        self.rebuild(committed, BTreeSet::new());
    }

    /// Forgets all writes. Numbers are not used again: those who hold the old ones settle nothing.
    pub(super) fn forget(&mut self) {
        self.open.clear();
        self.pending = None;
    }

    fn rebuild(&mut self, committed: &Store, mut gone: BTreeSet<u64>) {
        let mut pending = committed.fork();
        for open in &mut self.open {
            let mut next = pending.clone();
            open.is_doomed |= open.waits_for.iter().any(|waited| gone.contains(waited))
                || (open.changes.iter()).any(|change| next.apply(change.clone()).is_err());
            if open.is_doomed {
                gone.insert(open.ticket);
            } else {
                pending = next;
            }
        }
        self.pending = (!self.open.is_empty()).then_some(pending);
    }
}

impl Registry {
    /// Makes a stored write count, and gives its answer.
    pub fn commit(&mut self, now: Timestamp, persist: Persist) -> Response<Body> {
        let Persist {
            ticket,
            changes,
            head,
            entered,
            reply,
            ..
        } = persist;
        let counted = self
            .durable
            .settle(&self.store, ticket, true)
            .and_then(|()| self.store.commit(changes))
            .inspect_err(|_| self.durable.give_up(&self.store, ticket));
        let answer = match (counted, reply) {
            (Err(error), _) => error_answer(&error, head.quirks()),
            (Ok(()), Reply::Ready(answer)) => *answer,
            (Ok(()), Reply::Again) => self.answer_again(now, &head),
        };
        self.unwind(now, &head, entered, answer)
    }

    /// Gives up a write that could not be stored, and every write that builds on it; gives the error to answer.
    pub fn discard(&mut self, now: Timestamp, persist: Persist, reason: &str) -> Response<Body> {
        let Persist {
            ticket,
            head,
            entered,
            ..
        } = persist;
        // Settling a write that is not stored cannot fail but by settling it twice, which changes nothing.
        let _ = self.durable.settle(&self.store, ticket, false);
        let error = Error::StorageFailed {
            reason: reason.to_owned(),
        };
        let answer = error_answer(&error, head.quirks());
        self.unwind(now, &head, entered, answer)
    }
}

/// The repositories that changes read or write.
fn touched(store: &Store, changes: &[Change]) -> BTreeSet<RepositoryName> {
    let mut touched = BTreeSet::new();
    for change in changes {
        match change {
            Change::OpenUpload { repository, .. }
            | Change::PutBlob { repository, .. }
            | Change::DeleteBlob { repository, .. }
            | Change::PutManifest { repository, .. }
            | Change::SetTag { repository, .. }
            | Change::DeleteTag { repository, .. }
            | Change::DeleteManifest { repository, .. } => {
                touched.insert(repository.clone());
            }
            Change::MountBlob {
                repository, from, ..
            } => {
                touched.extend([repository.clone(), from.clone()]);
            }
            Change::AppendUpload { session, .. }
            | Change::CloseUpload { session, .. }
            | Change::CancelUpload { session } => {
                touched.extend(store.upload_repository(session).cloned())
            }
            Change::Set { .. } | Change::Restore { .. } => {}
        }
    }
    touched
}
