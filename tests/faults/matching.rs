use http::Method;

use crate::{
    client::{Ask, sha256},
    registry,
};

/// What is matched, a request of which it is true, and one of which it is not.
fn cases() -> Vec<(String, Ask, Ask)> {
    let blob = format!("/v2/demo/app/blobs/{}", sha256("hello world"));
    let get = || Ask::get(&blob);
    let config = format!("/v2/demo/app/blobs/{}", sha256("{}"));
    let tags = || Ask::get("/v2/demo/app/tags/list");
    let ranged = |range: &str| get().header("range", range);
    [
        (r#"{}"#, get(), Ask::get("/nothing").header("x-never", "1")),
        (r#"{"operation":"blob.get"}"#, get(), Ask::head(&blob)),
        (
            r#"{"operation":["tags.list","blob.head"]}"#,
            Ask::head(&blob),
            get(),
        ),
        (r#"{"operation":"blob.*"}"#, get(), tags()),
        (r#"{"operation":"unknown"}"#, Ask::get("/nothing"), get()),
        (r#"{"method":"HEAD"}"#, Ask::head(&blob), get()),
        (
            r#"{"repository":"demo/*"}"#,
            tags(),
            Ask::get("/v2/demo/a/b/tags/list"),
        ),
        (
            r#"{"repository":"demo/**"}"#,
            Ask::get("/v2/demo/a/b/tags/list"),
            Ask::get("/v2/"),
        ),
        (
            r#"{"reference":"v1*"}"#,
            Ask::get("/v2/demo/app/manifests/v1.2"),
            Ask::get("/v2/demo/app/manifests/v2"),
        ),
        (
            r#"{"reference":"sha256:b94d27b9*"}"#,
            get(),
            Ask::get(&config),
        ),
        (r#"{"role":"config"}"#, Ask::get(&config), get()),
        (r#"{"role":"layer"}"#, get(), Ask::get(&config)),
        (
            r#"{"role":"manifest"}"#,
            Ask::get("/v2/demo/app/manifests/image"),
            Ask::get("/v2/demo/app/manifests/index"),
        ),
        (
            r#"{"role":"index"}"#,
            Ask::get("/v2/demo/app/manifests/index"),
            Ask::get("/v2/demo/app/manifests/image"),
        ),
        (
            r#"{"mediaType":"application/vnd.oci.image.**"}"#,
            Ask::get("/v2/demo/app/manifests/image"),
            Ask::get("/v2/demo/app/manifests/none"),
        ),
        (
            r#"{"client":"crane/*"}"#,
            get().header("user-agent", "crane/0.22"),
            get().header("user-agent", "skopeo/1.9"),
        ),
        (r#"{"range":[3,5]}"#, ranged("bytes=4-"), ranged("bytes=5-")),
        (r#"{"range":[3,5]}"#, get(), ranged("bytes=0-2")),
        (r#"{"range":[0,5]}"#, ranged("bytes=-7"), ranged("bytes=-6")),
    ]
    .map(|(on, is, is_not)| (on.to_owned(), is, is_not))
    .into()
}

#[test]
fn a_rule_is_about_what_it_says() {
    for (on, is, is_not) in cases() {
        let rule = format!(r#"{{"match":{on},"do":[{{"verb":"status","status":418}}]}}"#);
        let mut registry = registry(r#"{"when":{"nth":1000000},"do":[{"verb":"hang"}]}"#);
        Ask::blob("demo/app", "{}").to(&mut registry).is(201);
        let descriptor = |kind: &str, content: &str| {
            format!(
                r#"{{"mediaType":"{kind}","digest":"{}","size":{}}}"#,
                sha256(content),
                content.len()
            )
        };
        let image = format!(
            r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#,
            descriptor("application/json", "{}"),
            descriptor("application/x-tar", "hello world")
        );
        let kind = |name: &str| format!("application/vnd.oci.image.{name}.v1+json");
        let index = format!(
            r#"{{"schemaVersion":2,"manifests":[{}]}}"#,
            descriptor(&kind("manifest"), &image)
        );
        for (tag, content) in [("manifest", &image), ("index", &index)] {
            let name = if tag == "manifest" { "image" } else { tag };
            Ask::manifest("demo/app", name, &kind(tag), content)
                .to(&mut registry)
                .is(201);
        }
        registry.add_fault(
            crate::at(0),
            registrette::layer::Rule::parse(&rule).unwrap(),
        );
        is.to(&mut registry).is(418);
        if on != "{}" {
            assert_ne!(is_not.to(&mut registry).status, 418, "{on} {is_not:?}");
        }
    }
}

#[test]
fn a_session_is_matched_by_its_id() {
    let mut registry = registry(r#"{"when":{"nth":1000000},"do":[{"verb":"hang"}]}"#);
    let [one, other] = [(); 2].map(|()| {
        let started = Ask::post("/v2/demo/app/blobs/uploads/")
            .to(&mut registry)
            .is(202);
        started.location().to_owned()
    });
    let id = one.rsplit('/').next().unwrap();
    let rule =
        format!(r#"{{"match":{{"session":"{id}"}},"do":[{{"verb":"status","status":500}}]}}"#);
    registry.add_fault(
        crate::at(0),
        registrette::layer::Rule::parse(&rule).unwrap(),
    );
    Ask::patch(&one).body("a").to(&mut registry).is(500);
    Ask::patch(&other).body("a").to(&mut registry).is(202);
    let asked = Ask::new(Method::GET, &one).to(&mut registry);
    asked.is(500);
    assert_eq!(
        registry
            .faults()
            .map(|fault| (fault.matches, fault.hits))
            .last(),
        Some((2, 2))
    );
}
