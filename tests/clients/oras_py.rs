//! oras-py, driven by `python/oras_cases.py`.

use std::process::Stdio;

use crate::Check;
use crate::command::{end, run};
use crate::report::Cases;
use crate::setting::{Setting, here, tools};

/// Runs the script, which says `ok CASE` or `FAILED CASE: WHY` once for every case.
pub(crate) fn cases(setting: &Setting<'_>, cases: &mut Cases<'_>) {
    script(setting, cases, "oras_cases.py");
}

/// Pulls `app:v1`.
pub(crate) fn pull(setting: &Setting<'_>) -> Check {
    let mut command = setting.command(tools().join("venv/bin/python"));
    command
        .arg("-B")
        .arg(here().join("python/oras_pull.py"))
        .arg(setting.host);
    match run(&mut command)?.trim() {
        "ok pull" => Ok(()),
        said => Err(said.into()),
    }
}

pub(crate) fn script(setting: &Setting<'_>, cases: &mut Cases<'_>, name: &str) {
    let mut command = setting.command(tools().join("venv/bin/python"));
    command
        .arg("-B")
        .arg(here().join("python").join(name))
        .arg(setting.host)
        .arg(setting.images.dir())
        .stdout(Stdio::piped());
    let ended = match end(&mut command) {
        Ok(ended) => ended,
        Err(error) => return cases.case("script", || Err(error)),
    };
    for line in ended.stdout.lines() {
        if let Some(case) = line.strip_prefix("ok ") {
            cases.case(case, || Ok(()));
        } else if let Some((case, why)) = line
            .strip_prefix("FAILED ")
            .and_then(|line| line.split_once(": "))
        {
            cases.case(case, || Err(format!("{why}\n{}", ended.stderr).into()));
        }
    }
    cases.case("script", || {
        // The script ends well when it went through all its cases, whatever became of them.
        if ended.status.success() && !ended.stdout.is_empty() {
            Ok(())
        } else {
            Err(ended.told(&command).into())
        }
    });
}
