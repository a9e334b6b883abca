//! Refusals: what `WWW-Authenticate` says (RFC 9110, section 11.6.1; Docker's token authentication).

use http::{HeaderValue, Response, header::WWW_AUTHENTICATE};

use super::{gate::Gate, need::Need};
use crate::{
    content::Body,
    spec::{ChallengeForm, ChallengeScope, Error, RepositoryName, Scope},
    wire::{Head, Operation, error_answer, origin},
};

/// Why somebody is not let in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Refused {
    /// Nothing was shown.
    Missing,
    /// What was shown is worth nothing.
    Wrong(String),
    /// The token is good, and not for this.
    Narrow(String),
    /// They are known, and may not.
    Forbidden(String),
}

impl Gate {
    /// The answer to who is not let in.
    pub(super) fn refuse(&self, head: &Head, need: &Need, refused: Refused) -> Response<Body> {
        let (reason, hint) = match refused {
            Refused::Missing => ("no credentials were sent".to_owned(), None),
            Refused::Wrong(reason) => (reason, Some("invalid_token")),
            Refused::Narrow(reason) => (reason, Some("insufficient_scope")),
            Refused::Forbidden(reason) => {
                return error_answer(&Error::Forbidden { reason }, head.quirks());
            }
        };
        let form = head.quirks().challenge_form;
        if form == ChallengeForm::None && hint.is_some() {
            return error_answer(&Error::Forbidden { reason }, head.quirks());
        }
        let mut answer = error_answer(&Error::Unauthorized { reason }, head.quirks());
        for line in self.challenges(head, need, hint) {
            if let Ok(line) = HeaderValue::try_from(line) {
                answer.headers_mut().append(WWW_AUTHENTICATE, line);
            }
        }
        answer
    }

    fn challenges(&self, head: &Head, need: &Need, hint: Option<&str>) -> Vec<String> {
        let form = head.quirks().challenge_form;
        let mut lines = Vec::new();
        if form == ChallengeForm::Several && !(self.takes_basic && self.takes_tokens) {
            // What no client of registries knows: it is to go on reading.
            lines.push("Negotiate".to_owned());
        }
        if self.takes_tokens {
            let mut parameters = vec![("realm", self.realm(head)), ("service", self.service(head))];
            let scope = scope(head.quirks().challenge_scope, need);
            if !scope.is_empty() {
                parameters.push(("scope", scope));
            }
            if let Some(hint) = hint {
                parameters.push(("error", hint.to_owned()));
            }
            lines.push(challenge("Bearer", &parameters, form));
        }
        if self.takes_basic {
            lines.push(challenge("Basic", &[("realm", self.service(head))], form));
        }
        if form == ChallengeForm::Several {
            vec![lines.join(", ")]
        } else {
            lines
        }
    }

    fn realm(&self, head: &Head) -> String {
        let quirk = head.quirks().challenge_realm.clone();
        let given = quirk.or_else(|| self.realm.clone());
        given.unwrap_or_else(|| origin(head, &head.settings) + &Operation::Token.target())
    }

    /// The name of the registry, as clients are told it.
    pub(super) fn service(&self, head: &Head) -> String {
        let has_comma = head.quirks().challenge_form == ChallengeForm::Commas;
        let more = if has_comma { ", with a comma" } else { "" };
        format!("{}{more}", self.service)
    }
}

fn scope(quirk: ChallengeScope, need: &Need) -> String {
    let scopes = need.scopes().map(|scope| match (quirk, scope) {
        (ChallengeScope::Narrow, Scope::Repository(name, _)) => {
            Scope::Repository(name.clone(), crate::spec::Actions::PULL).to_string()
        }
        (ChallengeScope::Bare, Scope::Repository(name, actions)) => {
            let bare = name
                .as_str()
                .split_once('/')
                .map(|(_, rest)| RepositoryName::parse(rest));
            let name = bare.and_then(Result::ok).unwrap_or_else(|| name.clone());
            Scope::Repository(name, *actions).to_string()
        }
        (_, scope) => scope.to_string(),
    });
    if quirk == ChallengeScope::None {
        return String::new();
    }
    scopes.collect::<Vec<_>>().join(" ")
}

fn challenge(scheme: &str, parameters: &[(&str, String)], form: ChallengeForm) -> String {
    let quote = if form == ChallengeForm::Unquoted {
        ""
    } else {
        "\""
    };
    let parameters = parameters
        .iter()
        .map(|(name, value)| format!("{name}={quote}{value}{quote}"));
    let scheme = if form == ChallengeForm::LowerCase {
        scheme.to_ascii_lowercase()
    } else {
        scheme.to_owned()
    };
    format!("{scheme} {}", parameters.collect::<Vec<_>>().join(","))
}
