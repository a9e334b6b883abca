//! The log of calls: `Registry::calls`.

use bytes::Bytes;
use http::{Method, Request};
use registrette::{Config, Registry, layer::Unrecorded};

use crate::{
    client::{Ask, at, sha256},
    host::begin,
};

fn registry(calls: usize) -> Registry {
    Registry::new(Config {
        calls,
        ..Config::new(7)
    })
}

#[test]
fn a_call_says_what_it_was() {
    let mut registry = registry(10);
    let push = Ask::blob("app/web", "content");
    let exchange = begin(&mut registry, at(100), &push, 1);
    registry.finish(at(130), exchange);
    let get = Ask::get(format!("/v2/app/web/blobs/{}", sha256("content")));
    get.send(&mut registry, at(200)).is(200);
    Ask::head(&get.target).send(&mut registry, at(200)).is(200);
    Ask::get("/nonsense?x=y")
        .send(&mut registry, at(300))
        .is(404);
    let calls: Vec<_> = registry.calls().cloned().collect();
    let first = &calls[0];
    assert_eq!((first.sequence, first.at, first.millis), (1, at(100), 30));
    assert_eq!(
        (first.operation, &first.method, first.status),
        ("blob.put", &Method::POST, 201)
    );
    assert_eq!(
        (first.target.as_str(), first.bytes),
        (push.target.as_str(), 0)
    );
    assert_eq!(first.repository.as_ref().unwrap().as_str(), "app/web");
    assert_eq!((calls[1].operation, calls[1].bytes), ("blob.get", 7));
    assert_eq!((calls[2].operation, calls[2].bytes), ("blob.head", 0));
    assert_eq!(
        (calls[3].operation, calls[3].target.as_str()),
        ("unknown", "/nonsense?x=y")
    );
    assert_eq!(calls[3].repository, None);
    assert_eq!(first.body_bytes, 7);
    assert_eq!(first.reference, Some(sha256("content")));
    assert_eq!(first.headers.len(), push.headers.len());
    assert_eq!(
        (
            calls[0].error.as_deref(),
            calls[1].error.as_deref(),
            calls[3].error.as_deref()
        ),
        (None, None, Some("UNSUPPORTED"))
    );
}

#[test]
fn calls_can_be_forgotten_and_left_out() {
    let mut registry = registry(3);
    Ask::get("/v2/").to(&mut registry);
    registry.forget_calls();
    let mut unrecorded = Request::get("/v2/").body(Bytes::new()).unwrap();
    unrecorded.extensions_mut().insert(Unrecorded);
    assert_eq!(registry.handle(at(0), unrecorded).status(), 200);
    assert_eq!(registry.calls().count(), 0);
    Ask::get("/v2/").to(&mut registry);
    assert_eq!(registry.calls().next().unwrap().sequence, 1);
}

#[test]
fn a_target_that_is_no_uri_is_answered() {
    let mut registry = registry(3);
    let mut request = Request::get("/v2/").body(Bytes::new()).unwrap();
    request
        .extensions_mut()
        .insert(registrette::wire::Unparsed("http://[".to_owned()));
    let answer = registry.handle(at(0), request);
    assert_eq!(answer.status(), 400);
    assert!(String::from_utf8_lossy(&answer.into_body().bytes()).contains("NAME_INVALID"));
    assert_eq!(registry.calls().next().unwrap().target, "http://[");
}

#[test]
fn only_the_last_calls_are_kept() {
    let mut registry = registry(3);
    for _ in 0..10 {
        Ask::get("/v2/").to(&mut registry);
    }
    let kept: Vec<_> = registry.calls().map(|call| call.sequence).collect();
    assert_eq!(kept, [8, 9, 10]);
}

#[test]
fn none_are_kept_where_none_are_wanted() {
    let mut registry = registry(0);
    Ask::get("/v2/").to(&mut registry).is(200);
    assert_eq!(registry.calls().count(), 0);
}

#[test]
fn a_fork_starts_its_own() {
    let mut registry = registry(3);
    Ask::get("/v2/").to(&mut registry);
    let mut fork = registry.fork();
    assert_eq!(fork.calls().count(), 0);
    Ask::get("/v2/").to(&mut fork);
    assert_eq!(
        (
            registry.calls().count(),
            fork.calls().next().unwrap().sequence
        ),
        (1, 1)
    );
}
