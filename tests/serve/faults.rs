//! Each verb of a fault rule, seen on the wire. What is seen is what the table in the README says.

use std::{
    io::{ErrorKind, Read},
    net::TcpStream,
    time::{Duration, Instant},
};

use registrette::{
    image::Seed,
    layer::{Rule, Verb},
    serve::{Clock, ClockMode},
};
use serde_json::json;

use crate::{
    client::{Client, End, get},
    running::{self, Running},
};

const README: &str = include_str!("../../README.md");

/// How far the clock is moved at a time: as long as each wait, at most.
const STEP: Duration = Duration::from_millis(100);

/// How long nothing comes before the clock is moved, while the answer waits for it.
const SILENCE: Duration = Duration::from_millis(150);

/// How often nothing comes for that long until an answer counts as one that does not come.
const SILENCES: usize = 14;

/// The rows of the table, and what is done for each.
const ROWS: [(&str, &str); 13] = [
    (
        "`status`",
        r#"{"verb":"status","status":429,"code":"TOOMANYREQUESTS","message":"slow down","headers":{"Retry-After":"1"}}"#,
    ),
    (
        "`redirect`",
        r#"{"verb":"redirect","status":302,"host":"127.0.0.1:9"}"#,
    ),
    (
        "`header`",
        r#"{"verb":"header","drop":["Etag"],"set":{"X-A":"b"}}"#,
    ),
    ("`corrupt`", r#"{"verb":"corrupt","at":5}"#),
    ("`delay`", r#"{"verb":"delay","time":"100ms"}"#),
    (
        "`delay` at `chunks`",
        r#"{"verb":"delay","time":"100ms","at":"chunks"}"#,
    ),
    (
        "`delay` at `end`",
        r#"{"verb":"delay","time":"100ms","at":"end"}"#,
    ),
    ("`throttle`", r#"{"verb":"throttle","bytesPerSecond":80}"#),
    ("`hang`", r#"{"verb":"hang"}"#),
    ("`stall`", r#"{"verb":"stall","at":5}"#),
    ("`reset`", r#"{"verb":"reset"}"#),
    ("`reset` with `at`", r#"{"verb":"reset","at":5}"#),
    ("`truncate`", r#"{"verb":"truncate","at":5}"#),
];

/// The first column of each row, and the second.
fn table() -> Vec<(String, String)> {
    let rows = README
        .lines()
        .skip_while(|line| !line.starts_with("| verb | `serve` |"));
    let rows = rows.skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let mut cells = row.split('|').skip(1).map(|cell| cell.trim().to_owned());
        (cells.next().unwrap(), cells.next().unwrap())
    })
    .collect()
}

#[test]
fn each_verb_is_seen_as_the_readme_says() {
    let table = table();
    let names: Vec<_> = table.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ROWS.map(|(name, _)| name), "the rows of the table");
    for verb in Verb::NAMES {
        let has_row = |name: &&str| name.starts_with(&format!("`{verb}`"));
        assert!(names.iter().any(has_row), "{verb} has no row");
    }
    for ((name, verb), (_, told)) in ROWS.iter().zip(&table) {
        assert_eq!(seen(name, verb), *told, "{name}: {verb}");
    }
}

/// What a client sees, in the words of the table.
fn seen(name: &str, verb: &str) -> String {
    let clock = Clock::new(ClockMode::Virtual);
    let content = if name.contains("chunks") {
        "hello world".repeat(200_000)
    } else {
        "hello world".to_owned()
    };
    let (_server, client) = pull(verb, &clock, &content);
    let mut wire = Wire::new(client.stream, &clock);
    wire.watch();
    let Wire {
        received,
        pauses,
        end,
        ..
    } = &wire;
    let length = wire.body().map(|body| body.len());
    let whole = content.len();
    match (length, end) {
        (None, Ended::Reset) => "RST".to_owned(),
        (None, Ended::Not) => "no answer".to_owned(),
        (Some(5), Ended::Not) => "silence after `at` bytes".to_owned(),
        (Some(5), Ended::Reset) => "RST after `at` bytes".to_owned(),
        (Some(5), Ended::Closed) => "close after `at` bytes".to_owned(),
        (Some(length), Ended::Whole) => {
            let head = length_of_head(received);
            let pauses: Vec<_> = pauses.iter().map(|at| at.saturating_sub(head)).collect();
            let before_head = wire.pauses.first() == Some(&0);
            match pauses.as_slice() {
                [] => answer(name, &wire),
                [0] if before_head => "late".to_owned(),
                [at] if *at == whole - 1 => "last byte late".to_owned(),
                [0, ..] if pauses.len() == 2 && !before_head => "slow".to_owned(),
                [first, ..] if *first > 0 && length == whole => "pauses between pieces".to_owned(),
                _ => format!("{pauses:?}"),
            }
        }
        other => format!("{other:?} {}", String::from_utf8_lossy(received)),
    }
}

/// Of an answer that comes at once: whether it is the one that was asked for.
fn answer(name: &str, wire: &Wire<'_>) -> String {
    let text = String::from_utf8_lossy(&wire.received).into_owned();
    let body = String::from_utf8_lossy(wire.body().unwrap_or_default()).into_owned();
    let has = |line: &str| text.contains(&format!("\r\n{line}\r\n"));
    let is = match name {
        "`status`" => {
            let error = r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}"#;
            text.starts_with("HTTP/1.1 429 ") && has("Retry-After: 1") && body == error
        }
        "`redirect`" => {
            let location = "\r\nLocation: http://127.0.0.1:9/v2/app/blobs/sha256:";
            text.starts_with("HTTP/1.1 302 ")
                && text.contains(location)
                && text.contains("?redirected-strict=1\r\n")
        }
        "`header`" => has("X-A: b") && !text.contains("\r\nEtag: ") && body == "hello world",
        "`corrupt`" => text.starts_with("HTTP/1.1 200 ") && body == "hello!world",
        _ => false,
    };
    if is { "the answer".to_owned() } else { text }
}

/// One answer, as it comes.
struct Wire<'a> {
    stream: TcpStream,
    clock: &'a Clock,
    received: Vec<u8>,
    /// How many bytes had come when nothing did before the clock was moved.
    pauses: Vec<usize>,
    end: Ended,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ended {
    /// Nothing comes any more.
    Not,
    Whole,
    Closed,
    Reset,
}

impl<'a> Wire<'a> {
    fn new(stream: TcpStream, clock: &'a Clock) -> Self {
        Self {
            stream,
            clock,
            received: Vec::new(),
            pauses: Vec::new(),
            end: Ended::Not,
        }
    }

    /// Reads to the end, and moves the clock where the answer waits for it.
    fn watch(&mut self) {
        let mut buffer = vec![0; 1 << 16];
        let mut silences = 0;
        self.stream.set_read_timeout(Some(SILENCE)).unwrap();
        loop {
            if self.is_whole() {
                self.end = Ended::Whole;
                return;
            }
            let waits = self.clock.waiting_answers() > 0;
            match self.stream.read(&mut buffer) {
                Ok(0) => {
                    self.end = Ended::Closed;
                    return;
                }
                Ok(length) => self.received.extend(&buffer[..length]),
                Err(fault) if fault.kind() == ErrorKind::ConnectionReset => {
                    self.end = Ended::Reset;
                    return;
                }
                Err(_) if waits => {
                    self.pauses.push(self.received.len());
                    self.clock.advance(STEP);
                }
                Err(_) if silences < SILENCES => silences += 1,
                Err(_) => return,
            }
        }
    }

    fn body(&self) -> Option<&[u8]> {
        let head = length_of_head(&self.received);
        (head > 0).then(|| &self.received[head..])
    }

    /// Whether as much came as the head says.
    fn is_whole(&self) -> bool {
        let head = String::from_utf8_lossy(&self.received[..length_of_head(&self.received)]);
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "));
        length.is_some_and(|length| self.body().map(<[u8]>::len) >= length.parse().ok())
    }
}

fn length_of_head(received: &[u8]) -> usize {
    let end = received.windows(4).position(|four| four == b"\r\n\r\n");
    end.map_or(0, |end| end + 4)
}

/// A server by that clock where this happens to every blob that is pulled, and a client that pulled one of this content.
fn pull(verb: &str, clock: &Clock, content: &str) -> (Running, Client) {
    let rule = format!(r#"{{"match":{{"operation":"blob.get"}},"do":[{verb}]}}"#);
    let rule = Rule::parse(&rule).unwrap();
    let mut digest = String::new();
    let server = running::start_with(
        |options| options.clock = clock.clone(),
        |registry| {
            registry.add_fault(clock.now(), rule);
            let seed = json!([{ "blob": { "repository": "app", "bytes": content } }]).to_string();
            let made = registry.seed(Seed::read(seed.as_bytes(), &[]).unwrap());
            digest = made.unwrap()[0].digest.to_string();
        },
    );
    let mut client = Client::new(server.address);
    client.send(get(&format!("/v2/app/blobs/{digest}")));
    (server, client)
}

#[test]
fn a_body_of_no_bytes_ends_as_it_is_told_to() {
    for (verb, end) in [
        (r#"{"verb":"truncate","at":0}"#, End::Closed),
        (r#"{"verb":"reset","at":0}"#, End::Reset),
    ] {
        let (_server, mut client) = pull(verb, &Clock::default(), "hello world");
        let head = client.head();
        assert!(head.contains("Content-Length: 11\r\n"), "{verb}: {head}");
        assert_eq!(client.rest(), (Vec::new(), end), "{verb}");
    }
}

#[test]
fn nothing_happens_to_the_body_of_a_head() {
    let verbs = r#"{"verb":"truncate","at":0},{"verb":"reset","at":0}"#;
    let rule = format!(r#"{{"match":{{"method":"HEAD"}},"do":[{verbs}]}}"#);
    let rule = Rule::parse(&rule).unwrap();
    let server = running::start_with(
        |_| {},
        |registry| {
            registry.add_fault(registrette::serve::now(), rule);
        },
    );
    let mut client = Client::new(server.address);
    for _ in 0..2 {
        client.send("HEAD /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let answer = client.answer_to("HEAD");
        assert_eq!(
            (answer.status, answer.header("Content-Length")),
            (200, Some("2"))
        );
    }
}

#[test]
fn by_the_systems_clock_an_answer_takes_its_time() {
    for verb in [
        r#"{"verb":"delay","time":"300ms"}"#,
        r#"{"verb":"delay","time":300,"at":"end"}"#,
        r#"{"verb":"throttle","bytesPerSecond":33}"#,
    ] {
        let since = Instant::now();
        let (_server, mut client) = pull(verb, &Clock::default(), "hello world");
        let answer = client.answer();
        assert_eq!(
            (answer.status, &answer.body[..]),
            (200, &b"hello world"[..])
        );
        assert!(since.elapsed() >= Duration::from_millis(290), "{verb}");
    }
}
