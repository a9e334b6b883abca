//! What clients can do under each profile: the README has the table. `UPDATE=1` writes the rows of the clients that ran.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use registrette::spec::Profile;
use serde_json::Value;

use crate::Check;
use crate::command::run;
use crate::images::Images;
use crate::list::Client;
use crate::report::{Cases, Report, same};
use crate::retries::calls;
use crate::server::Server;
use crate::setting::{Setting, here};
use crate::{crane, regctl, skopeo};

/// What the rows stand under.
const HEAD: &str =
    "| under | client | push | pull | list | delete | referrers |\n|---|---|---|---|---|---|---|\n";

type Deed = fn(&Setting<'_>, &Images) -> Check;

/// What is done, in this order.
struct Deeds([Option<Deed>; 5]);

fn deeds(client: &str) -> Option<Deeds> {
    let none: Option<Deed> = None;
    Some(Deeds(match client {
        "crane" => [
            Some(|setting, images| crane::push(setting, &images.image, "app:pushed")),
            Some(|setting, images| crane::pull(setting, &images.image, "app:v1")),
            Some(|setting, _| lists(crane::command(setting, &["ls", &setting.at("app")]))),
            Some(|setting, _| done(crane::command(setting, &["delete", &setting.at("app:v1")]))),
            none,
        ],
        "regctl" => [
            Some(|setting, images| regctl::push(setting, &images.image, "app:pushed")),
            Some(|setting, images| regctl::pull(setting, &images.image, "app:v1")),
            Some(|setting, _| lists(regctl::command(setting, &["tag", "ls", &setting.at("app")]))),
            Some(|setting, _| {
                done(regctl::command(
                    setting,
                    &["tag", "delete", &setting.at("app:v1")],
                ))
            }),
            Some(|setting, images| {
                regctl::push(setting, &images.artifact, "app:sbom")?;
                let listed = run(regctl::command(
                    setting,
                    &[
                        "artifact",
                        "list",
                        "--format={{jsonPretty .}}",
                        &setting.at("app:v1"),
                    ],
                ))?;
                match listed.contains(images.artifact.digest()) {
                    true => Ok(()),
                    false => Err("it is not listed".into()),
                }
            }),
        ],
        "skopeo" => [
            Some(|setting, images| skopeo::push(setting, &images.image, "app:pushed")),
            Some(|setting, images| skopeo::pull(setting, &images.image, "app:v1")),
            Some(|setting, _| lists(skopeo::command(setting, "list-tags", "app"))),
            Some(|setting, _| done(skopeo::command(setting, "delete", "app:v1"))),
            none,
        ],
        _ => return None,
    }))
}

fn done(command: Command) -> Check {
    run(command).map(drop)
}

fn lists(command: Command) -> Check {
    match run(command)?.contains("v1") {
        true => Ok(()),
        false => Err("the tag is not listed".into()),
    }
}

pub(crate) fn cases(client: &Client, images: &Images, report: &mut Report) -> Check {
    let Some(deeds) = deeds(&client.name) else {
        return Ok(());
    };
    let mut rows: Vec<(Vec<&str>, String)> = Vec::new();
    for profile in Profile::names() {
        let cells = cells(profile, &deeds, images)?;
        match rows.iter_mut().find(|(_, known)| *known == cells) {
            Some((profiles, _)) => profiles.push(profile),
            None => rows.push((vec![profile], cells)),
        }
    }
    let rows: String = rows
        .iter()
        .map(|(profiles, cells)| {
            format!(
                "| `{}` | {} | {cells} |\n",
                profiles.join("`, `"),
                client.name
            )
        })
        .collect();
    let mut cases = Cases::new(report, &client.name);
    cases.case("profiles", || compare(&client.name, &rows));
    Ok(())
}

/// What becomes of each deed, each on a server of its own.
fn cells(profile: &str, deeds: &Deeds, images: &Images) -> Check<String> {
    let mut cells = Vec::new();
    for deed in deeds.0 {
        let Some(deed) = deed else {
            cells.push("–".to_owned());
            continue;
        };
        let scratch = tempfile::tempdir()?;
        let load = format!("app={}", images.image.dir.display());
        let flags = [
            "--profile",
            profile,
            "--auth",
            "none",
            "--rate-limit",
            "none",
            "--control",
            "--load",
            &load,
        ];
        let server = Server::with(scratch.path(), &flags)?;
        let setting = Setting {
            host: &server.host,
            images,
            scratch: scratch.path(),
            login: None,
        };
        cells.push(match deed(&setting, images) {
            Ok(()) => "yes".to_owned(),
            Err(_) => failing(&calls(&server.host)?),
        });
    }
    Ok(cells.join(" | "))
}

/// The request that failed: the last that was answered by an error.
fn failing(calls: &[Value]) -> String {
    let failed = calls
        .iter()
        .rev()
        .find(|call| call["status"].as_u64() >= Some(400));
    failed.map_or_else(
        || "no request failed".to_owned(),
        |call| {
            let text = |member: &str| call[member].as_str().unwrap_or("?").to_owned();
            format!(
                "`{} {}` {}",
                text("method"),
                shape(&text("path")),
                call["status"]
            )
        },
    )
}

/// A target without what is long in it, or different each time.
fn shape(target: &str) -> String {
    let path = target.split('?').next().unwrap_or_default();
    let mut parts: Vec<&str> = path.split('/').collect();
    let is_long = |part: &&str| part.contains(':') || part.len() > 40;
    if let Some(last) = parts.last_mut().filter(|part| is_long(part)) {
        *last = if last.contains(':') { "DIGEST" } else { "…" };
    }
    if let Some(at) = parts.iter().position(|part| *part == "uploads") {
        parts.truncate(at + 1);
        parts.push("…");
    }
    parts.join("/")
}

fn readme() -> PathBuf {
    here().join("../../README.md")
}

fn compare(client: &str, rows: &str) -> Check {
    let text = fs::read_to_string(readme())?;
    let start = text
        .find(HEAD)
        .ok_or("the README has no table of clients under profiles")?;
    let (before, table) = text.split_at(start + HEAD.len());
    let rows_there = table
        .split_inclusive('\n')
        .take_while(|line| line.starts_with("| "));
    let end = rows_there.map(str::len).sum();
    let (table, after) = table.split_at(end);
    let whose = |line: &str| line.split(" | ").nth(1).map(str::to_owned);
    let is_own = |line: &&str| whose(line).as_deref() == Some(client);
    let is: String = table
        .lines()
        .filter(is_own)
        .map(|line| format!("{line}\n"))
        .collect();
    if is == rows || std::env::var_os("UPDATE").is_none() {
        return same("the rows of the README (UPDATE=1 writes them)", rows, &is);
    }
    let others = table.lines().filter(|line| !is_own(line));
    let mut lines: Vec<&str> = others.chain(rows.lines()).collect();
    // The clients in order; the rows of each as they are.
    lines.sort_by_key(|line| whose(line));
    let table: String = lines.iter().map(|line| format!("{line}\n")).collect();
    Ok(fs::write(readme(), format!("{before}{table}{after}"))?)
}
