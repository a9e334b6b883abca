//! How a transcript is played.

use registrette::Registry;

use crate::{
    carriers::{Answer, Carrier, Request},
    expand::Names,
    render::render,
    setting::{config, direct},
    syntax::{Item, Transcript},
};

/// A transcript with the answers as they were.
#[derive(Debug, Default)]
pub(crate) struct Played {
    pub(crate) text: String,
    /// What was wrong whatever the transcript says, by line.
    pub(crate) faults: Vec<(usize, String)>,
    pub(crate) answers: Vec<Answer>,
    /// The names of the operations, in order.
    pub(crate) operations: Vec<String>,
}

/// Plays a transcript in a registry of its own.
pub(crate) fn play<C: Carrier>(transcript: &Transcript) -> Played {
    let mut played = Played::default();
    let mut names = Names::default();
    let mut carrier = match config(transcript) {
        Ok(config) => C::start(config),
        Err(fault) => panic!("{fault}"),
    };
    let mut head_differs = false;
    for item in &transcript.items {
        let done = match item {
            Item::Aside(line) => {
                played.line(line);
                Ok(())
            }
            Item::Set { line, directive } => {
                played.line(&format!("@ {directive}"));
                head_differs |= directive == "head differs";
                let done = match directive.as_str() {
                    "head differs" => Ok(()),
                    directive => direct(&mut carrier, directive),
                };
                done.map_err(|fault| (*line, fault))
            }
            Item::Define {
                line,
                name,
                text,
                source,
            } => {
                source.iter().for_each(|line| played.line(line));
                let text = names.expand(text);
                text.map(|text| names.define(name, text))
                    .map_err(|fault| (*line, fault))
            }
            Item::Ask { line, head, body } => {
                head.iter()
                    .for_each(|line| played.line(&format!("> {line}")));
                if !body.is_empty() {
                    played.line(&format!("\n{body}\n"));
                }
                let request = request(&mut names, head, body);
                let request = request.map_err(|fault| (*line, fault));
                request.and_then(|request| {
                    let answer = carrier.send(&request);
                    if let Some(session) = answer.header("docker-upload-uuid") {
                        names.see_session(&session);
                    }
                    // Those with a code in them, which nobody wants to read.
                    if let Some(location) =
                        answer.header("location").filter(|it| it.contains("pass="))
                    {
                        names.see_location(&location);
                    }
                    if let Ok(json) = serde_json::from_slice(&answer.body) {
                        names.see_token(&json);
                    }
                    played.line(&render(&answer, &names));
                    played.line("");
                    let mut fault = check_always(&request, &answer);
                    if request.method == "GET" && !head_differs {
                        fault = fault.or_else(|| check_head(&mut carrier, &request, &answer));
                    }
                    played.answers.push(answer);
                    fault.map_or(Ok(()), |fault| Err((*line, fault)))
                })
            }
        };
        played.faults.extend(done.err());
    }
    played.text.truncate(played.text.trim_end().len());
    played.text.push('\n');
    carrier.with(&mut |registry: &mut Registry| {
        let operations = registry.calls().map(|call| call.operation.to_owned());
        played.operations.extend(operations);
    });
    played
}

impl Played {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

fn request(names: &mut Names, head: &[String], body: &str) -> Result<Request, String> {
    let (first, rest) = head.split_first().ok_or("no request")?;
    let first = names.expand_text(first)?;
    let (method, target) = first.split_once(' ').ok_or("no target")?;
    let mut request = Request::new(method, target);
    for line in rest {
        let line = names.expand_text(line)?;
        let (name, value) = line.split_once(": ").ok_or("a header without value")?;
        if name == "Transfer-Encoding" {
            request.chunked = true;
        } else {
            request.headers.push((name.to_owned(), value.to_owned()));
        }
    }
    request.body = names.expand(body)?;
    Ok(request)
}

/// What is true of every answer.
fn check_always(request: &Request, answer: &Answer) -> Option<String> {
    let length = answer.header("content-length");
    if answer.status == 0 {
        return Some(answer.text());
    }
    if request.method == "HEAD" && !answer.body.is_empty() {
        return Some("HEAD answered with a body".to_owned());
    }
    match (answer.status, length) {
        (204 | 304, None) => None,
        (204 | 304, Some(_)) => Some("a length where RFC 9110 (section 8.6) has none".to_owned()),
        (_, None) => Some("no Content-Length".to_owned()),
        (_, Some(length)) if request.method == "HEAD" => {
            length.parse::<u64>().err().map(|fault| fault.to_string())
        }
        (_, Some(length)) => (length != answer.body.len().to_string())
            .then(|| format!("Content-Length {length}, but {} bytes", answer.body.len())),
    }
}

/// Asks HEAD what GET was asked: everything but the body must be the same. Ranges are GET's alone (RFC 9110, 14.2).
fn check_head(carrier: &mut impl Carrier, get: &Request, answer: &Answer) -> Option<String> {
    let head = Request {
        method: "HEAD".to_owned(),
        ..get.clone()
    };
    let is_ranged = get.headers.iter().any(|(name, _)| name == "Range");
    if is_ranged && ![200, 304].contains(&answer.status) {
        return None;
    }
    let heads = carrier.send(&head);
    let sorted = |answer: &Answer| {
        let mut headers = answer.headers.clone();
        headers.sort();
        (answer.status, headers)
    };
    let same = sorted(&heads) == sorted(answer) && heads.body.is_empty();
    (!same).then(|| format!("HEAD is answered {heads:?}"))
}
