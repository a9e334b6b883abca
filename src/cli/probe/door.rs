//! `GET /v2/`, and what answers wrong questions.

use http::Method;

use super::Seen;
use crate::cli::{
    Mistake,
    remote::{Once, Question},
};

pub(super) fn look(once: &Once, seen: &mut Seen) -> Result<(), Mistake> {
    let check = Question::new(Method::GET, "/v2/", "");
    let told = once.ask_unknown(&check)?;
    let is_registry = match told.status {
        200 => told.headers.contains_key("docker-distribution-api-version") || is_plain(&told),
        401 | 403 => told.headers.contains_key("www-authenticate") || !told.code().is_empty(),
        429 => {
            return Err(Mistake(format!(
                "{} answers 429 to GET /v2/; try again later",
                once.origin()
            )));
        }
        _ => false,
    };
    if !is_registry {
        return Err(Mistake(format!(
            "{} is no registry, or not at this address: GET /v2/ answers {}",
            once.origin(),
            told.status
        )));
    }
    match told.status {
        200 => seen.is("emptyCheck", told.body.is_empty()),
        _ => {
            let known = once.ask(&check)?;
            if known.status == 200 {
                seen.is("emptyCheck", known.body.is_empty());
            } else {
                seen.missed(&["emptyCheck"], "it takes a login");
            }
        }
    }
    let bad = once.ask(&Question::new(Method::GET, "/v2/Not_A_Name/tags/list", ""))?;
    seen.is("htmlForBadName", bad.status == 200 && bad.is_html());
    words(once, seen)
}

/// Whether an answer to `/v2/` is the little that the spec asks for.
fn is_plain(told: &crate::cli::remote::Told) -> bool {
    told.body.is_empty() || told.json().is_object()
}

fn words(once: &Once, seen: &mut Seen) -> Result<(), Mistake> {
    let code = |target: &str| -> Result<(u16, String), Mistake> {
        let told = once.ask(&Question::new(Method::GET, target, "repository:probe:pull"))?;
        Ok((told.status, told.code()))
    };
    let (status, digest) = code("/v2/probe/blobs/sha256:bad")?;
    let (_, page) = code("/v2/probe/nothing/here")?;
    if [401, 403].contains(&status) {
        seen.missed(&["errorTable"], "it takes a login");
        return Ok(());
    }
    let words = match (digest.as_str(), page.as_str()) {
        ("UNKNOWN", "UNKNOWN") => "ociserver-2024-09",
        (_, "UNKNOWN") => "ociserver",
        _ => "spec",
    };
    seen.is("errorTable", words);
    Ok(())
}
