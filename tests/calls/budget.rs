//! Budgets: kept, overspent, and wrong.

use registrette::{Config, Registry, layer::CallBudget};

use super::{Ask, registry, sha256, some_day};

fn checked(registry: &Registry, budget: &str) -> Result<(), String> {
    let budget = CallBudget::parse(budget).unwrap();
    registry
        .check_calls(&budget)
        .map_err(|told| told.to_string())
}

const KEPT: [&str; 6] = [
    "{}",
    r#"{ "manifest.get": 2, "manifest.*": 4, "upload.patch": 0 }"#,
    r#"{ "manifest.get": { "min": 2, "max": 2, "repository": "demo/*" } }"#,
    r#"{ "tags.list": { "max": 0, "repository": "demo/*" } }"#,
    r#"{ "rules": ["no blob twice"] }"#,
    r#"{ "catalog": { "min": 0 } }"#,
];

const OVERSPENT: [(&str, &str); 4] = [
    (
        r#"{ "manifest.get": 1 }"#,
        "manifest.get: 2 calls, at most 1 allowed\n  \
         #4 manifest.get GET /v2/demo/app/manifests/v2 404 MANIFEST_UNKNOWN by puller/2\n  \
         #6 manifest.get GET /v2/demo/app/manifests/v1 200 by puller/2",
    ),
    (
        r#"{ "upload.*": { "max": 0, "repository": "demo/*" } }"#,
        "upload.* in demo/*: 1 calls, at most 0 allowed\n  #1 ",
    ),
    (
        r#"{ "catalog": { "min": 1 } }"#,
        "catalog: 0 calls, at least 1 allowed\n  #1 upload.start",
    ),
    (
        r#"{ "rules": ["HEAD before GET"] }"#,
        "HEAD before GET: nobody asked for these by HEAD first\n  #4 manifest.get GET /v2/demo/app/manifests/v2 404",
    ),
];

const MISTAKES: [(&str, &str); 11] = [
    ("", "budget: it is not JSON"),
    ("[]", "expected an object of operations"),
    (
        r#"{ "manifest.got": 1 }"#,
        "no operation \"manifest.got\"; did you mean \"manifest.get\"?",
    ),
    (
        r#"{ "manifest.get": -1 }"#,
        "manifest.get: the most calls is -1",
    ),
    (r#"{ "manifest.get": "1" }"#, "takes a whole number"),
    (r#"{ "manifest.get": { "mx": 1 } }"#, "no member \"mx\""),
    (
        r#"{ "manifest.get": { "min": 2, "max": 1 } }"#,
        "it could never be kept",
    ),
    (
        r#"{ "manifest.get": { "repository": 1 } }"#,
        "repository is 1, not text",
    ),
    (r#"{ "rules": "no blob twice" }"#, "rules: expected a list"),
    (
        r#"{ "rules": ["no blobs twice"] }"#,
        "did you mean \"no blob twice\"?",
    ),
    (r#"{ "manifest.get": 1.5 }"#, "is 1.5"),
];

#[test]
fn budgets_are_kept() {
    let mut registry = registry(0);
    some_day(&mut registry);
    for budget in KEPT {
        assert_eq!(checked(&registry, budget), Ok(()), "{budget}");
    }
}

#[test]
fn what_is_overspent_is_shown_with_its_calls() {
    let mut registry = registry(0);
    some_day(&mut registry);
    for (budget, wanted) in OVERSPENT {
        let told = checked(&registry, budget).unwrap_err();
        assert!(told.starts_with(wanted), "{budget}: {told}");
    }
    let both = checked(&registry, r#"{ "manifest.get": 1, "blob.put": 0 }"#).unwrap_err();
    assert!(
        both.contains("manifest.get: 2") && both.contains("blob.put: 1"),
        "{both}"
    );
}

#[test]
fn mistakes_are_told() {
    for (budget, wanted) in MISTAKES {
        let told = CallBudget::parse(budget).unwrap_err().to_string();
        assert!(told.contains(wanted), "{budget}: {told}");
    }
}

#[test]
fn no_blob_twice_means_pushes_and_whole_pulls_of_one_repository() {
    let mut registry = registry(0);
    let pull = |repository: &str| Ask::get(format!("/v2/{repository}/blobs/{}", sha256("content")));
    for ask in [
        Ask::blob("a", "content"),
        Ask::blob("b", "content"),
        pull("a").header("range", "bytes=0-1"),
        pull("a").header("range", "bytes=2-6"),
        pull("a"),
        pull("b"),
        Ask::head(pull("a").target),
    ] {
        ask.to(&mut registry);
    }
    assert_eq!(
        checked(&registry, r#"{ "rules": ["no blob twice"] }"#),
        Ok(())
    );
    Ask::blob("a", "content").to(&mut registry);
    let told = checked(&registry, r#"{ "rules": ["no blob twice"] }"#).unwrap_err();
    assert_eq!(told.lines().count(), 3, "{told}");
    assert!(
        told.contains("#1 blob.put") && told.contains("#8 blob.put"),
        "{told}"
    );
    pull("a").to(&mut registry);
    let told = checked(&registry, r#"{ "rules": ["no blob twice"] }"#).unwrap_err();
    assert_eq!(told.lines().count(), 5, "{told}");
}

#[test]
fn a_head_may_be_by_tag_where_the_get_is_by_the_digest_it_gave() {
    let mut registry = registry(0);
    Ask::opaque("a", "v1", "{}").to(&mut registry).is(201);
    Ask::head("/v2/a/manifests/v1").to(&mut registry).is(200);
    Ask::get(format!("/v2/a/manifests/{}", sha256("{}")))
        .to(&mut registry)
        .is(200);
    assert_eq!(
        checked(&registry, r#"{ "rules": ["HEAD before GET"] }"#),
        Ok(())
    );
    Ask::opaque("b", "v1", "{}").to(&mut registry).is(201);
    Ask::get("/v2/b/manifests/v1").to(&mut registry).is(200);
    assert!(checked(&registry, r#"{ "rules": ["HEAD before GET"] }"#).is_err());
}

#[test]
fn a_log_that_let_go_of_calls_cannot_know() {
    for (calls, wanted) in [
        (2, "only the last 2 of 3 calls are kept"),
        (0, "no calls are recorded"),
    ] {
        let mut registry = Registry::new(Config {
            calls,
            ..Config::new(0)
        });
        for _ in 0..3 {
            Ask::get("/v2/").to(&mut registry);
        }
        let told = checked(&registry, r#"{ "manifest.get": 1 }"#).unwrap_err();
        assert!(told.starts_with(wanted), "{told}");
        registry.forget_calls();
        assert_eq!(
            checked(&registry, r#"{ "manifest.get": 1 }"#).is_ok(),
            calls > 0
        );
    }
}
