//! Each switch is seen by itself.

use registrette::spec::Quirks;
use serde_json::{Value, json};

use crate::probed::Probed;

/// Switches that no probe can see where nobody is asked who it is, or at all.
const UNSEEN: [&str; 12] = [
    "LocationForUploadID",
    "challengeForm",
    "challengeRealm",
    "challengeScope",
    "cookieTrap",
    "immutableTagForm",
    "listPageCap",
    "openCheck",
    "repositoriesMustExist",
    "tokenEndpoint",
    "tokenLifeMs",
    "tokenNotBeforeMs",
];

/// What to set a switch to, to see it: each of its names, or something that fits.
fn values(row: &registrette::spec::Row) -> Vec<Value> {
    let words = row.values();
    let named: Vec<Value> = words
        .split(", ")
        .filter_map(|word| serde_json::from_str(word).ok())
        .filter(|value| *value != row.default())
        .collect();
    match row.name {
        "uploadHeaderBytes" => vec![json!(20_000)],
        "maxBodyBytes" => vec![json!(1 << 20)],
        "MaxListPageSize" => vec![json!(77)],
        "readLagMs" => vec![json!(60)],
        "LocationsForDescriptor" => vec![json!("https://storage.test/{repository}/{digest}")],
        _ if words.starts_with("true") => vec![json!(true)],
        _ => named,
    }
}

#[test]
fn each_switch_is_seen() {
    for row in Quirks::rows().filter(|row| !UNSEEN.contains(&row.name)) {
        let values = values(row);
        assert!(!values.is_empty(), "{}", row.name);
        for value in values {
            let probed = Probed::new(|settings| {
                // What it claims is no lie where referrers are listed.
                settings.quirks.disable_referrers_api = row.name == "claimSubject";
                settings.quirks.set(row.name, &value).unwrap();
            });
            let told = probed.probe(&["--write"]);
            let seen = &told["switches"][row.name];
            let is_seen = match row.name {
                // How long it took in fact.
                "readLagMs" => seen.as_u64().is_some_and(|lag| lag > 0),
                "uploadHeaderBytes" => seen.is_number(),
                _ => *seen == value,
            };
            assert!(is_seen, "{}={value}: {told:#}", row.name);
        }
    }
}

#[test]
fn a_repository_that_has_to_be_there_is_named() {
    let probed = Probed::new(|settings| settings.quirks.repositories_must_exist = true);
    let told = probed.probe(&["--write"]);
    assert_eq!(told["switches"], json!({ "repositoriesMustExist": true }));
    assert!(
        told["unseen"]["uploadLocation"]
            .as_str()
            .unwrap()
            .contains("--repository"),
        "{told:#}"
    );
}

#[test]
fn tags_that_cannot_be_moved_have_two_forms() {
    for form in ["spec", "tag-invalid"] {
        let probed = Probed::new(|settings| {
            settings.quirks.immutable_tags = true;
            settings
                .quirks
                .set("immutableTagForm", &form.into())
                .unwrap();
        });
        let told = probed.probe(&["--write"]);
        assert_eq!(told["switches"]["ImmutableTags"], true);
        let seen = told["switches"].get("immutableTagForm");
        assert_eq!(seen.and_then(Value::as_str).unwrap_or("spec"), form);
    }
}
