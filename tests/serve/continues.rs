//! `Expect: 100-continue`.

use std::time::Duration;

use crate::{
    client::{Client, get},
    running,
};

const DIGEST: &str = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

fn push(target: &str) -> String {
    format!(
        "POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
    )
}

#[test]
fn a_body_that_is_wanted_is_asked_for() {
    let server = running::start();
    let mut client = Client::new(server.address);
    client.send(push(&format!("/v2/app/blobs/uploads/?digest={DIGEST}")));
    assert_eq!(client.head(), "HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(client.ask("hello").status, 201);
    assert_eq!(client.ask(get("/v2/")).status, 200);
}

#[test]
fn a_body_that_is_not_wanted_is_not_asked_for() {
    let server = running::start();
    let mut client = Client::new(server.address);
    client.send(push("/v2/app/nothing"));
    let answer = client.answer();
    assert_eq!(
        (answer.status, answer.header("Connection")),
        (404, Some("close"))
    );
}

#[test]
fn a_body_may_come_unasked() {
    let server = running::start();
    let mut client = Client::new(server.address);
    client.send(push(&format!("/v2/app/blobs/uploads/?digest={DIGEST}")) + "hello");
    let answer = match client.answer() {
        answer if answer.status == 100 => client.answer(),
        answer => answer,
    };
    assert_eq!(answer.status, 201);
    assert!(client.is_silent(Duration::from_millis(50)));
}
