//! The command line: flags and variables in, a server out; images in and out.

mod address;
mod args;
mod auth;
mod catalog;
mod copy;
mod disk;
mod end;
mod folder;
mod likeness;
mod load;
mod login;
mod only;
mod plan;
mod profiles;
mod progress;
mod remote;
mod say;
mod serve;
mod stop;

use std::process::ExitCode;

use clap::Parser;
use registrette::archive::Fault;

use self::{
    args::{Args, Command},
    plan::Plan,
};

/// What the caller can change; one sentence that says how.
#[derive(Debug)]
struct Mistake(String);

impl From<Fault> for Mistake {
    fn from(fault: Fault) -> Self {
        Self(fault.to_string())
    }
}

/// The exit code for a mistake of the caller, as clap has it.
const MISTAKE: u8 = 2;

/// Runs the command.
pub(crate) fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Serve(args) => Plan::new(*args).and_then(serve::serve),
        Command::LoginFile(args) => login::login_file(&args),
        Command::Catalog(args) => catalog::catalog(&args),
        Command::Profiles(args) => profiles::profiles(&args),
        Command::Copy(args) => copy::copy(&args),
        Command::Init(args) => copy::init(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Mistake(sentence)) => {
            say::on_stderr(&format!("registrette: {sentence}"));
            ExitCode::from(MISTAKE)
        }
    }
}
