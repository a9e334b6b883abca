//! The token endpoint: `GET` as Docker's token authentication has it, `POST` as OAuth 2 does (RFC 6749).

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE},
};
use serde_json::{Map, Value};

use super::{Auth, Claims, Grant, TokenAnswer, credentials::Credentials, gate::Gate, users::Proof};
use crate::{
    content::{Body, Chunk, Step},
    spec::{Error, MediaType, Scope, Timestamp, TokenEndpoint},
    wire::{Answer, Head, Operation, error_answer, form_values},
};

/// What is asked for.
struct Ask {
    /// Who asks; `None`: anybody.
    user: Option<String>,
    scopes: Vec<Scope>,
    /// Whether a token to get more tokens with is wanted.
    offline: bool,
    /// That token, where it is what was shown.
    refresh: Option<String>,
}

/// How long the endpoint takes when it is slow.
const SLOW: Duration = Duration::from_secs(30);

impl Auth {
    /// Answers a request for a token; `form` is its body, where it has one.
    pub(crate) fn token(
        &mut self,
        now: Timestamp,
        head: &Head,
        form: Option<&[u8]>,
        grant: Option<Grant>,
    ) -> Response<Body> {
        let Some(gate) = self.gate.clone().filter(|gate| gate.gives_tokens()) else {
            return error_answer(&Error::NotFound, head.quirks());
        };
        if head.target.path() != Operation::Token.target() {
            let keys = gate.form.as_ref().and_then(|form| form.keys(&self.key));
            return match keys {
                Some(keys) => Answer::new(StatusCode::OK)
                    .json(&MediaType::JSON, keys)
                    .done(),
                None => error_answer(&Error::NotFound, head.quirks()),
            };
        }
        let quirk = head.quirks().token_endpoint;
        if let Some(answer) = instead(quirk, head) {
            return answer;
        }
        let asked = match form {
            Some(form) => self.ask_by_form(&gate, head, form, grant),
            None => self.ask_by_query(&gate, head),
        };
        let mut answer = match asked {
            Ok(_) if quirk == TokenEndpoint::Empty => Answer::new(StatusCode::OK)
                .json(&MediaType::JSON, "{}")
                .done(),
            Ok(ask) => self.give(&gate, now, head, ask),
            Err(error) => refuse(&gate, head, &error),
        };
        if quirk == TokenEndpoint::Slow {
            answer.body_mut().before.push(Step::Wait(SLOW));
        }
        answer
    }

    fn ask_by_query(&mut self, gate: &Gate, head: &Head) -> Result<Ask, Error> {
        let query = head.target.query().unwrap_or_default();
        let user = match Credentials::of(&head.headers) {
            Credentials::None => None,
            Credentials::Basic(user, password) => {
                match gate.users.prove(&self.key, &self.known, &user, &password) {
                    Proof::Right => {}
                    Proof::Wrong => return Err(wrong()),
                    Proof::Later(check) => {
                        let refusal = Box::new(refuse(gate, head, &wrong()));
                        self.pending = Some(super::Pending { check, refusal });
                    }
                }
                Some(user)
            }
            Credentials::Bearer(_) => {
                let reason = "a token buys no token; show a name and a password by Basic";
                return Err(Error::Unauthorized {
                    reason: reason.to_owned(),
                });
            }
            Credentials::Malformed(reason) => {
                return Err(Error::Unauthorized {
                    reason: reason.to_owned(),
                });
            }
        };
        let offline = one(query, "offline_token")?.is_some_and(|value| value == "true");
        ask(gate, head, query, user, offline, None)
    }

    fn ask_by_form(
        &mut self,
        gate: &Gate,
        head: &Head,
        form: &[u8],
        grant: Option<Grant>,
    ) -> Result<Ask, Error> {
        let form = std::str::from_utf8(form).map_err(|_| invalid("the form is no text"))?;
        let needed = |name: &str| {
            let value = one(form, name)?.filter(|value| !value.is_empty());
            value.ok_or_else(|| invalid(format!("the form has no {name}")))
        };
        let offline = one(form, "access_type")?.is_some_and(|value| value == "offline");
        match needed("grant_type")?.as_str() {
            "password" => {
                let (user, password) = (needed("username")?, needed("password")?);
                let is_right = match gate.users.prove(&self.key, &self.known, &user, &password) {
                    Proof::Right => true,
                    Proof::Wrong => false,
                    Proof::Later(mut check) => {
                        // It was checked while the form was worked on, unless nobody did.
                        let checked = grant.and_then(Grant::checked);
                        check = checked.filter(|done| done.is_same(&check)).unwrap_or(check);
                        let is_right = check.run();
                        if is_right {
                            self.known.add(&check);
                        }
                        is_right
                    }
                };
                if !is_right {
                    return Err(wrong());
                }
                ask(gate, head, form, Some(user), offline, None)
            }
            "refresh_token" => {
                let token = needed("refresh_token")?;
                let claims = Claims::open(&token, &self.key)
                    .filter(|claims| claims.is_refresh && claims.serial > self.revoked);
                let user = claims.and_then(|claims| claims.user);
                let user = user.filter(|user| gate.users.have(user));
                let user = user.ok_or_else(|| Error::Unauthorized {
                    reason: "the refresh token is none of ours, or is revoked".to_owned(),
                })?;
                ask(gate, head, form, Some(user), true, Some(token))
            }
            other => Err(invalid(format!(
                "there is no grant_type {:?}; use password or refresh_token",
                other.chars().take(60).collect::<String>()
            ))),
        }
    }

    /// Makes the token: as much of what is asked for as who asks may do.
    fn give(&mut self, gate: &Gate, now: Timestamp, head: &Head, ask: Ask) -> Response<Body> {
        let rights = match &ask.user {
            Some(user) => gate.rights_of(user),
            None => match &gate.anonymous {
                Some(rights) => rights,
                None => {
                    let reason = "nobody gets a token here without a name and a password";
                    let error = Error::Unauthorized {
                        reason: reason.to_owned(),
                    };
                    return refuse(gate, head, &error);
                }
            },
        };
        let quirks = head.quirks();
        let millis = |millis: Option<u64>| millis.map(Duration::from_millis);
        let wait = millis(quirks.token_not_before_ms).unwrap_or_default();
        let life = millis(quirks.token_life_ms).unwrap_or(gate.ttl);
        let scopes = ask
            .scopes
            .into_iter()
            .filter_map(|scope| rights.narrow(scope));
        let mut claims = Claims {
            is_refresh: false,
            serial: self.next(),
            issued: now,
            not_before: now.after(wait),
            expires: now.after(life),
            user: ask.user,
            scopes: scopes.collect(),
        };
        let sealed = gate.form.as_ref();
        let sealed = sealed.and_then(|form| form.seal(&self.key, &claims, &gate.service));
        let token = sealed.unwrap_or_else(|| claims.seal(&self.key));
        let mut answer = Map::new();
        let mut put = |name: &str, value: Value| answer.insert(name.to_owned(), value);
        if gate.answer != TokenAnswer::AccessToken {
            put("token", token.clone().into());
        }
        if gate.answer != TokenAnswer::Token {
            put("access_token", token.into());
        }
        put("expires_in", gate.ttl.as_secs().into());
        put("issued_at", now.rfc3339().into());
        let scopes = claims.scopes.iter().map(ToString::to_string);
        put("scope", scopes.collect::<Vec<_>>().join(" ").into());
        if ask.offline && claims.user.is_some() {
            let refresh = ask.refresh.unwrap_or_else(|| {
                claims.is_refresh = true;
                claims.scopes.clear();
                claims.expires = Timestamp::from_millis(u64::MAX);
                claims.seal(&self.key)
            });
            put("refresh_token", refresh.into());
        }
        Answer::new(StatusCode::OK)
            .header(CACHE_CONTROL, "no-store")
            .json(&MediaType::JSON, Value::Object(answer).to_string())
            .done()
    }
}

fn ask(
    gate: &Gate,
    head: &Head,
    form: &str,
    user: Option<String>,
    offline: bool,
    refresh: Option<String>,
) -> Result<Ask, Error> {
    let own = gate.service(head);
    if let Some(service) = one(form, "service")?.filter(|service| *service != own) {
        let service: String = service.chars().take(200).collect();
        return Err(invalid(format!(
            "service is {service:?}; tokens are given here for {own:?}"
        )));
    }
    let mut scopes = Vec::new();
    for value in all(form, "scope")? {
        for scope in value.split(' ').filter(|scope| !scope.is_empty()) {
            scopes.extend(Scope::parse(scope)?);
        }
    }
    Ok(Ask {
        user,
        scopes,
        offline,
        refresh,
    })
}

/// What the endpoint does in place of giving tokens.
fn instead(quirk: TokenEndpoint, head: &Head) -> Option<Response<Body>> {
    let error = match quirk {
        TokenEndpoint::Spec | TokenEndpoint::Slow | TokenEndpoint::Empty => return None,
        TokenEndpoint::NotFound => Error::NotFound,
        TokenEndpoint::TooMany => Error::TooMany {
            what: "requests for tokens",
            limit: 1,
            retry_after: Duration::from_secs(1),
        },
        TokenEndpoint::Html => {
            let page = "<!doctype html><title>Sign in</title><p>Please sign in.";
            return Some(
                Answer::new(StatusCode::OK)
                    .header(CONTENT_TYPE, "text/html; charset=utf-8")
                    .content([Chunk::from(Bytes::from(page))])
                    .done(),
            );
        }
    };
    Some(error_answer(&error, head.quirks()))
}

fn refuse(gate: &Gate, head: &Head, error: &Error) -> Response<Body> {
    let mut answer = error_answer(error, head.quirks());
    if answer.status() == StatusCode::UNAUTHORIZED {
        let challenge = format!("Basic realm=\"{}\"", gate.service);
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
    }
    answer
}

/// The name and the password in a form that shows them.
pub(super) fn password_in(form: &[u8]) -> Option<(String, String)> {
    let form = std::str::from_utf8(form).ok()?;
    let value = |name| one(form, name).ok().flatten();
    let is_password = value("grant_type")? == "password";
    is_password.then_some((value("username")?, value("password")?))
}

fn one(form: &str, name: &str) -> Result<Option<String>, Error> {
    Ok(all(form, name)?.into_iter().next())
}

fn all(form: &str, name: &str) -> Result<Vec<String>, Error> {
    form_values(form, name).map_err(|_| invalid(format!("{name} is not percent-encoded text")))
}

fn wrong() -> Error {
    Error::Unauthorized {
        reason: super::WRONG.to_owned(),
    }
}

fn invalid(reason: impl Into<String>) -> Error {
    Error::TokenRequestInvalid {
        reason: reason.into(),
    }
}
