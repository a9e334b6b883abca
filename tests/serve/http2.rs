//! HTTP/2 without TLS, frame by frame.

use std::io::Read;

use registrette::layer::Rule;

use crate::{
    client::Client,
    running::{self, Running},
    tools::{Tool, run},
};

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const ACK: u8 = 1;
const END_STREAM_AND_HEADERS: u8 = 5;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A GET of `/v2/`, as HPACK: `:method GET`, `:scheme http`, then `:path` and `:authority`, not indexed.
fn get(authority: &str) -> Vec<u8> {
    let mut head = vec![0x82, 0x86, 0x04, 4];
    head.extend(b"/v2/");
    head.extend([0x01, u8::try_from(authority.len()).unwrap()]);
    head.extend(authority.as_bytes());
    head
}

/// Asks once per authority on one connection, and gives the status of each as HPACK has it; nothing for a stream that is
/// reset.
fn statuses(server: &Running, authorities: &[&str]) -> Vec<Option<Vec<u8>>> {
    let mut client = Client::new(server.address);
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    client.send(frame(SETTINGS, 0, 0, &[]));
    client.send(frame(SETTINGS, ACK, 0, &[]));
    for (stream, authority) in (1..).step_by(2).zip(authorities) {
        client.send(frame(
            HEADERS,
            END_STREAM_AND_HEADERS,
            stream,
            &get(authority),
        ));
    }
    let mut statuses = vec![None; authorities.len()];
    let mut missing = statuses.len();
    while missing > 0 {
        let mut head = [0; 9];
        client.stream.read_exact(&mut head).unwrap();
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        client.stream.read_exact(&mut payload).unwrap();
        let stream = usize::from(head[8]) / 2;
        match head[3] {
            HEADERS => statuses[stream] = Some(payload[..5].to_vec()),
            RST_STREAM => {}
            _ => continue,
        }
        missing -= 1;
    }
    statuses
}

/// 8 in the static table: `:status 200`.
fn is_ok(status: &Option<Vec<u8>>) -> bool {
    status.as_ref().is_some_and(|status| status[0] == 0x88)
}

#[test]
fn requests_share_a_connection() {
    let server = running::start();
    let statuses = statuses(&server, &["localhost:5000", "localhost", "127.0.0.1"]);
    assert!(statuses.iter().all(is_ok), "{statuses:x?}");
}

#[test]
fn the_authority_is_checked_as_host_is() {
    let server = running::start();
    let statuses = statuses(&server, &["evil.example", "localhost"]);
    // The name of entry 8 with a Huffman-coded value of three digits, 421.
    assert!(statuses[0].is_some() && !is_ok(&statuses[0]));
    assert!(is_ok(&statuses[1]));
}

#[test]
fn a_reset_is_one_of_its_stream_alone() {
    let rule = r#"{"when":{"nth":2},"do":[{"verb":"reset"}]}"#;
    let server = running::start_with(
        |_| {},
        |registry| {
            registry.add_fault(registrette::serve::now(), Rule::parse(rule).unwrap());
        },
    );
    let statuses = statuses(&server, &["localhost"; 3]);
    let answered: Vec<_> = statuses.iter().map(Option::is_some).collect();
    assert_eq!(answered, [true, false, true]);
}

#[test]
fn curl_pushes_and_pulls() {
    let server = running::start();
    let blob = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(blob.path(), vec![7; 3 << 20]).unwrap();
    let digest =
        registrette::content::Sha2::digest(registrette::spec::Algorithm::Sha256, &[7; 3 << 20]);
    let push = format!(
        "http://{}/v2/app/blobs/uploads/?digest={digest}",
        server.address
    );
    let pull = format!("http://{}/v2/app/blobs/{digest}", server.address);
    let data = format!("@{}", blob.path().display());
    let common = [
        "-sS",
        "-m",
        "20",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code} %{http_version} %{size_download}",
    ];
    let ask = |more: &[&str]| run(Tool::Curl, &[&common[..], more].concat());
    if let Some(said) = ask(&["--http2-prior-knowledge", "--data-binary", &data, &push]) {
        assert_eq!(said, "201 2 0");
    }
    if let Some(said) = ask(&["--http2-prior-knowledge", &pull]) {
        assert_eq!(said, format!("200 2 {}", 3 << 20));
    }
    // An offer to upgrade from HTTP/1.1 is let pass.
    if let Some(said) = ask(&["--http2", &pull]) {
        assert_eq!(said, format!("200 1.1 {}", 3 << 20));
    }
}
