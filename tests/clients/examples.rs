//! `examples/`: how tests in other languages use the control API, run as the tests they are.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::end;
use crate::report::Cases;
use crate::setting::{Setting, tools};

const SERVER: &str = env!("CARGO_BIN_EXE_registrette");

pub(crate) fn folder(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(language)
}

/// The pytest fixture: each test of `examples/python` is a case.
pub(crate) fn python(setting: &Setting<'_>, cases: &mut Cases<'_>) {
    let mut command = setting.command(tools().join("venv/bin/python"));
    command
        .args([
            "-B",
            "-m",
            "pytest",
            "-v",
            "--color=no",
            "-p",
            "no:cacheprovider",
        ])
        .args([Path::new("--rootdir"), &folder("python"), &folder("python")])
        .env("REGISTRETTE", SERVER)
        .stdout(Stdio::piped());
    run(&mut command, cases, |line| {
        let (place, verdict) = line.split_once(' ')?;
        let case = place.split_once("::")?.1;
        let verdict = verdict.split_whitespace().next()?;
        matches!(verdict, "PASSED" | "FAILED" | "ERROR").then_some((case, verdict == "PASSED"))
    });
}

/// The helper for `testing`: each subtest of `examples/go` is a case.
pub(crate) fn go(cases: &mut Cases<'_>) {
    // Not the setting's own command: Go finds its build cache from the user's home.
    let mut command = Command::new("go");
    command
        .args(["test", "-count=1", "-v", "-timeout=280s", "."])
        .current_dir(folder("go"))
        .env("GOPROXY", "off")
        .env("GOFLAGS", "-mod=readonly")
        .env("NO_PROXY", "127.0.0.1")
        .env("REGISTRETTE", SERVER)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    run(&mut command, cases, |line| {
        let (verdict, name) = line.trim_start().strip_prefix("--- ")?.split_once(": ")?;
        let case = name.split(' ').next()?.split_once('/')?.1;
        Some((case, verdict == "PASS"))
    });
}

/// Runs it, and counts the verdicts that `read` finds in its lines.
fn run(command: &mut Command, cases: &mut Cases<'_>, read: impl Fn(&str) -> Option<(&str, bool)>) {
    let ended = match end(command) {
        Ok(ended) => ended,
        Err(error) => return cases.case("run", || Err(error)),
    };
    let said = format!("{}{}", ended.stdout, ended.told(command));
    let verdicts: Vec<_> = ended.stdout.lines().filter_map(read).collect();
    let explained = verdicts.iter().any(|(_, passed)| !passed);
    for (case, passed) in &verdicts {
        cases.case(case, || {
            if *passed {
                Ok(())
            } else {
                Err(said.as_str().into())
            }
        });
    }
    // No case failed and still the run did, or there were none: it did not build, or it broke off.
    if verdicts.is_empty() || (!ended.status.success() && !explained) {
        cases.case("run", || Err(said.as_str().into()));
    }
}
