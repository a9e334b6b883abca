//! HAR 1.2: the members that its description asks for, each with its type.

use registrette::layer::har;
use serde_json::Value;

use super::{Ask, fault, registry, some_day};

/// An object's name, and its members: `?` may be missing; `s` text, `n` a number, `a` a list, `o` an object, `t` a time.
const OBJECTS: [(&str, &str); 8] = [
    (
        "log",
        "version:s creator:o browser?:o pages?:a entries:a comment?:s",
    ),
    ("creator", "name:s version:s comment?:s"),
    (
        "entry",
        "pageref?:s startedDateTime:t time:n request:o response:o cache:o timings:o serverIPAddress?:s connection?:s comment?:s",
    ),
    (
        "request",
        "method:s url:s httpVersion:s cookies:a headers:a queryString:a postData?:o headersSize:n bodySize:n comment?:s",
    ),
    (
        "response",
        "status:n statusText:s httpVersion:s cookies:a headers:a content:o redirectURL:s headersSize:n bodySize:n comment?:s",
    ),
    (
        "content",
        "size:n compression?:n mimeType:s text?:s encoding?:s comment?:s",
    ),
    ("postData", "mimeType:s params:a text:s comment?:s"),
    (
        "timings",
        "blocked?:n dns?:n connect?:n send:n wait:n receive:n ssl?:n comment?:s",
    ),
];

/// Fails unless an object has its members, and no others but those that start with `_`.
fn check(name: &str, value: &Value) {
    let object = value
        .as_object()
        .unwrap_or_else(|| panic!("{name} is {value}"));
    let (_, rows) = OBJECTS.iter().find(|(known, _)| *known == name).unwrap();
    let rows: Vec<_> = rows
        .split(' ')
        .map(|row| row.split_once(':').unwrap())
        .collect();
    for (member, kind) in &rows {
        let optional = member.ends_with('?');
        match object.get(member.trim_end_matches('?')) {
            None => assert!(optional, "{name}.{member} is missing in {value}"),
            Some(value) => assert!(is(kind, value), "{name}.{member} is {value}"),
        }
    }
    for member in object.keys().filter(|member| !member.starts_with('_')) {
        let known = rows
            .iter()
            .any(|(known, _)| known.trim_end_matches('?') == member);
        assert!(known, "{name} has {member}");
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "s" => value.is_string(),
        "n" => value.is_number(),
        "a" => value.is_array(),
        "o" => value.is_object(),
        _ => value
            .as_str()
            .is_some_and(|time| time.len() == 24 && time.ends_with('Z') && time.contains('T')),
    }
}

fn check_pairs(list: &Value) {
    for pair in list.as_array().unwrap() {
        assert!(
            pair["name"].is_string() && pair["value"].is_string(),
            "{pair}"
        );
    }
}

#[test]
fn an_archive_is_har_1_2() {
    let mut registry = registry(100);
    some_day(&mut registry);
    Ask::blob("a", "\u{0}")
        .header("authorization", "Basic secret")
        .to(&mut registry);
    Ask::get("/v2/")
        .header("cookie", "secret")
        .to(&mut registry);
    fault(&mut registry, r#"{ "do": [{ "verb": "reset" }] }"#);
    Ask::get("/v2/").to(&mut registry);
    let archive = har(registry.calls());
    let log = &archive["log"];
    check("log", log);
    assert_eq!(log["version"], "1.2");
    check("creator", &log["creator"]);
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 11);
    for entry in entries {
        check("entry", entry);
        let (request, response) = (&entry["request"], &entry["response"]);
        check("request", request);
        check("response", response);
        check("content", &response["content"]);
        check("timings", &entry["timings"]);
        if let Some(data) = request.get("postData") {
            check("postData", data);
        }
        check_pairs(&request["headers"]);
        check_pairs(&request["queryString"]);
        check_pairs(&response["headers"]);
        assert_eq!(response["_transferSize"], response["bodySize"]);
        assert!(request["url"].as_str().unwrap().starts_with("http://"));
    }
    assert_eq!(entries[7]["request"]["queryString"][1]["value"], "a&b");
    assert_eq!(entries[6]["response"]["content"]["text"], "content");
    assert_eq!(entries[1]["request"]["postData"]["text"], "content");
    assert_eq!(
        (
            &entries[10]["response"]["status"],
            &entries[10]["response"]["_error"]
        ),
        (&0.into(), &"reset".into())
    );
    assert!(
        !archive.to_string().contains("secret"),
        "credentials are in the archive"
    );
}
