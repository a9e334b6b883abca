//! Who may ask, and how one is told.

use http::{
    Method,
    header::{SET_COOKIE, WWW_AUTHENTICATE},
};

use registrette::spec::RepositoryName;

use super::Seen;
use crate::cli::{
    Mistake,
    remote::{Once, Question, Told},
};

const OF_CHALLENGES: [&str; 3] = ["challengeForm", "challengeScope", "openCheck"];

/// What takes a login, and time, to see.
const OF_TOKENS: [&str; 4] = [
    "challengeRealm",
    "tokenEndpoint",
    "tokenNotBeforeMs",
    "tokenLifeMs",
];

pub(super) fn look(
    once: &Once,
    name: &RepositoryName,
    writes: bool,
    seen: &mut Seen,
) -> Result<(), Mistake> {
    let check = once.ask_unknown(&Question::new(Method::GET, "/v2/", ""))?;
    // An upload that nobody began is not there to be changed; asking to end it takes the right to push.
    let (method, what) = match writes {
        true => (Method::DELETE, "blobs/uploads/nothing"),
        false => (Method::GET, "tags/list"),
    };
    let asked = once.ask_unknown(&Question::new(method, format!("/v2/{name}/{what}"), ""))?;
    seen.missed(&OF_TOKENS, "a token would have to be watched");
    let Some(line) = challenge(&asked).or_else(|| challenge(&check)) else {
        seen.missed(&OF_CHALLENGES, "it asks nobody who it is");
        seen.missed(&["cookieTrap"], "it asks nobody who it is");
        return Ok(());
    };
    seen.is("openCheck", check.status == 200 && asked.status == 401);
    let forged =
        Question::new(Method::GET, "/v2/", "").header("authorization", "Basic cHJvYmU6cHJvYmU=");
    let refused = once.ask_unknown(&forged)?;
    let form = match refused.status == 403 && challenge(&refused).is_none() {
        true => "none",
        false => form(&line),
    };
    seen.is("challengeForm", form);
    match scope(&line, name.as_str()) {
        Some("narrow" | "spec") if !writes => seen.missed(&["challengeScope"], "it takes a push"),
        Some(scope) => seen.is("challengeScope", scope),
        None => seen.missed(&["challengeScope"], "it asks for a password, not a token"),
    }
    let trap = once.ask(&Question::new(Method::GET, "/v2/", ""))?;
    let sets = trap.headers.contains_key(SET_COOKIE) || check.headers.contains_key(SET_COOKIE);
    match sets {
        false => seen.is("cookieTrap", false),
        true => seen.missed(
            &["cookieTrap"],
            "it sets a cookie; what that does takes a login to see",
        ),
    }
    Ok(())
}

fn challenge(told: &Told) -> Option<String> {
    let lines = told.headers.get_all(WWW_AUTHENTICATE).iter();
    let mut lines = lines.filter_map(|line| line.to_str().ok());
    lines.next().map(str::to_owned)
}

fn form(line: &str) -> &'static str {
    let (scheme, rest) = line.split_once(' ').unwrap_or((line, ""));
    let bare: String = rest.split('"').step_by(2).collect();
    let quoted = rest.split('"').skip(1).step_by(2);
    if bare.contains("Basic ") || bare.contains("Bearer ") {
        return "several";
    }
    if scheme.chars().all(|letter| letter.is_ascii_lowercase()) {
        return "lower-case";
    }
    if !rest.contains('"') && rest.contains('=') {
        return "unquoted";
    }
    // Actions in a scope are told apart by commas, too.
    let mut other = quoted.filter(|value| !value.starts_with("repository:"));
    if other.any(|value| value.contains(',')) {
        return "commas";
    }
    "spec"
}

fn scope(line: &str, name: &str) -> Option<&'static str> {
    if !line.to_ascii_lowercase().contains("bearer") {
        return None;
    }
    let Some((_, rest)) = line.split_once("scope=") else {
        return Some("none");
    };
    let rest = rest.trim_start_matches('"');
    Some(if !rest.contains(name) {
        "bare"
    } else if !rest.contains("push") && !rest.contains("delete") && !rest.contains('*') {
        "narrow"
    } else {
        "spec"
    })
}
