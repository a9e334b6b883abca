//! Who imports whom.

use std::collections::BTreeMap;

use crate::source::{Source, line_of};

/// The parts of the crate, and which others each may import.
const PARTS: [(&str, &[&str]); 15] = [
    ("spec", &[]),
    ("content", &["spec"]),
    ("image", &["spec", "content"]),
    ("store", &["spec", "content"]),
    ("wire", &["spec", "content"]),
    ("archive", &["spec", "content", "image", "store"]),
    ("images", &["spec", "content", "image", "archive"]),
    ("handler", &["spec", "content", "store", "wire"]),
    ("layer", &["spec", "content", "wire", "image"]),
    (
        "registry",
        &[
            "spec", "content", "store", "wire", "handler", "layer", "image",
        ],
    ),
    ("crypto", &["spec", "content", "layer"]),
    ("guard", &["spec", "content"]),
    ("control", &["spec", "store", "layer", "registry"]),
    (
        "serve",
        &[
            "spec", "content", "store", "wire", "handler", "layer", "image", "registry", "guard",
            "archive", "control",
        ],
    ),
    (
        "wasm",
        &[
            "spec", "content", "store", "wire", "handler", "layer", "image", "registry", "guard",
            "archive", "control",
        ],
    ),
];

/// Which part each name comes from that `lib.rs` exports.
pub(crate) fn exports(lib: &str) -> BTreeMap<String, String> {
    let mut exports = BTreeMap::new();
    for statement in lib
        .split(';')
        .filter_map(|text| text.split("pub use ").nth(1))
    {
        let Some((part, names)) = statement.split_once("::") else {
            continue;
        };
        for name in names.split([',', '{', '}']) {
            exports.insert(name.trim().to_owned(), part.trim().to_owned());
        }
    }
    exports
}

/// Imports of one file that go upwards, or sideways between layers.
pub(crate) fn faults(file: &Source, exports: &BTreeMap<String, String>) -> Vec<String> {
    let path = file.path.trim_start_matches("src/");
    let own = path.split('/').next().unwrap_or_default();
    // The binary stands on the crate as any other program does.
    if path == "lib.rs" || path == "main.rs" || own == "cli" {
        return Vec::new();
    }
    let Some((_, allowed)) = PARTS.iter().find(|(part, _)| *part == own) else {
        return vec![format!(
            "{}:1: tests/tidy/imports.rs does not say where {own} stands",
            file.path
        )];
    };
    let place = |at| format!("{}:{}", file.path, line_of(&file.code, at));
    let mut faults = Vec::new();
    for (at, name) in from_root(&file.code, depth(path)) {
        let part = exports.get(&name).unwrap_or(&name);
        if part != own && !allowed.contains(&part.as_str()) {
            faults.push(format!("{}: {own} must not import {part}", place(at)));
        }
    }
    if own == "layer" && path != "layer/mod.rs" {
        faults.extend(
            sideways(file, depth(path)).map(|(at, name)| {
                format!("{}: a layer must not import the layer {name}", place(at))
            }),
        );
    }
    faults
}

/// How many times `super` leads from a file to the root of the crate.
fn depth(path: &str) -> usize {
    path.split('/').filter(|part| *part != "mod.rs").count()
}

/// The first name of every path from the root of the crate, with its place.
fn from_root(code: &str, depth: usize) -> Vec<(usize, String)> {
    let above = "super::".repeat(depth);
    let mut found = Vec::new();
    for root in ["crate::", above.as_str()] {
        for (at, _) in code
            .match_indices(root)
            .filter(|(at, _)| starts_word(code, *at))
        {
            found.extend(
                names(&code[at + root.len()..])
                    .into_iter()
                    .map(|name| (at, name)),
            );
        }
    }
    found
}

fn starts_word(code: &str, at: usize) -> bool {
    !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$')
}

/// The names that a path goes on with: one, or each at the head of a group.
fn names(rest: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![word(rest)];
    };
    let mut names = vec![word(group)];
    let mut depth = 1_usize;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(word(&group[at + 1..])),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Names from other files of `layer`: what is not declared in its `mod.rs` itself is a layer's.
fn sideways(file: &Source, depth: usize) -> impl Iterator<Item = (usize, String)> {
    const OF_ALL: [&str; 2] = ["Flow", "Layer"];
    let mut found = Vec::new();
    let folder = "super::".repeat(depth.saturating_sub(1));
    for root in [folder.as_str(), "crate::layer::"] {
        let places = file.code.match_indices(root);
        for (at, _) in places.filter(|(at, _)| starts_word(&file.code, *at)) {
            found.extend(
                names(&file.code[at + root.len()..])
                    .into_iter()
                    .map(|name| (at, name)),
            );
        }
    }
    found
        .into_iter()
        .filter(|(_, name)| !OF_ALL.contains(&name.as_str()))
}

#[test]
fn each_wrong_import_is_found() {
    let exports = exports("pub use handler::Progress;\npub use registry::{Config, Registry};");
    let faults = |path: &str, code: &str| {
        faults(&Source::new(path.to_owned(), code.to_owned()), &exports).len()
    };
    assert_eq!(faults("src/spec/tag.rs", "use crate::content::Chunk;"), 1);
    assert_eq!(faults("src/spec/mod.rs", "use super::content::Chunk;"), 1);
    assert_eq!(
        faults(
            "src/spec/tag.rs",
            "use super::Error; use super::super::wire;"
        ),
        1
    );
    let group =
        "use crate::{\n    content::{Body, Chunk},\n    spec::Error,\n    store::Store,\n};";
    assert_eq!(faults("src/handler/tags.rs", group), 0);
    assert_eq!(faults("src/wire/page.rs", group), 1);
    assert_eq!(
        faults("src/store/map.rs", "fn a() { crate::wire::encode(b) }"),
        1
    );
    assert_eq!(faults("src/handler/tags.rs", "use crate::Registry;"), 1);
    assert_eq!(faults("src/registry/mod.rs", "use crate::Progress;"), 0);
    assert_eq!(
        faults("src/layer/fault.rs", "use super::{Flow, Layer, Log};"),
        1
    );
    let own = "use super::{Rule, super::{Flow, Layer}};";
    assert_eq!(faults("src/layer/fault/steps.rs", own), 0);
    let sideways = "use super::super::Log;";
    assert_eq!(faults("src/layer/fault/steps.rs", sideways), 1);
    assert_eq!(faults("src/layer/fault/mod.rs", "use super::Log;"), 1);
    assert_eq!(faults("src/layer/fault.rs", "use crate::store::Store;"), 1);
    assert_eq!(faults("src/nowhere/mod.rs", ""), 1);
    assert_eq!(faults("src/image/mod.rs", "use crate::store::Store;"), 1);
    assert_eq!(
        faults("src/serve/mod.rs", "use crate::{Registry, store::Store};"),
        0
    );
}
