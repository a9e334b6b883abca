//! Requests that two readers could read differently: refused, or read as the RFCs say and the connection closed.

use crate::{
    client::{Client, End},
    running,
};

const NEXT: &str = "GET /v2/_catalog HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Sends a head and a whole second request after it. Gives the statuses of all answers.
fn statuses(head: &str, body: &str) -> (Vec<u16>, End) {
    let server = running::start();
    let mut client = Client::new(server.address);
    client.send(format!("{head}\r\n{body}{NEXT}"));
    let (said, end) = client.rest();
    let said = String::from_utf8(said).unwrap();
    let statuses = said
        .match_indices("HTTP/1.1 ")
        .filter_map(|(at, _)| said[at + 9..at + 12].parse().ok())
        .collect();
    (statuses, end)
}

fn refused(head: &str) {
    assert_eq!(
        statuses(head, "hello"),
        (vec![400], End::Closed),
        "{head:?}"
    );
}

#[test]
fn lengths_that_differ_are_refused() {
    refused("PUT /v2/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n");
    refused("PUT /v2/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5, 6\r\n");
}

#[test]
fn lengths_that_are_none_are_refused() {
    for length in ["+5", "-5", "0x5", "5 5", "99999999999999999999", "5a", ""] {
        refused(&format!(
            "PUT /v2/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n"
        ));
    }
}

#[test]
fn lengths_that_agree_are_taken() {
    let head = "PUT /v2/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 5\r\n";
    assert_eq!(statuses(head, "hello"), (vec![405, 200], End::Closed));
}

#[test]
fn a_bare_cr_is_refused() {
    refused("GET /v2/ HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n");
    refused("GET /v2/ HTTP/1.1\rHost: localhost\r\n");
    refused("GET /v2/ HTTP/1.1\r\nHost: localhost\rX: a\r\n");
}

#[test]
fn a_folded_line_is_refused() {
    refused("GET /v2/ HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n");
    refused("GET /v2/ HTTP/1.1\r\nHost: localhost\r\nX: a\r\n\tb\r\n");
}

#[test]
fn a_name_with_a_space_or_nothing_is_refused() {
    refused("GET /v2/ HTTP/1.1\r\nHost: localhost\r\nContent-Length : 5\r\n");
    refused("GET /v2/ HTTP/1.1\r\nHost: localhost\r\n: 5\r\n");
    refused("GET /v2/ HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n");
}

#[test]
fn other_encodings_than_chunked_are_refused() {
    for encoding in ["identity", "gzip", "chunked, gzip", "xchunked"] {
        refused(&format!(
            "PUT /v2/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: {encoding}\r\n"
        ));
    }
}

#[test]
fn chunks_in_http_1_0_are_refused() {
    let head = "PUT /v2/ HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n";
    let (statuses, _) = statuses(head, "0\r\n\r\n");
    assert_eq!(statuses, [400]);
}

#[test]
fn a_length_beside_chunks_is_answered_once() {
    for lengths in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: nonsense\r\n",
    ] {
        let digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        let head = format!(
            "POST /v2/app/blobs/uploads/?digest={digest} HTTP/1.1\r\nHost: localhost\r\n{lengths}"
        );
        assert_eq!(
            statuses(&head, "5\r\nhello\r\n0\r\n\r\n"),
            (vec![201], End::Closed),
            "{lengths}"
        );
        // The same where the answer does not wait for the body.
        let head = format!("PUT /v2/nothing HTTP/1.1\r\nHost: localhost\r\n{lengths}");
        assert_eq!(
            statuses(&head, "5\r\nhello\r\n0\r\n\r\n"),
            (vec![404], End::Closed),
            "{lengths}"
        );
    }
}

#[test]
fn a_broken_chunk_is_one_answer_and_nothing_stored() {
    for body in [
        "x\r\nhello\r\n0\r\n\r\n",
        "5\r\nhelloo\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\nhello\r\n",
    ] {
        let digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        let head = format!(
            "POST /v2/app/blobs/uploads/?digest={digest} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        );
        assert_eq!(statuses(&head, body), (vec![400], End::Closed), "{body:?}");
    }
}

#[test]
fn host_is_there_once() {
    refused("GET /v2/ HTTP/1.1\r\n");
    refused("GET /v2/ HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n");
    refused("GET /v2/ HTTP/1.1\r\nHost: localhost/x\r\n");
    refused("GET /v2/ HTTP/1.1\r\nHost:\r\n");
}

#[test]
fn a_bare_lf_is_taken() {
    assert_eq!(
        statuses("GET /v2/ HTTP/1.1\nHost: localhost\n", ""),
        (vec![200, 200], End::Closed)
    );
}

#[test]
fn what_is_too_large_is_refused_in_time() {
    let server = running::start();
    // The registry refuses these itself, with an error as the spec has it.
    for (target, header, status) in [(17 << 10, 1, 414), (4, 66 << 10, 431)] {
        let mut client = Client::new(server.address);
        let (target, header) = ("a".repeat(target), "a".repeat(header));
        client.send_what_goes(
            format!("GET /{target} HTTP/1.1\r\nHost: localhost\r\nX: {header}\r\n\r\n").as_bytes(),
        );
        let answer = client.answer();
        assert_eq!(answer.status, status);
        assert!(!answer.body.is_empty());
    }
    // These the parser refuses.
    for (target, header, statuses) in [
        (70 << 10, 1, [414, 414]),
        (4, 1 << 20, [431, 431]),
        (10 << 20, 1, [414, 431]),
    ] {
        let mut client = Client::new(server.address);
        let (target, header) = ("a".repeat(target), "a".repeat(header));
        client.send_what_goes(
            format!("GET /{target} HTTP/1.1\r\nHost: localhost\r\nX: {header}\r\n\r\n").as_bytes(),
        );
        let status = client.answer().status;
        assert!(statuses.contains(&status), "{status}");
        assert_eq!(client.rest().1, End::Closed);
    }
    let mut client = Client::new(server.address);
    client.send(format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n",
        "X: a\r\n".repeat(1000)
    ));
    assert_eq!(client.answer().status, 431);
}
