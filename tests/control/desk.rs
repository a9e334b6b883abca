//! Somebody who asks for control.

use std::net::SocketAddr;

use registrette::{
    Config, Registry,
    serve::{ControlOptions, Options},
};
use serde_json::Value;

use crate::{
    client::{Answer, Client},
    running::{Running, start_with},
};

/// A server with control, and a connection to it.
pub(crate) struct Desk {
    pub(crate) server: Running,
    client: Client,
}

/// A server with control.
pub(crate) fn desk() -> Desk {
    desk_with(|_| {})
}

pub(crate) fn desk_with(change: impl FnOnce(&mut Options)) -> Desk {
    let change = |options: &mut Options| {
        options.control = Some(ControlOptions::default());
        change(options);
    };
    let server = start_with(change, |registry| {
        *registry = Registry::new(Config {
            call_bodies: 1 << 20,
            ..Config::new(0)
        });
    });
    let client = Client::new(server.address);
    Desk { server, client }
}

impl Desk {
    /// Asks as it is to be asked. A body is JSON; none is empty.
    pub(crate) fn ask(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let mut headers = vec!["Registrette-Control: 1"];
        if !body.is_empty() {
            headers.push("Content-Type: application/json");
        }
        self.ask_with(method, path, &headers, body)
    }

    pub(crate) fn ask_with(
        &mut self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: &str,
    ) -> Answer {
        ask_on(&mut self.client, method, path, headers, body)
    }

    /// Asks, and reads the JSON of the answer, which has to have that status.
    #[track_caller]
    pub(crate) fn json(&mut self, method: &str, path: &str, body: &str, status: u16) -> Value {
        let answer = self.ask(method, path, body);
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    /// Asks the registry itself.
    pub(crate) fn status(&mut self, method: &str, path: &str, body: &str) -> u16 {
        self.ask_with(method, path, &[], body).status
    }
}

/// Asks on a connection of its own.
pub(crate) fn ask_at(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[&str],
    body: &str,
) -> Answer {
    ask_on(&mut Client::new(address), method, path, headers, body)
}

fn ask_on(client: &mut Client, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    client.send(format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{lines}Content-Length: {length}\r\n\r\n{body}"
    ));
    client.answer_to(method)
}
