//! Whether the transcripts, taken together, leave something out.

use std::collections::{BTreeMap, BTreeSet};

use registrette::{
    spec::{Profile, Quirks},
    wire::Operation,
};
use serde_json::Value;

use crate::{play::Played, syntax::Transcript};

/// What the transcripts have shown.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    files: usize,
    answers: usize,
    operations: BTreeSet<String>,
    statuses: BTreeMap<u16, usize>,
    codes: BTreeSet<String>,
    messages: BTreeSet<String>,
    /// What was done past HTTP: `references lax`, `quirk nullReferrers`, `limit tags`.
    settings: BTreeSet<String>,
}

/// The message of every error that a client can come by. Not here: a full journal, a store that fails, a restore while
/// a body arrives, an upstream that fails, a body of another length than said; those are not reached by asking alone.
const MESSAGES: [&str; 39] = [
    "authentication required",
    "badly formed digest",
    "body is too large",
    "blob is too large",
    "blob unknown to registry",
    "blob upload unknown to registry",
    "chunk does not continue the upload",
    "config is of a type that is not taken",
    "content does not match its digest",
    "invalid repository name",
    "invalid next token",
    "invalid request for a token",
    "invalid request target",
    "invalid tag",
    "manifest invalid",
    "manifest is of a type that Accept does not name",
    "manifest is too large",
    "manifest references content unknown to the repository; push that first",
    "manifest unknown to registry",
    "manifest unknown to registry: no tag is written like this",
    "manifest unknown to registry: tag does not exist",
    "method not allowed",
    "only one way of authentication is allowed; leave Authorization out",
    "page not found",
    "precondition failed",
    "query parameter n is not a number from 0 upwards",
    "query parameter n is over the longest page",
    "range not satisfiable",
    "registry is full",
    "repository name not known to registry",
    "requested access is denied",
    "request headers are too large",
    "request target is too long",
    "tag is immutable",
    "the upload does not go on in chunks",
    "too many",
    // ociserver's words.
    "invalid range [6, 3]; have [0, 3]",
    "we don't understand your Content-Range",
    "cannot copy blob data: invalid offset 9 in resumed upload (actual offset 3): range invalid: invalid content range",
];

const SETTINGS: [&str; 22] = [
    "accept strict",
    "auth",
    "chunk-min-length",
    "deletes off",
    "header",
    "limit blob",
    "limit headers",
    "limit manifest",
    "limit name",
    "limit repositories",
    "limit session-idle",
    "limit sessions",
    "limit tags",
    "limit target",
    "limit total",
    "public-url",
    "rate-limit",
    "references lax",
    "references sparse",
    "revoke tokens",
    "seed",
    "trust-forwarded",
];

impl Coverage {
    pub(crate) fn add(&mut self, transcript: &Transcript, played: Played) {
        self.files += 1;
        self.answers += played.answers.len();
        self.operations.extend(played.operations);
        for directive in transcript.directives() {
            let words: Vec<&str> = directive.split(' ').collect();
            let counted = match words.as_slice() {
                [
                    "auth" | "chunk-min-length" | "header" | "public-url" | "rate-limit" | "seed"
                    | "trust-forwarded",
                    ..,
                ] => &words[..1],
                _ => &words[..words.len().min(2)],
            };
            self.settings.insert(counted.join(" ").to_ascii_lowercase());
        }
        for answer in played.answers {
            *self.statuses.entry(answer.status).or_default() += 1;
            let Ok(json) = serde_json::from_slice::<Value>(&answer.body) else {
                continue;
            };
            let errors = json.get("errors").and_then(Value::as_array);
            for error in errors.into_iter().flatten() {
                let text = |member| error.get(member).and_then(Value::as_str).map(str::to_owned);
                self.codes.extend(text("code"));
                self.messages.extend(text("message"));
            }
        }
    }

    pub(crate) fn summary(&self) -> String {
        let Self {
            files,
            answers,
            operations,
            codes,
            messages,
            ..
        } = self;
        let [operations, codes, messages] = [operations, codes, messages].map(BTreeSet::len);
        let statuses = self
            .statuses
            .iter()
            .map(|(status, count)| format!("{status} ×{count}"));
        let statuses = statuses.collect::<Vec<_>>().join(", ");
        format!(
            "{files} transcripts, {answers} answers ({statuses}), {operations} operations, {codes} codes, {messages} messages"
        )
    }

    /// Fails for what no transcript shows. A few files alone leave nearly everything out.
    pub(crate) fn assert_whole(&self) {
        if std::env::var_os("ONLY").is_some() {
            return;
        }
        let quirks = Quirks::names().map(|name| format!("quirk {}", name.to_ascii_lowercase()));
        let profiles = Profile::names().map(|name| format!("profile {name}"));
        let settings = SETTINGS.iter().map(|name| (*name).to_owned());
        let settings = settings.chain(quirks).chain(profiles);
        let missing: Vec<String> = settings
            .filter(|name| !self.settings.contains(name))
            .chain(absent(&Operation::NAMES, &self.operations))
            .chain(absent(&MESSAGES, &self.messages))
            .collect();
        assert!(missing.is_empty(), "no transcript shows: {missing:#?}");
    }
}

fn absent(wanted: &[&str], seen: &BTreeSet<String>) -> Vec<String> {
    let absent = wanted.iter().filter(|name| !seen.contains(**name));
    absent.map(|name| (*name).to_owned()).collect()
}
