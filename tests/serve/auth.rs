//! Authentication, from flags to sockets.

use std::fs;

use crate::{
    client::Client,
    command::{Process, command, failed, start},
};

fn status(client: &mut Client, method: &str, target: &str, authorization: &str) -> u16 {
    let answer = client.ask(format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\nContent-Length: 0\r\n\r\n"
    ));
    answer.status
}

/// alice:U*U, alice:wrong.
const RIGHT: &str = "Basic YWxpY2U6VSpV";
const WRONG: &str = "Basic YWxpY2U6d3Jvbmc=";

#[test]
fn a_password_file_and_rules_keep_others_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    // The first vector of crypt_blowfish: the password is U*U.
    let hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    let users = file("htpasswd", &format!("# one user\nalice:{hash}\n"));
    let rules = r#"[{ "user": "alice", "repository": "own/*", "actions": ["pull", "push"] }]"#;
    let rules = file("access.json", rules);
    let mut process: Process =
        start(&["--auth", "basic", "--htpasswd", &users, "--access", &rules]);
    let mut client = process.client();
    for _ in 0..2 {
        assert_eq!(status(&mut client, "GET", "/v2/", RIGHT), 200);
        assert_eq!(status(&mut client, "GET", "/v2/", WRONG), 401);
    }
    let uploads = |name: &str| format!("/v2/{name}/blobs/uploads/");
    assert_eq!(status(&mut client, "POST", &uploads("own/app"), RIGHT), 202);
    assert_eq!(status(&mut client, "POST", &uploads("app"), RIGHT), 403);
    assert_eq!(status(&mut client, "POST", &uploads("own/app"), WRONG), 401);
}

#[test]
fn a_wrong_setting_stops_the_start() {
    for (args, wanted) in [
        (
            &["--user", "alice:s3cret"][..],
            "--user does nothing without --auth",
        ),
        (&["--auth", "basic"], "there is no user"),
        (
            &["--auth", "basic", "--user", "alice"],
            "write it like --user alice:secret",
        ),
        (
            &["--auth", "bearer", "--htpasswd", "/no/such/file"],
            "/no/such/file cannot be read",
        ),
        (
            &["--auth", "digest"],
            "[possible values: none, basic, bearer, any]",
        ),
        (
            &["--auth", "bearer", "--user", "a:b", "--token-ttl", "soon"],
            "--token-ttl",
        ),
    ] {
        let (code, said) = failed(command(
            &[&["serve", "--addr", "127.0.0.1:0"], args].concat(),
        ));
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(wanted), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
}

#[test]
fn a_page_of_a_named_origin_may_ask_and_read() {
    let mut process = start(&[
        "--cors",
        "http://app.example",
        "--auth",
        "basic",
        "--user",
        "a:b",
    ]);
    let mut client = process.client();
    let mut ask = |method: &str, origin: &str, more: &str| {
        client.ask(format!(
            "{method} /v2/ HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\n{more}\r\n"
        ))
    };
    let wants =
        "Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: authorization\r\n";
    // A browser asks without credentials whether it may ask with them.
    let preflight = ask("OPTIONS", "http://app.example", wants);
    assert_eq!(preflight.status, 204);
    assert_eq!(
        preflight.header("Access-Control-Allow-Headers"),
        Some("authorization")
    );
    let refused = ask("GET", "http://app.example", "");
    assert_eq!(refused.status, 401);
    assert_eq!(
        refused.header("Access-Control-Allow-Origin"),
        Some("http://app.example")
    );
    assert!(
        refused
            .header("Access-Control-Expose-Headers")
            .unwrap()
            .contains("WWW-Authenticate")
    );
    assert_eq!(ask("OPTIONS", "http://evil.example", wants).status, 403);
}
