//! `broken/timeout`.

use std::time::Duration;

use crate::{client::Ask, envelope, manifest, registry, timed};

fn target(tag: &str) -> String {
    manifest("broken/timeout", tag)
}

#[track_caller]
fn refused(tag: &str, message: &str) {
    let (waited, reply) = timed(&mut registry(), &Ask::get(target(tag)));
    assert_eq!((waited, reply.status), (Duration::ZERO, 400), "{tag}");
    assert_eq!(reply.outcome().1, "MANIFEST_INVALID");
    assert!(reply.text().contains(message), "{tag}: {reply:?}");
}

#[test]
fn s4_10_nothing_is_sent_until_then() {
    let (waited, reply) = timed(&mut registry(), &Ask::get(target("dur-5s")));
    assert_eq!((waited, reply.status), (Duration::from_secs(5), 408));
}

#[test]
fn s4_11_it_says_that_the_time_is_over() {
    let (_, reply) = timed(&mut registry(), &Ask::get(target("dur-1s")));
    let wanted = envelope("TIMEOUT", "Timeout duration has elapsed!");
    assert_eq!(reply.text(), wanted);
}

#[test]
fn s4_12_head_and_get_wait_each() {
    let mut registry = registry();
    let both = [Ask::head, Ask::get].map(|ask| timed(&mut registry, &ask(target("dur-2s"))));
    assert_eq!(both[0].0 + both[1].0, Duration::from_secs(4));
    assert_eq!([both[0].1.status, both[1].1.status], [408, 408]);
}

#[test]
fn s4_13_durations_are_written_as_in_go() {
    for (text, nanos) in [
        ("300ms", 300_000_000),
        ("1.5h", 5_400_000_000_000),
        ("1h2m3s", 3_723_000_000_000),
        ("7ns", 7),
        ("7us", 7_000),
    ] {
        let (waited, reply) = timed(&mut registry(), &Ask::get(target(&format!("dur-{text}"))));
        assert_eq!((waited, reply.status), (Duration::from_nanos(nanos), 408));
    }
}

#[test]
fn s4_14_a_tag_without_a_duration_is_refused() {
    let digest = format!("sha256:{}", "0".repeat(64));
    for tag in ["latest", "duration-5s", "dur5s", &digest] {
        refused(tag, r#""message":"Tag missing duration""#);
    }
    for tag in ["dur", "dur-", "dur-5", "dur-5d", "dur-x"] {
        refused(tag, r#""message":"error parsing duration: "#);
    }
}

#[test]
fn s4_15_nothing_is_at_once_and_less_cannot_be_written() {
    let (waited, reply) = timed(&mut registry(), &Ask::get(target("dur-0s")));
    assert_eq!((waited, reply.status), (Duration::ZERO, 408));
    refused("dur--5s", "error parsing duration: ");
}
