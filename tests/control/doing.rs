//! What control does.

use serde_json::json;

use registrette::{
    image::Seed,
    layer::RateRule,
    serve::{Clock, ClockMode, ControlOptions},
};

use crate::{
    desk::{ask_at, desk, desk_with},
    running::start_with,
};

#[test]
fn a_reset_comes_back_to_the_start() {
    let mut desk = desk();
    assert_eq!(desk.status("POST", "/v2/a/blobs/uploads/", ""), 202);
    let put = desk.ask_with(
        "PUT",
        "/v2/a/manifests/v1",
        &["Content-Type: application/x-opaque"],
        "{}",
    );
    assert_eq!(put.status, 201);
    desk.json(
        "PUT",
        "/_control/profile",
        r#"{ "name": "registry2" }"#,
        200,
    );
    desk.json(
        "POST",
        "/_control/faults",
        r#"{ "do": [{ "verb": "status", "status": 503 }] }"#,
        201,
    );
    assert_eq!(desk.status("GET", "/v2/", ""), 503);
    assert_eq!(desk.ask("POST", "/_control/reset", "").status, 204);
    assert_eq!(desk.status("GET", "/v2/a/manifests/v1", ""), 404);
    let stats = desk.json("GET", "/_control/stats", "", 200);
    let wanted = json!({ "repositories": 0, "manifests": 0, "blobs": 0, "uploads": 0, "bytes": 0, "calls": 1, "faults": 0, "snapshots": 0 });
    assert_eq!(stats, wanted);
    assert_eq!(
        desk.json("GET", "/_control/profile", "", 200)["name"],
        "spec"
    );
}

#[test]
fn a_snapshot_is_come_back_to_as_often_as_one_likes() {
    let mut desk = desk();
    let opaque = ["Content-Type: application/x-opaque"];
    let empty = desk.json("POST", "/_control/snapshot", "", 201)["id"].clone();
    desk.ask_with("PUT", "/v2/a/manifests/v1", &opaque, "{}");
    let full = desk.json("POST", "/_control/snapshot", "", 201)["id"].clone();
    for (id, status) in [(&empty, 404), (&full, 200), (&empty, 404), (&full, 200)] {
        assert_eq!(
            desk.ask(
                "POST",
                "/_control/restore",
                &json!({ "id": id }).to_string()
            )
            .status,
            204
        );
        assert_eq!(desk.status("HEAD", "/v2/a/manifests/v1", ""), status);
    }
    assert_eq!(
        desk.ask("DELETE", &format!("/_control/snapshot/{empty}"), "")
            .status,
        204
    );
    assert_eq!(
        desk.ask(
            "POST",
            "/_control/restore",
            &json!({ "id": empty }).to_string()
        )
        .status,
        404
    );
    assert_eq!(
        desk.json("GET", "/_control/snapshot", "", 200)[0]["id"],
        full
    );
}

#[test]
fn faults_are_set_looked_at_and_taken_away() {
    let mut desk = desk();
    let rule = json!({ "match": { "operation": "ping" }, "when": { "first": 2 }, "do": [{ "verb": "status", "status": 503 }] });
    let one = desk.json("POST", "/_control/faults", &rule.to_string(), 201);
    assert_eq!(
        one,
        json!({ "id": 1, "rule": rule, "matches": 0, "hits": 0 })
    );
    let two = json!([{ "do": [{ "verb": "delay", "time": 1 }] }, { "match": { "operation": "catalog" }, "do": [{ "verb": "hang" }] }]);
    let two = desk.json("POST", "/_control/faults", &two.to_string(), 201);
    assert_eq!((&two[0]["id"], &two[1]["id"]), (&json!(2), &json!(3)));
    let statuses = [503, 503, 200].map(|_| desk.status("GET", "/v2/", ""));
    assert_eq!(statuses, [503, 503, 200]);
    let look = desk.json("GET", "/_control/faults/1", "", 200);
    assert_eq!((&look["matches"], &look["hits"]), (&json!(3), &json!(2)));
    assert_eq!(desk.json("DELETE", "/_control/faults/1", "", 200), look);
    assert_eq!(desk.ask("GET", "/_control/faults/1", "").status, 404);
    let calls = desk.json("GET", "/_control/calls?fault=1", "", 200);
    assert_eq!(calls.as_array().unwrap().len(), 2);
    assert_eq!(calls[0]["faults"], json!([1, 2]));
    assert_eq!(desk.ask("DELETE", "/_control/faults", "").status, 204);
    assert_eq!(desk.json("GET", "/_control/faults", "", 200), json!([]));
}

#[test]
fn the_profile_is_another_one_from_the_next_request_on() {
    let mut desk = desk();
    let is_empty =
        |desk: &mut crate::desk::Desk| desk.ask_with("GET", "/v2/", &[], "").body.is_empty();
    assert!(!is_empty(&mut desk));
    let set = desk.json(
        "PUT",
        "/_control/profile",
        r#"{ "quirks": { "emptyCheck": true } }"#,
        200,
    );
    assert_eq!(
        set,
        json!({ "name": null, "quirks": { "emptyCheck": true } })
    );
    assert!(is_empty(&mut desk));
    assert_eq!(
        desk.json(
            "PUT",
            "/_control/profile",
            r#"{ "name": "ociserver" }"#,
            200
        )["name"],
        "ociserver"
    );
    assert_eq!(
        desk.json("PUT", "/_control/profile", "{}", 200),
        json!({ "name": "spec", "quirks": {} })
    );
    assert!(!is_empty(&mut desk));
}

#[test]
fn budgets_are_checked() {
    let mut desk = desk();
    for _ in 0..2 {
        desk.status("GET", "/v2/a/manifests/v1", "");
    }
    let mut check = |budget: &str| desk.json("POST", "/_control/calls/check", budget, 200);
    assert_eq!(check(r#"{ "manifest.get": 2 }"#), json!({ "ok": true }));
    let over = check(r#"{ "manifest.get": 1 }"#);
    assert_eq!(over["ok"], json!(false));
    let message = over["message"].as_str().unwrap();
    assert!(
        message.starts_with("manifest.get: 2 calls, at most 1 allowed\n  #1 "),
        "{message}"
    );
}

#[test]
fn calls_of_control_are_no_calls() {
    let mut desk = desk();
    desk.status("GET", "/v2/", "");
    let calls = desk.json("GET", "/_control/calls", "", 200);
    assert_eq!(calls.as_array().unwrap().len(), 1);
    assert_eq!(
        (&calls[0]["operation"], &calls[0]["answerBody"]),
        (&json!("ping"), &json!("e30="))
    );
    assert_eq!(desk.ask("DELETE", "/_control/calls", "").status, 204);
    assert_eq!(desk.json("GET", "/_control/calls", "", 200), json!([]));
    let archive = desk.json("GET", "/_control/calls.har", "", 200);
    assert_eq!(archive["log"]["entries"], json!([]));
}

#[test]
fn metrics_are_counted() {
    let mut desk = desk();
    for target in ["/v2/", "/v2/", "/v2/a/tags/list"] {
        desk.status("GET", target, "");
    }
    desk.json(
        "POST",
        "/_control/faults",
        r#"{ "match": { "operation": "alive" }, "do": [{ "verb": "reset" }] }"#,
        201,
    );
    let text = desk.ask("GET", "/_control/metrics", "").text();
    for line in [
        "# TYPE registrette_calls_total counter",
        r#"registrette_calls_total{operation="ping",status="200"} 2"#,
        r#"registrette_calls_total{operation="tags.list",status="404"} 1"#,
        "registrette_repositories 0",
        r#"registrette_fault_hits_total{fault="1"} 0"#,
    ] {
        assert!(
            text.lines().any(|is| is == line),
            "{line} is not in\n{text}"
        );
    }
    let is_line = |line: &str| {
        line.starts_with("# ")
            || line
                .rsplit_once(' ')
                .is_some_and(|(_, value)| value.parse::<u64>().is_ok())
    };
    assert!(text.ends_with('\n') && text.lines().all(is_line), "{text}");
}

#[test]
fn a_head_of_control_has_no_body() {
    let mut desk = desk();
    let head = desk.ask("HEAD", "/_control/health", "");
    assert_eq!(
        (head.status, head.header("Content-Length")),
        (200, Some("15"))
    );
    assert_eq!(
        desk.ask("GET", "/_control/health", "").text(),
        r#"{"status":"ok"}"#
    );
}

#[test]
fn the_clock_is_moved_and_comes_back() {
    let mut desk = desk_with(|options| options.clock = Clock::new(ClockMode::Virtual));
    let start = json!({ "now": "2026-01-01T00:00:00.000Z", "mode": "virtual" });
    assert_eq!(desk.json("GET", "/_control/clock", "", 200), start);
    let open = desk.ask_with("POST", "/v2/a/blobs/uploads/", &[], "");
    let session = open.header("Location").unwrap().to_owned();
    let id = desk.json("POST", "/_control/snapshot", "", 201)["id"].clone();
    let moved = desk.json("POST", "/_control/clock", r#"{ "advance": "2h" }"#, 200);
    assert_eq!(moved["now"], "2026-01-01T02:00:00.000Z");
    assert_eq!(desk.status("GET", &session, ""), 404, "the session expired");
    assert_eq!(desk.json("GET", "/_control/stats", "", 200)["uploads"], 0);
    desk.ask(
        "POST",
        "/_control/restore",
        &json!({ "id": id }).to_string(),
    );
    assert_eq!(desk.json("GET", "/_control/clock", "", 200), start);
    assert_eq!(desk.status("GET", &session, ""), 204);
    let moved = desk.json("POST", "/_control/clock", r#"{ "advance": 1500 }"#, 200);
    assert_eq!(moved["now"], "2026-01-01T00:00:01.500Z");
    let fork = desk.json("POST", "/_control/registries", "", 201);
    desk.ask("POST", "/_control/reset", "");
    assert_eq!(desk.json("GET", "/_control/clock", "", 200), start);
    let address = fork["url"]
        .as_str()
        .unwrap()
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap();
    let there = ask_at(address, "GET", "/_control/clock", &[], "");
    assert!(
        there.text().contains("00:00:01.500Z"),
        "a fork has a clock of its own: {}",
        there.text()
    );
}

#[test]
fn an_answer_that_waits_is_let_go_by_run_all() {
    let mut desk = desk_with(|options| options.clock = Clock::new(ClockMode::Virtual));
    let rule = r#"{ "match": { "operation": "ping" }, "do": [{ "verb": "delay", "time": "1h" }] }"#;
    desk.json("POST", "/_control/faults", rule, 201);
    let mut client = crate::client::Client::new(desk.server.address);
    client.send(crate::client::get("/v2/"));
    while desk.json("GET", "/_control/faults/1", "", 200)["hits"] == 0 {}
    let mut now = desk.json("POST", "/_control/clock", r#"{ "runAll": true }"#, 200);
    while now["now"] == "2026-01-01T00:00:00.000Z" {
        now = desk.json("POST", "/_control/clock", r#"{ "runAll": true }"#, 200);
    }
    assert_eq!(now["now"], "2026-01-01T01:00:00.000Z");
    assert_eq!(client.answer().status, 200);
    assert_eq!(
        desk.json("GET", "/_control/calls?operation=ping", "", 200)[0]["ms"],
        3_600_000
    );
}

#[test]
fn a_reset_comes_back_to_the_faults_of_the_start() {
    let server = start_with(
        |options| options.control = Some(ControlOptions::default()),
        |registry| {
            let rule = r#"{ "match": { "operation": "ping" }, "when": { "first": 1 }, "do": [{ "verb": "status", "status": 503 }] }"#;
            registry.add_fault(
                registrette::serve::now(),
                registrette::layer::Rule::parse(rule).unwrap(),
            );
        },
    );
    let ask = |method: &str, path: &str| {
        ask_at(
            server.address,
            method,
            path,
            &["Registrette-Control: 1"],
            "",
        )
        .status
    };
    for _ in 0..2 {
        assert_eq!([ask("GET", "/v2/"), ask("GET", "/v2/")], [503, 200]);
        assert_eq!(ask("POST", "/_control/reset"), 204);
    }
}

#[test]
fn a_reset_comes_back_to_what_was_loaded_as_if_nobody_had_asked() {
    let seeds = br#"{ "ref": "demo/app:v1", "image": { "files": { "a.txt": "a" } } }"#;
    let server = start_with(
        |options| options.control = Some(ControlOptions::default()),
        |registry| {
            registry.seed(Seed::read(seeds, &[]).unwrap()).unwrap();
            registry.set_rate_limit(Some(RateRule::parse("4/24h,counts=requests").unwrap()));
            let mut settings = registry.settings().clone();
            settings.quirks.read_lag_ms = Some(86_400_000);
            registry.configure(settings).unwrap();
        },
    );
    let headers = [
        "Registrette-Control: 1",
        "Content-Type: application/x-opaque",
    ];
    let ask = |method: &str, path: &str| {
        let body = if method == "PUT" { "{}" } else { "" };
        ask_at(server.address, method, path, &headers, body)
    };
    let steps = [
        ("GET", "/v2/_catalog", 200),
        ("PUT", "/v2/demo/app/manifests/v1", 201),
        ("GET", "/v2/demo/app/manifests/v1", 404),
        ("DELETE", "/v2/demo/app/manifests/v1", 202),
        ("GET", "/v2/_catalog", 429),
        ("POST", "/_control/reset", 204),
    ];
    for _ in 0..2 {
        let statuses = steps.map(|(method, path, _)| ask(method, path).status);
        assert_eq!(statuses, steps.map(|(.., status)| status));
        let calls = ask("GET", "/_control/calls").text().trim().to_owned();
        assert_eq!(calls, "[]");
    }
    let catalog = ask("GET", "/v2/_catalog").text();
    assert_eq!(catalog, r#"{"repositories":["demo/app"]}"#);
    assert_eq!(ask("GET", "/v2/demo/app/manifests/v1").status, 200);
}
