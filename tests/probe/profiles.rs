//! Each profile is found again.

use registrette::spec::{Profile, Quirks, Timestamp};
use serde_json::{Map, Value};

use crate::probed::Probed;

/// The switches of a profile that a look with `seen` can see.
fn visible(quirks: &Quirks, seen: &Value) -> Map<String, Value> {
    let seen = seen.as_array().unwrap();
    let all = quirks.to_json().into_iter();
    all.filter(|(name, _)| seen.iter().any(|one| one == name))
        .collect()
}

#[test]
fn each_profile_is_the_nearest_to_itself() {
    for name in Profile::names() {
        let quirks = Profile::named(name).unwrap().quirks().unwrap();
        let probed = Probed::new(|settings| settings.quirks = quirks.clone());
        let told = probed.probe(&["--write"]);
        let wanted = visible(&quirks, &told["seen"]);
        assert_eq!(told["switches"], Value::Object(wanted), "{name}: {told:#}");
        let nearest = told["nearest"].as_array().unwrap();
        assert!(
            nearest.iter().any(|near| near["profile"] == name),
            "{name}: {told:#}"
        );
        assert!(
            nearest
                .iter()
                .all(|near| near["differs"] == Value::Array(Vec::new())),
            "{name}: {told:#}"
        );
    }
}

#[test]
fn nothing_is_pushed_unless_it_may_be() {
    let probed = Probed::new(|_| {});
    let told = probed.probe(&[]);
    assert_eq!(told["switches"], Value::Object(Map::new()), "{told:#}");
    let methods = probed.methods();
    let mut others = methods
        .iter()
        .filter(|method| !["GET", "HEAD"].contains(&method.as_str()));
    assert_eq!(others.next(), None, "{methods:?}");
    assert_eq!(probed.registry.lock().stats().manifests, 0);
}

#[test]
fn what_was_pushed_is_deleted() {
    let probed = Probed::new(|_| {});
    let told = probed.probe(&["--write", "--under", "team/probes"]);
    assert_eq!(told["left"], Value::Array(Vec::new()), "{told:#}");
    let registry = probed.registry.lock();
    let stats = registry.stats();
    assert_eq!((stats.manifests, stats.blobs, stats.uploads), (0, 0, 0));
    let mut calls = registry.calls().filter(|call| call.method == "PUT");
    assert!(calls.all(|call| {
        call.target
            .starts_with("/v2/team/probes/registrette-probe-")
    }));
}

/// A repository that somebody has is left as it was, also where the probe pushes what is there already.
#[test]
fn what_was_there_before_stays() {
    let probed = Probed::new(|_| {});
    let nothing = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let ask = |method: &str, target: &str, body: &'static str| {
        let request = http::Request::builder().method(method).uri(target);
        let request = request.body(bytes::Bytes::from(body)).unwrap();
        let mut registry = probed.registry.lock();
        registry.handle(Timestamp::default(), request).status()
    };
    let push = format!("/v2/team/app/blobs/uploads/?digest={nothing}");
    assert_eq!(ask("POST", &push, "{}"), 201);
    let mut settings = probed.registry.lock().settings().clone();
    settings.quirks.repositories_must_exist = true;
    probed.registry.lock().configure(settings).unwrap();
    let told = probed.probe(&["--write", "--repository", "team/app"]);
    assert_eq!(told["left"], Value::Array(Vec::new()), "{told:#}");
    assert_eq!(told["switches"]["repositoriesMustExist"], true);
    let pull = format!("/v2/team/app/blobs/{nothing}");
    assert_eq!(ask("GET", &pull, ""), 200);
    assert_eq!(probed.registry.lock().stats().blobs, 1);
}

/// A probe that stops half-way, since no manifest is taken, leaves nothing behind.
#[test]
fn a_push_that_fails_leaves_nothing() {
    let probed = Probed::new(|settings| settings.limits.manifest = 1);
    let told = probed.probe(&["--write"]);
    assert_eq!(told["left"], Value::Array(Vec::new()), "{told:#}");
    assert!(
        told["unseen"]["plainIndexes"]
            .as_str()
            .unwrap()
            .contains("413"),
        "{told:#}"
    );
    let stats = probed.registry.lock().stats();
    assert_eq!((stats.manifests, stats.blobs, stats.uploads), (0, 0, 0));
}
