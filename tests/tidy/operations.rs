//! The enum of operations and the table of the spec.

use std::path::Path;

/// One variant: its name in Rust, and its names outside.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Declared {
    variant: String,
    names: Vec<String>,
}

/// The variants of `Operation` in their order.
pub(crate) fn declared(code: &str) -> Vec<Declared> {
    let body = code
        .split_once("pub enum Operation {")
        .map_or("", |(_, body)| body);
    let variants = body
        .lines()
        .take_while(|line| *line != "}")
        .filter_map(|line| line.strip_prefix("    "));
    let word = |line: &str| -> String {
        line.chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect()
    };
    let variants = variants.map(word).filter(|name| !name.is_empty());
    variants
        .map(|variant| Declared {
            names: names(code, &variant),
            variant,
        })
        .collect()
}

/// The names that `Operation::name` gives a variant.
fn names(code: &str, variant: &str) -> Vec<String> {
    let body = code.split_once("fn name(").map_or("", |(_, body)| body);
    let lines = body.lines().take_while(|line| *line != "    }");
    let arms = lines.filter(|line| {
        let rest = line
            .trim()
            .strip_prefix("Self::")
            .and_then(|rest| rest.strip_prefix(variant));
        rest.is_some_and(|rest| rest.starts_with(' '))
    });
    let mut names: Vec<String> = arms
        .filter_map(|arm| Some(arm.split('"').nth(1)?.to_owned()))
        .collect();
    names.sort();
    names
}

/// Where the table's rows are not the variants, one each and in their order, by the same names.
pub(crate) fn faults(operations: &[Declared], table: &str) -> Vec<String> {
    let rows = rows(table);
    let mut faults = Vec::new();
    for (place, operation) in operations.iter().enumerate() {
        let Some((line, row)) = rows.get(place) else {
            faults.push(format!(
                "src/docs/spec.md: no row for {}",
                operation.variant
            ));
            continue;
        };
        if row != operation {
            faults.push(format!(
                "src/docs/spec.md:{line}: has {row:?}, the enum {operation:?}"
            ));
        }
    }
    let more = rows.iter().skip(operations.len());
    faults.extend(
        more.map(|(line, row)| format!("src/docs/spec.md:{line}: {row:?} is no operation")),
    );
    faults
}

/// The rows under the header that names `Operation`, with their lines.
fn rows(table: &str) -> Vec<(usize, Declared)> {
    let lines = (1..).zip(table.lines());
    let rows = lines
        .skip_while(|(_, line)| !(line.starts_with('|') && line.contains("`Operation`")))
        .skip(2)
        .take_while(|(_, line)| line.starts_with('|'));
    rows.map(|(at, line)| {
        let cells: Vec<Vec<String>> = line.split('|').map(quoted).collect();
        let cell = |place: usize| cells.get(place).cloned().unwrap_or_default();
        let variant = cell(3).into_iter().next().unwrap_or_default();
        let mut names = cell(4);
        names.sort();
        (at, Declared { variant, names })
    })
    .collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// Files that the page names and that are not there, from the root, `src` or `tests`.
pub(crate) fn missing_files(table: &str, root: &Path) -> Vec<String> {
    let named = (1..)
        .zip(table.lines())
        .flat_map(|(at, line)| quoted(line).into_iter().map(move |name| (at, name)));
    let files = named.filter(|(_, name)| {
        [".rs", ".http", ".md"]
            .iter()
            .any(|end| name.ends_with(end))
    });
    let missing = files.filter(|(_, name)| {
        ["", "src", "tests", "tests/transcripts"]
            .iter()
            .all(|folder| !root.join(folder).join(name).exists())
    });
    missing
        .map(|(at, name)| format!("src/docs/spec.md:{at}: {name} is not there"))
        .collect()
}

#[cfg(test)]
const CODE: &str = "/// All.
pub enum Operation {
    /// end-1.
    CheckApi,
    /// end-2.
    PullBlob { digest: Digest },
}

impl Operation {
    pub fn name(&self) -> &str {
        match self {
            Self::CheckApi => \"ping\",
            Self::PullBlob { .. } if head => \"blob.head\",
            Self::PullBlob { .. } => \"blob.get\",
        }
    }
}
";

#[test]
fn a_wrong_table_is_found() {
    let operations = declared(CODE);
    let head = "| id | request | `Operation` | name | handler |\n|---|---|---|---|---|\n";
    let ping = "| end-1 | `GET /v2/` | `CheckApi` | `ping` | `a.rs` |\n";
    let pull = "| end-2 | x | `PullBlob` | `blob.head`, `blob.get` | `b.rs` |\n";
    let check = |rows: &[&str]| faults(&operations, &(head.to_owned() + &rows.concat())).len();
    assert_eq!(check(&[ping, pull]), 0);
    assert_eq!(check(&[pull, ping]), 2);
    assert_eq!(check(&[ping]), 1);
    assert_eq!(check(&[ping, pull, pull]), 1);
    assert_eq!(check(&[ping, &pull.replace("blob.get", "blob.got")]), 1);
    assert_eq!(
        missing_files(ping, Path::new(env!("CARGO_MANIFEST_DIR"))).len(),
        1
    );
}
