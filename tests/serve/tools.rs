//! Other people's clients, where they are installed.

use std::{
    io::ErrorKind,
    process::{Command, Stdio},
};

/// A program that need not be there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tool {
    Curl,
    Node,
    Openssl,
    Python,
}

/// Runs it and gives what it wrote; `None`, and a line that counts as skipped, where it is not installed. In CI it must
/// be.
pub(crate) fn run(tool: Tool, args: &[&str]) -> Option<String> {
    let program = match tool {
        Tool::Curl => "curl",
        Tool::Node => "node",
        Tool::Openssl => "openssl",
        Tool::Python => "python3",
    };
    match Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .output()
    {
        Ok(output) => {
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success(),
                "{program}: {}: {error}",
                output.status
            );
            Some(String::from_utf8(output.stdout).unwrap())
        }
        Err(fault) if fault.kind() == ErrorKind::NotFound && std::env::var_os("CI").is_none() => {
            println!("skipped: {program} is not installed");
            None
        }
        Err(fault) => panic!("{program}: {fault}"),
    }
}
