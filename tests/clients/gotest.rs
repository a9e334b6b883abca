//! Go libraries, driven by the tests in `go/`: containerd's resolver and oras-go.

use std::process::{Command, Stdio};

use crate::command::end;
use crate::report::Cases;
use crate::setting::{Setting, here};

/// Runs one test; its subtests are the cases.
pub(crate) fn cases(setting: &Setting<'_>, cases: &mut Cases<'_>, test: &str) {
    // Not the setting's own command: Go finds its modules and its build cache from the user's home.
    let mut command = Command::new("go");
    command
        .args([
            "test",
            "-count=1",
            "-v",
            "-timeout=280s",
            "-run",
            &format!("^{test}$"),
            ".",
        ])
        .current_dir(here().join("go"))
        .env("GOFLAGS", "-mod=readonly")
        .env("GOPROXY", "off")
        .env("NO_PROXY", "127.0.0.1")
        .env("REGISTRY_URL", format!("http://{}", setting.host))
        .env("IMAGES_DIR", setting.images.dir())
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    if setting.login.is_some() {
        command
            .env("REGISTRY_USER", "alice")
            .env("REGISTRY_PASSWORD", "secret");
    }
    let ended = match end(&mut command) {
        Ok(ended) => ended,
        Err(error) => return cases.case("go-test", || Err(error)),
    };
    let outcomes = outcomes(&ended.stdout, test);
    let explained = outcomes.iter().any(|outcome| !outcome.passed);
    for outcome in &outcomes {
        cases.case(outcome.case, || {
            if outcome.passed {
                Ok(())
            } else {
                Err(outcome.said.join("\n").into())
            }
        });
    }
    // No case failed and still the run did, or there were none: it did not build, or it broke off.
    if outcomes.is_empty() || (!ended.status.success() && !explained) {
        cases.case("go-test", || {
            Err(format!("{}{}", ended.told(&command), ended.stdout).into())
        });
    }
}

struct Outcome<'a> {
    case: &'a str,
    passed: bool,
    said: Vec<&'a str>,
}

/// The subtests in `go test -v`: a `=== RUN` line, what the subtest says, and its verdict, which
/// comes at the end for all of them.
fn outcomes<'a>(stdout: &'a str, test: &str) -> Vec<Outcome<'a>> {
    let mut outcomes: Vec<Outcome<'a>> = Vec::new();
    let run = format!("=== RUN   {test}/");
    for line in stdout.lines() {
        if let Some(case) = line.strip_prefix(&run) {
            // Without a verdict it counts as failed: a panic ends the run before any.
            outcomes.push(Outcome {
                case,
                passed: false,
                said: Vec::new(),
            });
        } else if let Some(verdict) = line.trim_start().strip_prefix("--- PASS: ") {
            let name = verdict
                .split(' ')
                .next()
                .and_then(|name| name.split_once('/'));
            for outcome in outcomes
                .iter_mut()
                .filter(|outcome| name.is_some_and(|(_, case)| case == outcome.case))
            {
                outcome.passed = true;
            }
        } else if let Some(outcome) = outcomes.last_mut() {
            outcome.said.push(line.trim());
        }
    }
    outcomes
}
