//! Each profile is found again.

use registrette::spec::{Profile, Quirks};
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
    // The one DELETE is of an upload that is not there: who may not write is told so.
    let others = methods
        .iter()
        .filter(|method| !["GET", "HEAD"].contains(&method.as_str()));
    assert_eq!(others.count(), 1, "{methods:?}");
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
