//! Who may do what here: the options, checked and looked up by name.

use std::{fmt, sync::Arc};

use super::{
    AccessRule, AuthOptions, AuthScheme, TokenAnswer, TokenForm,
    mac::{Mac, mac},
    users::{Password, Users},
};
use crate::spec::{Actions, Glob, Rights, did_you_mean, unknown};

/// The name that stands for everybody in rules.
const ANONYMOUS: &str = "anonymous";

/// Who may do what: [`AuthOptions`] that make sense.
pub struct Gate {
    pub(super) users: Users,
    pub(super) takes_basic: bool,
    pub(super) takes_tokens: bool,
    pub(super) anonymous: Option<Arc<Rights>>,
    pub(super) ttl: std::time::Duration,
    pub(super) service: String,
    pub(super) realm: Option<String>,
    pub(super) answer: TokenAnswer,
    secret: Option<Mac>,
    gives: bool,
    pub(super) form: Option<Arc<dyn TokenForm>>,
    everybody: Arc<Rights>,
    some: Vec<(String, Arc<Rights>)>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

impl AuthOptions {
    /// Checks the options.
    ///
    /// # Errors
    /// A sentence that says which makes no sense.
    pub fn gate(self) -> Result<Arc<Gate>, String> {
        let Self {
            scheme,
            users,
            anonymous_pull,
            access,
            token_ttl,
            service,
            realm,
            token_answer,
            secret,
            form,
        } = self;
        let gives = form
            .as_ref()
            .is_none_or(|form| form.keys(&Mac::default()).is_some());
        if gives {
            check_users(&users, anonymous_pull)?;
        } else if realm.is_none() {
            return Err("tokens are given elsewhere; say where, by their realm".to_owned());
        }
        if token_ttl.is_zero() {
            return Err(
                "a token that lasts no time lets nobody in; let it last a second at least"
                    .to_owned(),
            );
        }
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"\\".contains(&byte);
        if service.is_empty() || !service.bytes().all(is_plain) {
            return Err(format!(
                "{service:?} is no name for a service; use visible ASCII characters without quotes"
            ));
        }
        if let Some(realm) = realm.as_ref().filter(|realm| !is_url(realm)) {
            return Err(format!(
                "{realm:?} is no URL to get tokens at; write it like https://auth.example/token"
            ));
        }
        let rules = access.unwrap_or_else(|| vec![AccessRule::everything()]);
        let named = rules.iter().any(|rule| rule.user == ANONYMOUS);
        if named && !anonymous_pull {
            return Err("a rule is for anonymous, who may do nothing; let anonymous pull, or leave the rule out".to_owned());
        }
        let mut checked = Vec::new();
        for rule in &rules {
            checked.push(rule.check(&users)?);
        }
        let rules = checked;
        let rights = |name: &str| {
            let mut rights = Rights::default();
            for (user, glob, actions) in &rules {
                if user == name || user == "*" && name != ANONYMOUS {
                    rights.grant(glob.clone(), *actions);
                    if name != ANONYMOUS && glob.as_str() == "**" && actions.contains(Actions::PULL)
                    {
                        rights.grant_catalog();
                    }
                }
            }
            rights
        };
        let mut anonymous = rights(ANONYMOUS);
        if !named {
            anonymous.grant(Glob::new("**"), Actions::PULL);
        }
        let mut some = Vec::new();
        for (name, _, _) in &rules {
            some.push((name.clone(), Arc::new(rights(name))));
        }
        Ok(Arc::new(Gate {
            takes_basic: scheme != AuthScheme::Bearer,
            takes_tokens: scheme != AuthScheme::Basic,
            anonymous: anonymous_pull.then(|| Arc::new(anonymous)),
            ttl: token_ttl,
            service,
            realm,
            answer: token_answer,
            secret,
            gives,
            form,
            everybody: Arc::new(rights("*")),
            some,
            users,
        }))
    }
}

impl Gate {
    /// What tokens are made with, and passwords remembered by: made of the seed where no other secret was given.
    pub(super) fn key(&self, seed: u64) -> Mac {
        let of_seed = || mac(&Mac::default(), format!("token {seed}").as_bytes());
        self.secret.unwrap_or_else(of_seed)
    }

    /// Whether there is a token endpoint.
    pub(super) fn gives_tokens(&self) -> bool {
        self.takes_tokens && self.gives
    }

    /// What somebody may do who is known by that name.
    pub(super) fn rights_of(&self, user: &str) -> &Arc<Rights> {
        let own = self.some.iter().find(|(name, _)| name == user);
        own.map_or(&self.everybody, |(_, rights)| rights)
    }
}

fn check_users(users: &Users, anonymous_pull: bool) -> Result<(), String> {
    let Users::Named(users) = users else {
        return Ok(());
    };
    if users.is_empty() && !anonymous_pull {
        return Err(
            "there is no user, so nobody could ask for anything; name one, or let anonymous pull"
                .to_owned(),
        );
    }
    for (name, password) in users {
        let reason = if name.is_empty() {
            "it is empty"
        } else if name == ANONYMOUS || name == "*" {
            "it stands for others"
        } else if name.contains(|c: char| c == ':' || c.is_control()) {
            "it has a colon or a control character in it"
        } else if users.iter().filter(|(known, _)| known == name).count() > 1 {
            "it is there twice"
        } else if matches!(password, Password::Plain(text) if text.is_empty()) {
            return Err(format!("the password of {name:?} is empty; give one"));
        } else {
            continue;
        };
        return Err(format!("{name:?} is no name for a user: {reason}"));
    }
    Ok(())
}

impl AccessRule {
    fn everything() -> Self {
        Self {
            user: "*".to_owned(),
            repository: "**".to_owned(),
            actions: vec!["*".to_owned()],
        }
    }

    /// # Errors
    /// A sentence that says what in the rule makes no sense.
    fn check(&self, users: &Users) -> Result<(String, Glob, Actions), String> {
        let Self {
            user,
            repository,
            actions,
        } = self;
        let fault = |fault: String| {
            Err(format!(
                "access rule for {user:?} on {repository:?}: {fault}"
            ))
        };
        if let Users::Named(known) = users
            && user != "*"
            && user != ANONYMOUS
            && !known.iter().any(|(name, _)| name == user)
        {
            let mut names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
            names.extend(["*", ANONYMOUS]);
            return fault(format!(
                "there is no such user; {}",
                did_you_mean(user, &names)
            ));
        }
        if repository.is_empty() {
            return fault("it matches no repository; ** matches all".to_owned());
        }
        let mut sum = Actions::default();
        for name in actions {
            match Actions::named(name) {
                Some(action) => sum = sum.or(action),
                None => {
                    let known = ["pull", "push", "delete", "*"];
                    return fault(unknown("action", name, &known));
                }
            }
        }
        if sum.is_empty() {
            return fault("it has no actions; leave the rule out".to_owned());
        }
        if sum.contains(Actions::PUSH) && !sum.contains(Actions::PULL) {
            return fault("who pushes looks first what is there; give pull with push".to_owned());
        }
        if user == ANONYMOUS && sum != Actions::PULL {
            return fault("anonymous can pull, and nothing else".to_owned());
        }
        Ok((user.clone(), Glob::new(repository), sum))
    }
}

fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"\\".contains(&byte);
        !rest.is_empty() && !rest.starts_with('/') && rest.bytes().all(is_plain)
    })
}
