//! Who may ask, and what is refused.

use registrette::{
    Config, Registry,
    control::Token,
    serve::{ControlOptions, Options, Server, SharedRegistry},
};

use crate::{
    client::{Client, get},
    desk::{desk, desk_with},
    running::start,
};

#[test]
fn without_control_there_is_nothing() {
    let server = start();
    let mut client = Client::new(server.address);
    for path in [
        "/_control",
        "/_control/",
        "/_control/health",
        "/_control/reset",
    ] {
        assert_eq!(client.ask(get(path)).status, 404, "{path}");
    }
    assert_eq!(client.ask(get("/v2/")).status, 200);
}

#[test]
fn a_token_is_asked_of_everybody() {
    let mut desk = desk_with(|options| {
        options.control = Some(ControlOptions {
            token: Some(Token::new("open-sesame").unwrap()),
            ..ControlOptions::default()
        });
    });
    for header in [
        "X: y",
        "Authorization: Bearer open",
        "Authorization: Basic open-sesame",
        "Authorization: open-sesame",
    ] {
        let answer = desk.ask_with("GET", "/_control/health", &[header], "");
        assert_eq!(answer.status, 401, "{header}");
        assert_eq!(
            answer.header("Www-Authenticate"),
            Some("Bearer realm=\"registrette control\"")
        );
    }
    let bearer = "Authorization: Bearer open-sesame";
    assert_eq!(
        desk.ask_with("GET", "/_control/health", &[bearer], "")
            .status,
        200
    );
    assert_eq!(
        desk.ask_with("POST", "/_control/reset", &[bearer], "")
            .status,
        403
    );
    assert_eq!(
        desk.ask_with(
            "POST",
            "/_control/reset",
            &["Registrette-Control: 1", bearer],
            ""
        )
        .status,
        204
    );
    assert_eq!(desk.status("GET", "/v2/", ""), 200);
    assert!(Token::new("").is_err() && Token::new("a b").is_err());
}

#[test]
fn others_than_this_machine_need_a_token() {
    let bind = |control| {
        let options = Options {
            address: ([0, 0, 0, 0], 0).into(),
            control: Some(control),
            ..Options::default()
        };
        let registry = SharedRegistry::new(Registry::new(Config::new(0)));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime
            .block_on(Server::bind(options, registry))
            .map(drop)
            .map_err(|fault| fault.to_string())
    };
    assert!(
        bind(ControlOptions::default())
            .unwrap_err()
            .contains("--control-token")
    );
    assert_eq!(
        bind(ControlOptions {
            token: Some(Token::new("a").unwrap()),
            ..ControlOptions::default()
        }),
        Ok(())
    );
}

#[test]
fn a_web_page_cannot_ask() {
    let mut desk = desk();
    for header in ["Origin: http://evil.example", "Sec-Fetch-Site: cross-site"] {
        let answer = desk.ask_with(
            "POST",
            "/_control/reset",
            &["Registrette-Control: 1", header],
            "",
        );
        assert_eq!(answer.status, 403, "{header}");
    }
    let form = ["Content-Type: application/x-www-form-urlencoded"];
    assert_eq!(
        desk.ask_with("POST", "/_control/faults", &form, "a=b")
            .status,
        403
    );
}

#[test]
fn a_wrong_request_is_told_why_and_does_nothing() {
    let mut desk = desk();
    let faults = "/_control/faults";
    for (method, path, body, status, wanted) in [
        ("POST", faults, "", 415, "Content-Type: application/json"),
        ("POST", faults, "{", 400, "it is not JSON"),
        (
            "POST",
            faults,
            r#"[{ "do": [{ "verb": "hang" }] }, { "do": [{ "verb": "hng" }] }]"#,
            400,
            "[1].do[0].verb: no verb \"hng\"",
        ),
        (
            "POST",
            "/_control/restore",
            "7",
            400,
            "expected an object, got 7",
        ),
        (
            "POST",
            "/_control/restore",
            r#"{ "path": "/etc" }"#,
            400,
            "no member \"path\"",
        ),
        (
            "POST",
            "/_control/restore",
            r#"{ "id": "1" }"#,
            400,
            "restore takes",
        ),
        (
            "POST",
            "/_control/clock",
            r#"{ "advance": -1 }"#,
            400,
            "clock takes",
        ),
        (
            "POST",
            "/_control/clock",
            r#"{ "advance": "-1s" }"#,
            400,
            "it is negative",
        ),
        ("POST", "/_control/clock", "{}", 400, "clock takes"),
        (
            "PUT",
            "/_control/profile",
            r#"{ "name": "registry3" }"#,
            400,
            "did you mean \"registry2\"?",
        ),
        (
            "PUT",
            "/_control/profile",
            r#"{ "name": "registry2", "quirks": { "emptyChek": true } }"#,
            400,
            "emptyCheck",
        ),
        (
            "POST",
            "/_control/calls/check",
            r#"{ "manifest.got": 1 }"#,
            400,
            "manifest.get",
        ),
        (
            "GET",
            "/_control/calls?staus=1",
            "",
            400,
            "did you mean \"status\"?",
        ),
        ("GET", "/_control/call", "", 404, "openapi.json"),
        ("PATCH", faults, "", 405, "GET, POST, DELETE"),
    ] {
        let answer = desk.ask(method, path, body);
        let told = answer.text();
        assert_eq!(answer.status, status, "{method} {path} {body}: {told}");
        assert!(
            told.replace("\\\"", "\"").contains(wanted),
            "{method} {path} {body}: {told}"
        );
    }
    assert_eq!(
        desk.ask("PATCH", faults, "").header("Allow"),
        Some("GET, POST, DELETE")
    );
    assert_eq!(desk.json("GET", faults, "", 200), serde_json::json!([]));
    let profile = desk.json("GET", "/_control/profile", "", 200);
    assert_eq!(profile, serde_json::json!({ "name": "spec", "quirks": {} }));
}

#[test]
fn a_body_has_an_end() {
    let mut desk = desk();
    let body = format!("[{}]", " ".repeat(2 << 20));
    assert_eq!(desk.ask("POST", "/_control/faults", &body).status, 413);
}

#[test]
fn a_request_that_breaks_off_does_nothing() {
    let mut desk = desk();
    let rule = r#"{ "do": [{ "verb": "status", "status": 503 }] }"#;
    desk.json("POST", "/_control/faults", rule, 201);
    let mut client = Client::new(desk.server.address);
    client.send("POST /_control/reset HTTP/1.1\r\nHost: localhost\r\nRegistrette-Control: 1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{}");
    client.stream.shutdown(std::net::Shutdown::Write).unwrap();
    client.rest();
    assert_eq!(desk.json("GET", "/_control/stats", "", 200)["faults"], 1);
}

#[test]
fn a_head_does_not_follow() {
    let mut desk = desk();
    let head = desk.ask("HEAD", "/_control/calls?follow", "");
    assert_eq!(
        (head.status, head.header("Content-Type")),
        (200, Some("application/json"))
    );
    assert_eq!(desk.ask("GET", "/_control/health", "").status, 200);
}
