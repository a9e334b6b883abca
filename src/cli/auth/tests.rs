//! What the flags of authentication take, and what they refuse.

use std::fs;

use super::*;

fn fault(args: &AuthArgs) -> String {
    match args.gate(false, None) {
        Ok(gate) => panic!("{gate:?}"),
        Err(Mistake(sentence)) => sentence,
    }
}

fn with(scheme: Scheme, users: &[&str]) -> AuthArgs {
    AuthArgs {
        auth: Some(scheme),
        user: users.iter().map(|user| (*user).to_owned()).collect(),
        ..AuthArgs::default()
    }
}

#[test]
fn what_is_given_is_taken() {
    assert!(AuthArgs::default().gate(true, None).unwrap().is_none());
    for args in [
        with(Scheme::Basic, &["alice:s3cret", "bob:a:b"]),
        with(Scheme::Bearer, &["*:*"]),
        AuthArgs {
            anonymous: Some(Anonymous::Pull),
            token_ttl: Some("90s".to_owned()),
            ..with(Scheme::Any, &[])
        },
    ] {
        assert!(args.gate(true, None).unwrap().is_some());
    }
}

#[test]
fn nothing_is_open_by_mistake() {
    let base = || with(Scheme::Bearer, &["alice:s3cret"]);
    let path = || Some(PathBuf::from("/no/such/file"));
    for (args, wanted) in [
        (
            with(Scheme::None, &["alice:s3cret"]),
            "--user does nothing without --auth",
        ),
        (
            AuthArgs {
                htpasswd: path(),
                ..AuthArgs::default()
            },
            "--htpasswd does nothing",
        ),
        (
            AuthArgs {
                access: path(),
                ..AuthArgs::default()
            },
            "--access does nothing",
        ),
        (with(Scheme::Basic, &[]), "there is no user"),
        (
            with(Scheme::Basic, &["alice"]),
            "--user is not NAME:PASSWORD",
        ),
        (
            with(Scheme::Basic, &["alice:"]),
            "the password of \"alice\" is empty",
        ),
        (with(Scheme::Basic, &[":x"]), "it is empty"),
        (
            with(Scheme::Basic, &["anonymous:x"]),
            "it stands for others",
        ),
        (with(Scheme::Basic, &["a:x", "a:y"]), "it is there twice"),
        (with(Scheme::Basic, &["a:x", "*:*"]), "leave it or them out"),
        (
            AuthArgs {
                htpasswd: path(),
                ..base()
            },
            "/no/such/file cannot be read",
        ),
        (
            AuthArgs {
                access: path(),
                ..base()
            },
            "/no/such/file cannot be read",
        ),
        (
            AuthArgs {
                token_ttl: Some("5".to_owned()),
                ..base()
            },
            "--token-ttl",
        ),
        (
            AuthArgs {
                token_ttl: Some("0s".to_owned()),
                ..base()
            },
            "lasts no time",
        ),
        (
            AuthArgs {
                token_ttl: Some("5m".to_owned()),
                ..with(Scheme::Basic, &["a:x"])
            },
            "which has no tokens",
        ),
    ] {
        let said = fault(&args);
        assert!(said.contains(wanted), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
}

#[test]
fn tokens_of_others_need_all_that_is_said_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let key = r#"{"kty":"EC","crv":"P-256","x":"p9R6xsx01OH_VrvuqU14hwLAVqkUmZWS8vk8wxUjmjo","y":"2gZkW40xUAIQXSQTmX0xYwEZVbXgELgSOxAbpoNYM0I"}"#;
    fs::write(&path, key).unwrap();
    let whole = || AuthArgs {
        token_key: vec![path.clone()],
        token_issuer: Some("auth.example".to_owned()),
        token_realm: Some("https://auth.example/token".to_owned()),
        ..with(Scheme::Bearer, &[])
    };
    assert!(whole().gate(false, None).unwrap().is_some());
    let form = Some(TokenForm::Jwt);
    assert!(
        AuthArgs {
            token_form: form,
            ..with(Scheme::Any, &["a:b"])
        }
        .gate(false, None)
        .unwrap()
        .is_some()
    );
    for (args, wanted) in [
        (
            AuthArgs {
                token_issuer: None,
                ..whole()
            },
            "--token-issuer NAME",
        ),
        (
            AuthArgs {
                token_key: Vec::new(),
                ..whole()
            },
            "--token-key FILE",
        ),
        (
            AuthArgs {
                token_realm: None,
                ..whole()
            },
            "by their realm",
        ),
        (
            AuthArgs {
                token_form: form,
                ..whole()
            },
            "leave one out",
        ),
        (
            AuthArgs {
                auth: Some(Scheme::Basic),
                ..whole()
            },
            "--token-key does nothing with",
        ),
        (
            AuthArgs {
                auth: Some(Scheme::None),
                ..whole()
            },
            "--token-key does nothing without",
        ),
        (
            AuthArgs {
                token_key: vec!["/no/such/file".into()],
                ..whole()
            },
            "/no/such/file cannot be read",
        ),
    ] {
        let said = fault(&args);
        assert!(said.contains(wanted), "{said}");
    }
    fs::write(&path, "{}").unwrap();
    assert!(fault(&whole()).contains("neither EC on P-256 nor RSA"));
}

#[test]
fn rules_are_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.json");
    let with = |text: &str| {
        fs::write(&path, text).unwrap();
        let access = Some(path.clone());
        AuthArgs {
            access,
            ..with(Scheme::Basic, &["alice:s3cret"])
        }
    };
    let good = r#"[{ "user": "alice", "repository": "team/**", "actions": ["pull"] }]"#;
    assert!(with(good).gate(false, None).unwrap().is_some());
    for (text, wanted) in [
        ("[", "line 1 column 1"),
        ("[\n{ \"usr\": \"alice\" }]", "unknown field `usr`"),
        ("[\n{ \"usr\": \"alice\" }]", "line 2 column 7"),
        ("[{ \"user\": \"alice\" }]", "missing field `repository`"),
        (
            r#"[{ "user": "alcie", "repository": "**", "actions": ["pull"] }]"#,
            "did you mean \"alice\"?",
        ),
        (
            r#"[{ "user": "alice", "repository": "**", "actions": ["pul"] }]"#,
            "did you mean \"pull\"?",
        ),
        (
            r#"[{ "user": "alice", "repository": "**", "actions": [] }]"#,
            "it has no actions",
        ),
        (
            r#"[{ "user": "alice", "repository": "", "actions": ["pull"] }]"#,
            "matches no repository",
        ),
        (
            r#"[{ "user": "alice", "repository": "**", "actions": ["push"] }]"#,
            "give pull with push",
        ),
        (
            r#"[{ "user": "anonymous", "repository": "**", "actions": ["pull"] }]"#,
            "let anonymous pull",
        ),
    ] {
        let said = fault(&with(text));
        assert!(said.contains(wanted), "{said}");
    }
    let args = AuthArgs {
        anonymous: Some(Anonymous::Pull),
        ..with(r#"[{ "user": "anonymous", "repository": "**", "actions": ["*"] }]"#)
    };
    assert!(fault(&args).contains("anonymous can pull"));
}
