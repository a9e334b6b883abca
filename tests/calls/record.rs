//! What a call says.

use registrette::layer::{Call, End, call_json};

use super::{Ask, at, fault, registry, sha256, some_day};

fn last(registry: &registrette::Registry) -> &Call {
    registry.calls().last().unwrap()
}

#[test]
fn headers_are_those_that_the_client_gets() {
    let mut registry = registry(0);
    let answer = Ask::get("/v2/").header("accept", "a/b").to(&mut registry);
    let call = last(&registry);
    assert_eq!(call.headers["accept"], "a/b");
    assert_eq!(call.answer_headers.len(), answer.headers.len());
    assert_eq!(call.answer_headers["x-content-type-options"], "nosniff");
    assert_eq!(
        (call.body.as_ref(), call.answer_body.as_ref()),
        (None, None)
    );
}

#[test]
fn bodies_are_kept_up_to_a_length() {
    let mut registry = registry(4);
    Ask::blob("a", "abcdefg").to(&mut registry).is(201);
    let call = last(&registry);
    let body = call.body.as_ref().unwrap();
    assert_eq!(
        (body.bytes(), body.is_whole(), call.body_bytes),
        (&b"abcd"[..], false, 7)
    );
    Ask::get(format!("/v2/a/blobs/{}", sha256("abcdefg")))
        .to(&mut registry)
        .is(200);
    let body = last(&registry).answer_body.as_ref().unwrap();
    assert_eq!((body.bytes(), body.is_whole()), (&b"abcd"[..], false));
    Ask::get("/v2/").to(&mut registry).is(200);
    let body = last(&registry).answer_body.as_ref().unwrap();
    assert_eq!((body.bytes(), body.is_whole()), (&b"{}"[..], true));
    assert_eq!(call_json(last(&registry))["answerBody"], "e30=");
}

#[test]
fn faults_are_named_and_what_they_did_is_told() {
    let mut registry = registry(0);
    fault(
        &mut registry,
        r#"{ "match": { "operation": "catalog" }, "do": [{ "verb": "hang" }] }"#,
    );
    fault(
        &mut registry,
        r#"{ "match": { "operation": "ping" }, "do": [{ "verb": "delay", "time": 300 }] }"#,
    );
    fault(
        &mut registry,
        r#"{ "match": { "operation": "ping" }, "when": { "nth": 2 }, "do": [{ "verb": "truncate", "at": 1 }] }"#,
    );
    fault(
        &mut registry,
        r#"{ "match": { "operation": "ping" }, "when": { "nth": 3 }, "do": [{ "verb": "reset" }] }"#,
    );
    fault(
        &mut registry,
        r#"{ "match": { "operation": "ping" }, "when": { "nth": 4 }, "do": [{ "verb": "reset", "at": 1 }] }"#,
    );
    fault(
        &mut registry,
        r#"{ "match": { "operation": "alive" }, "do": [{ "verb": "status", "status": 429, "code": "TOO_BUSY" }] }"#,
    );
    for target in ["/v2/", "/v2/", "/v2/", "/v2/", "/v2/_catalog", "/"] {
        Ask::get(target).send(&mut registry, at(50));
    }
    let told: Vec<_> = registry
        .calls()
        .map(|call| {
            (
                call.faults.clone(),
                call.status,
                call.end,
                call.bytes,
                call.millis,
            )
        })
        .collect();
    let wanted = [
        (vec![2], 200, End::Whole, 2, 300),
        (vec![2, 3], 200, End::Cut, 1, 300),
        (vec![2, 4], 0, End::Reset, 0, 300),
        (vec![2, 5], 200, End::Reset, 1, 300),
        (vec![1], 0, End::Hang, 0, 0),
        (vec![6], 429, End::Whole, told[5].3, 0),
    ];
    assert_eq!(told, wanted);
    assert_eq!(last(&registry).error.as_deref(), Some("TOO_BUSY"));
    assert_eq!(
        last(&registry).to_string(),
        "#6 alive GET / 429 TOO_BUSY fault 6"
    );
}

#[test]
fn json_has_all_of_it() {
    let mut registry = registry(100);
    some_day(&mut registry);
    let calls: Vec<_> = registry.calls().map(call_json).collect();
    let push = &calls[1];
    assert_eq!(push["seq"], 2);
    assert_eq!(push["at"], "1970-01-01T00:00:01.000Z");
    assert_eq!(push["operation"], "blob.put");
    assert_eq!(
        push["url"].as_str().unwrap(),
        format!(
            "http://registry.test:5000{}",
            push["path"].as_str().unwrap()
        )
    );
    assert_eq!(
        (&push["client"], &push["repository"]),
        (&"pusher/1".into(), &"demo/app".into())
    );
    assert_eq!(
        (&push["body"], &push["bodyBytes"]),
        (&"Y29udGVudA==".into(), &7.into())
    );
    assert_eq!(
        push["headers"][0],
        serde_json::json!(["user-agent", "pusher/1"])
    );
    assert_eq!(push["faults"], serde_json::json!([]));
    assert_eq!(push.get("ended"), None);
    assert_eq!(
        (&calls[3]["status"], &calls[3]["error"]),
        (&404.into(), &"MANIFEST_UNKNOWN".into())
    );
}

#[test]
fn what_was_counted_outlives_the_calls() {
    let mut registry = registry(0);
    some_day(&mut registry);
    registry.forget_calls();
    assert_eq!((registry.calls().count(), registry.called()), (0, (1, 0)));
    let totals = registry.totals();
    assert_eq!(totals.calls[&("manifest.get", 404)], 1);
    assert_eq!(totals.calls.values().sum::<u64>(), 8);
    assert_eq!(totals.received, 9);
}
