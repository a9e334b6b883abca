//! `openapi.json` is true: every path, every method, every status it lists, and nothing else is answered.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    client::Answer,
    desk::{Desk, desk},
    schema,
};

/// What is sent for the answer that is wanted, where that needs something.
const BODIES: [(&str, &str); 5] = [
    ("POST /_control/restore", r#"{ "id": 1 }"#),
    (
        "POST /_control/faults",
        r#"[{ "match": { "operation": "catalog" }, "do": [{ "verb": "hang" }] }]"#,
    ),
    ("POST /_control/clock", r#"{ "advance": "1m" }"#),
    (
        "POST /_control/calls/check",
        r#"{ "manifest.get": 0, "rules": ["no blob twice"] }"#,
    ),
    (
        "PUT /_control/profile",
        r#"{ "name": "registry2", "quirks": { "ImmutableTags": true } }"#,
    ),
];

/// How many of something are made before there is one too many.
const TOO_MANY: [(&str, usize); 2] = [
    ("POST /_control/snapshot", 1000),
    ("POST /_control/registries", 256),
];

struct Walk {
    desk: Desk,
    document: Value,
    seen: BTreeSet<(String, String)>,
}

impl Walk {
    /// Asks, and holds the answer against the description.
    fn ask(
        &mut self,
        method: &str,
        path: &str,
        target: &str,
        headers: &[&str],
        body: &str,
    ) -> Answer {
        let answer = self.desk.ask_with(method, target, headers, body);
        let status = answer.status.to_string();
        let operation = &self.document["paths"][path][method.to_lowercase()];
        let mut described = &operation["responses"][&status];
        assert!(
            !described.is_null(),
            "{method} {target} answers {status}, which is not described: {}",
            answer.text()
        );
        if let Some(pointer) = described["$ref"].as_str() {
            described = self.document.pointer(&pointer[1..]).unwrap();
        }
        let content = &described["content"];
        if content.is_null() {
            assert!(answer.body.is_empty(), "{method} {target} has a body");
        } else {
            let media_type = answer
                .header("Content-Type")
                .unwrap()
                .split(';')
                .next()
                .unwrap();
            let schema = &content[media_type]["schema"];
            assert!(!schema.is_null(), "{method} {target} answers {media_type}");
            if media_type == "application/json" {
                let value = serde_json::from_slice(&answer.body).unwrap();
                let faults = schema::faults(&self.document, schema, &value, target);
                assert!(faults.is_empty(), "{faults:#?}");
            }
        }
        self.seen.insert((format!("{method} {path}"), status));
        answer
    }

    /// Asks so that this status is to be expected.
    fn ask_for(&mut self, name: &str, status: &str) {
        let (method, path) = name.split_once(' ').unwrap();
        let marked = ["Registrette-Control: 1", "Content-Type: application/json"];
        let given = BODIES
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, body)| body);
        let plain = ["Registrette-Control: 1", "Content-Type: text/plain"];
        let known = path.replace("{id}", "1");
        match status {
            "403" => self.ask(method, path, &known, &marked[1..], given),
            "415" => self.ask(method, path, &known, &plain, given),
            "400" if given.is_empty() => {
                self.ask(method, path, &format!("{known}?nonsense=1"), &marked, "")
            }
            "400" => self.ask(method, path, &known, &marked, r#"{ "nonsense": {} }"#),
            "404" => self.ask(
                method,
                path,
                &path.replace("{id}", "99999"),
                &marked,
                r#"{ "id": 99999 }"#,
            ),
            "429" => {
                let (_, many) = TOO_MANY.iter().find(|(known, _)| *known == name).unwrap();
                for _ in 0..*many {
                    self.ask(method, path, path, &marked, "");
                }
                self.ask(method, path, path, &marked, "")
            }
            _ => {
                let mut known = known;
                let parent = path.trim_end_matches("/{id}");
                // What is named is made just before.
                let made = if path.ends_with("/restore") {
                    "/_control/snapshot"
                } else {
                    parent
                };
                let is_made = parent != path || made != parent;
                if is_made {
                    let body = BODIES
                        .iter()
                        .find(|(known, _)| known.ends_with(made))
                        .map_or("", |(_, body)| body);
                    let answer = self.ask("POST", made, made, &marked, body);
                    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
                    let id = answer.get("id").unwrap_or_else(|| &answer[0]["id"]);
                    known = path.replace("{id}", &id.to_string());
                }
                self.ask(method, path, &known, &marked, given)
            }
        };
    }
}

#[test]
fn every_answer_is_described_and_every_description_is_answered() {
    let mut desk = desk();
    desk.status("GET", "/v2/", "");
    let document = desk.json("GET", "/_control/openapi.json", "", 200);
    let mut wanted = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = format!("{} {path}", method.to_uppercase());
            let statuses = operation["responses"].as_object().unwrap().keys();
            wanted.extend(statuses.map(|status| (name.clone(), status.clone())));
        }
    }
    assert!(
        wanted.len() > 60,
        "only {} answers are described",
        wanted.len()
    );
    let mut walk = Walk {
        desk,
        document,
        seen: BTreeSet::new(),
    };
    // One of each is there first; deleting comes after, and what makes too many comes last.
    let order = |(name, status): &(String, String)| {
        (
            status == "429",
            name.starts_with("DELETE"),
            !name.starts_with("POST"),
        )
    };
    let mut steps: Vec<_> = wanted.iter().collect();
    steps.sort_by_key(|step| order(step));
    for (name, status) in steps {
        walk.ask_for(name, status);
    }
    let missing: Vec<_> = wanted.difference(&walk.seen).collect();
    assert!(
        missing.is_empty(),
        "described, and not answered: {missing:#?}"
    );
}
