//! Many connections.

use std::{thread, time::Duration};

use crate::{
    client::{Client, get},
    running,
};

#[test]
fn the_next_connection_waits_for_a_seat() {
    let server = running::start_with(|options| options.connections = 2, |_| {});
    let mut seated: Vec<_> = (0..2).map(|_| Client::new(server.address)).collect();
    for client in &mut seated {
        assert_eq!(client.ask(get("/v2/")).status, 200);
    }
    let mut next = Client::new(server.address);
    next.send(get("/v2/"));
    // Longer than a tick, which must not let it in either.
    assert!(next.is_silent(Duration::from_millis(1300)));
    drop(seated.pop());
    assert_eq!(next.answer().status, 200);
}

#[test]
fn many_ask_at_once() {
    let server = running::start();
    let address = server.address;
    let clients: Vec<_> = (0..50)
        .map(|_| {
            thread::spawn(move || {
                let mut client = Client::new(address);
                // All are sent before the first answer is read.
                client.send(get("/v2/").repeat(20));
                (0..20).filter(|_| client.answer().status == 200).count()
            })
        })
        .collect();
    assert_eq!(
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .sum::<usize>(),
        1000
    );
}

#[test]
fn a_large_blob_goes_in_and_out() {
    let server = running::start();
    let mut client = Client::new(server.address);
    let blob: Vec<u8> = (0..5_000_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let digest = registrette::content::Sha2::digest(registrette::spec::Algorithm::Sha256, &blob);
    client.send(format!(
        "POST /v2/app/blobs/uploads/?digest={digest} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
        blob.len()
    ));
    client.send(&blob);
    let answer = client.answer();
    assert_eq!(
        (answer.status, answer.header("Location")),
        (201, Some(&*format!("/v2/app/blobs/{digest}")))
    );
    assert!(client.ask(get(&format!("/v2/app/blobs/{digest}"))).body == blob);
}
