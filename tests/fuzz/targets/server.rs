//! Connections: bytes that hyper reads, and heads that the guard lets through or not.

use std::{
    cell::RefCell,
    net::{Ipv4Addr, Ipv6Addr},
};

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use registrette::{
    Config, Registry,
    serve::{Guard, Service, SharedRegistry, service},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    runtime::{Builder, Runtime},
};

use super::input::Input;

const HOSTS: [&str; 14] = [
    "localhost",
    "localhost:5000",
    "a.localhost",
    "LOCALHOST.",
    "127.0.0.1:80",
    "[::1]:5000",
    "registry.test",
    "evil.example",
    "localhost.evil.example",
    "127.1",
    ".localhost",
    "[::1",
    "a:65536",
    "",
];
const ORIGINS: [&str; 9] = [
    "http://localhost",
    "http://localhost:5000",
    "https://localhost",
    "http://app.example:8080",
    "http://evil.example",
    "null",
    "http://127.0.0.1",
    "http://localhost:80",
    "",
];

thread_local! {
    static SERVER: RefCell<(Runtime, Service)> = RefCell::new(start());
}

fn start() -> (Runtime, Service) {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let guard = Guard::loopback().host("registry.test").unwrap();
    let guard = guard.origin("http://app.example:8080").unwrap();
    let registry = SharedRegistry::new(Registry::new(Config::new(0)));
    (runtime, service(registry).guarded(guard))
}

pub(crate) fn run(data: &[u8]) {
    let mut input = Input::new(data);
    if input.one_in(3) {
        // Anything: what comes back, if anything, is an answer.
        let said = ask(input.rest());
        assert!(said.is_empty() || said.starts_with(b"HTTP/1."), "{said:?}");
        return;
    }
    let word = |input: &mut Input<'_>, known: &[&str]| match input.below(3) {
        0 => input.text(30),
        _ => input.pick(known).to_owned(),
    };
    let host = word(&mut input, &HOSTS);
    let origin = input.one_in(2).then(|| word(&mut input, &ORIGINS));
    let (site, mode) = (input.one_in(3), input.one_in(2));
    let method = input.pick(&["GET", "DELETE"]);
    let mut head = format!("{method} /v2/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    if let Some(origin) = &origin {
        head.push_str(&format!("Origin: {origin}\r\n"));
    }
    if site {
        head.push_str("Sec-Fetch-Site: cross-site\r\n");
    }
    if mode {
        head.push_str("Sec-Fetch-Mode: navigate\r\n");
    }
    head.push_str("\r\n");
    let said = String::from_utf8(ask(head.as_bytes())).unwrap();
    let passed = said.starts_with("HTTP/1.1 200") || said.starts_with("HTTP/1.1 405");
    if head.matches("\r\n").count() != head.matches('\n').count()
        || [&host]
            .into_iter()
            .chain(&origin)
            .any(|word| word.contains(['\r', '\n']))
    {
        // More lines than were meant: another head than the one that is judged here.
        return;
    }
    if passed {
        assert!(is_ours(host.trim_matches([' ', '\t'])), "{head:?}");
        if let Some(origin) = &origin {
            let host = host.trim_matches([' ', '\t']);
            assert!(may_ask(origin.trim_matches([' ', '\t']), host), "{head:?}");
        }
        assert!(
            !site || origin.is_some() || (mode && method == "GET"),
            "{head:?}"
        );
    } else if HOSTS[..7].contains(&host.as_str()) && origin.is_none() && !site {
        panic!("{head:?} is refused: {said}");
    }
}

/// Sends bytes, then ends; gives all that comes back.
fn ask(bytes: &[u8]) -> Vec<u8> {
    SERVER.with_borrow(|(runtime, service)| {
        runtime.block_on(async {
            let (mut ours, theirs) = tokio::io::duplex(1 << 20);
            ours.write_all(bytes).await.unwrap();
            ours.shutdown().await.unwrap();
            let connection = http1::Builder::new()
                .half_close(true)
                .serve_connection(TokioIo::new(theirs), service.clone());
            // A request that cannot be read ends the connection with an error.
            drop(connection.await);
            let mut said = Vec::new();
            ours.read_to_end(&mut said).await.unwrap();
            said
        })
    })
}

fn split(host: &str) -> (String, Option<u16>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.ends_with(':') && !port.contains(']') => {
            (name.to_ascii_lowercase(), port.parse().ok())
        }
        _ => (host.to_ascii_lowercase(), None),
    }
}

/// Whether a name leads to this machine for sure, or is the one it was given.
fn is_ours(host: &str) -> bool {
    let (name, _) = split(host);
    let bare = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    let local = name.strip_suffix('.').unwrap_or(&name);
    name.parse::<Ipv4Addr>().is_ok()
        || bare.is_some_and(|bare| bare.parse::<Ipv6Addr>().is_ok())
        || local == "localhost"
        || local.ends_with(".localhost")
        || name == "registry.test"
}

/// Whether an origin is the server's own, or the one that was admitted.
fn may_ask(origin: &str, host: &str) -> bool {
    let Some((scheme, rest)) = origin.split_once("://") else {
        return false;
    };
    let port = |(name, port): (String, Option<u16>)| (name, port.unwrap_or(80));
    let (asked, own) = (port(split(rest)), port(split(host)));
    scheme == "http" && (asked == own || asked == ("app.example".to_owned(), 8080))
}
