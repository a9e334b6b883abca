//! Layers: what an embedder puts around the handlers.

use std::sync::{Arc, Mutex};

use http::{HeaderValue, Response, StatusCode};
use registrette::{
    Config, Outcome, Registry,
    content::{Body, Step},
    layer::{Flow, Layer},
    spec::Timestamp,
    wire::{Answer, Facts, Head, Role},
};

use crate::{
    client::{Ask, Reply, at, sha256},
    host::{Mirror, begin, persist},
};

type Notes = Arc<Mutex<Vec<String>>>;

/// A layer that notes what it sees, and does what the request's own headers tell it to.
#[derive(Clone, Debug)]
struct Probe {
    name: &'static str,
    notes: Notes,
    needs_facts: bool,
}

/// What `before` tells `after`.
#[derive(Clone)]
struct Token(&'static str);

impl Probe {
    fn new(name: &'static str, notes: &Notes) -> Box<Self> {
        Box::new(Self {
            name,
            notes: notes.clone(),
            needs_facts: false,
        })
    }

    fn note(&self, text: impl std::fmt::Display) {
        self.notes
            .lock()
            .unwrap()
            .push(format!("{} {text}", self.name));
    }
}

impl Layer for Probe {
    fn before(&mut self, _: Timestamp, head: &mut Head) -> Flow {
        self.note("before");
        head.extensions.insert(Token(self.name));
        let has = |name: &str| head.headers.contains_key(name);
        head.directives.drop_write = has("x-drop-write");
        head.directives.ignore_paging = has("x-ignore-paging");
        if head
            .headers
            .get("x-answer")
            .is_some_and(|value| value == self.name)
        {
            let answer = Answer::new(StatusCode::IM_A_TEAPOT)
                .content([bytes::Bytes::from_static(b"short").into()]);
            return Flow::Answer(Box::new(answer.done()));
        }
        Flow::Next
    }

    fn after(&mut self, _: Timestamp, head: &Head, answer: &mut Response<Body>) {
        let Token(token) = head.extensions.get().cloned().unwrap();
        self.note(format_args!("after {} {token}", answer.status().as_u16()));
        answer
            .headers_mut()
            .append("x-layer", HeaderValue::from_static(self.name));
        if self.needs_facts {
            self.note(format_args!("{:?}", head.facts));
        }
    }

    fn needs_facts(&self) -> bool {
        self.needs_facts
    }

    fn fork(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}

fn registry(layers: &[&'static str]) -> (Registry, Notes) {
    let notes = Notes::default();
    let mut registry = Registry::new(Config::new(7));
    for name in layers {
        registry.add_layer(Probe::new(name, &notes));
    }
    (registry, notes)
}

fn take(notes: &Notes) -> Vec<String> {
    std::mem::take(&mut *notes.lock().unwrap())
}

#[test]
fn layers_are_entered_in_order_and_left_in_reverse() {
    let (mut registry, notes) = registry(&["outer", "inner"]);
    Ask::get("/v2/").to(&mut registry).is(200);
    assert_eq!(
        take(&notes),
        [
            "outer before",
            "inner before",
            "inner after 200 inner",
            "outer after 200 inner"
        ]
    );
    Ask::get("/v2/app/tags/list").to(&mut registry).is(404);
    assert_eq!(
        take(&notes)[2..],
        ["inner after 404 inner", "outer after 404 inner"]
    );
    // Also where the request means nothing.
    Ask::get("/nonsense").to(&mut registry).is(404);
    assert_eq!(take(&notes).len(), 4);
}

#[test]
fn an_early_answer_goes_out_through_the_layers_it_entered() {
    let (mut registry, notes) = registry(&["one", "two", "three"]);
    let push = Ask::blob("app", "content").header("x-answer", "two");
    let mut exchange = registry.begin(at(0), push.parts());
    assert!(exchange.is_answered());
    exchange.body(bytes::Bytes::from_static(b"content"));
    let Outcome::Answer(answer) = registry.finish(at(0), exchange) else {
        panic!()
    };
    let reply = Reply::of(answer).is(418);
    assert_eq!(reply.text(), "short");
    assert_eq!(
        take(&notes),
        [
            "one before",
            "two before",
            "two after 418 two",
            "one after 418 two"
        ]
    );
    assert_eq!(registry.stats().bytes, 0);
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(registry.calls().next().unwrap().status, 418);
}

#[test]
fn a_layer_may_change_the_answer() {
    #[derive(Debug)]
    struct Truncate;
    impl Layer for Truncate {
        fn after(&mut self, _: Timestamp, _: &Head, answer: &mut Response<Body>) {
            let steps = &mut answer.body_mut().steps;
            if let Some(Step::Send(chunk)) = steps.first_mut() {
                *chunk = chunk.slice(0..3);
            }
            steps.push(Step::Reset);
        }
        fn fork(&self) -> Box<dyn Layer> {
            Box::new(Self)
        }
    }
    let mut registry = Registry::new(Config::new(7));
    Ask::blob("app", "0123456789").to(&mut registry).is(201);
    registry.add_layer(Box::new(Truncate));
    let get = Ask::get(format!("/v2/app/blobs/{}", sha256("0123456789")));
    let answer = registry.handle(at(0), get.request());
    assert_eq!(
        (
            answer.headers()["content-length"].to_str().unwrap(),
            answer.body().len()
        ),
        ("10", 3)
    );
    assert!(matches!(
        answer.body().steps.as_slice(),
        [Step::Send(_), Step::Reset]
    ));
    // A head sends no bytes, and does all the rest.
    let answer = registry.handle(at(0), Ask::head(get.target).request());
    assert!(matches!(answer.body().steps.as_slice(), [Step::Reset]));
    assert_eq!(answer.headers()["content-length"], "10");
}

#[test]
fn facts_are_looked_up_for_those_who_ask() {
    let notes = Notes::default();
    let facts_of = |needs_facts: bool, ask: &Ask| {
        let mut registry = Registry::new(Config::new(7));
        Ask::opaque("app", "v1", "text").to(&mut registry).is(201);
        Ask::blob("app", "a layer").to(&mut registry).is(201);
        registry.add_layer(Box::new(Probe {
            needs_facts,
            ..*Probe::new("probe", &notes)
        }));
        let exchange = registry.begin(at(0), ask.parts());
        exchange.head().facts.clone()
    };
    let blob = Ask::get(format!("/v2/app/blobs/{}", sha256("a layer")));
    assert_eq!(facts_of(false, &blob), Facts::default());
    let known = Facts {
        repository_exists: true,
        ..Facts::default()
    };
    let found = Facts {
        exists: true,
        role: Some(Role::Layer),
        size: Some(7),
        ..known.clone()
    };
    assert_eq!(facts_of(true, &blob), found);
    let found = Facts {
        exists: true,
        role: Some(Role::Manifest),
        media_type: Some("application/x-opaque".to_owned()),
        size: Some(4),
        ..known
    };
    assert_eq!(facts_of(true, &Ask::get("/v2/app/manifests/v1")), found);
    assert_eq!(facts_of(true, &Ask::delete("/v2/app/manifests/v1")), found);
    assert_eq!(facts_of(true, &Ask::get("/v2/app/manifests/v2")), known);
    assert_eq!(
        facts_of(true, &Ask::get("/v2/none/manifests/v1")),
        Facts::default()
    );
    assert_eq!(facts_of(true, &Ask::get("/v2/")), Facts::default());
}

#[test]
fn a_dropped_write_is_answered_and_not_done() {
    let (mut registry, _) = registry(&["probe"]);
    let before = registry.snapshot();
    let push = Ask::blob("app", "content").header("x-drop-write", "1");
    push.to(&mut registry).is(201);
    assert!(registry.diff(&before).is_empty());
    assert_eq!(registry.stats().bytes, 0);
    Ask::blob("app", "content").to(&mut registry).is(201);
    let delete =
        Ask::delete(format!("/v2/app/blobs/{}", sha256("content"))).header("x-drop-write", "1");
    delete.to(&mut registry).is(202);
    Ask::get(&delete.target).to(&mut registry).is(200);
    // Nothing to store either.
    let mut durable = Registry::new(Config {
        durable: true,
        ..Config::new(7)
    });
    durable.add_layer(Probe::new("probe", &Notes::default()));
    let exchange = begin(&mut durable, at(0), &push, 1);
    assert!(matches!(
        durable.finish(at(0), exchange),
        Outcome::Answer(_)
    ));
}

#[test]
fn paging_can_be_ignored() {
    let (mut registry, _) = registry(&["probe"]);
    for tag in ["a", "b", "c"] {
        Ask::opaque("app", tag, "text").to(&mut registry).is(201);
    }
    let page = Ask::get("/v2/app/tags/list?n=1&last=a")
        .to(&mut registry)
        .is(200);
    assert_eq!(
        (page.text(), page.header("link").is_some()),
        (r#"{"name":"app","tags":["b"]}"#, true)
    );
    let whole = Ask::get("/v2/app/tags/list?n=1&last=a")
        .header("x-ignore-paging", "1")
        .to(&mut registry)
        .is(200);
    assert_eq!(
        (whole.text(), whole.header("link")),
        (r#"{"name":"app","tags":["a","b","c"]}"#, None)
    );
}

#[test]
fn a_fetched_request_unwinds_once() {
    let mut mirror = Mirror::of_one();
    Ask::blob("app", "content")
        .to(mirror.upstream("up"))
        .is(201);
    let notes = Notes::default();
    mirror.local.add_layer(Probe::new("probe", &notes));
    mirror
        .ask(&Ask::get(format!("/v2/app/blobs/{}", sha256("content"))))
        .is(200);
    assert_eq!(take(&notes), ["probe before", "probe after 200 probe"]);
    mirror
        .ask(&Ask::get(format!("/v2/app/blobs/{}", sha256("missing"))))
        .is(404);
    assert_eq!(take(&notes), ["probe before", "probe after 404 probe"]);
    let calls: Vec<_> = mirror
        .local
        .calls()
        .map(|call| (call.operation, call.status))
        .collect();
    assert_eq!(calls, [("blob.get", 200), ("blob.get", 404)]);
}

#[test]
fn a_stored_request_unwinds_when_it_is_settled() {
    let notes = Notes::default();
    let mut registry = Registry::new(Config {
        durable: true,
        ..Config::new(7)
    });
    registry.add_layer(Probe::new("probe", &notes));
    let one = persist(&mut registry, at(0), &Ask::blob("app", "one"));
    let two = persist(&mut registry, at(0), &Ask::blob("other", "two"));
    assert_eq!(take(&notes), ["probe before", "probe before"]);
    Reply::of(registry.commit(at(5), one)).is(201);
    assert_eq!(take(&notes), ["probe after 201 probe"]);
    Reply::of(registry.discard(at(5), two, "no")).is(503);
    assert_eq!(take(&notes), ["probe after 503 probe"]);
    assert_eq!(
        registry.calls().map(|call| call.millis).collect::<Vec<_>>(),
        [5, 5]
    );
}

#[test]
fn a_fork_has_the_layers() {
    let (registry, notes) = registry(&["probe"]);
    Ask::get("/v2/").to(&mut registry.fork()).is(200);
    assert_eq!(take(&notes).len(), 2);
}

#[test]
fn a_request_that_began_before_a_layer_came_leaves_it_alone() {
    let (mut registry, notes) = registry(&["first"]);
    let exchange = begin(&mut registry, at(0), &Ask::blob("app", "one"), 1);
    registry.add_layer(Probe::new("late", &notes));
    let Outcome::Answer(answer) = registry.finish(at(0), exchange) else {
        panic!()
    };
    Reply::of(answer).is(201);
    assert_eq!(take(&notes), ["first before", "first after 201 first"]);
}
