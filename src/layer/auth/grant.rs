//! A password in a form of the token endpoint: it is checked while the request goes on, as one in a header is.

use std::{fmt, sync::Arc};

use super::{
    Auth, Gate,
    endpoint::password_in,
    mac::Mac,
    users::{Check, Proof, Remembered},
};

/// What a form may turn out to need.
pub(crate) struct Grant {
    gate: Arc<Gate>,
    key: Mac,
    known: Remembered,
    state: State,
}

enum State {
    /// The form is not all there.
    Unread,
    Checking(Box<Check>),
    /// It needs nothing that takes long.
    Idle,
}

impl Auth {
    /// What to do with a form while it is read.
    pub(crate) fn grant(&self) -> Option<Grant> {
        Some(Grant {
            gate: self.gate.clone()?,
            key: self.key,
            known: self.known.clone(),
            state: State::Unread,
        })
    }
}

impl Grant {
    /// Goes on with a form that is all there; says whether it is done.
    pub(crate) fn work(&mut self, form: &[u8], budget: u64) -> bool {
        if matches!(self.state, State::Unread) {
            self.state = self.check(form).map_or(State::Idle, State::Checking);
        }
        match &mut self.state {
            State::Checking(check) => check.is_done() || check.work(budget),
            State::Unread | State::Idle => true,
        }
    }

    /// The password that was checked.
    pub(crate) fn checked(self) -> Option<Box<Check>> {
        match self.state {
            State::Checking(check) => Some(check),
            State::Unread | State::Idle => None,
        }
    }

    fn check(&self, form: &[u8]) -> Option<Box<Check>> {
        let (user, password) = password_in(form)?;
        match (self.gate.users).prove(&self.key, &self.known, &user, &password) {
            Proof::Later(check) => Some(check),
            Proof::Right | Proof::Wrong => None,
        }
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Grant")
    }
}
