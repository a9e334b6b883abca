//! Calls as they are answered.

use serde_json::Value;

use crate::{
    client::Client,
    desk::{Desk, desk},
};

/// The lines of a body in chunks.
struct Stream<'a>(&'a mut Client);

impl Stream<'_> {
    /// The next line that is not the length of a chunk; `None` at the end.
    fn line(&mut self) -> Option<String> {
        loop {
            let mut line = Vec::new();
            while line.last() != Some(&b'\n') {
                line.extend(self.0.rest_of_body(1));
            }
            let line = String::from_utf8(line).unwrap();
            let line = line.trim_end();
            match usize::from_str_radix(line, 16) {
                Ok(0) => return None,
                Err(_) if !line.is_empty() => return Some(line.to_owned()),
                _ => {}
            }
        }
    }

    fn operation(&mut self) -> String {
        let line = self.line().unwrap();
        let line = line.strip_prefix("data: ").unwrap_or(&line);
        let call: Value = serde_json::from_str(line).expect(line);
        format!("{} {}", call["seq"], call["operation"].as_str().unwrap())
    }
}

fn follow(desk: &Desk, query: &str, accept: &str) -> Client {
    let mut client = Client::new(desk.server.address);
    client.send(format!(
        "GET /_control/calls?{query} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n"
    ));
    client
}

#[test]
fn calls_are_told_those_that_were_and_those_that_come() {
    let mut desk = desk();
    desk.status("GET", "/v2/", "");
    let mut client = follow(&desk, "follow", "*/*");
    assert!(
        client
            .head()
            .contains("Content-Type: application/x-ndjson\r\n")
    );
    let mut stream = Stream(&mut client);
    assert_eq!(stream.operation(), "1 ping");
    desk.status("GET", "/v2/_catalog", "");
    assert_eq!(stream.operation(), "2 catalog");
    desk.ask("DELETE", "/_control/calls", "");
    desk.status("GET", "/", "");
    assert_eq!(stream.operation(), "1 alive");
}

#[test]
fn events_are_told_those_that_fit() {
    let mut desk = desk();
    desk.status("GET", "/v2/", "");
    let mut client = follow(
        &desk,
        "follow=true&operation=catalog&last=0",
        "text/event-stream",
    );
    assert!(
        client
            .head()
            .contains("Content-Type: text/event-stream\r\n")
    );
    let mut stream = Stream(&mut client);
    desk.status("GET", "/v2/", "");
    desk.status("GET", "/v2/_catalog", "");
    let line = stream.line().unwrap();
    assert!(line.starts_with("data: {"), "{line}");
    assert!(line.contains("\"operation\":\"catalog\""), "{line}");
}

#[test]
fn who_follows_is_let_go_when_the_server_stops() {
    let mut desk = desk();
    let mut client = follow(&desk, "follow", "*/*");
    client.head();
    desk.server.ask_to_stop()();
    assert_eq!(Stream(&mut client).line(), None);
}
