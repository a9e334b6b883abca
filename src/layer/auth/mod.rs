//! Who asks, and whether they may: Basic, and Bearer with tokens that the registry gives itself.

mod challenge;
mod claims;
mod credentials;
mod endpoint;
mod gate;
mod grant;
mod mac;
mod need;
mod options;
mod users;

use std::{fmt, sync::Arc};

use http::{
    HeaderValue, Method, Response,
    header::{COOKIE, SET_COOKIE},
};

pub(crate) use self::grant::Grant;
use self::{
    challenge::Refused,
    credentials::Credentials,
    mac::{Mac, mac},
    need::Need,
    users::{Check, Proof, Remembered},
};
pub use self::{
    claims::{Claims, TokenForm},
    gate::Gate,
    options::{AccessRule, AuthOptions, AuthScheme, TokenAnswer},
    users::{Password, PasswordHash, Users},
};
use super::{Flow, Layer};
use crate::{
    content::Body,
    spec::{Error, Rights, Scope, Timestamp},
    wire::{Head, Operation, Pass, User, error_answer},
};

/// Lets in who may ask; idle when nobody is kept out.
#[derive(Clone, Default)]
pub struct Auth {
    gate: Option<Arc<Gate>>,
    /// What tokens are made with, and passwords remembered by.
    key: Mac,
    known: Remembered,
    /// How many tokens there were.
    issued: u64,
    /// Up to which number they are worth nothing.
    revoked: u64,
    /// The password of the request that is begun, where that takes long to check.
    pending: Option<Pending>,
}

/// A request that counts only if a password is right.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) check: Box<Check>,
    /// What is answered when it is not.
    pub(crate) refusal: Box<Response<Body>>,
}

/// Who asks, and what they may do.
struct Caller {
    user: Option<String>,
    rights: Arc<Rights>,
}

const WRONG: &str = "name and password do not belong together";

impl Auth {
    /// Lets in who a gate lets in; without one, everybody.
    #[must_use]
    pub fn new(gate: Option<Arc<Gate>>, seed: u64) -> Self {
        let mut auth = Self::default();
        auth.set(gate, seed);
        auth
    }

    /// Lets in who another gate lets in, from the next request on. Tokens that were given are worth nothing any more.
    pub fn set(&mut self, gate: Option<Arc<Gate>>, seed: u64) {
        self.key = gate
            .as_ref()
            .map_or_else(Mac::default, |gate| gate.key(seed));
        self.gate = gate;
        self.known = Remembered::default();
        self.revoke();
    }

    /// Makes all tokens that were given worth nothing.
    pub fn revoke(&mut self) {
        self.revoked = self.issued;
    }

    /// Whether there is a token endpoint.
    pub(crate) fn gives_tokens(&self) -> bool {
        self.gate.as_ref().is_some_and(|gate| gate.gives_tokens())
    }

    /// What the request just begun waits for.
    pub(crate) fn take_pending(&mut self) -> Option<Pending> {
        self.pending.take()
    }

    /// Remembers a password that was found right.
    pub(crate) fn remember(&mut self, pending: &Pending) {
        self.known.add(&pending.check);
    }

    fn next(&mut self) -> u64 {
        self.issued = self.issued.saturating_add(1);
        self.issued
    }

    /// Who asks, or why they are not let in.
    fn decide(
        &mut self,
        gate: &Gate,
        now: Timestamp,
        head: &Head,
        need: &Need,
    ) -> Result<Caller, Refused> {
        let caller = match Credentials::of(&head.headers) {
            Credentials::None => {
                // A client learns by `GET /v2/` what there is to show, so that one asks for it always. Where there are
                // only tokens, nobody's is a token, too.
                let is_open = gate.takes_basic && !matches!(need, Need::Name);
                let rights = gate.anonymous.clone().filter(|_| is_open);
                let rights = rights.ok_or(Refused::Missing)?;
                return match need {
                    Need::Scope(scope, _) if !rights.cover(scope) => Err(Refused::Missing),
                    Need::Nothing | Need::Name | Need::Scope(..) => {
                        Ok(Caller { user: None, rights })
                    }
                };
            }
            Credentials::Malformed(reason) => return Err(Refused::Wrong(reason.to_owned())),
            Credentials::Bearer(token) => return self.by_token(gate, now, &token, need),
            Credentials::Basic(..) if !gate.takes_basic => {
                let reason =
                    "a name and a password are for the token endpoint; here, show the token";
                return Err(Refused::Wrong(reason.to_owned()));
            }
            Credentials::Basic(user, password) => {
                match gate.users.prove(&self.key, &self.known, &user, &password) {
                    Proof::Right => {}
                    Proof::Wrong => return Err(Refused::Wrong(WRONG.to_owned())),
                    Proof::Later(check) => {
                        let refused = Refused::Wrong(WRONG.to_owned());
                        let refusal = Box::new(gate.refuse(head, need, refused));
                        self.pending = Some(Pending { check, refusal });
                    }
                }
                let rights = gate.rights_of(&user).clone();
                Caller {
                    user: Some(user),
                    rights,
                }
            }
        };
        match (need, &caller.user) {
            (Need::Scope(scope, _), Some(user)) if !caller.rights.cover(scope) => Err(
                Refused::Forbidden(format!("{user} has no right to {scope}")),
            ),
            _ => Ok(caller),
        }
    }

    fn by_token(
        &self,
        gate: &Gate,
        now: Timestamp,
        token: &str,
        need: &Need,
    ) -> Result<Caller, Refused> {
        let wrong = |reason: String| Err(Refused::Wrong(reason));
        if !gate.takes_tokens {
            return wrong(
                "a token is of no use here; show a name and a password by Basic".to_owned(),
            );
        }
        let opened = match &gate.form {
            Some(form) if !is_hex(token) => form.open(&self.key, token, &gate.service),
            _ => {
                Claims::open(token, &self.key).ok_or_else(|| "the token is none of ours".to_owned())
            }
        };
        let claims = match opened {
            Ok(claims) => claims,
            Err(reason) => return wrong(reason),
        };
        if claims.is_refresh {
            return wrong("a refresh token is for the token endpoint".to_owned());
        }
        if claims.serial <= self.revoked {
            return wrong("the token is revoked".to_owned());
        }
        if now < claims.not_before {
            let wait = millis(now, claims.not_before);
            return wrong(format!("the token is good in {wait} ms, not yet"));
        }
        if now >= claims.expires {
            let past = millis(claims.expires, now);
            return wrong(format!("the token expired {past} ms ago"));
        }
        let rights = Rights::of(&claims.scopes);
        if let Need::Scope(scope, _) = need
            && !rights.cover(scope)
        {
            return Err(narrow(gate, &claims, scope));
        }
        Ok(Caller {
            user: claims.user,
            rights: Arc::new(rights),
        })
    }
}

/// Whether a token may be an opaque one: those are digits.
fn is_hex(token: &str) -> bool {
    token.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn millis(from: Timestamp, until: Timestamp) -> u64 {
    until.as_millis().saturating_sub(from.as_millis())
}

/// Why a good token is not good for this: whether another one would be.
fn narrow(gate: &Gate, claims: &Claims, scope: &Scope) -> Refused {
    let user = claims.user.as_deref();
    match user.filter(|user| !gate.rights_of(user).cover(scope)) {
        Some(user) => Refused::Forbidden(format!("{user} has no right to {scope}")),
        None => {
            let scopes = claims.scopes.iter().map(ToString::to_string);
            let scopes = scopes.collect::<Vec<_>>().join(" ");
            Refused::Narrow(format!(
                "the token is good for {scopes:?}, and {scope} is needed"
            ))
        }
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Auth")
    }
}

impl Layer for Auth {
    fn before(&mut self, now: Timestamp, head: &mut Head) -> Flow {
        let Some(gate) = self.gate.clone() else {
            return Flow::Next;
        };
        let answer = |answer| Flow::Answer(Box::new(answer));
        if is_trapped(head) {
            let reason = "the cookie came back without a CSRF token".to_owned();
            return answer(error_answer(&Error::Forbidden { reason }, head.quirks()));
        }
        // What is no operation tells nothing: it is refused for its own reason.
        let Ok(operation) = &head.operation else {
            return Flow::Next;
        };
        if *operation == Operation::Token && head.method != Method::POST {
            return answer(self.token(now, head, None, None));
        }
        if *operation == Operation::CheckApi && head.quirks().open_check {
            return Flow::Next;
        }
        let need = Need::of(operation);
        if matches!(need, Need::Nothing) {
            return Flow::Next;
        }
        let pass = pass(&self.key, head);
        if let Some(Pass(code)) = &pass
            && head.query(Pass::NAME).as_deref() == Some(code)
        {
            return Flow::Next;
        }
        if let Some(pass) = pass {
            head.extensions.insert(pass);
        }
        match self.decide(&gate, now, head, &need) {
            Ok(Caller { user, rights }) => {
                head.directives.rights = Some(rights);
                if let Some(user) = user {
                    head.extensions.insert(User(user));
                }
                Flow::Next
            }
            Err(refused) => answer(gate.refuse(head, &need, refused)),
        }
    }

    fn after(&mut self, _: Timestamp, head: &Head, answer: &mut Response<Body>) {
        if self.gate.is_some() && head.quirks().cookie_trap {
            let cookie = HeaderValue::from_static("sid=registrette; Path=/; HttpOnly");
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
    }

    fn fork(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}

/// What lets a pull in without credentials: a redirect carries it to its target, as presigned URLs do.
fn pass(key: &Mac, head: &Head) -> Option<Pass> {
    let pull = head.operation.as_ref().ok().filter(|operation| {
        matches!(
            operation,
            Operation::PullBlob { .. } | Operation::PullManifest { .. }
        )
    })?;
    let code = mac(key, format!("pass {}", pull.target()).as_bytes());
    Some(Pass(hex::encode(code)))
}

/// Whether a write brings back the cookie that it should not.
fn is_trapped(head: &Head) -> bool {
    let is_read = matches!(head.method, Method::GET | Method::HEAD | Method::OPTIONS);
    !is_read && head.quirks().cookie_trap && head.headers.contains_key(COOKIE)
}
