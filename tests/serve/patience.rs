//! Time-outs.

use std::time::{Duration, Instant};

use registrette::serve::TimeOuts;

use crate::{
    client::{Client, PATIENCE, get},
    running::{self, Running},
};

const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(60);

fn start(head: Duration, idle: Duration) -> Running {
    running::start_with(
        |options| {
            options.time_outs = TimeOuts {
                head,
                idle,
                ..options.time_outs
            }
        },
        |_| {},
    )
}

/// How long the server leaves a connection open on which this is sent, and nothing more.
fn left_open(server: &Running, begun: &str) -> Duration {
    let since = Instant::now();
    let mut client = Client::new(server.address);
    client.send_what_goes(begun.as_bytes());
    drop(client.rest());
    since.elapsed()
}

#[test]
fn a_slow_head_is_not_waited_for() {
    let server = start(SHORT, LONG);
    for begun in [
        "G",
        "GET /v2/ HTTP/1.1\r\nHost: loc",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let open = left_open(&server, begun);
        assert!(open >= SHORT, "{begun:?}: {open:?}");
    }
}

#[test]
fn a_head_that_trickles_is_not_waited_for() {
    let server = start(SHORT, LONG);
    let mut client = Client::new(server.address);
    assert_eq!(client.ask(get("/v2/")).status, 200);
    let since = Instant::now();
    for byte in get("/v2/").bytes().cycle() {
        client.send_what_goes(&[byte; 1]);
        if !client.is_silent(Duration::from_millis(50)) {
            break;
        }
        assert!(since.elapsed() < PATIENCE, "still open");
    }
    assert!(since.elapsed() >= SHORT);
}

#[test]
fn an_idle_connection_outlives_the_time_for_heads() {
    let server = start(SHORT, LONG);
    let mut client = Client::new(server.address);
    assert_eq!(client.ask(get("/v2/")).status, 200);
    assert!(client.is_silent(SHORT * 3));
    assert_eq!(client.ask(get("/v2/")).status, 200);
}

#[test]
fn an_idle_connection_is_closed() {
    let server = start(LONG, SHORT);
    for request in [
        String::new(),
        get("/v2/"),
        // In the middle of a body.
        "POST /v2/app/blobs/uploads/?digest=sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 \
         HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhel"
            .to_owned(),
    ] {
        let open = left_open(&server, &request);
        assert!(open >= SHORT, "{request:?}: {open:?}");
    }
}

#[test]
fn a_body_that_moves_is_waited_for() {
    // In all it takes longer than nothing may come, and each step far less.
    let (idle, step) = (Duration::from_secs(3), Duration::from_millis(700));
    let server = start(LONG, idle);
    let mut client = Client::new(server.address);
    let digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    client.send(format!(
        "POST /v2/app/blobs/uploads/?digest={digest} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n"
    ));
    for byte in "hello".bytes() {
        std::thread::sleep(step);
        client.send([byte]);
    }
    assert_eq!(client.answer().status, 201);
}
