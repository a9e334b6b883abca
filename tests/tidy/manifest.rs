//! `Cargo.toml`, as far as the rules read it.

use std::collections::BTreeSet;

/// The names in `[dependencies]` that are not optional, sorted.
pub(crate) fn bare_dependencies(manifest: &str) -> Vec<String> {
    let lines =
        section(manifest, "[dependencies]").filter(|line| !line.contains("optional = true"));
    let mut names: Vec<String> = lines
        .filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()))
        .collect();
    names.sort();
    names
}

/// Tests that `[[test]]` does not name, and names of tests that are not there.
pub(crate) fn unnamed_tests(manifest: &str, there: &[String]) -> Vec<String> {
    let mut named = BTreeSet::new();
    let mut in_test = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            in_test = line == "[[test]]";
        }
        if let Some(path) = line.strip_prefix("path").filter(|_| in_test) {
            named.insert(path.trim_matches([' ', '=', '"']).to_owned());
        }
    }
    let there: BTreeSet<String> = there.iter().cloned().collect();
    let unnamed = there
        .difference(&named)
        .map(|path| format!("Cargo.toml: no [[test]] runs {path}"));
    let absent = named
        .difference(&there)
        .map(|path| format!("Cargo.toml: [[test]] names {path}, which is not there"));
    unnamed.chain(absent).collect()
}

fn section<'a>(manifest: &'a str, header: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = manifest.lines().map(str::trim);
    let after = lines.skip_while(move |line| *line != header).skip(1);
    after
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[test]
fn what_is_read() {
    let manifest = "[package]\nname = \"a\"\n[dependencies]\n# Why.\nhttp = \"1\"\nbytes = { version = \"1\" } # b\n\
                    clap = { version = \"4\", optional = true }\n[dev-dependencies]\nproptest = \"1\"\n\
                    [[test]]\nname = \"one\"\npath = \"tests/one.rs\"\n[[bench]]\npath = \"tests/two.rs\"\n";
    assert_eq!(bare_dependencies(manifest), ["bytes", "http"]);
    let there = ["tests/one.rs", "tests/two.rs"].map(str::to_owned);
    assert_eq!(
        unnamed_tests(manifest, &there),
        ["Cargo.toml: no [[test]] runs tests/two.rs"]
    );
    assert_eq!(
        unnamed_tests(manifest, &[]),
        ["Cargo.toml: [[test]] names tests/one.rs, which is not there"]
    );
}
