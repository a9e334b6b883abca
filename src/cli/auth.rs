//! The flags of authentication: what is wrong among them stops the start, so that nothing is open by mistake.

use std::{path::PathBuf, sync::Arc};

use clap::ValueEnum;
use registrette::{
    crypto::{Foreign, Jwt, htpasswd},
    layer::{self, AccessRule, AuthOptions, AuthScheme, Gate, Password, Users},
    spec::parse_duration,
};

use super::{Mistake, plan::read};

#[derive(clap::Args, Debug, Default)]
pub(super) struct AuthArgs {
    /// Whether clients have to say who they are, and how [default: as the profile has it, else none].
    #[arg(long, value_enum, env = "REGISTRETTE_AUTH")]
    pub(super) auth: Option<Scheme>,

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

    /// What form tokens have.
    #[arg(long, value_enum, env = "REGISTRETTE_TOKEN_FORM")]
    pub(super) token_form: Option<TokenForm>,

    /// Takes tokens that others sign: public keys in PEM, a JWK or a set of them; can be repeated.
    #[arg(
        long,
        value_name = "FILE",
        env = "REGISTRETTE_TOKEN_KEY",
        value_delimiter = ','
    )]
    pub(super) token_key: Vec<PathBuf>,

    /// Who those others are: the iss of their tokens.
    #[arg(long, value_name = "NAME", env = "REGISTRETTE_TOKEN_ISSUER")]
    pub(super) token_issuer: Option<String>,

    /// Where clients get tokens [default: /_token of the host they ask].
    #[arg(long, value_name = "URL", env = "REGISTRETTE_TOKEN_REALM")]
    pub(super) token_realm: Option<String>,

    /// The name of the registry in challenges, and the aud of tokens [default: registrette].
    #[arg(long, value_name = "NAME", env = "REGISTRETTE_TOKEN_SERVICE")]
    pub(super) token_service: Option<String>,

    /// Who may do what: a JSON list of { "user", "repository", "actions" }.
    #[arg(long, value_name = "FILE", env = "REGISTRETTE_ACCESS")]
    pub(super) access: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Scheme {
    /// They do not.
    None,
    /// Name and password in every request.
    Basic,
    /// A token, to be had at /_token.
    Bearer,
    /// One or the other.
    Any,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum TokenForm {
    /// Text that means something to the registry alone.
    Opaque,
    /// JWTs signed by ES256, with their keys at /_token/keys.
    Jwt,
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
    /// Who may ask; `None`: everybody. `draws` says whether the secret is drawn from the system, `profile` who may ask
    /// where `--auth` is not given.
    pub(super) fn gate(
        &self,
        draws: bool,
        profile: Option<AuthOptions>,
    ) -> Result<Option<Arc<Gate>>, Mistake> {
        let profile = profile.filter(|_| self.auth.is_none());
        let scheme = match (self.auth, &profile) {
            (Some(Scheme::Basic), _) => AuthScheme::Basic,
            (Some(Scheme::Bearer), _) => AuthScheme::Bearer,
            (Some(Scheme::Any), _) => AuthScheme::Any,
            (None, Some(options)) => options.scheme,
            (None | Some(Scheme::None), _) => {
                return match self.needless() {
                    Some(flag) => Err(Mistake(format!(
                        "{flag} does nothing without --auth; give --auth basic, or bearer, or any"
                    ))),
                    None => Ok(None),
                };
            }
        };
        if let Some(flag) = self.about_tokens().filter(|_| scheme == AuthScheme::Basic) {
            return Err(Mistake(format!(
                "{flag} does nothing with --auth basic, which has no tokens; leave one out"
            )));
        }
        let names_somebody = !self.user.is_empty() || self.htpasswd.is_some();
        let mut options = match profile {
            Some(options) if !names_somebody => options,
            Some(options) => AuthOptions {
                users: self.users()?,
                ..options
            },
            None => AuthOptions::new(scheme, self.users()?),
        };
        if let Some(anonymous) = self.anonymous {
            options.anonymous_pull = anonymous == Anonymous::Pull;
        }
        if let Some(ttl) = &self.token_ttl {
            options.token_ttl =
                parse_duration(ttl).map_err(|fault| Mistake(format!("--token-ttl: {fault}")))?;
        }
        if let Some(path) = &self.access {
            let rules = AccessRule::parse_all(&text("--access", path)?);
            let rules = rules.map_err(|fault| Mistake(format!("{}: {fault}", path.display())))?;
            options.access = Some(rules);
        }
        options.realm = self.token_realm.clone();
        if let Some(service) = &self.token_service {
            options.service.clone_from(service);
        }
        options.form = self.form()?;
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
            (self.access.is_some(), "--access"),
        ];
        let given = given.into_iter().find_map(|(is, flag)| is.then_some(flag));
        given.or_else(|| self.about_tokens())
    }

    /// A flag that is about tokens.
    fn about_tokens(&self) -> Option<&'static str> {
        let given = [
            (self.token_ttl.is_some(), "--token-ttl"),
            (self.token_form.is_some(), "--token-form"),
            (!self.token_key.is_empty(), "--token-key"),
            (self.token_issuer.is_some(), "--token-issuer"),
            (self.token_realm.is_some(), "--token-realm"),
            (self.token_service.is_some(), "--token-service"),
        ];
        given.into_iter().find_map(|(is, flag)| is.then_some(flag))
    }

    fn form(&self) -> Result<Option<Arc<dyn layer::TokenForm>>, Mistake> {
        let say = |sentence: &str| Err(Mistake(sentence.to_owned()));
        match (
            self.token_key.as_slice(),
            &self.token_issuer,
            self.token_form,
        ) {
            ([], None, None | Some(TokenForm::Opaque)) => Ok(None),
            ([], None, Some(TokenForm::Jwt)) => Ok(Some(Arc::new(Jwt))),
            ([], Some(_), _) => say("--token-issuer needs the issuer's keys, by --token-key FILE"),
            (_, None, _) => say("--token-key needs the name of who signs, by --token-issuer NAME"),
            (_, Some(_), Some(_)) => say(
                "--token-key takes the tokens of others, so --token-form does nothing; leave one out",
            ),
            (paths, Some(issuer), None) => {
                let mut form = Foreign::new(issuer);
                for path in paths {
                    let added = form.add(&text("--token-key", path)?);
                    added.map_err(|fault| Mistake(format!("{}: {fault}", path.display())))?;
                }
                Ok(Some(Arc::new(form)))
            }
        }
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
        match args.gate(false, None) {
            Ok(gate) => panic!("{gate:?}"),
            Err(Mistake(sentence)) => sentence,
        }
    }

    fn with(scheme: Scheme, users: &[&str]) -> AuthArgs {
        AuthArgs {
            auth: Some(scheme),
            user: users.iter().map(|user| (*user).to_owned()).collect(),
            ..AuthArgs::default()
        }
    }

    #[test]
    fn what_is_given_is_taken() {
        assert!(AuthArgs::default().gate(true, None).unwrap().is_none());
        for args in [
            with(Scheme::Basic, &["alice:s3cret", "bob:a:b"]),
            with(Scheme::Bearer, &["*:*"]),
            AuthArgs {
                anonymous: Some(Anonymous::Pull),
                token_ttl: Some("90s".to_owned()),
                ..with(Scheme::Any, &[])
            },
        ] {
            assert!(args.gate(true, None).unwrap().is_some());
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
    fn tokens_of_others_need_all_that_is_said_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let key = r#"{"kty":"EC","crv":"P-256","x":"p9R6xsx01OH_VrvuqU14hwLAVqkUmZWS8vk8wxUjmjo","y":"2gZkW40xUAIQXSQTmX0xYwEZVbXgELgSOxAbpoNYM0I"}"#;
        fs::write(&path, key).unwrap();
        let whole = || AuthArgs {
            token_key: vec![path.clone()],
            token_issuer: Some("auth.example".to_owned()),
            token_realm: Some("https://auth.example/token".to_owned()),
            ..with(Scheme::Bearer, &[])
        };
        assert!(whole().gate(false, None).unwrap().is_some());
        let form = Some(TokenForm::Jwt);
        assert!(
            AuthArgs {
                token_form: form,
                ..with(Scheme::Any, &["a:b"])
            }
            .gate(false, None)
            .unwrap()
            .is_some()
        );
        for (args, wanted) in [
            (
                AuthArgs {
                    token_issuer: None,
                    ..whole()
                },
                "--token-issuer NAME",
            ),
            (
                AuthArgs {
                    token_key: Vec::new(),
                    ..whole()
                },
                "--token-key FILE",
            ),
            (
                AuthArgs {
                    token_realm: None,
                    ..whole()
                },
                "by their realm",
            ),
            (
                AuthArgs {
                    token_form: form,
                    ..whole()
                },
                "leave one out",
            ),
            (
                AuthArgs {
                    auth: Some(Scheme::Basic),
                    ..whole()
                },
                "--token-key does nothing with",
            ),
            (
                AuthArgs {
                    auth: Some(Scheme::None),
                    ..whole()
                },
                "--token-key does nothing without",
            ),
            (
                AuthArgs {
                    token_key: vec!["/no/such/file".into()],
                    ..whole()
                },
                "/no/such/file cannot be read",
            ),
        ] {
            let said = fault(&args);
            assert!(said.contains(wanted), "{said}");
        }
        fs::write(&path, "{}").unwrap();
        assert!(fault(&whole()).contains("neither EC on P-256 nor RSA"));
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
        assert!(with(good).gate(false, None).unwrap().is_some());
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
