use std::{fmt::Write, time::Duration};

use http::Response;
use registrette::{
    Registry,
    content::{Body, Step},
    layer::Rule,
};

use crate::{
    client::{Ask, at, sha256},
    registry,
};

/// What an adapter would do: `[before] status content-length [steps]`.
pub(crate) fn told(answer: &Response<Body>) -> String {
    let steps = |steps: &[Step]| {
        let steps = steps.iter().map(|step| match step {
            Step::Send(chunk) => String::from_utf8(chunk.bytes().to_vec()).unwrap(),
            Step::Wait(time) => format!("~{}", time.as_millis()),
            Step::Reset => "reset".to_owned(),
            Step::Hang => "hang".to_owned(),
        });
        steps.collect::<Vec<_>>().join("|")
    };
    let length = answer
        .headers()
        .get("content-length")
        .map(|value| value.to_str().unwrap());
    let mut told = steps(&answer.body().before);
    write!(
        told,
        " {} {} ",
        answer.status().as_u16(),
        length.unwrap_or("-")
    )
    .unwrap();
    told + &steps(&answer.body().steps)
}

fn get(registry: &mut Registry) -> Response<Body> {
    let ask = Ask::get(format!("/v2/demo/app/blobs/{}", sha256("hello world")));
    registry.handle(at(0), ask.request())
}

#[test]
fn each_verb_does_what_it_says() {
    for (verbs, wanted) in [
        (r#"{"verb":"status","status":503}"#, " 503 0 "),
        (
            r#"{"verb":"status","status":429,"code":"TOOMANYREQUESTS","message":"slow down"}"#,
            r#" 429 61 {"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}"#,
        ),
        (
            r#"{"verb":"delay","time":"1.5s"}"#,
            "~1500 200 11 hello world",
        ),
        (
            r#"{"verb":"delay","time":20,"at":"end"}"#,
            " 200 11 hello worl|~20|d",
        ),
        (
            r#"{"verb":"truncate","at":6},{"verb":"delay","time":5,"at":"chunks"}"#,
            " 200 11 hello ",
        ),
        (
            r#"{"verb":"throttle","bytesPerSecond":40},{"verb":"truncate","at":6}"#,
            " 200 11 ~100|hell|~100|o ",
        ),
        (
            r#"{"verb":"throttle","bytesPerSecond":60}"#,
            " 200 11 ~100|hello |~83|world",
        ),
        (r#"{"verb":"hang"}"#, "hang 200 0 "),
        (r#"{"verb":"reset"}"#, "reset 200 0 "),
        (
            r#"{"verb":"delay","time":9},{"verb":"reset"}"#,
            "~9|reset 200 0 ",
        ),
        (r#"{"verb":"reset","at":0}"#, " 200 11 reset"),
        (r#"{"verb":"reset","at":5}"#, " 200 11 hello|reset"),
        (r#"{"verb":"reset","at":99}"#, " 200 11 hello world|reset"),
        (r#"{"verb":"truncate","at":0}"#, " 200 11 "),
        (r#"{"verb":"truncate","at":5}"#, " 200 11 hello"),
        (r#"{"verb":"truncate","at":99}"#, " 200 11 hello world"),
        (r#"{"verb":"stall","at":5}"#, " 200 11 hello|hang"),
        (r#"{"verb":"corrupt","at":0}"#, " 200 11 iello world"),
        (r#"{"verb":"corrupt","at":10}"#, " 200 11 hello worle"),
        (r#"{"verb":"corrupt","at":11}"#, " 200 11 hello world"),
        (
            r#"{"verb":"delay","time":1},{"verb":"stall","at":2}"#,
            "~1 200 11 he|hang",
        ),
        (
            r#"{"verb":"header","drop":["content-length"]}"#,
            " 200 - hello world",
        ),
        (
            r#"{"verb":"header","set":{"Content-Length":"7"}}"#,
            " 200 7 hello world",
        ),
    ] {
        let mut registry = registry(&format!(r#"{{"do":[{verbs}]}}"#));
        assert_eq!(told(&get(&mut registry)), wanted, "{verbs}");
    }
}

#[test]
fn an_answer_in_place_of_the_registrys_does_nothing() {
    for verb in [r#""status","status":500"#, r#""hang""#, r#""reset""#] {
        let mut registry = registry(&format!(
            r#"{{"when":{{"first":1}},"do":[{{"verb":{verb}}}]}}"#
        ));
        Ask::blob("demo/app", "other").to(&mut registry);
        let other = Ask::get(format!("/v2/demo/app/blobs/{}", sha256("other")));
        other.to(&mut registry).is(404);
    }
    // With a number of bytes the request was carried out, and only the answer is lost.
    let mut registry = registry(r#"{"when":{"first":1},"do":[{"verb":"reset","at":0}]}"#);
    Ask::blob("demo/app", "other").to(&mut registry);
    let other = Ask::get(format!("/v2/demo/app/blobs/{}", sha256("other")));
    other.to(&mut registry).is(200);
}

#[test]
fn headers_are_set_and_left_out() {
    let mut registry = registry(
        r#"{"do":[{"verb":"header","set":{"Retry-After":"3"},"drop":["Docker-Content-Digest"]},
                  {"verb":"status","status":503,"headers":{"X-Why":"test"}}]}"#,
    );
    let answer = get(&mut registry);
    assert_eq!(answer.headers()["retry-after"], "3");
    assert_eq!(answer.headers()["x-why"], "test");
    registry.clear_faults();
    let rule = r#"{"do":[{"verb":"header","drop":["docker-content-digest"]}]}"#;
    registry.add_fault(at(0), Rule::parse(rule).unwrap());
    assert!(
        !get(&mut registry)
            .headers()
            .contains_key("docker-content-digest")
    );
}

#[test]
fn a_redirect_leads_to_the_same_content() {
    let rule = r#"{"match":{"operation":"blob.get"},"do":[{"verb":"redirect"}]}"#;
    let mut registry = registry(rule);
    let blob = format!("/v2/demo/app/blobs/{}", sha256("hello world"));
    let sent = Ask::get(&blob).to(&mut registry).is(307);
    let target = sent.location().to_owned();
    assert_eq!(
        Ask::get(&target).to(&mut registry).is(200).body,
        "hello world"
    );
    let with_token = Ask::get(&target).header("authorization", "Bearer x");
    with_token.to(&mut registry).fails(400, "UNSUPPORTED");
    assert_eq!(registry.faults().next().unwrap().hits, 1);

    // Without a fault the mark means nothing.
    registry.clear_faults();
    with_token.to(&mut registry).is(200);

    let rule = r#"{"do":[{"verb":"redirect","status":302,"host":"cdn.localhost:5000","authorization":"ignore"}]}"#;
    registry.add_fault(at(0), Rule::parse(rule).unwrap());
    let sent = Ask::get(&blob).to(&mut registry).is(302);
    let path = sent
        .location()
        .strip_prefix("http://cdn.localhost:5000")
        .unwrap();
    Ask::get(path)
        .header("authorization", "Bearer x")
        .to(&mut registry)
        .is(200);
}

#[test]
fn a_slow_body_has_a_bounded_number_of_pieces() {
    let mut registry = registry(r#"{"do":[{"verb":"throttle","bytesPerSecond":1}]}"#);
    let large = "x".repeat(1 << 20);
    let push = Ask::blob("demo/app", &large);
    push.to(&mut registry).is(201);
    let ask = Ask::get(format!("/v2/demo/app/blobs/{}", sha256(&large)));
    let answer = registry.handle(at(0), ask.request());
    let steps = &answer.body().steps;
    assert!(steps.len() <= 20_400, "{}", steps.len());
    let waits = steps.iter().map(|step| match step {
        Step::Wait(time) => *time,
        Step::Send(_) | Step::Reset | Step::Hang => Duration::ZERO,
    });
    assert_eq!(waits.sum::<Duration>(), Duration::from_secs(1 << 20));
}
