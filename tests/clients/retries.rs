//! What clients do about failures that pass: each pulls an image from a server with one fault, and the call log shows the
//! rest. The README has the table; a cell that is not what a client does is a failure.

use std::{fs, path::Path};

use serde_json::Value;

use crate::Check;
use crate::images::Images;
use crate::layout::Image;
use crate::list::Client;
use crate::report::{Cases, Report, same};
use crate::server::{Server, get};
use crate::setting::{Setting, here};
use crate::{crane, oras_py, podman, regctl, skopeo};

/// The columns of the table, each with the fault behind it.
const FAULTS: [(&str, &str); 3] = [
    (
        "503",
        r#"{ "match": { "repository": "app" }, "when": { "first": 2 }, "do": [{ "verb": "status", "status": 503 }] }"#,
    ),
    (
        "429",
        r#"{ "match": { "repository": "app" }, "when": { "first": 1 },
             "do": [{ "verb": "status", "status": 429, "headers": { "Retry-After": "2" } }] }"#,
    ),
    (
        "cut",
        r#"{ "match": { "operation": "blob.get", "role": "layer" }, "when": { "first": 1 },
             "do": [{ "verb": "truncate", "at": 700 }] }"#,
    ),
];

type Pull = fn(&Setting<'_>, &Image, &str) -> Check;

pub(crate) fn cases(client: &Client, images: &Images, report: &mut Report) -> Check {
    let pull: Pull = match client.name.as_str() {
        "crane" => crane::pull,
        "oras-py" => |setting, _, _| oras_py::pull(setting),
        "podman" => podman::pull,
        "regctl" => regctl::pull,
        "skopeo" => skopeo::pull,
        _ => return Ok(()),
    };
    let told = row(&client.name)?;
    let mut cases = Cases::new(report, &client.name);
    for ((name, rule), told) in FAULTS.into_iter().zip(told) {
        cases.case(&format!("retries-{name}"), || {
            let scratch = tempfile::tempdir()?;
            let server = start(scratch.path(), &images.image, rule)?;
            let setting = Setting {
                host: &server.host,
                images,
                scratch: scratch.path(),
                login: None,
            };
            let ended = pull(&setting, &images.image, "app:v1");
            let calls = calls(&server.host)?;
            let why = |shown: &str| match &ended {
                Ok(()) => shown.to_owned(),
                Err(error) => format!("{shown} ({error})\n{}", server.said()),
            };
            let shown = shown(name, ended.is_ok(), &calls);
            same("what it does", &told, &shown).map_err(|fault| why(&fault.to_string()).into())
        });
    }
    Ok(())
}

/// A server with the image as `app:v1`, and a fault.
fn start(scratch: &Path, image: &Image, rule: &str) -> Check<Server> {
    let faults = scratch.join("faults.json");
    fs::write(&faults, rule)?;
    let (faults, load) = (
        faults.display().to_string(),
        format!("app={}", image.dir.display()),
    );
    Server::with(
        scratch,
        &["--control", "--faults", &faults, "--load", &load],
    )
}

/// What the calls show, in the words of the table.
fn shown(fault: &str, is_pulled: bool, calls: &[Value]) -> String {
    let is_hit = |call: &&Value| call["faults"].as_array().is_some_and(|hit| !hit.is_empty());
    let hits = calls.iter().filter(is_hit).count();
    if !is_pulled {
        return format!("gives up after {hits}");
    }
    let after = |call: &Value| {
        let mut later = calls.iter().skip_while(|known| *known != call).skip(1);
        later
            .find(|later| {
                later["reference"] == call["reference"] && later["method"] == call["method"]
            })
            .cloned()
    };
    let Some(hit) = calls.iter().find(is_hit) else {
        return "never met it".to_owned();
    };
    match (fault, after(hit)) {
        (_, None) => "does without".to_owned(),
        ("503", Some(_)) => format!("goes on after {hits}"),
        ("429", Some(next)) => match waited(hit, &next) {
            true => "waits as long".to_owned(),
            false => "asks again sooner".to_owned(),
        },
        (_, Some(next)) if next["status"] == 206 => "fetches the rest".to_owned(),
        (_, Some(_)) => "fetches it again".to_owned(),
    }
}

/// Whether there were two seconds between two calls: clients that wait one of their own accord do not pass.
fn waited(first: &Value, next: &Value) -> bool {
    let millis = |call: &Value| {
        let at = call["at"].as_str().unwrap_or_default();
        let clock = at
            .split_once('T')
            .map(|(_, clock)| clock.trim_end_matches('Z'));
        let parts = clock.unwrap_or_default().split(':');
        parts.fold(0.0, |sum, part| {
            sum * 60.0 + part.parse::<f64>().unwrap_or_default()
        })
    };
    // At midnight the clock starts again.
    (millis(next) - millis(first)).rem_euclid(86_400.0) >= 1.99
}

/// What was called, as control tells it.
pub(crate) fn calls(host: &str) -> Check<Vec<Value>> {
    let body = get(host, "/_control/calls")?;
    let value: Value = serde_json::from_str(&body)?;
    let calls = value.as_array().or_else(|| value["calls"].as_array());
    Ok(calls.ok_or_else(|| format!("no calls: {body}"))?.clone())
}

/// The cells of a client in the README.
fn row(client: &str) -> Check<Vec<String>> {
    let readme = fs::read_to_string(here().join("../../README.md"))?;
    let start = format!("| {client} | ");
    let line = readme.lines().find_map(|line| line.strip_prefix(&start));
    let line = line.ok_or_else(|| format!("the README has no row for {client}"))?;
    Ok(line
        .trim_end_matches(" |")
        .split(" | ")
        .map(str::to_owned)
        .collect())
}
