//! The clock of a server.

use std::time::{Duration, Instant};

use registrette::{
    layer::Rule,
    serve::{Clock, ClockMode},
};

use crate::{
    client::{Client, PATIENCE, get},
    running::{self, Running},
};

const HOUR: Duration = Duration::from_secs(3600);

/// A server by that clock, with a rule.
fn start(clock: &Clock, rule: &str) -> Running {
    let rule = Rule::parse(rule).unwrap();
    running::start_with(
        |options| options.clock = clock.clone(),
        |registry| {
            registry.add_fault(clock.now(), rule);
        },
    )
}

const LATE: &str = r#"{"do":[{"verb":"delay","time":"1h"},{"verb":"throttle","bytesPerSecond":1},
                             {"verb":"delay","time":"1h","at":"end"}]}"#;

/// Asks, and waits until the answer waits for the clock.
fn ask(server: &Running, clock: &Clock) -> Client {
    let mut client = Client::new(server.address);
    client.send(get("/v2/"));
    let since = Instant::now();
    while clock.waiting_answers() == 0 {
        assert!(since.elapsed() < PATIENCE, "no answer waits");
        std::thread::yield_now();
    }
    client
}

#[test]
fn an_answer_waits_for_a_virtual_clock() {
    let clock = Clock::new(ClockMode::Virtual);
    let before = clock.now();
    assert_eq!(before.as_millis(), 1_767_225_600_000);
    let server = start(&clock, LATE);
    let mut client = ask(&server, &clock);
    clock.advance(HOUR - Duration::from_millis(1));
    assert!(client.is_silent(Duration::from_millis(200)));
    // Two hours, and a second for each of `{}`.
    clock.advance(HOUR + Duration::from_secs(2));
    assert!(client.head().contains("Content-Length: 2\r\n"));
    assert_eq!(client.rest_of_body(1), b"{");
    assert!(client.is_silent(Duration::from_millis(200)));
    clock.advance(Duration::from_millis(1));
    assert_eq!(client.rest_of_body(1), b"}");

    let mut client = ask(&server, &clock);
    clock.run_all();
    assert_eq!(client.answer().text(), "{}");
    assert_eq!(
        clock.now().since(before),
        2 * (2 * HOUR + Duration::from_secs(2))
    );
}

#[test]
fn an_answer_moves_an_automatic_clock() {
    let clock = Clock::new(ClockMode::Auto);
    let before = clock.now();
    let server = start(&clock, LATE);
    let since = Instant::now();
    assert_eq!(Client::new(server.address).ask(get("/v2/")).text(), "{}");
    assert!(since.elapsed() < Duration::from_secs(60));
    assert_eq!(clock.now().since(before), 2 * HOUR + Duration::from_secs(2));
}

#[test]
fn the_systems_clock_can_be_moved_too() {
    let clock = Clock::new(ClockMode::Real);
    let server = start(&clock, LATE);
    let mut client = ask(&server, &clock);
    clock.run_all();
    assert_eq!(client.answer().text(), "{}");
    let moved = clock.now().since(registrette::serve::now());
    assert!(moved > HOUR, "{moved:?}");
    clock.set(registrette::serve::now());
    assert!(clock.now().since(registrette::serve::now()) < HOUR);
}

#[test]
fn sessions_and_windows_go_by_it() {
    let clock = Clock::new(ClockMode::Virtual);
    let limited = r#"{"match":{"operation":"ping"},"when":{"windowMs":[0,"1s"]},
                      "do":[{"verb":"status","status":429,"headers":{"Retry-After":"1"}}]}"#;
    let server = start(&clock, limited);
    let mut client = Client::new(server.address);
    assert_eq!(client.ask(get("/v2/")).status, 429);
    clock.advance(Duration::from_secs(1));
    assert_eq!(client.ask(get("/v2/")).status, 200);

    let post =
        "POST /v2/app/blobs/uploads/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
    let opened = client.ask(post);
    let session = get(opened.header("Location").unwrap());
    clock.advance(HOUR - Duration::from_secs(1));
    assert_eq!(client.ask(&session).status, 204);
    clock.advance(2 * HOUR);
    assert_eq!(client.ask(&session).status, 404);
}
