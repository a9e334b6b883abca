//! What tests do with images without asking over HTTP.

use registrette::{
    image::Place,
    spec::{Error, RepositoryName},
};
use serde_json::json;

use crate::puller::{pull, seeded};

fn name(text: &str) -> RepositoryName {
    RepositoryName::parse(text).unwrap()
}

fn place(text: &str) -> Place {
    text.parse().unwrap()
}

#[test]
fn an_image_is_there_or_not() {
    let (registry, made) = seeded(&json!({ "ref": "demo/app:v1", "image": {} }));
    let by_digest = format!("demo/app@{}", made[0].digest);
    let both = format!("demo/app:other@{}", made[0].digest);
    for (text, wanted) in [
        ("demo/app:v1", true),
        (&by_digest, true),
        // The digest wins.
        (&both, true),
        ("demo/app:v2", false),
        ("demo/app", false),
        ("demo/other:v1", false),
    ] {
        assert_eq!(registry.has_image(&place(text)), wanted, "{text}");
    }
}

#[test]
fn a_repository_is_cloned_with_all_it_has() {
    let (mut registry, _) = seeded(&json!([
        { "ref": "a:v1", "image": { "files": { "x": "1" } } },
        { "ref": "a:v2", "image": { "files": { "x": "2" } } },
        { "artifact": { "subject": "a:v1", "artifactType": "a/b", "blobs": ["s"] } },
        { "ref": "b:v2", "image": {} },
        { "ref": "b:own", "image": {} },
    ]));
    let bytes = registry.stats().bytes;
    registry.clone_repository(&name("a"), &name("b")).unwrap();
    registry.clone_repository(&name("a"), &name("new")).unwrap();
    assert_eq!(registry.stats().bytes, bytes);
    for to in ["b", "new"] {
        for tag in ["v1", "v2"] {
            let cloned = pull(&mut registry, to, tag).unwrap();
            let own = pull(&mut registry, "a", tag).unwrap();
            assert_eq!(cloned.manifest, own.manifest, "{to}:{tag}");
        }
    }
    assert!(pull(&mut registry, "b", "own").is_ok());
    assert!(registry.has_image(&place("b:own")) && !registry.has_image(&place("new:own")));
    let unknown = registry.clone_repository(&name("nobody"), &name("b"));
    assert!(matches!(unknown, Err(Error::NameUnknown { .. })));
}

#[test]
fn a_clone_keeps_to_the_limits() {
    let (mut registry, _) = seeded(&json!([
        { "ref": "a:v1", "image": {} }, { "ref": "a:v2", "image": {} }, { "ref": "b:v2", "image": {} },
    ]));
    let mut settings = registry.settings().clone();
    settings.limits.repositories = 2;
    settings.limits.tags = 2;
    registry.configure(settings.clone()).unwrap();
    let refused = registry.clone_repository(&name("a"), &name("c"));
    assert!(matches!(refused, Err(Error::TooMany { limit: 2, .. })));
    // One of the two tags is there already.
    registry.clone_repository(&name("a"), &name("b")).unwrap();
    settings.limits.tags = 1;
    registry.configure(settings).unwrap();
    assert!(registry.clone_repository(&name("a"), &name("b")).is_err());
}

#[test]
fn a_test_has_a_repository_of_its_own() {
    for (test, wanted) in [
        ("TestPull/with_a tag", "testpull-with-a-tag"),
        ("pulls, twice", "pulls-twice"),
        ("mod::tests::a", "mod-tests-a"),
        ("--", "test"),
        ("", "test"),
    ] {
        assert_eq!(RepositoryName::for_test(test).as_str(), wanted, "{test}");
    }
}
