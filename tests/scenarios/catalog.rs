//! `_catalog` among scenarios.

use std::time::Duration;

use registrette::{Config, Registry, layer::Scenarios};
use serde_json::{Value, json};

use crate::{client::Ask, timed};

fn with(delay: Option<&str>, count: Option<&str>) -> Registry {
    let mut config = Config::new(0);
    config.scenarios = Some(Scenarios::parse(delay, count).unwrap());
    let mut registry = Registry::new(config);
    Ask::blob("demo/app", "hello").to(&mut registry).is(201);
    registry
}

fn names(registry: &mut Registry) -> (Duration, Value) {
    let (waited, reply) = timed(registry, &Ask::get("/v2/_catalog?n=1"));
    assert_eq!(reply.status, 200);
    (waited, serde_json::from_slice(&reply.body).unwrap())
}

#[test]
fn s4_61_the_catalog_is_late_or_made_up() {
    let own = json!({ "repositories": ["demo/app"] });
    assert_eq!(names(&mut with(None, None)), (Duration::ZERO, own.clone()));
    assert_eq!(
        names(&mut with(Some("1m"), None)),
        (Duration::from_secs(60), own)
    );
    let made = json!({ "repositories": ["/repo/path0", "/repo/path1", "/repo/last"] });
    assert_eq!(
        names(&mut with(Some("2s"), Some("2"))),
        (Duration::from_secs(2), made)
    );
    let mut none = with(None, Some("0"));
    assert_eq!(
        names(&mut none).1,
        json!({ "repositories": ["/repo/last"] })
    );
    // A made-up list is whole: no link leads on.
    let reply = Ask::get("/v2/_catalog?n=1").to(&mut with(None, Some("5")));
    let length = reply.body.len().to_string();
    assert_eq!(reply.header("link"), None);
    assert_eq!(reply.header("content-length"), Some(&*length));
    // Nothing else is late.
    let (waited, _) = timed(&mut with(Some("1m"), None), &Ask::get("/v2/"));
    assert_eq!(waited, Duration::ZERO);
}

#[test]
fn what_makes_no_sense_is_told() {
    for (delay, count, wanted) in [
        (Some("soon"), None, "not a duration"),
        (Some("-1s"), None, "negative"),
        (None, Some("-1"), "up to 1000000"),
        (None, Some("1000001"), "up to 1000000"),
    ] {
        let told = Scenarios::parse(delay, count).unwrap_err();
        assert!(told.contains(wanted), "{told}");
    }
    assert_eq!(Scenarios::read(&json!(false)), Ok(None));
    let read = Scenarios::read(&json!({ "catalogDelay": "1s", "catalogRepositories": 1 }));
    assert_eq!(read, Scenarios::parse(Some("1s"), Some("1")).map(Some));
    assert!(Scenarios::read(&json!({ "catalogDelay": "1" })).is_err());
}
