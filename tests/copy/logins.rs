//! Registries that ask who it is.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
};

use crate::process::{command, end};

/// A registry with an empty catalogue, that answers each request by a function of its line and its `Authorization`.
fn registry(
    answer: impl Fn(&str, &str, &str) -> String + Send + 'static,
) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let (sender, asked) = channel();
    let own = host.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream: TcpStream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap());
            let (mut line, mut authorization) = (String::new(), String::new());
            lines.read_line(&mut line).unwrap();
            loop {
                let mut header = String::new();
                lines.read_line(&mut header).unwrap();
                if let Some(value) = header.to_lowercase().strip_prefix("authorization: ") {
                    authorization = header[header.len() - value.len()..].trim().to_owned();
                }
                if header.trim().is_empty() {
                    break;
                }
            }
            let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
            drop(sender.send(format!("{target} {authorization}")));
            let mut stream = stream;
            drop(stream.write_all(answer(&own, &target, &authorization).as_bytes()));
            drop(stream.shutdown(std::net::Shutdown::Write));
            drop(stream.read(&mut [0]));
        }
    });
    (host, asked)
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn who(challenge: &str) -> String {
    format!(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

fn catalog(host: &str, config: &str) -> crate::process::Ended {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.json"), config).unwrap();
    let mut command = command(&["catalog", "--raw", host]);
    command.env("DOCKER_CONFIG", folder.path());
    end(command)
}

#[test]
fn a_password_is_taken_from_dockers_config() {
    let (host, asked) = registry(|_, _, authorization| match authorization {
        "Basic dTpw" => ok("{\"repositories\":[]}"),
        _ => who("Basic realm=\"test\""),
    });
    let ended = catalog(
        &host,
        &format!(r#"{{"auths":{{"{host}":{{"auth":"dTpw"}}}}}}"#),
    );
    assert_eq!(
        (ended.code, ended.said.as_str()),
        (Some(0), "{\"repositories\":[]}\n"),
        "{}",
        ended.complained
    );
    // It is not told before it is asked for.
    let lines: Vec<String> = asked.try_iter().collect();
    assert_eq!(lines, ["/v2/_catalog ", "/v2/_catalog Basic dTpw"]);
    let ended = catalog(&host, "{}");
    assert_eq!(ended.code, Some(2));
    assert!(ended.complained.contains("401"), "{}", ended.complained);
}

#[test]
fn a_token_is_fetched_with_it() {
    let (host, asked) = registry(
        |host, target, authorization| match (target, authorization) {
            ("/v2/_catalog", "Bearer granted") => ok("{\"repositories\":[]}"),
            ("/token?service=a%2Cb&scope=registry:catalog:%2A", "Basic dTpw") => {
                ok("{\"token\":\"granted\"}")
            }
            _ => who(&format!(
                "Bearer realm=\"http://{host}/token\",service=\"a,b\""
            )),
        },
    );
    let ended = catalog(
        &host,
        &format!(r#"{{"auths":{{"{host}":{{"auth":"dTpw"}}}}}}"#),
    );
    assert_eq!(
        ended.code,
        Some(0),
        "{} {:?}",
        ended.complained,
        asked.try_iter().collect::<Vec<_>>()
    );
    let lines: Vec<String> = asked.try_iter().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
}

#[test]
fn where_it_redirects_to_nobody_is_told() {
    let (elsewhere, asked_there) = registry(|_, _, _| ok("{\"repositories\":[\"a\"]}"));
    let (host, asked) = registry(move |_, _, authorization| match authorization {
        "Basic dTpw" => format!(
            "HTTP/1.1 307 Moved\r\nLocation: http://{elsewhere}/there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ),
        _ => who("Basic"),
    });
    let ended = catalog(
        &host,
        &format!(r#"{{"auths":{{"{host}":{{"auth":"dTpw"}}}}}}"#),
    );
    assert_eq!(
        ended.said, "{\"repositories\":[\"a\"]}\n",
        "{}",
        ended.complained
    );
    assert_eq!(asked_there.try_iter().collect::<Vec<_>>(), ["/there "]);
    assert_eq!(asked.try_iter().count(), 2);
}

#[test]
fn only_who_is_trusted_is_asked_over_tls() {
    let scratch = tempfile::tempdir().unwrap();
    let ca = scratch.path().join("ca.pem");
    let server =
        crate::process::Server::start(&["--tls", "test", "--ca-out", crate::process::text(&ca)]);
    let at = format!("https://{}", server.host);
    let mut trusting = command(&["catalog", "--raw", &at]);
    trusting.env("SSL_CERT_FILE", &ca);
    let ended = end(trusting);
    assert_eq!(
        ended.said, "{\"repositories\":[]}\n",
        "{}",
        ended.complained
    );
    let ended = end(command(&["catalog", "--raw", &at]));
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.complained.contains("certificate"),
        "{}",
        ended.complained
    );
}

/// Copies of everything, between two registries that ask for a password, by each scheme.
#[test]
fn images_are_copied_where_a_login_is_needed() {
    let scratch = tempfile::tempdir().unwrap();
    let layout = scratch.path().join("layout");
    crate::world::layout(crate::world::IMAGES, &layout);
    for scheme in ["basic", "bearer"] {
        let flags = [
            "--auth",
            scheme,
            "--user",
            "u:p",
            "--load",
            crate::process::text(&layout),
        ];
        let from = crate::process::Server::start(&flags);
        let to = crate::process::Server::start(&flags[..4]);
        // `u:p` in base64.
        let login = |host: &str| format!(r#""{host}":{{"auth":"dTpw"}}"#);
        let config = format!(
            "{{\"auths\":{{{},{}}}}}",
            login(&from.host),
            login(&to.host)
        );
        fs::write(scratch.path().join("config.json"), config).unwrap();
        let run = |args: &[&str]| {
            let mut command = command(args);
            command.env("DOCKER_CONFIG", scratch.path());
            end(command)
        };
        let ended = run(&["copy", &from.host, &to.host]);
        assert_eq!(ended.code, Some(0), "{scheme}: {}", ended.complained);
        let ended = run(&["catalog", &to.host]);
        assert_eq!(
            ended.said,
            crate::world::PRINTED,
            "{scheme}: {}",
            ended.complained
        );
        let ended = end(command(&["catalog", &to.host]));
        assert_eq!(ended.code, Some(2), "{scheme}");
    }
}

/// Helpers, by registry and for all others; what they do not keep is looked up in the file.
#[cfg(unix)]
#[test]
fn helpers_are_asked() {
    let (host, _asked) = registry(|_, _, authorization| match authorization {
        // u:p, and what stands in the file.
        "Basic dTpw" | "Basic ZmlsZTpw" => ok("{\"repositories\":[]}"),
        _ => who("Basic realm=\"test\""),
    });
    let keeps =
        r#"read -r host; echo "{\"ServerURL\":\"$host\",\"Username\":\"u\",\"Secret\":\"p\"}""#;
    let knows_one = format!(
        "read -r host; [ \"$1 $host\" = 'get {host}' ] && echo '{{\"Username\":\"u\",\"Secret\":\"p\"}}'"
    );
    let nothing = "echo 'credentials not found in native keychain'; exit 1";
    let token = r#"echo '{"Username":"<token>","Secret":"t0p"}'"#;
    let own = format!(r#"{{"credHelpers":{{"{host}":"test"}}}}"#);
    let of_another =
        format!(r#"{{"credHelpers":{{"{host}":"test"}},"credsStore":"no-such-helper"}}"#);
    let store = r#"{"credsStore":"test"}"#.to_owned();
    let both = format!(r#"{{"credsStore":"test","auths":{{"{host}":{{"auth":"ZmlsZTpw"}}}}}}"#);
    for (script, config, wanted) in [
        (keeps, &own, None),
        (&knows_one, &own, None),
        (keeps, &store, None),
        (keeps, &of_another, None),
        (nothing, &both, None),
        (nothing, &store, Some("401")),
        ("echo locked >&2; exit 3", &store, Some("locked")),
        ("echo t0p", &store, Some("is not {")),
        (token, &store, Some("identity token")),
        (
            keeps,
            &r#"{"credsStore":"../x"}"#.to_owned(),
            Some("no name"),
        ),
        (
            keeps,
            &r#"{"credsStore":"no-such-helper"}"#.to_owned(),
            Some("docker-credential-no-such-helper"),
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let helper = folder.path().join("docker-credential-test");
        fs::write(&helper, format!("#!/bin/sh\n{script}\n")).unwrap();
        let may_run = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&helper, may_run).unwrap();
        fs::write(folder.path().join("config.json"), config).unwrap();
        let path = std::env::var("PATH").unwrap();
        let mut command = command(&["catalog", "--raw", &host]);
        command
            .env("DOCKER_CONFIG", folder.path())
            .env("PATH", format!("{}:{path}", folder.path().display()));
        let ended = end(command);
        let said = &ended.complained;
        match wanted {
            None => assert_eq!(ended.code, Some(0), "{script}: {said}"),
            Some(wanted) => {
                assert_eq!(ended.code, Some(2), "{script}: {said}");
                assert!(said.contains(wanted), "{said}");
                assert!(!said.contains("t0p"), "{said}");
            }
        }
    }
}
