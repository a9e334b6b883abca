//! Who may do what: actions, scopes of tokens, rights.

use std::fmt;

use super::{Error, Glob, RepositoryName};

/// What can be done to a repository: a set of `pull`, `push` and `delete`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Actions(u8);

impl Actions {
    /// Reading content and lists.
    pub const PULL: Self = Self(1);
    /// Reading and writing: who pushes looks first what is there.
    pub const PULL_PUSH: Self = Self(3);
    /// Writing alone.
    pub const PUSH: Self = Self(2);
    /// Deleting.
    pub const DELETE: Self = Self(4);
    /// All of them.
    pub const ALL: Self = Self(7);

    /// Reads one action, or `*` for all. `None`: there is no such action.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "pull" => Some(Self::PULL),
            "push" => Some(Self::PUSH),
            "delete" => Some(Self::DELETE),
            "*" => Some(Self::ALL),
            _ => None,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of these are among them.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Those that are in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that are in one or the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Actions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [
            (Self::PULL, "pull"),
            (Self::PUSH, "push"),
            (Self::DELETE, "delete"),
        ];
        let mut comma = "";
        for (_, name) in named.iter().filter(|(action, _)| self.contains(*action)) {
            write!(f, "{comma}{name}")?;
            comma = ",";
        }
        Ok(())
    }
}

/// What a token is asked for, or is good for (distribution, "Docker Registry v2 authentication: token scope").
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// `repository:NAME:ACTIONS`.
    Repository(RepositoryName, Actions),
    /// `registry:catalog:*`.
    Catalog,
}

impl Scope {
    /// Reads a scope. `None`: it is well formed, and of something that no registry of this kind has.
    ///
    /// # Errors
    /// [`Error::TokenRequestInvalid`] says what is wrong with it.
    ///
    /// ```
    /// use registrette::spec::Scope;
    ///
    /// let scope = Scope::parse("repository:demo/app:push,pull")?.unwrap();
    /// assert_eq!(scope.to_string(), "repository:demo/app:pull,push");
    /// assert!(Scope::parse("demo/app:pull").is_err());
    /// # Ok::<(), registrette::spec::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Option<Self>, Error> {
        let invalid = |reason: &str| Error::TokenRequestInvalid {
            reason: format!(
                "scope {:?} {reason}; write it like repository:demo/app:pull,push",
                text.chars().take(200).collect::<String>()
            ),
        };
        // A name may have a host with a port before it, so the type ends at the first colon and the name at the last.
        let parts = text.split_once(':').and_then(|(kind, rest)| {
            let (name, actions) = rest.rsplit_once(':')?;
            Some((kind, name, actions))
        });
        let (kind, name, actions) = parts.ok_or_else(|| invalid("is not TYPE:NAME:ACTIONS"))?;
        if kind.is_empty() || name.is_empty() {
            return Err(invalid("has an empty part"));
        }
        match kind.split_once('(').map_or(kind, |(kind, _)| kind) {
            "registry" if name == "catalog" => Ok(Some(Self::Catalog)),
            "repository" => {
                let name =
                    RepositoryName::parse(name).map_err(|_| invalid("names no repository"))?;
                // Actions that this registry does not know are not granted.
                let actions = actions.split(',').filter_map(Actions::named);
                let actions = actions.fold(Actions::default(), Actions::or);
                Ok(Some(Self::Repository(name, actions)))
            }
            _ => Ok(None),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repository(name, actions) => write!(f, "repository:{name}:{actions}"),
            Self::Catalog => f.write_str("registry:catalog:*"),
        }
    }
}

/// All that somebody may do.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Rights {
    repositories: Vec<(Glob, Actions)>,
    catalog: bool,
}

impl Rights {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        let mut rights = Self::default();
        rights.grant(Glob::new("**"), Actions::ALL);
        rights.catalog = true;
        rights
    }

    /// The rights that scopes give.
    #[must_use]
    pub fn of(scopes: &[Scope]) -> Self {
        let mut rights = Self::default();
        for scope in scopes {
            match scope {
                Scope::Repository(name, actions) => {
                    rights.grant(Glob::new(name.as_str()), *actions);
                }
                Scope::Catalog => rights.catalog = true,
            }
        }
        rights
    }

    /// Adds actions on the repositories of a pattern.
    pub fn grant(&mut self, repositories: Glob, actions: Actions) {
        self.repositories.push((repositories, actions));
    }

    /// Adds the list of repositories.
    pub fn grant_catalog(&mut self) {
        self.catalog = true;
    }

    /// What may be done to a repository.
    #[must_use]
    pub fn on(&self, repository: &RepositoryName) -> Actions {
        let matching = (self.repositories.iter())
            .filter(|(repositories, _)| repositories.is_match(repository.as_str()));
        matching.fold(Actions::default(), |sum, (_, actions)| sum.or(*actions))
    }

    /// Whether a scope is among them.
    #[must_use]
    pub fn cover(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Repository(name, actions) => self.on(name).contains(*actions),
            Scope::Catalog => self.catalog,
        }
    }

    /// As much of a scope as is among them; `None` where that is nothing.
    #[must_use]
    pub fn narrow(&self, scope: Scope) -> Option<Scope> {
        match scope {
            Scope::Repository(name, actions) => {
                let actions = self.on(&name).and(actions);
                (!actions.is_empty()).then_some(Scope::Repository(name, actions))
            }
            Scope::Catalog => self.catalog.then_some(Scope::Catalog),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_and_written() {
        for (text, wanted) in [
            ("repository:app:pull", "repository:app:pull"),
            (
                "repository(plugin):a/b:push,pull",
                "repository:a/b:pull,push",
            ),
            ("repository:app:*", "repository:app:pull,push,delete"),
            ("repository:app:pull,fly", "repository:app:pull"),
            ("registry:catalog:*", "registry:catalog:*"),
        ] {
            let scope = Scope::parse(text).unwrap().unwrap();
            assert_eq!(scope.to_string(), wanted);
        }
        assert_eq!(Scope::parse("user:me:read").unwrap(), None);
        for bad in [
            "",
            "app",
            "repository:app",
            "repository::pull",
            ":app:pull",
            "repository:App:pull",
            "repository:h:1/app:pull",
        ] {
            assert!(Scope::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn rights_are_a_sum() {
        let app = RepositoryName::parse("team/app").unwrap();
        let mut rights = Rights::default();
        rights.grant(Glob::new("team/*"), Actions::PULL);
        rights.grant(Glob::new("**/app"), Actions::PUSH);
        assert_eq!(rights.on(&app), Actions::PULL_PUSH);
        let asked = Scope::Repository(app.clone(), Actions::ALL);
        assert!(!rights.cover(&asked));
        let got = rights.narrow(asked).unwrap();
        assert_eq!(got, Scope::Repository(app, Actions::PULL_PUSH));
        assert!(Rights::of(std::slice::from_ref(&got)).cover(&got));
        assert_eq!(rights.narrow(Scope::Catalog), None);
        assert!(Rights::all().cover(&Scope::Catalog));
    }
}
