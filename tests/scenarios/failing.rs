//! `broken/error`.

use crate::{
    client::{Ask, at},
    envelope, manifest, registry,
};

const FAILURES: [(&str, u16, &str, &str); 5] = [
    (
        "400",
        400,
        "MANIFEST_INVALID",
        "Eww! That request looks bad, very bad... just awful.",
    ),
    (
        "403",
        403,
        "FORBIDDEN",
        "Fakereg: Access to this resource is forbidden",
    ),
    ("404", 404, "MANIFEST_UNKNOWN", "Looking for something?"),
    ("405", 405, "UNAUTHORIZED", "Method not allowed"),
    (
        "500",
        500,
        "INTERNAL_SERVER_ERROR",
        "Working as intended... probably...",
    ),
];

/// Pulls a tag and fails unless it is answered like this.
#[track_caller]
fn check(tag: &str, (status, code, message): (u16, &str, &str)) {
    let reply = Ask::get(manifest("broken/error", tag)).to(&mut registry());
    assert_eq!(reply.status, status, "{tag}");
    assert_eq!(reply.text(), envelope(code, message), "{tag}");
}

fn failure(wanted: &str) -> (u16, &'static str, &'static str) {
    let found = FAILURES.into_iter().find(|(tag, ..)| *tag == wanted);
    let (_, status, code, message) = found.unwrap();
    (status, code, message)
}

#[test]
fn s4_01_the_tag_is_the_status() {
    for (tag, status, ..) in FAILURES {
        let ask = Ask::get(manifest("broken/error", tag));
        assert_eq!(ask.to(&mut registry()).status, status);
    }
}

#[test]
fn s4_02_404_is_looking_for_something() {
    check("404", failure("404"));
}

#[test]
fn s4_03_403_has_a_code_that_nobody_knows() {
    check("403", failure("403"));
}

#[test]
fn s4_04_400_405_and_500_have_their_words() {
    for tag in ["400", "405", "500"] {
        check(tag, failure(tag));
    }
}

#[test]
fn s4_05_any_other_tag_is_not_implemented() {
    let digest = format!("sha256:{}", "0".repeat(64));
    for tag in ["latest", "401", "0400", "4000", "dur-5s", &digest] {
        check(tag, (501, "NOT_IMPLEMENTED", "Huh?"));
    }
}

#[test]
fn s4_06_get_and_head_answer_alike() {
    for (tag, ..) in FAILURES {
        let mut registry = registry();
        let target = manifest("broken/error", tag);
        let get = Ask::get(&target).to(&mut registry);
        let head = Ask::head(&target).to(&mut registry);
        assert_eq!((get.status, &get.headers), (head.status, &head.headers));
        assert!(head.body.is_empty() && get.text().ends_with("}]}\n"));
        let length = get.body.len().to_string();
        assert_eq!(get.header("content-length"), Some(&*length));
        assert_eq!(get.header("content-type"), Some("application/json"));
    }
}

#[test]
fn the_log_knows_the_code() {
    let mut registry = registry();
    Ask::get(manifest("broken/error", "403")).send(&mut registry, at(0));
    let call = registry.calls().next().unwrap();
    assert_eq!(call.error.as_deref(), Some("FORBIDDEN"));
}
