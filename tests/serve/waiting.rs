//! Many answers that wait at once.

use std::{fs, time::Instant};

use serde_json::Value;

use crate::{
    client::{Client, PATIENCE, get},
    command::{self, Process},
};

const MANY: usize = 100;

fn threads(process: &Process) -> usize {
    let tasks = format!("/proc/{}/task", process.pid());
    fs::read_dir(tasks).unwrap().count()
}

/// How often the one fault happened.
fn hits(desk: &mut Client) -> u64 {
    let faults: Value = serde_json::from_str(&desk.ask(get("/_control/faults")).text()).unwrap();
    faults[0]["hits"].as_u64().unwrap()
}

#[test]
fn an_answer_that_waits_has_no_thread_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("faults.json");
    fs::write(&path, r#"{"do":[{"verb":"delay","time":"1h"}]}"#).unwrap();
    let mut process = command::start(&["--control", "--faults", path.to_str().unwrap()]);
    let mut desk = process.client();
    assert_eq!(hits(&mut desk), 0);
    let before = threads(&process);
    let address = desk.stream.peer_addr().unwrap();
    let mut clients: Vec<_> = (0..MANY).map(|_| Client::new(address)).collect();
    for client in &mut clients {
        client.send(get("/v2/"));
    }
    let since = Instant::now();
    while hits(&mut desk) < MANY as u64 {
        assert!(since.elapsed() < PATIENCE, "not all of them wait");
    }
    let after = threads(&process);
    assert!(after < before + MANY / 10, "{before} threads, then {after}");
}
