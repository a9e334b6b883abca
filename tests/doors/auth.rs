//! Passwords that take long to check, and what survives a fork.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use http::{Request, Response, header::AUTHORIZATION};
use registrette::{
    Config, Outcome, Progress, Registry,
    content::Body,
    layer::{AuthOptions, AuthScheme, Gate, Password, PasswordHash, Users},
    spec::Timestamp,
};

const NOW: Timestamp = Timestamp::from_millis(0);
/// alice:secret, alice:wrong.
const RIGHT: &str = "Basic YWxpY2U6c2VjcmV0";
const WRONG: &str = "Basic YWxpY2U6d3Jvbmc=";

/// Counts how often it is asked.
#[derive(Debug, Default)]
struct Slow(AtomicUsize);

impl PasswordHash for Slow {
    fn is(&self, password: &str) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        password == "secret"
    }
}

fn gate(scheme: AuthScheme, slow: &Arc<Slow>) -> Arc<Gate> {
    let password = Password::Hashed(slow.clone());
    let users = Users::Named(vec![("alice".to_owned(), password)]);
    AuthOptions::new(scheme, users).gate().unwrap()
}

fn registry(scheme: AuthScheme) -> (Registry, Arc<Slow>) {
    let slow = Arc::<Slow>::default();
    let mut config = Config::new(0);
    config.auth = Some(gate(scheme, &slow));
    (Registry::new(config), slow)
}

fn request(method: &str, target: &str, authorization: &str) -> Request<Bytes> {
    let request = Request::builder().method(method).uri(target);
    request
        .header(AUTHORIZATION, authorization)
        .body(Bytes::new())
        .unwrap()
}

fn ask(registry: &mut Registry, target: &str, authorization: &str) -> Response<Body> {
    registry.handle(NOW, request("GET", target, authorization))
}

#[test]
fn a_password_is_checked_in_work_and_once() {
    let (mut registry, slow) = registry(AuthScheme::Basic);
    let (head, _) = request("GET", "/v2/", RIGHT).into_parts();
    let mut exchange = registry.begin(NOW, head);
    assert!(!exchange.is_answered());
    assert_eq!(slow.0.load(Ordering::Relaxed), 0);
    assert_eq!(exchange.work(1), Progress::More);
    while exchange.work(1) == Progress::More {}
    assert_eq!(slow.0.load(Ordering::Relaxed), 1);
    assert!(exchange.is_answered());
    let Outcome::Answer(answer) = registry.finish(NOW, exchange) else {
        panic!("it waits for nothing");
    };
    assert_eq!(answer.status(), 200);

    assert_eq!(ask(&mut registry, "/v2/", RIGHT).status(), 200);
    assert_eq!(slow.0.load(Ordering::Relaxed), 1);
    assert_eq!(ask(&mut registry.fork(), "/v2/", RIGHT).status(), 200);
    assert_eq!(slow.0.load(Ordering::Relaxed), 1);
}

#[test]
fn a_password_in_a_form_is_checked_in_work_too() {
    let (mut registry, slow) = registry(AuthScheme::Bearer);
    for (password, status, checks) in [("wrong", 401, 1), ("secret", 200, 2), ("secret", 200, 2)] {
        let head = Request::post("/_token").body(()).unwrap().into_parts().0;
        let mut exchange = registry.begin(NOW, head);
        let form = format!("grant_type=password&username=alice&password={password}");
        exchange.body(Bytes::from(form));
        let asked = || slow.0.load(Ordering::Relaxed);
        let before = asked();
        let mut turns = 0;
        while exchange.work(1) == Progress::More {
            turns += 1;
        }
        assert_eq!((asked(), turns > 0), (checks, checks > before));
        let Outcome::Answer(answer) = registry.finish(NOW, exchange) else {
            panic!("it waits for nothing");
        };
        assert_eq!((answer.status().as_u16(), asked()), (status, checks));
    }

    // Other users came meanwhile: what was found out counts no more.
    let (mut registry, slow) = self::registry(AuthScheme::Bearer);
    let head = Request::post("/_token").body(()).unwrap().into_parts().0;
    let mut exchange = registry.begin(NOW, head);
    exchange.body(Bytes::from_static(
        b"grant_type=password&username=alice&password=secret",
    ));
    while exchange.work(1) == Progress::More {}
    let other = Arc::<Slow>::default();
    registry.set_auth(Some(gate(AuthScheme::Bearer, &other)));
    drop(registry.finish(NOW, exchange));
    let asked = [&slow, &other].map(|slow| slow.0.load(Ordering::Relaxed));
    assert_eq!(asked, [1, 1]);
}

#[test]
fn a_wrong_one_is_refused_and_not_remembered() {
    let (mut registry, slow) = registry(AuthScheme::Basic);
    for count in 1..=2 {
        assert_eq!(ask(&mut registry, "/v2/", WRONG).status(), 401);
        assert_eq!(slow.0.load(Ordering::Relaxed), count);
    }
    // What would have been changed is not.
    let push = request("POST", "/v2/app/blobs/uploads/", WRONG);
    assert_eq!(registry.handle(NOW, push).status(), 401);
    assert_eq!(registry.stats().uploads, 0);
}

#[test]
fn other_users_have_to_prove_themselves_again() {
    let (mut registry, slow) = registry(AuthScheme::Basic);
    assert_eq!(ask(&mut registry, "/v2/", RIGHT).status(), 200);
    registry.set_auth(Some(gate(AuthScheme::Basic, &slow)));
    assert_eq!(ask(&mut registry, "/v2/", RIGHT).status(), 200);
    assert_eq!(slow.0.load(Ordering::Relaxed), 2);
    registry.set_auth(None);
    assert_eq!(ask(&mut registry, "/v2/", WRONG).status(), 200);
}

#[test]
fn a_token_costs_a_password_too() {
    let (mut registry, slow) = registry(AuthScheme::Bearer);
    assert_eq!(ask(&mut registry, "/_token", WRONG).status(), 401);
    let answer = ask(&mut registry, "/_token", RIGHT);
    assert_eq!(answer.status(), 200);
    let json: serde_json::Value = serde_json::from_slice(&answer.into_body().bytes()).unwrap();
    let token = format!("Bearer {}", json["token"].as_str().unwrap());
    assert_eq!(ask(&mut registry, "/v2/", &token).status(), 200);
    let form = "grant_type=password&username=alice&password=secret";
    for (form, status) in [(form.to_owned(), 200), (form.replace("secret", "x"), 401)] {
        let post = Request::post("/_token").body(Bytes::from(form)).unwrap();
        assert_eq!(registry.handle(NOW, post).status(), status);
    }
    assert_eq!(slow.0.load(Ordering::Relaxed), 3);

    // A fork takes the tokens that were given before it; to another secret they are nothing.
    assert_eq!(ask(&mut registry.fork(), "/v2/", &token).status(), 200);
    let mut config = Config::new(1);
    config.auth = Some(gate(AuthScheme::Bearer, &slow));
    assert_eq!(
        ask(&mut Registry::new(config), "/v2/", &token).status(),
        401
    );
}

#[test]
fn options_that_make_no_sense_are_told() {
    for (options, wanted) in [
        ("[]", "auth takes an object"),
        ("{", "EOF"),
        (r#"{"type":"basic"}"#, "auth has no users"),
        (r#"{"users":{"a":"b"}}"#, "auth has no type"),
        (
            r#"{"type":"digest","users":"any"}"#,
            r#""basic", "bearer" or "any""#,
        ),
        (
            r#"{"type":"basic","user":{"a":"b"}}"#,
            r#"did you mean "users"?"#,
        ),
        (r#"{"type":"basic","users":["a"]}"#, "names and passwords"),
        (
            r#"{"type":"basic","users":{"a":1}}"#,
            r#"the password of "a" is not a string"#,
        ),
        (r#"{"type":"basic","users":{}}"#, "nobody could ask"),
        (
            r#"{"type":"basic","users":{"a":"b"},"anonymous":true}"#,
            r#""none" or "pull""#,
        ),
        (
            r#"{"type":"bearer","users":"any","expiresIn":0}"#,
            "from 1 upwards",
        ),
        (
            r#"{"type":"bearer","users":"any","realm":"auth"}"#,
            "no URL to get tokens at",
        ),
        (
            r#"{"type":"bearer","users":"any","realm":"http://a\"b"}"#,
            "no URL",
        ),
        (
            r#"{"type":"bearer","users":"any","service":"a\"b"}"#,
            "no name for a service",
        ),
        (
            r#"{"type":"bearer","users":"any","tokenAnswer":"jwt"}"#,
            "access_token",
        ),
        (
            r#"{"type":"basic","users":{"a":"b"},"access":[{"who":"a"}]}"#,
            "unknown member",
        ),
    ] {
        let fault = AuthOptions::parse(options).and_then(AuthOptions::gate);
        let fault = fault.unwrap_err();
        assert!(fault.contains(wanted), "{options}: {fault}");
    }
}
