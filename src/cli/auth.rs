//! The flags of authentication: what is wrong among them stops the start, so that nothing is open by mistake.

use std::{path::PathBuf, sync::Arc};

use clap::ValueEnum;
use registrette::{
    crypto::htpasswd,
    layer::{AccessRule, AuthOptions, AuthScheme, Gate, Password, Users},
    spec::parse_duration,
};

use super::{Mistake, plan::read};

#[derive(clap::Args, Debug, Default)]
pub(super) struct AuthArgs {
    /// Whether clients have to say who they are, and how.
    #[arg(long, value_enum, env = "REGISTRETTE_AUTH", default_value_t)]
    pub(super) auth: Scheme,

    /// Somebody who may ask; can be repeated. '*:*' lets in whoever gives a name.
    #[arg(long, value_name = "NAME:PASSWORD", env = "REGISTRETTE_USER")]
    pub(super) user: Vec<String>,

    /// Users, from a file of htpasswd with bcrypt.
    #[arg(long, value_name = "FILE", env = "REGISTRETTE_HTPASSWD")]
    pub(super) htpasswd: Option<PathBuf>,

    /// What everybody may do [default: none].
    #[arg(long, value_enum, env = "REGISTRETTE_ANONYMOUS")]
    pub(super) anonymous: Option<Anonymous>,

    /// How long a token lasts, such as 90s or 5m [default: 5m].
    #[arg(long, value_name = "DURATION", env = "REGISTRETTE_TOKEN_TTL")]
    pub(super) token_ttl: Option<String>,

    /// Who may do what: a JSON list of { "user", "repository", "actions" }.
    #[arg(long, value_name = "FILE", env = "REGISTRETTE_ACCESS")]
    pub(super) access: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(super) enum Scheme {
    /// They do not.
    #[default]
    None,
    /// Name and password in every request.
    Basic,
    /// A token, to be had at /_token.
    Bearer,
    /// One or the other.
    Any,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(super) enum Anonymous {
    /// Nothing.
    #[default]
    None,
    /// Reading.
    Pull,
}

impl AuthArgs {
    /// Who may ask; `None`: everybody. `draws` says whether the secret is drawn from the system.
    pub(super) fn gate(&self, draws: bool) -> Result<Option<Arc<Gate>>, Mistake> {
        let scheme = match self.auth {
            Scheme::None => {
                return match self.needless() {
                    Some(flag) => Err(Mistake(format!(
                        "{flag} does nothing without --auth; give --auth basic, or bearer, or any"
                    ))),
                    None => Ok(None),
                };
            }
            Scheme::Basic => AuthScheme::Basic,
            Scheme::Bearer => AuthScheme::Bearer,
            Scheme::Any => AuthScheme::Any,
        };
        if scheme == AuthScheme::Basic && self.token_ttl.is_some() {
            return Err(Mistake(
                "--token-ttl does nothing with --auth basic, which has no tokens; leave one out"
                    .to_owned(),
            ));
        }
        let mut options = AuthOptions::new(scheme, self.users()?);
        options.anonymous_pull = self.anonymous == Some(Anonymous::Pull);
        if let Some(ttl) = &self.token_ttl {
            options.token_ttl =
                parse_duration(ttl).map_err(|fault| Mistake(format!("--token-ttl: {fault}")))?;
        }
        if let Some(path) = &self.access {
            let rules = AccessRule::parse_all(&text("--access", path)?);
            let rules = rules.map_err(|fault| Mistake(format!("{}: {fault}", path.display())))?;
            options.access = Some(rules);
        }
        if draws {
            let mut secret = [0; 32];
            getrandom::fill(&mut secret).map_err(|fault| {
                Mistake(format!(
                    "the system has no random numbers: {fault}; on loopback, --seed N makes do without"
                ))
            })?;
            options.secret = Some(secret);
        }
        let gate = options.gate();
        gate.map(Some)
            .map_err(|fault| Mistake(format!("--auth: {fault}")))
    }

    /// A flag that says something about authentication where there is none.
    fn needless(&self) -> Option<&'static str> {
        let given = [
            (!self.user.is_empty(), "--user"),
            (self.htpasswd.is_some(), "--htpasswd"),
            (self.anonymous.is_some(), "--anonymous"),
            (self.token_ttl.is_some(), "--token-ttl"),
            (self.access.is_some(), "--access"),
        ];
        given.into_iter().find_map(|(is, flag)| is.then_some(flag))
    }

    fn users(&self) -> Result<Users, Mistake> {
        let mut users = Vec::new();
        if let Some(path) = &self.htpasswd {
            let read = htpasswd(&text("--htpasswd", path)?);
            users = read.map_err(|fault| Mistake(format!("{}: {fault}", path.display())))?;
        }
        if self.user.iter().any(|user| user == "*:*") {
            if self.user.len() > 1 || self.htpasswd.is_some() {
                return Err(Mistake(
                    "--user '*:*' lets in whoever gives a name, so others are not asked for; leave it or them out".to_owned(),
                ));
            }
            return Ok(Users::Anybody);
        }
        for user in &self.user {
            // Not shown whole: there may be a password in it.
            let (name, password) = user.split_once(':').ok_or_else(|| {
                Mistake("--user is not NAME:PASSWORD; write it like --user alice:secret".to_owned())
            })?;
            let password = Password::Plain(password.to_owned());
            users.push((name.to_owned(), password));
        }
        Ok(Users::Named(users))
    }
}

fn text(flag: &str, path: &std::path::Path) -> Result<String, Mistake> {
    String::from_utf8(read(flag, path)?).map_err(|_| {
        Mistake(format!(
            "{} is no text; look at what {flag} names",
            path.display()
        ))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn fault(args: &AuthArgs) -> String {
        match args.gate(false) {
            Ok(gate) => panic!("{gate:?}"),
            Err(Mistake(sentence)) => sentence,
        }
    }

    fn with(scheme: Scheme, users: &[&str]) -> AuthArgs {
        AuthArgs {
            auth: scheme,
            user: users.iter().map(|user| (*user).to_owned()).collect(),
            ..AuthArgs::default()
        }
    }

    #[test]
    fn what_is_given_is_taken() {
        assert!(AuthArgs::default().gate(true).unwrap().is_none());
        for args in [
            with(Scheme::Basic, &["alice:s3cret", "bob:a:b"]),
            with(Scheme::Bearer, &["*:*"]),
            AuthArgs {
                anonymous: Some(Anonymous::Pull),
                token_ttl: Some("90s".to_owned()),
                ..with(Scheme::Any, &[])
            },
        ] {
            assert!(args.gate(true).unwrap().is_some());
        }
    }

    #[test]
    fn nothing_is_open_by_mistake() {
        let base = || with(Scheme::Bearer, &["alice:s3cret"]);
        let path = || Some(PathBuf::from("/no/such/file"));
        for (args, wanted) in [
            (
                with(Scheme::None, &["alice:s3cret"]),
                "--user does nothing without --auth",
            ),
            (
                AuthArgs {
                    htpasswd: path(),
                    ..AuthArgs::default()
                },
                "--htpasswd does nothing",
            ),
            (
                AuthArgs {
                    access: path(),
                    ..AuthArgs::default()
                },
                "--access does nothing",
            ),
            (with(Scheme::Basic, &[]), "there is no user"),
            (
                with(Scheme::Basic, &["alice"]),
                "--user is not NAME:PASSWORD",
            ),
            (
                with(Scheme::Basic, &["alice:"]),
                "the password of \"alice\" is empty",
            ),
            (with(Scheme::Basic, &[":x"]), "it is empty"),
            (
                with(Scheme::Basic, &["anonymous:x"]),
                "it stands for others",
            ),
            (with(Scheme::Basic, &["a:x", "a:y"]), "it is there twice"),
            (with(Scheme::Basic, &["a:x", "*:*"]), "leave it or them out"),
            (
                AuthArgs {
                    htpasswd: path(),
                    ..base()
                },
                "/no/such/file cannot be read",
            ),
            (
                AuthArgs {
                    access: path(),
                    ..base()
                },
                "/no/such/file cannot be read",
            ),
            (
                AuthArgs {
                    token_ttl: Some("5".to_owned()),
                    ..base()
                },
                "--token-ttl",
            ),
            (
                AuthArgs {
                    token_ttl: Some("0s".to_owned()),
                    ..base()
                },
                "lasts no time",
            ),
            (
                AuthArgs {
                    token_ttl: Some("5m".to_owned()),
                    ..with(Scheme::Basic, &["a:x"])
                },
                "which has no tokens",
            ),
        ] {
            let said = fault(&args);
            assert!(said.contains(wanted), "{said}");
            assert!(!said.contains("s3cret"), "{said}");
        }
    }

    #[test]
    fn rules_are_read_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access.json");
        let with = |text: &str| {
            fs::write(&path, text).unwrap();
            let access = Some(path.clone());
            AuthArgs {
                access,
                ..with(Scheme::Basic, &["alice:s3cret"])
            }
        };
        let good = r#"[{ "user": "alice", "repository": "team/**", "actions": ["pull"] }]"#;
        assert!(with(good).gate(false).unwrap().is_some());
        for (text, wanted) in [
            ("[", "line 1 column 1"),
            ("[\n{ \"usr\": \"alice\" }]", "unknown field `usr`"),
            ("[\n{ \"usr\": \"alice\" }]", "line 2 column 7"),
            ("[{ \"user\": \"alice\" }]", "missing field `repository`"),
            (
                r#"[{ "user": "alcie", "repository": "**", "actions": ["pull"] }]"#,
                "did you mean \"alice\"?",
            ),
            (
                r#"[{ "user": "alice", "repository": "**", "actions": ["pul"] }]"#,
                "did you mean \"pull\"?",
            ),
            (
                r#"[{ "user": "alice", "repository": "**", "actions": [] }]"#,
                "it has no actions",
            ),
            (
                r#"[{ "user": "alice", "repository": "", "actions": ["pull"] }]"#,
                "matches no repository",
            ),
            (
                r#"[{ "user": "alice", "repository": "**", "actions": ["push"] }]"#,
                "give pull with push",
            ),
            (
                r#"[{ "user": "anonymous", "repository": "**", "actions": ["pull"] }]"#,
                "let anonymous pull",
            ),
        ] {
            let said = fault(&with(text));
            assert!(said.contains(wanted), "{said}");
        }
        let args = AuthArgs {
            anonymous: Some(Anonymous::Pull),
            ..with(r#"[{ "user": "anonymous", "repository": "**", "actions": ["*"] }]"#)
        };
        assert!(fault(&args).contains("anonymous can pull"));
    }
}
