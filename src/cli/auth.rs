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
mod tests;
