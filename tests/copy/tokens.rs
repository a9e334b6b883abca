//! Logins by an identity token: what `docker login` keeps for registries that give one.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
};

use serde_json::Value;

use crate::{
    process::{Ended, Server, command, end, text},
    world::{IMAGES, PRINTED, layout},
};

/// What alice gets for her password, once and for all.
fn identity_token(host: &str) -> String {
    let form =
        "grant_type=password&client_id=test&access_type=offline&username=alice&password=secret";
    let mut stream = TcpStream::connect(host).unwrap();
    let ask = format!(
        "POST /_token HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(ask.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    body["refresh_token"].as_str().unwrap().to_owned()
}

/// Runs it where that is the config file, and helpers are those in the folder.
fn run(args: &[&str], folder: &Path, config: &str) -> Ended {
    fs::write(folder.join("config.json"), config).unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut command = command(args);
    command
        .env("DOCKER_CONFIG", folder)
        .env("PATH", format!("{}:{path}", folder.display()));
    end(command)
}

#[cfg(unix)]
fn helper(folder: &Path, answer: &str) {
    let helper = folder.join("docker-credential-test");
    fs::write(&helper, format!("#!/bin/sh\necho '{answer}'\n")).unwrap();
    let may_run = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&helper, may_run).unwrap();
}

#[cfg(unix)]
#[test]
fn an_identity_token_is_as_good_as_the_password() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().join("layout");
    layout(IMAGES, &dir);
    let flags = ["--auth", "bearer", "--user", "alice:secret"];
    let server = Server::start(&flags);
    let (host, token) = (&server.host, identity_token(&server.host));
    let in_file = format!(r#"{{"auths":{{"{host}":{{"identitytoken":"{token}"}}}}}}"#);
    // As some tools write it, with a name that nobody has beside it.
    let beside = format!(r#"{{"auths":{{"{host}":{{"auth":"MDo=","identitytoken":"{token}"}}}}}}"#);
    let by_helper = format!(r#"{{"credHelpers":{{"{host}":"test"}}}}"#);
    helper(
        scratch.path(),
        &format!(r#"{{"Username":"<token>","Secret":"{token}"}}"#),
    );
    let copied = run(&["copy", text(&dir), host], scratch.path(), &in_file);
    assert_eq!(copied.code, Some(0), "{}", copied.complained);
    for config in [&in_file, &beside, &by_helper] {
        let ended = run(&["catalog", host], scratch.path(), config);
        assert_eq!(ended.said, PRINTED, "{config}: {}", ended.complained);
    }
    assert!(server.asked("POST /_token") >= 4, "{}", server.told());
    assert_eq!(server.asked("GET /_token"), 0, "{}", server.told());
}

#[test]
fn one_that_is_refused_is_told_and_not_shown() {
    let scratch = tempfile::tempdir().unwrap();
    for (scheme, wanted) in [
        ("bearer", "gives no token: 401"),
        ("basic", "an identity token is kept for it"),
    ] {
        let server = Server::start(&["--auth", scheme, "--user", "alice:secret"]);
        let host = &server.host;
        let config = format!(r#"{{"auths":{{"{host}":{{"identitytoken":"t0p"}}}}}}"#);
        let ended = run(&["catalog", host], scratch.path(), &config);
        assert_eq!((ended.code, &*ended.said), (Some(2), ""), "{scheme}");
        let said = ended.complained;
        assert!(said.contains(wanted) && !said.contains("t0p"), "{said}");
    }
}
