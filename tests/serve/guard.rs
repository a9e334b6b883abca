//! Who may ask.

use crate::{
    client::{Client, get},
    running::{self, Running},
};

fn ask(server: &Running, method: &str, target: &str, headers: &str) -> crate::client::Answer {
    let mut client = Client::new(server.address);
    client.send(format!(
        "{method} {target} HTTP/1.1\r\nContent-Length: 0\r\n{headers}\r\n"
    ));
    client.answer_to(method)
}

fn repositories(server: &Running) -> String {
    Client::new(server.address).ask(get("/v2/_catalog")).text()
}

#[test]
fn a_name_that_is_not_ours_is_misdirected() {
    let server = running::start();
    let answer = ask(&server, "GET", "/v2/", "Host: evil.example\r\n");
    assert_eq!((answer.status, answer.code().as_str()), (421, "DENIED"));
    assert!(answer.text().contains("--host NAME"), "{}", answer.text());
    assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"));
    // A target that names a host stands over the header.
    assert_eq!(
        ask(
            &server,
            "GET",
            "http://evil.example/v2/",
            "Host: localhost\r\n"
        )
        .status,
        421
    );
    for host in ["localhost", "127.0.0.1:1", "[::1]", "a.localhost:5000"] {
        assert_eq!(
            ask(&server, "GET", "/v2/", &format!("Host: {host}\r\n")).status,
            200,
            "{host}"
        );
    }
}

#[test]
fn a_name_can_be_given() {
    let server = running::start_with(
        |options| options.hosts.push("registry.test".to_owned()),
        |_| {},
    );
    assert_eq!(
        ask(&server, "GET", "/v2/", "Host: Registry.Test:5000\r\n").status,
        200
    );
    assert_eq!(
        ask(&server, "GET", "/v2/", "Host: x.registry.test\r\n").status,
        421
    );
}

#[test]
fn off_loopback_every_name_is_ours() {
    let server = running::start_with(|options| options.address = ([0, 0, 0, 0], 0).into(), |_| {});
    assert_eq!(
        ask(&server, "GET", "/v2/", "Host: evil.example\r\n").status,
        200
    );
    assert_eq!(
        ask(
            &server,
            "GET",
            "/v2/",
            "Host: a.example\r\nOrigin: http://evil.example\r\n"
        )
        .status,
        403
    );
}

#[test]
fn a_page_of_another_origin_changes_nothing() {
    let server = running::start_with(
        |options| options.origins.push("http://app.example".to_owned()),
        |_| {},
    );
    // The digest of no bytes.
    let digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let target = format!("/v2/app/blobs/uploads/?digest={digest}");
    for headers in [
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
    ] {
        let answer = ask(
            &server,
            "POST",
            &target,
            &format!("Host: localhost\r\n{headers}"),
        );
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "DENIED"),
            "{headers}"
        );
        assert!(answer.text().contains("--cors ORIGIN"));
    }
    assert_eq!(repositories(&server), r#"{"repositories":[]}"#);
    for origin in ["http://app.example", "http://localhost"] {
        let headers =
            format!("Host: localhost\r\nOrigin: {origin}\r\nSec-Fetch-Site: cross-site\r\n");
        assert_eq!(
            ask(&server, "POST", &target, &headers).status,
            201,
            "{origin}"
        );
    }
    assert_eq!(
        ask(
            &server,
            "GET",
            &format!("/v2/app/blobs/{digest}"),
            "Host: localhost\r\n"
        )
        .status,
        200
    );
    let navigation =
        "Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n";
    assert_eq!(ask(&server, "GET", "/v2/", navigation).status, 200);
}

#[test]
fn a_refusal_has_no_body_for_head() {
    let server = running::start();
    let mut client = Client::new(server.address);
    client.send("HEAD /v2/ HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    assert_eq!(client.answer_to("HEAD").status, 421);
    assert_eq!(client.ask(get("/v2/")).text(), "{}");
}
