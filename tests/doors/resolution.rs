//! Which upstream is asked, and by which name.

use std::collections::BTreeMap;

use registrette::Upstream;

use crate::{client::Ask, host::Mirror};

const HOSTS: [&str; 5] = [
    "up",
    "ghcr.io",
    "localhost",
    "127.0.0.1:5001",
    "registry.example:8443",
];

fn mirror(default: Option<&str>) -> Mirror {
    let aliases = [
        ("local", "127.0.0.1:5001"),
        ("gh", "ghcr.io"),
        ("ghcr.io", "registry.example:8443"),
    ];
    let aliases: BTreeMap<_, _> = aliases
        .map(|(name, host)| (name.to_owned(), host.to_owned()))
        .into();
    Mirror::new(
        Upstream {
            default: default.map(str::to_owned),
            aliases,
        },
        &HOSTS,
    )
}

#[test]
fn hosts_are_read_off_the_name() {
    for (target, asked) in [
        (
            "/v2/library/alpine/manifests/1",
            "up/v2/library/alpine/manifests/1",
        ),
        ("/v2/alpine/manifests/1", "up/v2/alpine/manifests/1"),
        ("/v2/quay.io/manifests/1", "up/v2/quay.io/manifests/1"),
        (
            "/v2/localhost/app/manifests/1",
            "localhost/v2/app/manifests/1",
        ),
        ("/v2/localhost/manifests/1", "up/v2/localhost/manifests/1"),
        (
            "/v2/local/a/b/manifests/1",
            "127.0.0.1:5001/v2/a/b/manifests/1",
        ),
        ("/v2/gh/app/manifests/1", "ghcr.io/v2/app/manifests/1"),
        // An alias of a host's name stands before the host.
        (
            "/v2/ghcr.io/app/manifests/1",
            "registry.example:8443/v2/app/manifests/1",
        ),
        // What stands in `ns` is the host, and the name stays whole.
        (
            "/v2/library/alpine/manifests/1?ns=ghcr.io",
            "registry.example:8443/v2/library/alpine/manifests/1",
        ),
        (
            "/v2/gh/app/manifests/1?ns=localhost",
            "localhost/v2/gh/app/manifests/1",
        ),
        (
            "/v2/app/manifests/1?x=y&ns=127.0.0.1:5001",
            "127.0.0.1:5001/v2/app/manifests/1",
        ),
        (
            "/v2/app/manifests/1?ns=127.0.0.1%3A5001",
            "127.0.0.1:5001/v2/app/manifests/1",
        ),
        ("/v2/app/manifests/1?ns=", "up/v2/app/manifests/1"),
    ] {
        let mut mirror = mirror(Some("up"));
        mirror.ask(&Ask::get(target)).fails(404, "NAME_UNKNOWN");
        assert_eq!(mirror.asked, [asked], "{target}");
    }
}

#[test]
fn without_a_default_only_names_with_a_host_are_asked_for() {
    let mut mirror = mirror(None);
    mirror
        .ask(&Ask::get("/v2/library/alpine/manifests/1"))
        .fails(404, "NAME_UNKNOWN");
    mirror
        .ask(&Ask::get("/v2/quay.io/manifests/1"))
        .fails(404, "NAME_UNKNOWN");
    assert!(mirror.asked.is_empty());
    mirror
        .ask(&Ask::get("/v2/localhost/app/manifests/1"))
        .fails(404, "NAME_UNKNOWN");
    assert_eq!(mirror.asked.len(), 1);
}

#[test]
fn what_was_fetched_is_found_under_the_name_it_was_asked_by() {
    let mut mirror = mirror(None);
    Ask::opaque("app", "1", "a manifest")
        .to(mirror.upstream("ghcr.io"))
        .is(201);
    assert_eq!(
        mirror
            .ask(&Ask::get("/v2/gh/app/manifests/1"))
            .is(200)
            .text(),
        "a manifest"
    );
    assert_eq!(
        mirror.ask(&Ask::get("/v2/_catalog")).text(),
        r#"{"repositories":["gh/app"]}"#
    );
}
