//! The same faults as in JavaScript: `schedule.json` holds rules, requests and what is answered, and
//! `pkg-js/test/same-faults.test.mjs` reads it, too. `UPDATE=1` writes the answers anew.

use std::{env, fs};

use registrette::{Config, Registry, image::Seed, layer::Rule};
use serde_json::{Value, json};

use crate::{
    client::{Ask, at},
    verbs::told,
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/schedule.json");

/// Where the clock of JavaScript begins: 2026-01-01T00:00:00Z.
const START: u64 = 1_767_225_600_000;

#[test]
fn the_same_requests_fail_as_in_javascript() {
    let mut file: Value = serde_json::from_str(&fs::read_to_string(FILE).unwrap()).unwrap();
    let number = |name: &str| file[name].as_u64().unwrap();
    let mut registry = Registry::new(Config::new(number("seed")));
    let seed = json!([{ "blob": file["blob"] }]).to_string();
    registry
        .seed(Seed::read(seed.as_bytes(), &[]).unwrap())
        .unwrap();
    for rule in Rule::parse_all(&file["rules"].to_string()).unwrap() {
        registry.add_fault(at(START), rule);
    }
    let requests = file["requests"].as_array().unwrap();
    let mut answers = Vec::new();
    for round in 0..number("rounds") {
        for (place, request) in (0..).zip(requests) {
            let text = |name: &str| request[name].as_str().unwrap().to_owned();
            let mut ask = Ask::new(text("method").parse().unwrap(), text("path"));
            if let Some([name, value]) = request["headers"].as_array().map(Vec::as_slice) {
                ask = ask.header(name.as_str().unwrap(), value.as_str().unwrap());
            }
            let now = (round * requests.len() as u64 + place) * number("every");
            answers.push(told(&registry.handle(at(START + now), ask.request())));
        }
    }
    let hits: Vec<_> = registry.faults().map(|fault| fault.hits).collect();
    let answers = json!({ "answers": answers, "hits": hits });
    if env::var_os("UPDATE").is_some() {
        file["answers"] = answers;
        fs::write(FILE, serde_json::to_string_pretty(&file).unwrap() + "\n").unwrap();
        return;
    }
    assert!(hits.iter().all(|hits| *hits > 0), "{hits:?}");
    assert_eq!(file["answers"], answers);
}
