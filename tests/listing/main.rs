//! What is written down about profiles and switches is what the data says: the README's tables, the types of the npm
//! package.
//!
//! `UPDATE=1 cargo test --test listing` writes them.

#![allow(
    clippy::panic,
    clippy::expect_used,
    reason = "a test that fails says so"
)]

use std::{env, fs, path::PathBuf};

use registrette::spec::{Profile, Quirks, Row};
use serde_json::Value;

/// What stands around a part of a file that is made.
const FIRST: &str = "<!-- made of the data: UPDATE=1 cargo test --test listing -->\n";
const LAST: &str = "<!-- end -->\n";

#[test]
fn the_readme_lists_the_profiles() {
    let path = path("README.md");
    let text = fs::read_to_string(&path).expect("the README is there");
    let (before, rest) = text.split_once(FIRST).expect("it has a place for them");
    let (_, after) = rest.split_once(LAST).expect("which ends");
    hold(
        &path,
        &text,
        &format!("{before}{FIRST}{}{LAST}{after}", tables()),
    );
}

#[test]
fn the_package_has_types_for_them() {
    let path = path("pkg-js/src/quirk-types.ts");
    let text = fs::read_to_string(&path).unwrap_or_default();
    hold(&path, &text, &types());
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn hold(path: &PathBuf, is: &str, wanted: &str) {
    if is == wanted {
        return;
    }
    if env::var_os("UPDATE").is_some() {
        fs::write(path, wanted).expect("it can be written");
        return;
    }
    let lines = is.lines().zip(wanted.lines());
    let different = lines.enumerate().find(|(_, (is, wanted))| is != wanted);
    panic!(
        "{} is not what the data says; UPDATE=1 writes it: {different:?}",
        path.display()
    );
}

fn profiles() -> Vec<Profile> {
    let all: Result<Vec<_>, _> = Profile::names().map(Profile::named).collect();
    all.expect("the data is well formed")
}

fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn tables() -> String {
    let mut text = String::from("\n| profile | is like | sets |\n|---|---|---|\n");
    for profile in profiles() {
        let rules = [("auth", &profile.auth), ("rateLimit", &profile.rate_limit)];
        let rules = rules.iter().filter_map(|(name, rule)| {
            let rule = rule.as_ref()?;
            let value = rule.value.get("type").unwrap_or(&rule.value);
            Some(format!("{name} {}", shown(value)))
        });
        let switches = profile.switches.iter().map(|(name, switch)| {
            let value = match switch.value == true {
                true => String::new(),
                false => format!(" {}", shown(&switch.value)),
            };
            // What was not seen on a running server is marked.
            let mark = match switch.status.name() {
                "verified" => "",
                _ => "°",
            };
            format!("`{name}{value}`{mark}")
        });
        let sets: Vec<_> = rules.chain(switches).collect();
        text += &format!(
            "| `{}` | {} | {} |\n",
            profile.name,
            profile.about,
            sets.join(", ")
        );
    }
    text += "\n| switch | does | takes |\n|---|---|---|\n";
    for row in Quirks::rows() {
        text += &format!("| `{}` | {} | {} |\n", row.name, row.about, values(row));
    }
    text + "\n"
}

fn values(row: &Row) -> String {
    row.values().replace('"', "`")
}

fn types() -> String {
    let names: Vec<_> = Profile::names()
        .map(|name| format!("  | {name:?}"))
        .collect();
    let mut text = format!(
        "// Made of the data by `UPDATE=1 cargo test --test listing`.\n\n\
         /** The registries that this one can behave like. */\nexport type ProfileName =\n{};\n\n\
         /** A registry to behave like, or one with switches of its own. */\n\
         export type Profile = ProfileName | {{ name?: ProfileName; quirks?: Quirks }};\n\n\
         /** How a registry deviates from the spec. What is not set is as the profile has it. */\n\
         export interface Quirks {{\n",
        names.join("\n")
    );
    for row in Quirks::rows() {
        let words = row.values();
        let takes = if words.contains("true") {
            "boolean".to_owned()
        } else if words.contains("number") {
            "number | null".to_owned()
        } else if words.contains("URL") {
            "string | null".to_owned()
        } else {
            words.replace(", ", " | ")
        };
        // As the formatter of the package has it.
        let is_long = row.name.len() + takes.len() + "  ?: ;".len() > 120;
        let blank = if is_long { "\n    " } else { " " };
        text += &format!("  /** {}. */\n  {}?:{blank}{takes};\n", row.about, row.name);
    }
    text + "}\n"
}
