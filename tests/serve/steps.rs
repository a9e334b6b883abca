//! The steps of a body, made real.

use std::time::{Duration, Instant};

use http::Response;
use registrette::{
    content::{Body, Step},
    layer::{Flow, Layer},
    serve::TimeOuts,
    spec::Timestamp,
    wire::Head,
};

use crate::{
    client::{Client, End, get},
    running::{self, Running},
};

/// Rewrites every answer.
#[derive(Clone, Debug)]
struct Rewrite {
    before: Vec<Step>,
    /// In the place of a body of 10 bytes.
    steps: Vec<Step>,
}

impl Layer for Rewrite {
    fn before(&mut self, _: Timestamp, _: &mut Head) -> Flow {
        let mut answer = Response::new(Body::empty());
        answer.headers_mut().insert("content-length", 10.into());
        Flow::Answer(Box::new(answer))
    }

    fn after(&mut self, _: Timestamp, _: &Head, answer: &mut Response<Body>) {
        let Self { before, steps } = self.clone();
        *answer.body_mut() = Body { before, steps };
    }

    fn fork(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}

fn send(text: &'static str) -> Step {
    Step::Send(bytes::Bytes::from_static(text.as_bytes()).into())
}

fn start(before: Vec<Step>, steps: Vec<Step>) -> Running {
    let idle = Duration::from_secs(1);
    running::start_with(
        |options| {
            options.time_outs = TimeOuts {
                idle,
                ..options.time_outs
            }
        },
        |registry| registry.add_layer(Box::new(Rewrite { before, steps })),
    )
}

#[test]
fn a_reset_is_a_reset() {
    let server = start(Vec::new(), vec![send("hello"), Step::Reset]);
    let mut client = Client::new(server.address);
    client.send(get("/"));
    assert!(client.head().starts_with("HTTP/1.1 200 OK\r\n"));
    assert_eq!(client.rest(), (b"hello".to_vec(), End::Reset));
}

#[test]
fn the_head_leaves_before_a_reset() {
    let server = start(Vec::new(), vec![Step::Reset]);
    let mut client = Client::new(server.address);
    client.send(get("/"));
    assert!(client.head().contains("Content-Length: 10\r\n"));
    assert_eq!(client.rest(), (Vec::new(), End::Reset));
}

#[test]
fn a_reset_before_the_head_is_all_there_is() {
    let server = start(vec![Step::Reset], vec![send("helloworld")]);
    let mut client = Client::new(server.address);
    client.send(get("/"));
    assert_eq!(client.rest(), (Vec::new(), End::Reset));
}

#[test]
fn a_body_that_is_too_short_ends_the_connection() {
    let server = start(Vec::new(), vec![send("hello")]);
    let mut client = Client::new(server.address);
    client.send(get("/"));
    assert!(client.head().contains("Content-Length: 10\r\n"));
    assert_eq!(client.rest(), (b"hello".to_vec(), End::Closed));
}

#[test]
fn a_wait_is_a_wait_and_no_idleness() {
    // Both are longer than nothing may come.
    let [first, second] = [1500, 4000].map(Duration::from_millis);
    let steps = vec![send("hello"), Step::Wait(second), send("world")];
    let server = start(vec![Step::Wait(first)], steps);
    let mut client = Client::new(server.address);
    let since = Instant::now();
    client.send(get("/"));
    client.head();
    assert!(since.elapsed() >= first, "{:?}", since.elapsed());
    assert_eq!(client.rest_of_body(5), b"hello");
    // What is there is not held back until the rest is.
    assert!(since.elapsed() < first + second, "{:?}", since.elapsed());
    assert_eq!(client.rest_of_body(5), b"world");
    assert!(since.elapsed() >= first + second, "{:?}", since.elapsed());
}

#[test]
fn a_hang_hangs() {
    for (before, steps) in [
        (vec![Step::Hang], Vec::new()),
        (Vec::new(), vec![Step::Hang]),
    ] {
        let has_head = before.is_empty();
        let server = start(before, steps);
        let mut client = Client::new(server.address);
        client.send(get("/"));
        if has_head {
            client.head();
        }
        assert!(client.is_silent(Duration::from_secs(2)));
    }
}
