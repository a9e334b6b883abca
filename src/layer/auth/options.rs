//! How authentication is set up.

use std::{sync::Arc, time::Duration};

use serde::Deserialize;
use serde_json::Value;

use super::{
    claims::TokenForm,
    users::{Password, Users},
};
use crate::spec::{did_you_mean, from_text};

/// How authentication is set up.
///
/// ```
/// use registrette::{Config, Registry, layer::AuthOptions};
///
/// let options = r#"{ "type": "basic", "users": { "alice": "secret" }, "anonymous": "pull" }"#;
/// let mut config = Config::new(0);
/// config.auth = Some(AuthOptions::parse(options)?.gate()?);
/// let registry = Registry::new(config);
/// # drop(registry);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug)]
pub struct AuthOptions {
    /// What clients prove who they are by.
    pub scheme: AuthScheme,
    /// Who there is.
    pub users: Users,
    /// Whether everybody may pull.
    pub anonymous_pull: bool,
    /// Who may do what; `None`: every user everything.
    pub access: Option<Vec<AccessRule>>,
    /// How long a token lasts.
    pub token_ttl: Duration,
    /// The name of the registry, as challenges and tokens have it.
    pub service: String,
    /// Where tokens are to be had; `None`: here, at `/_token`.
    pub realm: Option<String>,
    /// By which names a token is answered.
    pub token_answer: TokenAnswer,
    /// What tokens are made with; `None`: the seed.
    pub secret: Option<[u8; 32]>,
    /// What form tokens have; `None`: opaque.
    pub form: Option<Arc<dyn TokenForm>>,
}

/// What clients prove who they are by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AuthScheme {
    /// Name and password, in every request.
    Basic,
    /// A token, to be had at the token endpoint.
    Bearer,
    /// One or the other.
    Any,
}

/// By which names a token is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenAnswer {
    /// `token` and `access_token`.
    Both,
    /// `token`, as old servers have it.
    Token,
    /// `access_token`, as OAuth 2 has it.
    AccessToken,
}

/// Lets a user do something with some repositories. Where there are rules, nobody may do what none allows.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessRule {
    /// Whom: a name, `*` for every user, or `anonymous` for everybody else.
    pub user: String,
    /// A pattern of names, such as `team/**`.
    pub repository: String,
    /// `pull`, `push`, `delete`, or `*` for all.
    pub actions: Vec<String>,
}

impl AccessRule {
    /// Reads a list of rules.
    ///
    /// # Errors
    /// What is wrong, with line and column.
    pub fn parse_all(json: &str) -> Result<Vec<Self>, String> {
        from_text(json).map_err(|fault| format!("access rules: {fault}"))
    }

    fn read(value: &Value) -> Result<Self, String> {
        let fault = || wrong("access", "rules of { user, repository, actions }", value);
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(fault);
        let members = value.as_object().ok_or_else(fault)?;
        let mut rule = Self {
            user: String::new(),
            repository: String::new(),
            actions: Vec::new(),
        };
        for (name, value) in members {
            match name.as_str() {
                "user" => rule.user = text(value)?,
                "repository" => rule.repository = text(value)?,
                "actions" => {
                    for action in value.as_array().ok_or_else(fault)? {
                        rule.actions.push(text(action)?);
                    }
                }
                _ => return Err(format!("auth.access: unknown member {name:?}")),
            }
        }
        Ok(rule)
    }
}

impl AuthOptions {
    /// These users, and nobody else.
    #[must_use]
    pub fn new(scheme: AuthScheme, users: Users) -> Self {
        Self {
            scheme,
            users,
            anonymous_pull: false,
            access: None,
            token_ttl: Duration::from_secs(300),
            service: "registrette".to_owned(),
            realm: None,
            token_answer: TokenAnswer::Both,
            secret: None,
            form: None,
        }
    }

    /// Reads options as JSON has them.
    ///
    /// # Errors
    /// A sentence that says which makes no sense.
    pub fn parse(json: &str) -> Result<Self, String> {
        let value = from_text(json).map_err(|fault| format!("auth: {fault}"))?;
        Self::read(&value)
    }

    /// Reads options as JSON has them.
    ///
    /// # Errors
    /// A sentence that says which makes no sense.
    pub fn read(value: &Value) -> Result<Self, String> {
        let members = value
            .as_object()
            .ok_or_else(|| wrong("", "an object", value))?;
        let mut options = Self::new(AuthScheme::Basic, Users::Named(Vec::new()));
        let mut missing = vec!["type", "users"];
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            missing.retain(|known| known != name);
            options.set(name, value)?;
        }
        match missing.first() {
            Some(name) => Err(format!("auth has no {name}")),
            None => Ok(options),
        }
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<(), String> {
        let text = || {
            value
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| wrong(name, "a string", value))
        };
        match (name, value.as_str()) {
            ("type", Some("basic")) => self.scheme = AuthScheme::Basic,
            ("type", Some("bearer")) => self.scheme = AuthScheme::Bearer,
            ("type", Some("any")) => self.scheme = AuthScheme::Any,
            ("type", _) => return Err(wrong(name, r#""basic", "bearer" or "any""#, value)),
            ("users", Some("any")) => self.users = Users::Anybody,
            ("users", _) => self.users = users(value)?,
            ("anonymous", Some("none")) => self.anonymous_pull = false,
            ("anonymous", Some("pull")) => self.anonymous_pull = true,
            ("anonymous", _) => return Err(wrong(name, r#""none" or "pull""#, value)),
            ("expiresIn", _) => {
                let seconds = value.as_u64().filter(|seconds| *seconds > 0);
                let seconds =
                    seconds.ok_or_else(|| wrong(name, "seconds from 1 upwards", value))?;
                self.token_ttl = Duration::from_secs(seconds);
            }
            ("service", _) => self.service = text()?,
            ("secret", secret) => {
                let mut key = [0; 32];
                let decoded = secret.map(|digits| hex::decode_to_slice(digits, &mut key));
                if !matches!(decoded, Some(Ok(()))) {
                    return Err("auth.secret takes 64 hex digits".to_owned());
                }
                self.secret = Some(key);
            }
            ("realm", _) => self.realm = Some(text()?),
            ("tokenAnswer", Some("both")) => self.token_answer = TokenAnswer::Both,
            ("tokenAnswer", Some("token")) => self.token_answer = TokenAnswer::Token,
            ("tokenAnswer", Some("access_token")) => self.token_answer = TokenAnswer::AccessToken,
            ("tokenAnswer", _) => {
                return Err(wrong(name, r#""both", "token" or "access_token""#, value));
            }
            ("access", _) => {
                let rules = value.as_array();
                let rules = rules.ok_or_else(|| wrong(name, "a list of rules", value))?;
                let mut access = Vec::new();
                for rule in rules {
                    access.push(AccessRule::read(rule)?);
                }
                self.access = Some(access);
            }
            _ => {
                return Err(format!(
                    "there is no option auth.{name}; {}",
                    did_you_mean(name, &NAMES)
                ));
            }
        }
        Ok(())
    }
}

const NAMES: [&str; 9] = [
    "type",
    "users",
    "anonymous",
    "expiresIn",
    "service",
    "realm",
    "tokenAnswer",
    "access",
    "secret",
];

fn users(value: &Value) -> Result<Users, String> {
    let members = value.as_object();
    let members = members.ok_or_else(|| {
        // Not the value: it has passwords in it.
        r#"auth.users takes an object of names and passwords, or "any""#.to_owned()
    })?;
    let mut users = Vec::new();
    for (name, password) in members {
        let password = password
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| format!("auth.users: the password of {name:?} is not a string"))?;
        users.push((name.clone(), Password::Plain(password)));
    }
    Ok(Users::Named(users))
}

fn wrong(name: &str, takes: &str, value: &Value) -> String {
    let dot = if name.is_empty() { "" } else { "." };
    let shown: String = value.to_string().chars().take(60).collect();
    format!("auth{dot}{name} takes {takes}, not {shown}")
}
