//! Connections that end in the middle, and clients that stand in each other's way.

use std::net::{Shutdown, SocketAddr};

use crate::{
    client::sha256,
    connection::{Client, get},
    running,
};

fn request(line: &str, length: usize) -> String {
    format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: a/b\r\nContent-Length: {length}\r\n\r\n"
    )
}

fn ask(address: SocketAddr, request: &str) -> crate::connection::Answer {
    Client::new(address).ask(request)
}

/// Opens a session that holds `hello `.
fn session(address: SocketAddr) -> String {
    let start = ask(address, &request("POST /v2/app/blobs/uploads/", 0));
    let location = start.header("Location").unwrap().to_owned();
    let patched = ask(
        address,
        &(request(&format!("PATCH {location}"), 6) + "hello "),
    );
    assert_eq!(patched.status, 202);
    location
}

/// What a session acknowledges.
fn range(address: SocketAddr, session: &str) -> String {
    let status = ask(address, &get(session));
    assert_eq!(status.status, 204, "{}", status.head);
    status.header("Range").unwrap().to_owned()
}

#[test]
fn a_connection_that_is_cut_leaves_everything_as_it_was() {
    let server = running::start();
    let session = session(server.address);
    let close = format!("PUT {session}?digest={}", sha256("hello world"));
    for (line, framing) in [
        (format!("PATCH {session}"), "Content-Length: 5"),
        (format!("PATCH {session}"), "Transfer-Encoding: chunked"),
        (close.clone(), "Content-Length: 5"),
        (close.clone(), "Transfer-Encoding: chunked"),
        ("PUT /v2/app/manifests/v1".to_owned(), "Content-Length: 5"),
        (
            "PUT /v2/app/manifests/v1".to_owned(),
            "Transfer-Encoding: chunked",
        ),
        (
            "POST /v2/app/blobs/uploads/".to_owned(),
            "Content-Length: 5",
        ),
    ] {
        // Once with an end, once with none: the connection is just gone.
        for is_reset in [false, true] {
            let mut client = Client::new(server.address);
            let part = if framing.starts_with('T') {
                "4\r\nworl\r\n"
            } else {
                "worl"
            };
            client.send(format!(
                "{line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: a/b\r\n{framing}\r\n\r\n{part}"
            ));
            if is_reset {
                drop(client);
            } else {
                client.stream.shutdown(Shutdown::Write).unwrap();
                drop(client.rest());
            }
            assert_eq!(range(server.address, &session), "0-5", "{line}, {framing}");
        }
    }
    assert_eq!(
        ask(server.address, &get("/v2/app/manifests/v1")).status,
        404
    );
    assert_eq!(ask(server.address, &get("/v2/app/tags/list")).status, 404);
    let closed = ask(server.address, &(request(&close, 5) + "world"));
    assert_eq!(closed.status, 201);
}

#[test]
fn a_body_longer_than_said_is_the_next_request() {
    let server = running::start();
    let session = session(server.address);
    let mut client = Client::new(server.address);
    client.send(request(&format!("PATCH {session}"), 5) + "world and more\r\n\r\n");
    assert_eq!(client.answer().status, 202);
    assert_eq!(client.answer().status, 400);
    drop(client.rest());
    assert_eq!(range(server.address, &session), "0-10");
    // Also where the answer comes before the body.
    let mut client = Client::new(server.address);
    client.send(request("PATCH /v2/app/blobs/uploads/unknown", 5) + "world and more\r\n\r\n");
    assert_eq!(client.answer().status, 404);
    drop(client.rest());
    assert_eq!(ask(server.address, &get("/v2/")).status, 200);
}

#[test]
fn of_two_clients_on_one_session_one_wins() {
    let server = running::start();
    let session = session(server.address);
    let line = format!("PATCH {session}");
    let mut first = Client::new(server.address);
    let mut second = Client::new(server.address);
    // Both have begun when either ends.
    for client in [&mut first, &mut second] {
        let head = request(&line, 5).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
        client.send(head);
        assert!(client.head().starts_with("HTTP/1.1 100"));
    }
    second.send("moons");
    let won = second.answer();
    assert_eq!((won.status, won.header("Range")), (202, Some("0-10")));
    first.send("world");
    let lost = first.answer();
    assert_eq!((lost.status, lost.header("Range")), (416, Some("0-10")));
    assert_eq!(lost.code(), "BLOB_UPLOAD_INVALID");
    let close = format!("PUT {session}?digest={}", sha256("hello moons"));
    assert_eq!(ask(server.address, &request(&close, 0)).status, 201);
}

#[test]
fn a_session_cancelled_under_a_chunk_is_gone() {
    let server = running::start();
    let session = session(server.address);
    let mut client = Client::new(server.address);
    let head = request(&format!("PATCH {session}"), 5);
    client.send(head.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"));
    assert!(client.head().starts_with("HTTP/1.1 100"));
    client.send("wor");
    assert_eq!(
        ask(server.address, &request(&format!("DELETE {session}"), 0)).status,
        204
    );
    client.send("ld");
    let answer = client.answer();
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (404, "BLOB_UPLOAD_UNKNOWN")
    );
    assert_eq!(ask(server.address, &get(&session)).status, 404);
    // Nothing was stored; the connection goes on.
    assert_eq!(client.ask(get("/v2/app/tags/list")).status, 404);
}

#[test]
fn a_hundred_announced_bodies_of_10_gib_are_refused_and_the_server_lives() {
    let server = running::start();
    let line = format!("POST /v2/app/blobs/uploads/?digest={}", sha256("x"));
    let mut clients: Vec<_> = (0..100).map(|_| Client::new(server.address)).collect();
    for client in &mut clients {
        client.send(request(&line, 10 << 30));
        client.send_what_goes(&[b'x'; 1000]);
    }
    for client in &mut clients {
        let answer = client.answer();
        assert_eq!((answer.status, answer.code().as_str()), (413, "DENIED"));
    }
    drop(clients);
    assert_eq!(ask(server.address, &get("/v2/")).status, 200);
}

#[test]
fn bodies_that_arrive_together_share_what_room_there_is() {
    let server = running::start_with(
        |_| {},
        |registry| {
            let mut settings = registry.settings().clone();
            settings.limits.total = 4 << 20;
            registry.configure(settings).unwrap();
        },
    );
    let address = server.address;
    let push = move |number: usize| {
        let body = vec![b'a' + u8::try_from(number).unwrap(); 1 << 20];
        let line = format!("POST /v2/app/blobs/uploads/?digest={}", sha256(&body));
        let head =
            format!("{line} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        let mut client = Client::new(address);
        client.send(head);
        for piece in body.chunks(64 << 10) {
            client.send_what_goes(format!("{:x}\r\n", piece.len()).as_bytes());
            client.send_what_goes(piece);
            client.send_what_goes(b"\r\n");
        }
        client.send_what_goes(b"0\r\n\r\n");
        client.answer().status
    };
    let threads: Vec<_> = (0..20)
        .map(|number| std::thread::spawn(move || push(number)))
        .collect();
    let statuses: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    assert!(
        statuses.iter().all(|status| [201, 413].contains(status)),
        "{statuses:?}"
    );
    let stored = statuses.iter().filter(|status| **status == 201).count();
    assert!(stored <= 4 && statuses.contains(&413), "{statuses:?}");
    // All that was refused is given back: there is room for the rest.
    let fits = (20..)
        .map(push)
        .take_while(|status| *status == 201)
        .take(5)
        .count();
    assert_eq!(stored + fits, 4);
}

/// What the process has in memory, in MiB.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kib >> 10
}

#[test]
#[cfg(target_os = "linux")]
fn one_session_gives_room_to_no_more_than_a_few_requests() {
    let server = running::start();
    let session = session(server.address);
    let full = request(&format!("PATCH {session}"), 1 << 20) + &"x".repeat(1 << 20);
    assert_eq!(ask(server.address, &full).status, 202);
    let announce = request(&format!("PATCH {session}"), 1 << 20)
        .replace("Content-Length", "Expect: 100-continue\r\nContent-Length");
    let before = resident();
    let mut clients: Vec<_> = (0..200).map(|_| Client::new(server.address)).collect();
    for client in &mut clients {
        client.send(&announce);
        // Now somebody waits for the body.
        assert_eq!(client.head(), "HTTP/1.1 100 Continue\r\n\r\n");
    }
    let grown = resident().saturating_sub(before);
    assert!(grown < 120, "{grown} MiB for 200 heads");
    drop(clients);
    assert_eq!(range(server.address, &session), "0-1048581");
}
