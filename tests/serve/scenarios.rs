//! Scenarios on a socket.

use std::time::Duration;

use registrette::{
    Config, Registry,
    layer::Scenarios,
    serve::{Clock, ClockMode},
};

use crate::{
    client::{Client, get},
    running::{self, Running},
};

fn start(clock: &Clock) -> Running {
    running::start_with(
        |options| options.clock = clock.clone(),
        |registry| {
            let mut config = Config::new(0);
            config.scenarios = Some(Scenarios::default());
            *registry = Registry::new(config);
        },
    )
}

#[test]
fn s4_12_head_and_get_wait_each() {
    let clock = Clock::new(ClockMode::Auto);
    let before = clock.now();
    let server = start(&clock);
    for method in ["HEAD", "GET"] {
        let ask = get("/v2/broken/timeout/manifests/dur-1h").replace("GET", method);
        let mut client = Client::new(server.address);
        client.send(&ask);
        assert!(client.head().starts_with("HTTP/1.1 408 "));
    }
    assert_eq!(clock.now().since(before), Duration::from_secs(7200));
}

#[test]
fn s4_10_a_client_waits_for_the_clock() {
    let clock = Clock::new(ClockMode::Virtual);
    let server = start(&clock);
    let mut client = Client::new(server.address);
    client.send(get("/v2/broken/timeout/manifests/dur-1h"));
    assert!(client.is_silent(Duration::from_millis(200)));
    clock.advance(Duration::from_secs(3600));
    assert_eq!(client.answer().status, 408);
}

/// More than is hashed on the threads that answer.
#[test]
fn s4_20_a_large_image_is_made_off_the_threads_that_answer() {
    let server = start(&Clock::new(ClockMode::Real));
    let ask = get("/v2/broken/random/manifests/layers-2_size-20000000");
    let answer = Client::new(server.address).ask(ask);
    assert_eq!(answer.status, 200);
    assert!(
        answer.text().contains(r#""size":20001792"#),
        "{}",
        answer.text()
    );
}
