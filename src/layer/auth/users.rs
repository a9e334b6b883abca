//! Who there is, and how they prove it.

use std::{fmt, sync::Arc};

use super::mac::{Mac, is_equal, mac};

/// A password that only its hash is known of, such as a line of an htpasswd file.
pub trait PasswordHash: fmt::Debug + Send + Sync {
    /// Whether it is this one. It takes long: that is what it is for.
    fn is(&self, password: &str) -> bool;
}

/// How somebody is recognised.
#[derive(Clone)]
pub enum Password {
    /// By this text.
    Plain(String),
    /// By a hash.
    Hashed(Arc<dyn PasswordHash>),
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// Who may prove who they are.
#[derive(Clone, Debug)]
pub enum Users {
    /// Whoever gives a name, with any password.
    Anybody,
    /// These, by their names.
    Named(Vec<(String, Password)>),
}

/// How many verified passwords are remembered.
const REMEMBERED: usize = 1000;

/// Passwords that were found right: as marks that the key makes of them.
#[derive(Clone, Default)]
pub(super) struct Remembered(Vec<Mac>);

/// Whether a name and a password belong together.
pub(super) enum Proof {
    Right,
    Wrong,
    /// It takes long to find out.
    Later(Box<Check>),
}

/// A password to be checked.
#[derive(Clone)]
pub(crate) struct Check {
    hash: Arc<dyn PasswordHash>,
    password: String,
    mark: Mac,
    is_right: Option<bool>,
    credit: u64,
}

/// What a check costs, in the bytes that could be hashed meanwhile.
const COST: u64 = 32 << 20;

impl Users {
    pub(super) fn prove(&self, key: &Mac, known: &Remembered, name: &str, password: &str) -> Proof {
        let mark = |password: &str| mac(key, format!("{name}\n{password}").as_bytes());
        match self.password(name) {
            None if matches!(self, Self::Anybody) => Proof::Right,
            Some(Password::Plain(wanted)) if is_equal(&mark(wanted), &mark(password)) => {
                Proof::Right
            }
            Some(Password::Hashed(hash)) => {
                let mark = mark(password);
                if known.0.contains(&mark) {
                    return Proof::Right;
                }
                Proof::Later(Box::new(Check {
                    hash: hash.clone(),
                    password: password.to_owned(),
                    mark,
                    is_right: None,
                    credit: 0,
                }))
            }
            Some(Password::Plain(_)) | None => Proof::Wrong,
        }
    }

    /// Whether there still is somebody of that name.
    pub(super) fn have(&self, name: &str) -> bool {
        matches!(self, Self::Anybody) || self.password(name).is_some()
    }

    fn password(&self, name: &str) -> Option<&Password> {
        let Self::Named(users) = self else {
            return None;
        };
        let found = users.iter().find(|(known, _)| known == name);
        found.map(|(_, password)| password)
    }
}

impl Remembered {
    pub(super) fn add(&mut self, check: &Check) {
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.push(check.mark);
    }
}

impl Check {
    /// Whether the password is right, found out now at the latest.
    pub(crate) fn run(&mut self) -> bool {
        let Self { hash, password, .. } = self;
        *self.is_right.get_or_insert_with(|| hash.is(password))
    }

    /// Whether another asks the same, of the same hash.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        is_equal(&self.mark, &other.mark) && Arc::ptr_eq(&self.hash, &other.hash)
    }

    /// Whether that is known.
    pub(crate) fn is_done(&self) -> bool {
        self.is_right.is_some()
    }

    /// Finds it out once there is time enough; `false`: call again.
    pub(crate) fn work(&mut self, budget: u64) -> bool {
        // Something is done also where the budget is nothing, or it would never end.
        self.credit = self.credit.saturating_add(budget.max(COST / 1000));
        if self.credit >= COST {
            self.run();
        }
        self.is_done()
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Check")
    }
}
