//! The rules that no compiler holds: who may import whom, how long a file may be, what the bare core depends on.
//!
//! Each check is a function over text that gives its faults, each with its place; each is shown to find one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot read the sources has nothing else to say"
)]

#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/manifest.rs"]
mod manifest;
#[path = "tidy/operations.rs"]
mod operations;
#[path = "tidy/source.rs"]
mod source;

use std::path::Path;

use source::{Source, line_of};

const LONGEST: usize = 500;

/// Everything that takes a program down. In the core each has an `Error` or a default to stand in its place.
const PANICS: [&str; 6] = [
    ".unwrap()",
    ".expect(",
    "panic!",
    "todo!",
    "unimplemented!",
    "unreachable!",
];

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn imports_go_downwards_only() {
    let exports = imports::exports(&source::read("src/lib.rs").code);
    let faults: Vec<_> = source::all("src")
        .iter()
        .flat_map(|file| imports::faults(file, &exports))
        .collect();
    assert_none(&faults);
}

#[test]
fn files_are_short() {
    let sources = ["src", "tests", "fuzz", "bench"].map(source::all).concat();
    assert_none(&sources.iter().filter_map(too_long).collect::<Vec<_>>());
}

fn too_long(file: &Source) -> Option<String> {
    let lines = file.text.lines().count();
    (lines > LONGEST).then(|| {
        format!(
            "{}: {lines} lines, at most {LONGEST} are allowed",
            file.path
        )
    })
}

#[test]
fn every_file_says_what_it_is() {
    assert_none(
        &source::all("src")
            .iter()
            .filter_map(undocumented)
            .collect::<Vec<_>>(),
    );
}

fn undocumented(file: &Source) -> Option<String> {
    (!file.text.starts_with("//! ")).then(|| format!("{}:1: starts without a //! line", file.path))
}

#[test]
fn features_are_seen_in_two_files() {
    assert_none(
        &source::all("src")
            .iter()
            .flat_map(features)
            .collect::<Vec<_>>(),
    );
}

fn features(file: &Source) -> Vec<String> {
    if ["src/lib.rs", "src/serve/mod.rs"].contains(&file.path.as_str()) {
        return Vec::new();
    }
    // The names of features are strings, so the code is searched up to them.
    let found = file
        .code
        .match_indices("feature =")
        .chain(file.code.match_indices("feature="));
    found
        .map(|(at, _)| {
            format!(
                "{}:{}: cfg(feature) belongs into lib.rs or serve/mod.rs",
                file.path,
                line_of(&file.code, at)
            )
        })
        .collect()
}

#[test]
fn nothing_takes_the_program_down() {
    assert_none(
        &source::all("src")
            .iter()
            .flat_map(panics)
            .collect::<Vec<_>>(),
    );
}

fn panics(file: &Source) -> Vec<String> {
    let found = PANICS
        .iter()
        .flat_map(|word| file.code.match_indices(word).map(move |(at, _)| (word, at)));
    found
        .map(|(word, at)| format!("{}:{}: {word}", file.path, line_of(&file.code, at)))
        .collect()
}

#[test]
fn lib_is_a_table_of_contents() {
    assert_none(&code_of_its_own(&source::read("src/lib.rs")));
}

fn code_of_its_own(file: &Source) -> Vec<String> {
    let items = ["fn ", "struct ", "enum ", "impl", "trait ", "static "];
    let lines = file.code.lines().enumerate();
    let faults = lines.filter(|(_, line)| {
        let item = line
            .trim_start()
            .trim_start_matches("pub ")
            .trim_start_matches("const ");
        items.iter().any(|word| item.starts_with(word))
    });
    faults
        .map(|(at, line)| format!("{}:{}: {}", file.path, at.saturating_add(1), line.trim()))
        .collect()
}

#[test]
fn no_test_is_passed_over_in_silence() {
    let sources = ["src", "tests"].map(source::all).concat();
    assert_none(&sources.iter().flat_map(ignored).collect::<Vec<_>>());
}

fn ignored(file: &Source) -> Vec<String> {
    let found = file.with_tests.match_indices("#[ignore");
    found
        .map(|(at, _)| {
            format!(
                "{}:{}: an ignored test",
                file.path,
                line_of(&file.with_tests, at)
            )
        })
        .collect()
}

#[test]
fn the_bare_core_depends_on_seven_crates() {
    let manifest = source::text("Cargo.toml");
    assert_eq!(
        manifest::bare_dependencies(&manifest).join(" "),
        "bytes hex http serde serde_json sha2 smol_str"
    );
}

#[test]
fn every_test_is_run() {
    // `autotests` is off: what Cargo.toml does not name, nobody runs.
    let manifest = source::text("Cargo.toml");
    assert_none(&manifest::unnamed_tests(&manifest, &tests_there_are()));
}

fn tests_there_are() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(root.join("tests"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = entries.map(|path| {
        if path.is_dir() {
            path.join("main.rs")
        } else {
            path
        }
    });
    let files = files.filter(|path| {
        path.is_file() && path.extension().is_some_and(|extension| extension == "rs")
    });
    files
        .map(|path| path.strip_prefix(root).unwrap().display().to_string())
        .collect()
}

#[test]
fn the_spec_table_and_the_operations_agree() {
    let code = source::text("src/wire/operation.rs");
    let table = source::text("src/docs/spec.md");
    let operations = operations::declared(&code);
    assert!(
        operations.len() > 15,
        "only {} operations found",
        operations.len()
    );
    assert_none(&operations::faults(&operations, &table));
    assert_none(&operations::missing_files(
        &table,
        Path::new(env!("CARGO_MANIFEST_DIR")),
    ));
}

#[test]
fn each_of_these_checks_finds_its_fault() {
    let source = |path: &str, text: &str| Source::new(path.to_owned(), text.to_owned());
    assert!(too_long(&source("a.rs", &"x\n".repeat(501))).is_some());
    assert!(too_long(&source("a.rs", &"x\n".repeat(500))).is_none());
    assert!(undocumented(&source("a.rs", "use std::fmt;\n")).is_some());
    let cfg = "//! A.\n#[cfg(feature = \"cli\")]\nmod a;\n";
    assert_eq!(features(&source("src/spec/mod.rs", cfg)).len(), 1);
    assert_eq!(features(&source("src/lib.rs", cfg)).len(), 0);
    let text = "//! x.unwrap()\nfn a() { b.unwrap(); c.unwrap_or(1); \"panic!\"; }\n\
                #[cfg(test)]\nmod tests { fn t() { todo!() } }\n";
    assert_eq!(panics(&source("a.rs", text)), ["a.rs:2: .unwrap()"]);
    assert_eq!(
        code_of_its_own(&source("lib.rs", "mod a;\npub const fn b() {}\n")).len(),
        1
    );
    assert_eq!(
        ignored(&source("a.rs", "#[test]\n#[ignore]\nfn a() {}\n")).len(),
        1
    );
}
