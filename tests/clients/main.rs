//! Real registry clients push to and pull from `registrette serve`.
//!
//! `clients.txt` lists them, `install.sh` installs them. Every client gets a server of its own, on
//! loopback. A word after `--` selects the clients whose names contain it.

#![expect(
    clippy::print_stdout,
    reason = "the report is what this program is for"
)]

mod auth;
mod buildah;
mod command;
mod containers;
mod crane;
mod digest;
mod distribution;
mod docker_registry;
mod examples;
mod forms;
mod gotest;
mod images;
mod layout;
mod list;
mod matrix;
mod oras_py;
mod podman;
mod probed;
mod regctl;
mod report;
mod retries;
mod server;
mod setting;
mod skopeo;
mod tar;

use std::error::Error;
use std::process::ExitCode;

use crate::images::Images;
use crate::list::{Client, Presence};
use crate::report::{Cases, Report};
use crate::server::Server;
use crate::setting::Setting;

/// What every step here answers: nothing or a value, or the sentence that says why not.
pub(crate) type Check<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let words = list::words(std::env::args().skip(1));
    let chosen: Vec<Client> = list::read()
        .into_iter()
        .filter(|client| client.matches(&words))
        .collect();
    if std::env::args().any(|word| word == "--list") {
        for client in &chosen {
            println!("{}: test", client.name);
        }
        return ExitCode::SUCCESS;
    }
    let mut report = Report::default();
    if !chosen.is_empty()
        && let Err(error) = run(&chosen, &mut report)
    {
        report.failed("clients", "prepare", &error.to_string());
    }
    report.close()
}

fn run(chosen: &[Client], report: &mut Report) -> Check {
    let scratch = tempfile::tempdir()?;
    let images = Images::make(&scratch.path().join("images"))?;
    for client in chosen {
        match client.presence() {
            Presence::Here => {
                if let Err(error) = serve(client, &images, report) {
                    report.failed(&client.name, "server", &error.to_string());
                }
            }
            Presence::Missing(reason) if list::must_be_complete() => {
                report.failed(&client.name, "installed", &reason)
            }
            Presence::Missing(reason) | Presence::CannotRun(reason) => {
                report.skipped(&client.name, &reason)
            }
        }
    }
    Ok(())
}

/// Starts a server for one client, runs the client's cases, and looks whether the server is still there.
fn serve(client: &Client, images: &Images, report: &mut Report) -> Check {
    let scratch = tempfile::tempdir()?;
    let mut server = Server::start(scratch.path())?;
    let setting = Setting {
        host: &server.host,
        images,
        scratch: scratch.path(),
        login: None,
    };
    let before = report.failures();
    let mut cases = Cases::new(report, &client.name);
    match client.name.as_str() {
        "buildah" => buildah::cases(&setting, &mut cases),
        "containerd" => gotest::cases(&setting, &mut cases, "TestContainerd"),
        "crane" => {
            crane::cases(&setting, &mut cases);
            probed::crane(&setting, &mut cases);
        }
        "distribution" => {
            let program = setting::tools().join("bin/distribution");
            docker_registry::cases(&setting, &program, &mut cases);
            distribution::cases(&setting, &program, &mut cases);
            probed::profile(&setting, &program, "distribution", &mut cases);
        }
        "docker-registry" => {
            docker_registry::cases(&setting, "docker-registry".as_ref(), &mut cases);
            probed::profile(
                &setting,
                "docker-registry".as_ref(),
                "registry2",
                &mut cases,
            );
        }
        "example-go" => examples::go(&mut cases),
        "example-pytest" => examples::python(&setting, &mut cases),
        "oras-go" => gotest::cases(&setting, &mut cases, "TestOrasGo"),
        "oras-py" => oras_py::cases(&setting, &mut cases),
        "podman" => podman::cases(&setting, &mut cases),
        "regctl" => regctl::cases(&setting, &mut cases),
        "skopeo" => {
            skopeo::cases(&setting, &mut cases);
            forms::cases(&setting, &mut cases);
        }
        _ => cases.case("known", || Err("no cases are written for it".into())),
    }
    cases.case("server-stays", || server.still_runs());
    if cases.failures() > before {
        println!("what {} asked: {}", client.name, server.said());
    }
    drop(server);
    auth::cases(client, images, report)?;
    retries::cases(client, images, report)?;
    matrix::cases(client, images, report)
}
