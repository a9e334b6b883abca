//! The binary.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener},
    process::{Child, ChildStdin, Command, Output, Stdio},
    time::{Duration, Instant},
};

use crate::client::{Client, PATIENCE, get};

/// The binary, running. Ended with this value.
pub(crate) struct Process {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registrette"));
    command.args(args);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("REGIST")) {
        command.env_remove(name);
    }
    command
}

/// Starts it on a free port.
pub(crate) fn start(args: &[&str]) -> Process {
    started(command(
        &[&["serve", "--addr", "127.0.0.1:0"], args].concat(),
    ))
}

fn started(mut command: Command) -> Process {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    Process { child, lines }
}

/// Runs it, when it is to end by itself.
pub(crate) fn failed(mut command: Command) -> (Option<i32>, String) {
    let Output {
        status,
        stderr,
        stdout,
    } = command.stdin(Stdio::null()).output().unwrap();
    assert!(stdout.is_empty());
    (status.code(), String::from_utf8(stderr).unwrap())
}

impl Process {
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn url(&mut self) -> String {
        let line = self.line();
        line.strip_prefix("listening on ").expect(&line).to_owned()
    }

    pub(crate) fn client(&mut self) -> Client {
        let url = self.url();
        Client::new(
            url.strip_prefix("http://")
                .unwrap()
                .parse::<SocketAddr>()
                .unwrap(),
        )
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().unwrap()
    }

    /// Waits for its end.
    fn ended(&mut self) -> (Option<i32>, String) {
        let since = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(since.elapsed() < PATIENCE, "it still runs");
            std::thread::sleep(Duration::from_millis(10));
        };
        let mut said = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        (status.code(), said)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn the_first_line_says_where_and_it_answers() {
    for name in ["serve", "run"] {
        let mut process = started(command(&[name, "--addr", "localhost:0"]));
        assert_eq!(process.client().ask(get("/v2/")).status, 200);
    }
}

#[test]
fn flags_reach_the_registry() {
    let mut process = start(&[
        "--no-delete",
        "--profile",
        "registry2",
        "--host",
        "a.test",
        "--public-url",
        "https://b.test/",
    ]);
    let mut client = process.client();
    let ask = |client: &mut Client, line: &str| {
        client.ask(format!(
            "{line} HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n"
        ))
    };
    let digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(
        ask(&mut client, &format!("DELETE /v2/app/blobs/{digest}")).status,
        405
    );
    let answer = ask(&mut client, "POST /v2/app/blobs/uploads/");
    assert!(
        answer
            .header("Location")
            .unwrap()
            .starts_with("https://b.test/v2/app/"),
        "{}",
        answer.head
    );
}

#[test]
fn variables_count_and_flags_stand_over_them() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let mut by_variable = command(&["serve"]);
    by_variable
        .env("REGISTRY_HTTP_ADDR", &taken)
        .env("REGISTRETTE_ADDR", "127.0.0.1:0");
    by_variable.env("REGISTRY_STORAGE_DELETE_ENABLED", "false");
    let mut client = started_client(by_variable);
    assert_eq!(client.ask(delete()).status, 405);

    let mut by_flag = command(&["serve", "--addr=127.0.0.1:0", "--no-delete=false"]);
    by_flag
        .env("REGISTRETTE_ADDR", &taken)
        .env("REGISTRY_STORAGE_DELETE_ENABLED", "false");
    let mut client = started_client(by_flag);
    assert_eq!(client.ask(delete()).status, 404);
}

fn delete() -> &'static str {
    "DELETE /v2/app/manifests/a HTTP/1.1\r\nHost: localhost\r\n\r\n"
}

/// A client of a server that runs as long as it.
fn started_client(command: Command) -> StartedClient {
    let mut process = started(command);
    StartedClient {
        client: process.client(),
        _process: process,
    }
}

struct StartedClient {
    client: Client,
    _process: Process,
}

impl StartedClient {
    fn ask(&mut self, bytes: &str) -> crate::client::Answer {
        self.client.ask(bytes)
    }
}

#[test]
fn one_seed_gives_one_id() {
    let id = |args: &[&str]| {
        let mut process = start(args);
        let answer = process.client().ask(
            "POST /v2/app/blobs/uploads/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
        );
        answer.header("Location").unwrap().to_owned()
    };
    assert_eq!(id(&["--seed", "7"]), id(&["--seed", "7"]));
    assert_ne!(id(&[]), id(&[]));
}

#[test]
fn a_taken_port_is_told() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let (code, said) = failed(command(&["serve", "--addr", &address]));
    assert_eq!(code, Some(2));
    assert!(
        said.contains(&address) && said.contains("--addr") && said.lines().count() == 1,
        "{said}"
    );
    // On a machine where 5000 is free there is nothing to be told.
    if let Ok(_holder) = TcpListener::bind("127.0.0.1:5000") {
        let (code, said) = failed(command(&["serve"]));
        assert!(
            code == Some(2) && said.contains("AirPlay") && said.contains("--addr"),
            "{said}"
        );
    }
}

#[test]
fn mistakes_are_told_in_a_sentence() {
    for (args, wanted) in [
        (&["--profile", "ociservr"][..], "ociserver"),
        (
            &["--tls-cert", "/no/such/file", "--tls-key", "/no/such/file"],
            "/no/such/file",
        ),
        (&["--tls-cert", "/no/such/file"], "--tls-key"),
        (
            &["--tls-cert", "/dev/null", "--tls-key", "/dev/null"],
            "no certificate",
        ),
        (&["--ca-out", "/tmp/x"], "--tls test"),
        (
            &["--tls", "test", "--ca-out", "/no/such/place"],
            "/no/such/place",
        ),
        (&["--ready-file", "/no/such/place"], "/no/such/place"),
        (&["--cors", "*"], "every page"),
        (&["--cors", "a.example"], "http://"),
        (&["--host", "*"], "name"),
        (&["--faults", "/no/such/file"], "/no/such/file"),
        (
            &["--faults", "/dev/null"],
            "/dev/null: fault rule: it is not JSON",
        ),
        (&["--public-url", "a.example"], "https://"),
        (&["--addr", "5000"], "no port"),
        (&["--addr", "192.0.2.1:0"], "192.0.2.1:0"),
    ] {
        let addr: &[&str] = if args.contains(&"--addr") {
            &[]
        } else {
            &["--addr", "127.0.0.1:0"]
        };
        let (code, said) = failed(command(&[&["serve"], addr, args].concat()));
        assert_eq!(code, Some(2), "{args:?}: {said}");
        assert!(
            said.contains(wanted) && said.lines().count() == 1,
            "{args:?}: {said}"
        );
    }
}

#[test]
fn faults_are_there_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("faults.json");
    let rules = r#"[{"when":{"first":1},"do":[{"verb":"status","status":503}]}]"#;
    fs::write(&path, rules).unwrap();
    let mut process = start(&["--faults", path.to_str().unwrap()]);
    let mut client = process.client();
    assert_eq!(client.ask(get("/v2/")).status, 503);
    assert_eq!(client.ask(get("/v2/")).status, 200);
}

#[test]
fn an_hour_is_over_at_once_by_an_automatic_clock() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("faults.json");
    fs::write(&path, r#"{"do":[{"verb":"delay","time":"1h"}]}"#).unwrap();
    let mut process = start(&["--faults", path.to_str().unwrap(), "--clock", "auto"]);
    assert_eq!(process.client().ask(get("/v2/")).status, 200);
    let (_, said) = failed(command(&["serve", "--clock", "autom"]));
    assert!(
        said.contains("[possible values: real, virtual, auto]"),
        "{said}"
    );
}

#[test]
fn an_unknown_flag_is_told() {
    for args in [
        &["serve", "--controll"][..],
        &["serve", "--references", "strickt"],
        &["serv"],
        &[],
    ] {
        let (code, said) = failed(command(args));
        assert_eq!(code, Some(2), "{said}");
        assert!(
            said.contains("error: ") || said.contains("Usage: "),
            "{said}"
        );
    }
}

#[test]
fn the_ready_file_is_there_when_it_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ready.json");
    let mut process = start(&["--ready-file", path.to_str().unwrap(), "--env"]);
    let url = process.url();
    let ready: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(
        ready,
        serde_json::json!({ "url": url, "pid": process.child.id(), "control": null })
    );
    assert_eq!(process.line(), format!("REGISTRY_URL={url}"));
    assert_eq!(process.line(), "REGISTRY_INSECURE=true");
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "something is left beside it"
    );
}

#[test]
fn the_test_ca_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let mut process = start(&["--tls", "test", "--ca-out", path.to_str().unwrap(), "--env"]);
    assert!(process.url().starts_with("https://127.0.0.1:"));
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        registrette::serve::Tls::TEST_CA
    );
    assert!(process.line().starts_with("REGISTRY_URL=https://"));
    assert_eq!(process.line(), "REGISTRY_INSECURE=false");
}

#[test]
fn it_ends_with_its_parent_when_told_to() {
    let mut process = start(&["--exit-with-parent"]);
    process.url();
    let mut stdin = process.stdin();
    stdin.write_all(b"still here\n").unwrap();
    std::thread::sleep(Duration::from_millis(100));
    assert!(process.child.try_wait().unwrap().is_none());
    drop(stdin);
    assert_eq!(process.ended(), (Some(0), String::new()));

    let mut process = start(&[]);
    process.url();
    drop(process.stdin());
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        process.child.try_wait().unwrap().is_none(),
        "it ended although it was not told to"
    );
}

#[cfg(unix)]
#[test]
fn a_signal_stops_it_gracefully() {
    for signal in ["-INT", "-TERM"] {
        let mut process = start(&[]);
        let mut client = process.client();
        assert_eq!(client.ask(get("/v2/")).status, 200);
        let pid = process.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(process.ended(), (Some(0), String::new()), "{signal}");
        assert_eq!(client.rest().0, b"");
    }
}

#[test]
fn each_request_is_a_line_on_stderr() {
    let mut process = start(&["--log", "--exit-with-parent"]);
    assert_eq!(process.client().ask(get("/v2/?x=%1b[31m")).status, 200);
    drop(process.stdin());
    let (_, said) = process.ended();
    assert!(said.contains(" GET /v2/?x=%1b[31m 200 2B "), "{said}");
}

#[test]
fn off_loopback_there_is_a_warning() {
    let mut process = started(command(&[
        "serve",
        "--addr",
        "0.0.0.0:0",
        "--exit-with-parent",
    ]));
    assert!(process.url().starts_with("http://127.0.0.1:"));
    drop(process.stdin());
    let (_, said) = process.ended();
    assert!(
        said.starts_with("warning: 0.0.0.0:") && said.contains("not loopback"),
        "{said}"
    );
}

#[test]
fn control_is_there_when_it_is_asked_for() {
    let ready = tempfile::tempdir().unwrap();
    let file = ready.path().join("ready.json");
    let mut process = start(&[
        "--control",
        "--history",
        "1",
        "--ready-file",
        file.to_str().unwrap(),
    ]);
    let mut client = process.client();
    let ready: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let url = ready["url"].as_str().unwrap();
    assert_eq!(ready["control"], format!("{url}/_control"));
    for _ in 0..2 {
        assert_eq!(client.ask(get("/v2/")).status, 200);
    }
    let calls: serde_json::Value =
        serde_json::from_slice(&client.ask(get("/_control/calls")).body).unwrap();
    assert_eq!(calls.as_array().unwrap().len(), 1);
}

#[test]
fn who_asks_for_control_that_is_off_is_told_of_once_in_the_log() {
    let mut process = start(&["--exit-with-parent"]);
    let mut client = process.client();
    for path in ["/_control/health", "/_control/reset"] {
        assert_eq!(client.ask(get(path)).status, 404);
    }
    drop(client);
    drop(process.stdin());
    let (_, said) = process.ended();
    assert_eq!(said.matches("--control").count(), 1, "{said}");
}

#[test]
fn control_that_others_could_use_is_not_started() {
    for (args, wanted) in [
        (
            &["--control", "--addr", "0.0.0.0:0"][..],
            "--control-token TOKEN",
        ),
        (
            &["--control", "--control-token", "a b"],
            "change --control-token",
        ),
        (&["--control-token", "a"], "give that, too"),
        (&["--history", "5"], "give that, too"),
        (&["--control", "--cors", "*"], "name each origin"),
    ] {
        let (code, said) = failed(command(&[&["serve"], args].concat()));
        assert_eq!(code, Some(2), "{args:?}");
        assert!(said.contains(wanted), "{args:?}: {said}");
    }
}
