//! Clients that have to say who they are: pushes by somebody, pulls by anybody, with passwords and with tokens.

use std::process::Command;

use crate::Check;
use crate::command::run;
use crate::images::Images;
use crate::layout::Image;
use crate::list::Client;
use crate::report::{Cases, Report};
use crate::server::Server;
use crate::setting::Setting;
use crate::{crane, gotest, oras_py, podman, regctl, skopeo};

type Transfer = fn(&Setting<'_>, &Image, &str) -> Check;

/// Two servers for each client, one for each way of saying who it is.
pub(crate) fn cases(client: &Client, images: &Images, report: &mut Report) -> Check {
    for scheme in ["basic", "bearer"] {
        let scratch = tempfile::tempdir()?;
        let user = ["--user", "alice:secret", "--anonymous", "pull"];
        let flags = [&["--auth", scheme], &user[..]].concat();
        let server = Server::with(scratch.path(), &flags)?;
        let login = scratch.path().join("login");
        let url = format!("http://{}", server.host);
        run(Command::new(env!("CARGO_BIN_EXE_registrette"))
            .arg("login-file")
            .arg(&login)
            .args(["--url", &url, "--user", "alice:secret"]))?;
        let nobody = Setting {
            host: &server.host,
            images,
            scratch: scratch.path(),
            login: None,
        };
        let alice = Setting {
            login: Some(&login),
            ..nobody
        };
        let name = format!("{} {scheme}", client.name);
        let before = report.failures();
        let mut cases = Cases::new(report, &name);
        let (push, pull): (Transfer, Transfer) = match client.name.as_str() {
            "crane" => (crane::push, crane::pull),
            "regctl" => (regctl::push, regctl::pull),
            "skopeo" => (skopeo::push, skopeo::pull),
            "podman" => (podman::push, podman::pull),
            "oras-py" => {
                oras_py::script(&alice, &mut cases, "oras_auth.py");
                cases.case("asked", || asked(&server, scheme));
                continue;
            }
            "containerd" => {
                gotest::cases(&alice, &mut cases, "TestContainerdAuth");
                cases.case("asked", || asked(&server, scheme));
                continue;
            }
            _ => return Ok(()),
        };
        let image = &images.image;
        cases.case("push-of-nobody-is-refused", || {
            match push(&nobody, image, "app:v1") {
                Ok(()) => Err("it was let in".into()),
                Err(_) => Ok(()),
            }
        });
        cases.case("push", || push(&alice, image, "app:v1"));
        cases.case("pull-by-nobody", || pull(&nobody, image, "app:v1"));
        cases.case("asked", || asked(&server, scheme));
        if cases.failures() > before {
            println!("what {name} asked: {}", server.said());
        }
    }
    Ok(())
}

/// Checks that the client was refused first, and asked for tokens where there are any, and only there.
fn asked(server: &Server, scheme: &str) -> Check {
    let said = server.said();
    let lines = || said.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let refused = lines().filter(|line| line.get(3) == Some(&"401")).count();
    let is_token = |line: &Vec<&str>| {
        line.get(2)
            .is_some_and(|target| target.starts_with("/_token"))
            && line.get(3) == Some(&"200")
    };
    let tokens = lines().filter(is_token).count();
    if refused > 0 && (tokens > 0) == (scheme == "bearer") {
        return Ok(());
    }
    Err(format!("refused {refused} times, {tokens} tokens with {scheme}: {said}").into())
}
