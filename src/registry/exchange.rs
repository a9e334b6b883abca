//! One request on its way.

use http::Response;

use super::{upstream::Suspended, upstreams_fault};
use crate::{
    content::{Body, Budget, Chunk},
    handler::{Intake, Progress},
    image::RandomWork,
    layer::{Grant, Pending},
    spec::Error,
    wire::{Head, Sample, error_answer},
};

/// A request whose body is arriving.
///
/// It owns all it needs and owes nothing: it can be sent to another thread, and dropping it undoes it.
#[derive(Debug)]
pub struct Exchange {
    pub(super) head: Head,
    /// How many layers it went through.
    pub(super) entered: usize,
    /// Which life of the registry it began in: a restore starts another.
    pub(super) epoch: u64,
    pub(super) state: State,
    pub(super) received: u64,
    pub(super) is_cut: bool,
    /// The request that waits for this body, when it comes from an upstream.
    pub(super) suspended: Option<Box<Suspended>>,
    /// A password that has to be right, where that takes long to find out.
    pub(super) pending: Option<Pending>,
    /// The password in a form, likewise.
    pub(super) grant: Option<Grant>,
    budget: Budget,
}

#[derive(Debug)]
pub(super) enum State {
    Answered(Box<Response<Body>>),
    Receiving(Box<Intake>),
    /// What is asked for is an image that has to be made first.
    Making(Box<RandomWork>),
    /// What is asked for is not here, and there is an upstream to ask.
    Missing(Error),
}

impl Exchange {
    pub(super) fn new(head: Head, entered: usize, epoch: u64, budget: Budget) -> Self {
        let state = State::Receiving(Box::new(Intake::Nothing));
        Self {
            head,
            entered,
            epoch,
            state,
            received: 0,
            is_cut: false,
            suspended: None,
            pending: None,
            grant: None,
            budget,
        }
    }

    /// Whether the answer is known. No more of the body is needed then.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        let is_open = self
            .pending
            .as_ref()
            .is_some_and(|pending| !pending.check.is_done());
        matches!(self.state, State::Answered(_)) && !is_open
    }

    /// The head of the request.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Where the body starts in its blob, in bytes: how many of them the upload session holds already.
    #[must_use]
    pub fn offset(&self) -> u64 {
        match &self.state {
            State::Receiving(intake) => intake.offset(),
            State::Answered(_) | State::Making(_) | State::Missing(_) => 0,
        }
    }

    /// Takes a piece of the body: keeps it and hashes it. After [`Exchange::is_answered`] it is ignored.
    pub fn body(&mut self, chunk: impl Into<Chunk>) {
        let State::Receiving(intake) = &mut self.state else {
            return;
        };
        let chunk = chunk.into();
        if let Some(sample) = self.head.extensions.get_mut::<Sample>() {
            sample.take(&chunk);
        }
        self.received = self.received.saturating_add(chunk.len() as u64);
        let declared = self
            .head
            .declared_length()
            .filter(|declared| self.received > *declared);
        let taken = match declared.filter(|_| self.suspended.is_none()) {
            Some(declared) => Err(Error::LengthInvalid {
                declared,
                received: self.received,
            }),
            None => intake.body(chunk, &self.budget, &self.head.settings.limits),
        };
        if let Err(error) = taken {
            self.fail(&error);
        }
    }

    /// Says that the body broke off. [`crate::Registry::finish`] then changes nothing.
    pub fn cut(&mut self) {
        self.is_cut = true;
    }

    /// Does what is left to compute, about `budget` bytes of it at a time. Nothing is lost if it is never called:
    /// [`crate::Registry::finish`] does the rest.
    pub fn work(&mut self, budget: u64) -> Progress {
        if let Some(pending) = &mut self.pending
            && !pending.check.is_done()
            && !pending.check.work(budget)
        {
            return Progress::More;
        }
        match &mut self.state {
            State::Receiving(intake) => match (&**intake, &mut self.grant) {
                (Intake::Form(form), Some(grant)) => match grant.work(form, budget) {
                    true => Progress::Done,
                    false => Progress::More,
                },
                _ => intake.work(budget),
            },
            State::Making(work) => match work.work(budget) {
                true => Progress::Done,
                false => Progress::More,
            },
            State::Answered(_) | State::Missing(_) => Progress::Done,
        }
    }

    /// Whether the body is a form of the token endpoint.
    pub(super) fn has_form(&self) -> bool {
        let State::Receiving(intake) = &self.state else {
            return false;
        };
        matches!(**intake, Intake::Form(_))
    }

    pub(super) fn fail(&mut self, error: &Error) {
        let error = match &self.suspended {
            Some(_) => upstreams_fault(error.clone()),
            None => error.clone(),
        };
        self.state = State::Answered(Box::new(error_answer(&error, self.head.quirks())));
    }

    /// Whether the body came as long as it was said to be.
    pub(super) fn check_length(&self) -> Result<(), Error> {
        let declared = self
            .head
            .declared_length()
            .filter(|_| self.suspended.is_none());
        match declared.unwrap_or(self.received) {
            declared if self.is_cut || declared != self.received => Err(Error::LengthInvalid {
                declared,
                received: self.received,
            }),
            _ => Ok(()),
        }
    }
}
