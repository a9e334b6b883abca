//! distribution takes the tokens that are given here, once it has the keys: pushes by somebody, pulls by anybody.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Check;
use crate::command::{refused, run};
use crate::docker_registry::Theirs;
use crate::forms::ours;
use crate::report::{Cases, holds};
use crate::server::{Server, get};
use crate::setting::Setting;
use crate::skopeo;

pub(crate) fn cases(setting: &Setting<'_>, program: &Path, cases: &mut Cases<'_>) {
    cases.case("takes-our-tokens", || takes(setting, program));
    cases.case("refuses-those-of-another", || refuses(setting, program));
}

fn takes(setting: &Setting<'_>, program: &Path) -> Check {
    let issuer = issuer(setting)?;
    let theirs = guarded(setting, program, &issuer, &issuer)?;
    let login = login(setting, &theirs)?;
    let (image, to) = (&setting.images.image, format!("{}/app:v1", theirs.host));
    let from = format!("oci:{}", image.dir.display());
    let nobody = ours(&["copy", &from, &to]);
    let said = nobody.err().ok_or("nobody was let in")?.to_string();
    holds("what nobody is told", &said, "authentication required")?;
    run(copy(&login, &from, &to))?;
    let pulled = setting.path("pulled-by-nobody");
    ours(&["copy", &to, &pulled.display().to_string()])?;
    image.same_in(&pulled)?;
    let asked = issuer.said();
    holds("what it asked", &asked, "GET /_token?")?;
    // By someone else's client too, where it is installed: crane asks no private address but the registry's for tokens.
    if Command::new("skopeo").arg("--version").output().is_err() {
        return Ok(());
    }
    let alice = Setting {
        host: &theirs.host,
        login: Some(&login),
        ..*setting
    };
    skopeo::push(&alice, &setting.images.index, "deep/er/app:v1")
}

/// With the keys of another, the same tokens are none.
fn refuses(setting: &Setting<'_>, program: &Path) -> Check {
    let (issuer, another) = (issuer(setting)?, issuer(setting)?);
    let theirs = guarded(setting, program, &issuer, &another)?;
    let from = format!("oci:{}", setting.images.image.dir.display());
    let to = format!("{}/app:v1", theirs.host);
    refused(copy(&login(setting, &theirs)?, &from, &to), "401")
}

/// A server that gives tokens as JWTs.
fn issuer(setting: &Setting<'_>) -> Check<Server> {
    let flags = ["--auth", "bearer", "--token-form", "jwt"];
    let users = ["--user", "alice:secret", "--anonymous", "pull"];
    Server::with(setting.scratch, &[&flags[..], &users[..]].concat())
}

/// distribution, sending clients to one server for tokens and checking them by the keys of another.
fn guarded(setting: &Setting<'_>, program: &Path, asks: &Server, trusts: &Server) -> Check<Theirs> {
    let keys = setting.path("keys.json");
    fs::write(&keys, get(&trusts.host, "/_token/keys")?)?;
    let tree = tempfile::tempdir_in(setting.scratch)?.keep();
    let (host, keys) = (&asks.host, keys.display());
    let auth = format!(
        "auth:\n  token:\n    realm: http://{host}/_token\n    service: registrette\n    issuer: registrette\n    \
         jwks: {keys}\n    signingalgorithms: [ES256]\n"
    );
    Theirs::start(setting, program, &tree, &auth)
}

/// A folder with a `config.json` for it.
fn login(setting: &Setting<'_>, theirs: &Theirs) -> Check<std::path::PathBuf> {
    let dir = tempfile::tempdir_in(setting.scratch)?.keep();
    let (url, to) = (format!("http://{}", theirs.host), dir.display().to_string());
    ours(&["login-file", &to, "--url", &url, "--user", "alice:secret"])?;
    Ok(dir)
}

fn copy(login: &Path, from: &str, to: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registrette"));
    command.args(["copy", from, to]).env("DOCKER_CONFIG", login);
    command
}
