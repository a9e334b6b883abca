//! Answers made while the client still sends.

use std::time::{Duration, Instant};

use crate::{
    client::{Client, End, PATIENCE, get},
    running,
    tools::{Tool, run},
};

const MIB: usize = 1 << 20;

/// A manifest of 8 MiB, twice what is taken.
fn too_large(extra: &str) -> String {
    format!(
        "PUT /v2/app/manifests/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n{extra}\r\n",
        8 * MIB
    )
}

#[test]
fn who_sends_8_mib_before_reading_sees_the_413() {
    let server = running::start();
    for extra in ["", "Expect: 100-continue\r\n"] {
        let mut client = Client::new(server.address);
        client.send(too_large(extra));
        client.send(vec![b' '; 8 * MIB]);
        let answer = client.answer();
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (413, "SIZE_INVALID")
        );
        assert_eq!(answer.header("Connection"), Some("close"));
        assert_eq!(client.rest(), (Vec::new(), End::Closed));
    }
}

#[test]
fn who_sends_chunks_sees_the_413() {
    let server = running::start();
    let mut client = Client::new(server.address);
    client.send(
        "PUT /v2/app/manifests/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    for _ in 0..8 {
        client.send(format!("{MIB:x}\r\n"));
        client.send(vec![b' '; MIB]);
        client.send("\r\n");
    }
    client.send("0\r\n\r\n");
    assert_eq!(client.answer().status, 413);
    assert_eq!(client.rest().1, End::Closed);
}

#[test]
fn who_never_ends_is_left_after_two_seconds() {
    let server = running::start();
    let mut client = Client::new(server.address);
    let since = Instant::now();
    client.send(too_large(""));
    assert_eq!(client.answer().status, 413);
    while client.stream.peek(&mut [0]).is_ok_and(|n| n > 0) {}
    // The server's side has ended; it goes on to read ours for a while, then it is gone.
    let left = loop {
        std::thread::sleep(Duration::from_millis(50));
        if std::io::Write::write_all(&mut client.stream, b" ").is_err() {
            break since.elapsed();
        }
        assert!(since.elapsed() < PATIENCE, "the server still reads");
    };
    assert!(left > Duration::from_millis(1500), "{left:?}");
}

#[test]
fn a_refused_body_does_not_reset_either() {
    let server = running::start();
    let mut client = Client::new(server.address);
    client.send(too_large("Origin: http://evil.example\r\n"));
    client.send(vec![b' '; 8 * MIB]);
    assert_eq!(client.answer().status, 403);
    assert_eq!(client.rest().1, End::Closed);
}

#[test]
fn a_short_body_does_not_cost_the_connection() {
    let server = running::start();
    let mut client = Client::new(server.address);
    let answer = client
        .ask("PUT /v2/app/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
    assert_eq!((answer.status, answer.header("Connection")), (404, None));
    assert_eq!(client.ask(get("/v2/")).status, 200);
}

#[test]
fn a_short_body_that_does_not_come_is_not_waited_for() {
    let server = running::start();
    let mut client = Client::new(server.address);
    // The client would give up sooner than the server takes it for idle.
    let answer = client
        .ask("PUT /v2/app/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhel");
    assert_eq!(
        (answer.status, answer.header("Connection")),
        (404, Some("close"))
    );
}

#[test]
fn a_body_that_breaks_off_stores_nothing() {
    let server = running::start();
    let digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    for (framing, part) in [
        ("Content-Length: 5", "hell"),
        ("Transfer-Encoding: chunked", "5\r\nhello\r\n"),
    ] {
        let mut client = Client::new(server.address);
        client.send(format!(
            "POST /v2/app/blobs/uploads/?digest={digest} HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n{part}"
        ));
        client.stream.shutdown(std::net::Shutdown::Write).unwrap();
        drop(client.rest());
        let answer = Client::new(server.address).ask(get(&format!("/v2/app/blobs/{digest}")));
        assert_eq!(answer.status, 404, "{framing}");
    }
}

#[test]
fn python_sees_the_413() {
    let server = running::start();
    let script = "import http.client, sys\n\
        c = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=20)\n\
        c.request('PUT', '/v2/app/manifests/a', body=b' ' * (8 << 20))\n\
        print(c.getresponse().status)";
    if let Some(said) = run(
        Tool::Python,
        &["-c", script, &server.address.port().to_string()],
    ) {
        assert_eq!(said.trim(), "413");
    }
}

#[test]
fn curl_sees_the_413() {
    let server = running::start();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![b' '; 8 * MIB]).unwrap();
    let (url, path) = (
        format!("http://{}/v2/app/manifests/a", server.address),
        file.path().to_str().unwrap(),
    );
    for expect in ["Expect:", "Expect: 100-continue"] {
        let args = [
            "-sS",
            "-m",
            "20",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "-H",
            expect,
            "-T",
            path,
            &url,
        ];
        if let Some(said) = run(Tool::Curl, &args) {
            assert_eq!(said, "413", "{expect}");
        }
    }
}

#[test]
fn node_sees_the_413() {
    let server = running::start();
    let script = "const request = require('http').request({ host: '127.0.0.1', port: process.argv[1], method: 'PUT', \
        path: '/v2/app/manifests/a', headers: { 'Content-Length': 8 << 20 } });\n\
        request.on('response', answer => { console.log(answer.statusCode); answer.resume() });\n\
        request.end(Buffer.alloc(8 << 20, 32));";
    if let Some(said) = run(
        Tool::Node,
        &["-e", script, &server.address.port().to_string()],
    ) {
        assert_eq!(said.trim(), "413");
    }
}
