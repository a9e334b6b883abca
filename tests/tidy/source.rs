//! Source files, with and without what is not code.

use std::{fs, path::Path};

/// One file of Rust.
#[derive(Clone)]
pub(crate) struct Source {
    /// Its path from the root of the project.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
    /// The same without comments and without what stands in strings, line for line.
    pub(crate) with_tests: String,
    /// And without what is only compiled for tests.
    pub(crate) code: String,
}

impl Source {
    pub(crate) fn new(path: String, text: String) -> Self {
        let with_tests = blank_text(&text);
        // What a module `tests` has in a file of its own is compiled for tests alone, too.
        let code = match path.starts_with("src/") && path.ends_with("/tests.rs") {
            true => blank(&with_tests),
            false => blank_tests(&with_tests),
        };
        Self {
            path,
            text,
            with_tests,
            code,
        }
    }
}

/// The text of a file of the project.
pub(crate) fn text(path: &str) -> String {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&full).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

/// A file of the project.
pub(crate) fn read(path: &str) -> Source {
    Source::new(path.to_owned(), text(path))
}

/// Every file of Rust below a folder, in order; none where there is no such folder.
pub(crate) fn all(folder: &str) -> Vec<Source> {
    let Ok(entries) = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut found = Vec::new();
    for name in names.iter().filter(|name| *name != "target") {
        let path = format!("{folder}/{name}");
        if name.ends_with(".rs") {
            found.push(read(&path));
        } else {
            found.extend(all(&path));
        }
    }
    found
}

/// The line that an offset is on, from 1.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1
}

/// Replaces comments and the insides of strings by blanks.
fn blank_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest, out.chars().last());
        if length == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
            out.extend(rest[..length].chars().map(blank));
            rest = &rest[length..];
        }
    }
    out
}

/// How many bytes of a comment or a literal a text starts with.
fn skipped(rest: &str, before: Option<char>) -> usize {
    let upto = |from: usize, end: &str| {
        rest[from..]
            .find(end)
            .map_or(rest.len(), |at| from + at + end.len())
    };
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let raw = rest
        .strip_prefix('r')
        .map(|raw| raw.len() - raw.trim_start_matches('#').len());
    match raw.filter(|hashes| !in_word && rest[1 + hashes..].starts_with('"')) {
        Some(hashes) => upto(hashes + 2, &format!("\"{}", "#".repeat(hashes))),
        None if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
        None if rest.starts_with("/*") => upto(2, "*/"),
        None if rest.starts_with('"') => quoted(rest, '"'),
        // A quote that does not close at once begins a lifetime.
        None if rest.starts_with("'\\") => quoted(rest, '\''),
        None if rest.starts_with('\'') && rest.chars().nth(2) == Some('\'') => {
            rest.char_indices().nth(3).map_or(rest.len(), |(at, _)| at)
        }
        None => 0,
    }
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Replaces items under `#[cfg(test)]` by blanks.
fn blank_tests(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(start) = out.find("#[cfg(test)]") {
        let mut depth = 0_usize;
        let end = out[start..].char_indices().find(|(_, c)| match c {
            '{' => {
                depth += 1;
                false
            }
            '}' => {
                depth = depth.saturating_sub(1);
                depth == 0
            }
            c => *c == ';' && depth == 0,
        });
        let end = end.map_or(out.len(), |(at, _)| start + at + 1);
        let blank = blank(&out[start..end]);
        out.replace_range(start..end, &blank);
    }
    out
}

fn blank(code: &str) -> String {
    let blank = |c| if c == '\n' { '\n' } else { ' ' };
    code.chars().map(blank).collect()
}

#[test]
fn only_code_is_left() {
    let text = "a(\"x // \\\" y\"); // b\nlet c = '\"'; r#\"d \" e\"#; f::<'g>();\n\
                #[cfg(test)]\nmod tests {\n    fn h() {}\n}\ni();";
    let source = Source::new(String::new(), text.to_owned());
    let words: Vec<_> = source.code.split_whitespace().collect();
    assert_eq!(words.join(" "), "a( ); let c = ; ; f::<'g>(); i();");
    assert!(source.with_tests.contains("fn h"));
    assert_eq!(source.code.lines().count(), text.lines().count());
    let source = Source::new("src/a/tests.rs".to_owned(), text.to_owned());
    assert_eq!(source.code.trim(), "");
}
