//! Credential helpers: programs called `docker-credential-NAME` that keep what Docker's config file does not.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use serde::Deserialize;

/// What a helper answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Kept {
    username: String,
    secret: String,
}

/// Name and password that a helper keeps for a registry; `None` where it keeps none. An identity token has the name
/// `<token>`.
///
/// # Errors
/// A sentence that says which helper cannot be asked.
pub(super) fn ask(helper: &str, server: &str) -> Result<Option<(String, String)>, String> {
    let program = format!("docker-credential-{helper}");
    let fault = |what: String| Err(format!("{program}, which config.json names: {what}"));
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if helper.is_empty() || !helper.chars().all(is_name) {
        return fault("that is no name of a program".to_owned());
    }
    let child = Command::new(&program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return fault(format!("it cannot be run: {error}")),
    };
    if let Some(mut stdin) = child.stdin.take() {
        // One that does not read ends with what it has to say about that.
        drop(stdin.write_all(server.as_bytes()));
    }
    let ended = match child.wait_with_output() {
        Ok(ended) => ended,
        Err(error) => return fault(error.to_string()),
    };
    if !ended.status.success() {
        let said = [&ended.stdout[..], &ended.stderr].concat();
        let said = String::from_utf8_lossy(&said).trim().to_owned();
        // How all of them say that there is nothing.
        if said.contains("credentials not found") {
            return Ok(None);
        }
        return fault(format!("{}: {said}", ended.status));
    }
    match serde_json::from_slice(&ended.stdout) {
        Ok(Kept { username, secret }) => Ok(Some((username, secret))),
        // What it said may be secret.
        Err(_) => fault("its answer is not { \"Username\", \"Secret\" }".to_owned()),
    }
}
