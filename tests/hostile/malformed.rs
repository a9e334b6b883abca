//! What no grammar allows, as a table: `malformed.txt`.

use registrette::{Config, Registry};

use crate::{
    assert_alive,
    client::{Ask, sha256},
};

const ROWS: &str = include_str!("malformed.txt");

/// A request, and the status and code that it gets.
fn read(row: &str) -> (Ask, (u16, String)) {
    let cells: Vec<_> = row.split('|').map(str::trim).collect();
    let [line, header, body, outcome] = cells.try_into().expect(row);
    let (method, target) = line.split_once(' ').expect(row);
    let (status, code) = outcome.split_once(' ').unwrap_or((outcome, ""));
    let ask = Ask::new(method.parse().unwrap(), target).body(body.to_owned());
    let ask = match header.split_once(": ") {
        Some((name, value)) => ask.header(name, value),
        None => ask,
    };
    (ask, (status.parse().expect(row), code.to_owned()))
}

#[test]
fn every_row_is_refused_and_changes_nothing() {
    let mut registry = Registry::new(Config::new(7));
    Ask::blob("app", "content").to(&mut registry).is(201);
    let session = Ask::post("/v2/app/blobs/uploads/").to(&mut registry);
    let digest = sha256("content");
    let upper = format!("sha256:{}", digest["sha256:".len()..].to_uppercase());
    let before = registry.snapshot();
    let mut faults = Vec::new();
    let rows = ROWS
        .lines()
        .filter(|row| !row.is_empty() && !row.starts_with('#'));
    for row in rows {
        let row = row.replace("{digest}", &digest).replace("{upper}", &upper);
        let row = row.replace("{session}", session.location());
        let (ask, outcome) = read(&row);
        let reply = ask.to(&mut registry);
        if reply.outcome() != outcome || reply.body.len() > 1000 {
            faults.push(format!("{row}\n{reply:?}"));
        }
        let diff = registry.diff(&before);
        assert!(diff.is_empty(), "{row} changed {diff:?}");
        assert_eq!(registry.stats().bytes, 7, "{row}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_alive(&mut registry);
}
