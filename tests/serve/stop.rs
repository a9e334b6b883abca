//! Stopping.

use std::{
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use registrette::serve::TimeOuts;

use crate::{
    client::{Client, End, get},
    running,
};

const DIGEST: &str = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

/// A client in the middle of its push: the server has asked for the body, of which three bytes of five are sent.
fn pushing(address: SocketAddr) -> Client {
    let mut client = Client::new(address);
    let push = format!(
        "POST /v2/app/blobs/uploads/?digest={DIGEST} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\
         Expect: 100-continue\r\n\r\n"
    );
    assert_eq!(client.ask(push).status, 100);
    client.send("hel");
    client
}

#[test]
fn a_running_request_is_answered() {
    let mut server = running::start();
    let mut idle = Client::new(server.address);
    assert_eq!(idle.ask(get("/v2/")).status, 200);
    let mut busy = pushing(server.address);
    let stopped = server.ask_to_stop();
    // Who only idles is let go at once.
    assert_eq!(idle.rest(), (Vec::new(), End::Closed));
    assert!(
        TcpStream::connect(server.address).is_err(),
        "it still listens"
    );
    assert_eq!(busy.ask("lo").status, 201);
    assert_eq!(busy.rest().1, End::Closed);
    assert!(stopped() < TimeOuts::default().stop);
}

#[test]
fn who_only_idles_holds_nothing_up() {
    let mut server = running::start();
    let mut idle: Vec<_> = (0..20).map(|_| Client::new(server.address)).collect();
    assert!(
        idle.iter_mut()
            .all(|client| client.ask(get("/v2/")).status == 200)
    );
    assert!(server.ask_to_stop()() < TimeOuts::default().stop);
}

#[test]
fn a_request_that_does_not_end_is_given_up() {
    let stop = Duration::from_millis(400);
    let mut server = running::start_with(
        |options| {
            options.time_outs = TimeOuts {
                stop,
                ..options.time_outs
            }
        },
        |_| {},
    );
    let mut client = pushing(server.address);
    let took = server.ask_to_stop()();
    assert!(took >= stop && took < TimeOuts::default().stop, "{took:?}");
    drop(client.rest());
}
