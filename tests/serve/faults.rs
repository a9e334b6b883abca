//! Each verb of a fault rule, seen on the wire.

use std::time::{Duration, Instant};

use registrette::{layer::Rule, spec::Timestamp};

use crate::{
    client::{Client, End, get},
    running::{self, Running},
};

/// A server where this happens to every manifest that is pulled: `app:v1`, which is `hello world`.
fn start(verb: &str) -> Running {
    let rule = format!(r#"{{"match":{{"operation":"manifest.get"}},"do":[{verb}]}}"#);
    let rule = Rule::parse(&rule).unwrap();
    let server = running::start_with(
        |_| {},
        |registry| {
            registry.add_fault(Timestamp::default(), rule);
        },
    );
    let mut client = Client::new(server.address);
    let push = "PUT /v2/app/manifests/v1 HTTP/1.1\r\nHost: a.localhost\r\n\
                Content-Type: text/x-test\r\nContent-Length: 11\r\n\r\nhello world";
    assert_eq!(client.ask(push).status, 201);
    server
}

fn pull(server: &Running) -> Client {
    let mut client = Client::new(server.address);
    client.send(get("/v2/app/manifests/v1"));
    client
}

#[test]
fn a_body_ends_as_it_is_told_to() {
    for (verb, body, end) in [
        (r#"{"verb":"truncate","at":5}"#, "hello", End::Closed),
        (r#"{"verb":"truncate","at":0}"#, "", End::Closed),
        (r#"{"verb":"reset","at":5}"#, "hello", End::Reset),
        (r#"{"verb":"reset","at":0}"#, "", End::Reset),
    ] {
        let server = start(verb);
        let mut client = pull(&server);
        let head = client.head();
        assert!(head.contains("Content-Length: 11\r\n"), "{verb}: {head}");
        assert_eq!(client.rest(), (body.as_bytes().to_vec(), end), "{verb}");
    }
}

#[test]
fn a_connection_ends_before_the_head() {
    let server = start(r#"{"verb":"reset"}"#);
    assert_eq!(pull(&server).rest(), (Vec::new(), End::Reset));
}

#[test]
fn an_answer_does_not_come() {
    for verb in [r#"{"verb":"hang"}"#, r#"{"verb":"stall","at":5}"#] {
        let server = start(verb);
        let mut client = pull(&server);
        if verb.contains("stall") {
            client.head();
            let mut five = [0; 5];
            std::io::Read::read_exact(client.reader(), &mut five).unwrap();
            assert_eq!(&five, b"hello");
        }
        assert!(client.is_silent(Duration::from_millis(300)), "{verb}");
    }
}

#[test]
fn an_answer_takes_its_time() {
    for verb in [
        r#"{"verb":"delay","time":"300ms"}"#,
        r#"{"verb":"delay","time":300,"at":"end"}"#,
        r#"{"verb":"throttle","bytesPerSecond":33}"#,
    ] {
        let server = start(verb);
        let since = Instant::now();
        let answer = pull(&server).answer();
        assert_eq!(
            (answer.status, &answer.body[..]),
            (200, &b"hello world"[..])
        );
        assert!(since.elapsed() >= Duration::from_millis(290), "{verb}");
    }
}

#[test]
fn an_answer_is_another() {
    let server = start(r#"{"verb":"status","status":429,"headers":{"Retry-After":"1"}}"#);
    let answer = pull(&server).answer();
    assert_eq!(
        (answer.status, answer.header("Retry-After")),
        (429, Some("1"))
    );

    let server =
        start(r#"{"verb":"corrupt","at":0},{"verb":"header","drop":["Etag"],"set":{"X-A":"b"}}"#);
    let answer = pull(&server).answer();
    assert_eq!(answer.body, b"iello world");
    assert_eq!(
        (answer.header("Etag"), answer.header("X-A")),
        (None, Some("b"))
    );

    let server = start(r#"{"verb":"redirect","host":"127.0.0.1:9"}"#);
    let answer = pull(&server).answer();
    assert_eq!(answer.status, 307);
    let location = "http://127.0.0.1:9/v2/app/manifests/v1?redirected-strict=1";
    assert_eq!(answer.header("Location"), Some(location));
}
