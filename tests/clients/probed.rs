//! Real registries, as `registrette probe` sees them: the profiles that were made from them say the same.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use registrette::spec::Profile;
use serde_json::{Map, Value, json};

use crate::Check;
use crate::docker_registry::Theirs;
use crate::forms::ours;
use crate::report::{Cases, same};
use crate::server::get;
use crate::setting::{Setting, tools};

/// A profile is what its registry does.
pub(crate) fn profile(setting: &Setting<'_>, program: &Path, name: &str, cases: &mut Cases<'_>) {
    cases.case("probe", || {
        let tree = setting.path("probed");
        fs::create_dir_all(&tree)?;
        let theirs = Theirs::start(setting, program, &tree, "")?;
        let quirks = Profile::named(name)?.quirks()?;
        let told = probe(&theirs.host)?;
        compare(&told, &quirks.to_json())?;
        let nearest = told["nearest"][0].to_string();
        match nearest.contains(&format!("{name:?}")) {
            true => Ok(()),
            false => Err(format!("the nearest is {nearest}").into()),
        }
    });
}

/// crane's registry is like nobody: these are its ways.
pub(crate) fn crane(setting: &Setting<'_>, cases: &mut Cases<'_>) {
    cases.case("probe-its-registry", || {
        let registry = Registry::start(setting)?;
        let ways = json!({
            "DisableReferrersAPI": true,
            "OmitLinkHeaderFromResponses": true,
            "blobBeforeName": true,
            "emptyCheck": true,
            "mounts": "session",
            "omitManifestLocation": true,
            "opaqueManifests": true,
            "uploadOnSight": true,
        });
        compare(&probe(&registry.host)?, ways.as_object().ok_or("no ways")?)
    });
}

fn probe(host: &str) -> Check<Value> {
    Ok(serde_json::from_str(&ours(&[
        "probe", "--write", "--json", host,
    ])?)?)
}

/// Deletes are left out: whether they are taken is a setting of the registry.
fn compare(told: &Value, wanted: &Map<String, Value>) -> Check {
    let shown = |all: &Map<String, Value>| {
        let lines = all.iter().filter(|(name, _)| *name != "refuseDeletes");
        let mut lines: Vec<String> = lines
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        lines.sort();
        lines.join("\n")
    };
    let seen = told["switches"].as_object().ok_or("no switches")?;
    same("how it differs", &shown(wanted), &shown(seen))
}

/// crane's registry, on a port that was free a moment ago.
struct Registry {
    host: String,
    child: Child,
}

impl Registry {
    #[allow(
        clippy::disallowed_methods,
        reason = "a process has no clock that can be turned"
    )]
    fn start(setting: &Setting<'_>) -> Check<Self> {
        let free = std::net::TcpListener::bind("127.0.0.1:0")?;
        let host = free.local_addr()?.to_string();
        drop(free);
        let mut command = setting.command(tools().join("bin/crane"));
        command.args(["registry", "serve", "--address", &host]);
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let registry = Self { host, child };
        for _ in 0..200 {
            if get(&registry.host, "/v2/").is_ok() {
                return Ok(registry);
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        Err("crane's registry does not answer".into())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
