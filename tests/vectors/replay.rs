//! How a case is run: an empty registry, what the case needs in it, then its requests.

use std::{collections::BTreeMap, fmt};

use registrette::{Config, spec::Profile};

use crate::{
    carriers::{Answer, Carrier, HOST, Request},
    case::{self, Case, Expect, Step, from_base64, join},
    check::{Strictness, check},
};

/// How cases are replayed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replay {
    /// As ociserver's own suite does, under the profile that imitates it; else as the spec has it.
    ociserver: bool,
    /// Where the spec leaves a choice, this project's is asked for.
    prefer: bool,
}

/// What became of cases.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Tally {
    passed: usize,
    failed: Vec<String>,
    skipped: Vec<String>,
}

/// Why a case did not pass.
enum Fault {
    /// What it needs was refused.
    Setup(String),
    /// It was answered otherwise than wanted.
    Answer(String),
}

/// A registry with what a case has put and learned there.
struct Run<'a, C> {
    replay: Replay,
    case: &'a Case,
    carrier: C,
    strictness: Strictness,
    /// The sessions that stand in for those that the case names.
    sessions: BTreeMap<String, String>,
    saved: BTreeMap<String, String>,
}

impl Replay {
    pub(crate) fn spec() -> Self {
        Self {
            ociserver: false,
            prefer: false,
        }
    }

    pub(crate) fn preferred(self) -> Self {
        Self {
            prefer: true,
            ..self
        }
    }

    pub(crate) fn ociserver() -> Self {
        Self {
            ociserver: true,
            prefer: false,
        }
    }

    /// Runs cases, each in a registry of its own; prints those that fail.
    pub(crate) fn run<C: Carrier>(self, cases: &[Case]) -> Tally {
        let mut tally = Tally::of(0, &[]);
        for case in cases {
            let is_known = !self.ociserver && case.strict_expect.is_some();
            if case.skip.is_some() && !is_known {
                tally.skipped.push(case.id.clone());
                continue;
            }
            match self.run_one::<C>(case) {
                Ok(()) => tally.passed += 1,
                Err(fault) => {
                    let level = case.level.as_deref().unwrap_or("-");
                    println!("FAILED {} {} ({level})\n{fault}", case.id, case.name);
                    tally.failed.push(case.id.clone());
                }
            }
        }
        tally
    }

    fn run_one<C: Carrier>(self, case: &Case) -> Result<(), Fault> {
        let mut config = Config::new(0);
        if self.ociserver {
            let profile = Profile::named("ociserver-2024-09").expect("the profile is there");
            config.settings.quirks = profile.quirks().expect("the profile is well formed");
        }
        let mut run = Run {
            replay: self,
            case,
            carrier: C::start(config),
            strictness: Strictness {
                prefer: self.prefer,
                loose_bodies: !self.ociserver && case.steps.is_none(),
            },
            sessions: BTreeMap::new(),
            saved: BTreeMap::new(),
        };
        run.set_up()?;
        for step in steps(case, self.ociserver) {
            if run.step(&step)? {
                break;
            }
        }
        Ok(())
    }
}

/// The steps of a case; one that is no list of steps is one step.
fn steps(case: &Case, ociserver: bool) -> Vec<Step> {
    if let Some(steps) = &case.steps {
        return steps.iter().map(clone).collect();
    }
    let mut expect = case.expect.clone().unwrap_or_default();
    if !ociserver {
        if let Some(strict) = &case.strict_expect {
            expect = strict.clone();
        } else if !case.also_right.is_empty() {
            let all = std::iter::once(expect).chain(case.also_right.iter().cloned());
            expect = Expect {
                any_of: Some(all.collect()),
                ..Expect::default()
            };
        }
    }
    let request = case.request.clone().expect("a case asks something");
    vec![Step {
        request,
        expect,
        prefer: None,
        save: BTreeMap::new(),
        end_on: Vec::new(),
    }]
}

fn clone(step: &Step) -> Step {
    Step {
        request: step.request.clone(),
        expect: step.expect.clone(),
        prefer: step.prefer.clone(),
        save: step.save.clone(),
        end_on: step.end_on.clone(),
    }
}

impl<C: Carrier> Run<'_, C> {
    fn set_up(&mut self) -> Result<(), Fault> {
        let setup = &self.case.setup;
        for (repository, blobs) in &setup.blobs {
            for (digest, content) in blobs {
                let target = format!("/v2/{repository}/blobs/uploads/?digest={digest}");
                self.push("POST", target, octet_stream(), content, 201)?;
            }
        }
        for manifest in &setup.manifests {
            let target = format!("/v2/{}", manifest.path);
            let headers = vec![header("Content-Type", &manifest.media_type)];
            self.push("PUT", target, headers, &manifest.body, 201)?;
        }
        for (id, content) in &setup.uploads {
            let named = format!("/v2/foo/blobs/uploads/{id}");
            let mut target = named.clone();
            if !self.replay.ociserver {
                let start = "/v2/foo/blobs/uploads/".to_owned();
                let answer = self.push("POST", start.clone(), Vec::new(), "", 202)?;
                target = located(&start, &answer)?;
            }
            let mut headers = octet_stream();
            headers.push(header("Content-Range", &format!("0-{}", content.len() - 1)));
            let answer = self.push("PATCH", target.clone(), headers, content, 202)?;
            if !self.replay.ociserver {
                self.sessions.insert(named, located(&target, &answer)?);
            }
        }
        Ok(())
    }

    fn push(
        &mut self,
        method: &str,
        target: String,
        headers: Vec<(String, String)>,
        body: &str,
        wanted: u16,
    ) -> Result<Answer, Fault> {
        let request = Request {
            headers,
            body: body.as_bytes().to_vec(),
            ..Request::new(method, target)
        };
        let answer = self.carrier.send(&request);
        if answer.status == wanted {
            return Ok(answer);
        }
        let got = format!("got {} {}, wanted {wanted}", answer.status, answer.text());
        let needs = self.case.setup.needs.as_deref().unwrap_or_default();
        let sent = format!("sent {method} {}", request.target);
        Err(Fault::Setup(format!("{sent}\n{got}\nneeds {needs:?}")))
    }

    /// Asks once; `true` when the case ends here.
    fn step(&mut self, step: &Step) -> Result<bool, Fault> {
        let target = self.target(&step.request)?;
        let request = Request {
            method: step.request.method.clone(),
            target: target.clone(),
            headers: step
                .request
                .headers
                .iter()
                .map(|(name, value)| header(name, &self.fill(value)))
                .collect(),
            body: body(&step.request),
            chunked: step.request.chunked,
        };
        let answer = self.ask(&request, !step.request.no_follow)?;
        let preferred = step.prefer.as_ref().filter(|_| self.replay.prefer);
        let wanted = match preferred {
            Some(prefer) => step.expect.preferring(prefer),
            None => step.expect.clone(),
        };
        let faults = check(&wanted, &answer, &request.method, self.strictness);
        if !faults.is_empty() {
            return Err(Fault::Answer(told(&request, &answer, &faults)));
        }
        if step.end_on.contains(&answer.status) {
            return Ok(true);
        }
        for (name, source) in &step.save {
            let value = match source.split_once(':') {
                Some(("header", "Location")) => answer
                    .header("Location")
                    .map(|location| resolve(&target, &location))
                    .transpose()?,
                Some(("header", header)) => answer.header(header),
                Some(("link", "next")) => answer
                    .header("Link")
                    .and_then(|link| Some(link.strip_prefix('<')?.split_once('>')?.0.to_owned()))
                    .map(|link| resolve(&target, &link))
                    .transpose()?,
                _ => panic!("nothing to save: {source}"),
            };
            self.saved.insert(name.clone(), value.unwrap_or_default());
        }
        Ok(false)
    }

    /// Asks, and follows redirects as far as the spec lets a client.
    fn ask(&mut self, request: &Request, follow: bool) -> Result<Answer, Fault> {
        let mut request = request.clone();
        for _ in 0..6 {
            let answer = self.carrier.send(&request);
            let is_read = ["GET", "HEAD"].contains(&request.method.as_str());
            let moves = match answer.status {
                307 | 308 => true,
                301..=303 => is_read,
                _ => false,
            };
            match answer.header("Location").filter(|_| follow && moves) {
                Some(location) => request.target = resolve(&request.target, &location)?,
                None => return Ok(answer),
            }
        }
        Err(Fault::Answer("too many redirects".to_owned()))
    }

    fn target(&self, request: &case::Request) -> Result<String, Fault> {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let mut target = match self.sessions.get(path) {
            Some(session) if query.is_empty() => session.clone(),
            Some(session) => format!("{session}{}{query}", separator(session)),
            None => self.fill(&request.path),
        };
        if target.is_empty() {
            return Err(Fault::Answer(format!("nothing saved for {path}")));
        }
        for (name, value) in &request.query {
            target = format!("{target}{}{name}={}", separator(&target), quote(value));
        }
        Ok(target)
    }

    fn fill(&self, text: &str) -> String {
        self.saved
            .iter()
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!("${{{name}}}"), value)
            })
    }
}

fn separator(target: &str) -> char {
    if target.contains('?') { '&' } else { '?' }
}

/// A value of a query, percent-encoded.
fn quote(value: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-~:/".contains(byte);
    let quoted = value.bytes().map(|byte| match byte {
        byte if plain(&byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    quoted.collect()
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn octet_stream() -> Vec<(String, String)> {
    vec![header("Content-Type", "application/octet-stream")]
}

fn body(request: &case::Request) -> Vec<u8> {
    match (&request.body_base64, &request.body_parts, &request.body) {
        (Some(text), _, _) => from_base64(text),
        (_, Some(parts), _) => join(parts),
        (_, _, Some(text)) => text.clone().into_bytes(),
        _ => Vec::new(),
    }
}

fn located(target: &str, answer: &Answer) -> Result<String, Fault> {
    let location = answer.header("Location");
    resolve(
        target,
        &location.ok_or_else(|| Fault::Setup("no Location".to_owned()))?,
    )
}

/// The target that a reference names, seen from another.
fn resolve(target: &str, reference: &str) -> Result<String, Fault> {
    if let Some((_, rest)) = reference.split_once("://") {
        let path = rest.strip_prefix(HOST);
        let path = path.ok_or_else(|| Fault::Answer(format!("another host: {reference}")))?;
        return Ok(if path.is_empty() { "/" } else { path }.to_owned());
    }
    let path = target.split('?').next().unwrap_or_default();
    let folder = &path[..=path.rfind('/').unwrap_or_default()];
    Ok(match reference.chars().next() {
        Some('/') => reference.to_owned(),
        Some('?') => format!("{path}{reference}"),
        _ => format!("{folder}{reference}"),
    })
}

/// A failure, with what was sent and what came.
fn told(request: &Request, answer: &Answer, faults: &[String]) -> String {
    let mut told = format!("  sent {} {}\n", request.method, request.target);
    for (name, value) in &request.headers {
        told.push_str(&format!("       {name}: {value}\n"));
    }
    let shown: String = String::from_utf8_lossy(&request.body)
        .chars()
        .take(400)
        .collect();
    told.push_str(&format!("       {shown:?}\n  got  {}\n", answer.status));
    for (name, value) in &answer.headers {
        told.push_str(&format!("       {name}: {value}\n"));
    }
    let shown: String = answer.text().chars().take(400).collect();
    told.push_str(&format!("       {shown:?}\n"));
    for fault in faults {
        told.push_str(&format!("  but  {fault}\n"));
    }
    told
}

impl Tally {
    pub(crate) fn of(passed: usize, skipped: &[&str]) -> Self {
        Self {
            passed,
            failed: Vec::new(),
            skipped: skipped.iter().map(|id| (*id).to_owned()).collect(),
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(f, "{passed} passed, {} failed", failed.len())?;
        write!(
            f,
            ", {} skipped upstream: {}",
            skipped.len(),
            skipped.join(" ")
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setup(text) => write!(f, "  what it needs was refused: {text}"),
            Self::Answer(text) => f.write_str(text),
        }
    }
}
