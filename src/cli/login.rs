//! `registrette login-file`: credentials for clients under test, where they look for them.

use std::{fs, io, path::PathBuf};

use http::Uri;
use registrette::spec::base64;
use serde_json::{Value, json};

use super::Mistake;

#[derive(clap::Args, Debug)]
pub(super) struct LoginFile {
    /// The folder for config.json; made where it is not there. For clients, DOCKER_CONFIG=DIR.
    pub(super) dir: PathBuf,

    /// Where the registry is, as its first line says.
    #[arg(long, value_name = "URL")]
    pub(super) url: String,

    /// Who the clients are to be; without, they are nobody.
    #[arg(long, value_name = "NAME:PASSWORD", env = "REGISTRETTE_USER")]
    pub(super) user: Option<String>,
}

/// Writes the file. What else is in one that is there stays.
pub(super) fn login_file(args: &LoginFile) -> Result<(), Mistake> {
    let path = args.dir.join("config.json");
    let fault = |what: &str, fault: &dyn std::fmt::Display| {
        Mistake(format!("{} {what}: {fault}", path.display()))
    };
    let mut config = match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).map_err(|it| fault("is not JSON", &it))?,
        Err(it) if it.kind() == io::ErrorKind::NotFound => json!({}),
        Err(it) => return Err(fault("cannot be read", &it)),
    };
    let Some(members) = config.as_object_mut() else {
        return Err(fault("is no client's file", &"it is no object"));
    };
    let auths = members.entry("auths").or_insert_with(|| json!({}));
    let Some(auths) = auths.as_object_mut() else {
        return Err(fault("is no client's file", &"its auths are no object"));
    };
    let entry = match args.user.as_deref() {
        None => None,
        Some(user) if user.contains(':') && !user.starts_with(':') => {
            Some(json!({ "auth": base64::encode(user.as_bytes()) }))
        }
        Some(_) => {
            return Err(Mistake(
                "--user is not NAME:PASSWORD; write it like --user alice:secret".to_owned(),
            ));
        }
    };
    for name in names(&args.url)? {
        match &entry {
            Some(entry) => drop(auths.insert(name, entry.clone())),
            None => drop(auths.remove(&name)),
        }
    }
    let text = serde_json::to_string_pretty(&Value::Object(members.clone()));
    let text = text.map_err(|it| fault("cannot be written", &it))?;
    let written = fs::create_dir_all(&args.dir).and_then(|()| fs::write(&path, text + "\n"));
    written.map_err(|it| fault("cannot be written", &it))
}

/// The names by which clients call a registry there.
fn names(url: &str) -> Result<Vec<String>, Mistake> {
    let uri: Option<Uri> = url.parse().ok();
    let is_http = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
    let authority = uri.filter(is_http).and_then(|uri| uri.authority().cloned());
    let Some(authority) = authority.filter(|authority| !authority.as_str().contains('@')) else {
        return Err(Mistake(format!(
            "{url:?} is no URL of a registry; write it like --url http://127.0.0.1:5000"
        )));
    };
    let mut names = vec![authority.to_string()];
    let local = ["127.0.0.1", "localhost"];
    if let Some(port) = authority
        .port_u16()
        .filter(|_| local.contains(&authority.host()))
    {
        names.extend(local.map(|name| format!("{name}:{port}")));
        names.sort();
        names.dedup();
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(dir: &std::path::Path, url: &str, user: Option<&str>) -> Result<Value, String> {
        let args = LoginFile {
            dir: dir.to_owned(),
            url: url.to_owned(),
            user: user.map(str::to_owned),
        };
        login_file(&args).map_err(|Mistake(fault)| fault)?;
        let text = fs::read_to_string(dir.join("config.json")).unwrap();
        Ok(serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn clients_find_a_name_and_a_password() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("docker");
        let made = run(&dir, "http://127.0.0.1:5000", Some("alice:secret")).unwrap();
        // alice:secret
        let auth = json!({ "auth": "YWxpY2U6c2VjcmV0" });
        let wanted = json!({ "auths": { "127.0.0.1:5000": auth, "localhost:5000": auth } });
        assert_eq!(made, wanted);
        let more = run(&dir, "https://registry.example/", Some("bob:b:c")).unwrap();
        assert_eq!(more["auths"]["registry.example"]["auth"], "Ym9iOmI6Yw==");
        assert_eq!(more["auths"]["localhost:5000"], auth);
        let less = run(&dir, "http://localhost:5000", None).unwrap();
        assert_eq!(less["auths"].as_object().unwrap().len(), 1);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let dir = tempfile::tempdir().unwrap();
        for (url, user, wanted) in [
            ("127.0.0.1:5000", None, "write it like --url"),
            ("http://a:b@c", None, "write it like --url"),
            ("http://a", Some("alice"), "--user is not NAME:PASSWORD"),
        ] {
            assert!(run(dir.path(), url, user).unwrap_err().contains(wanted));
        }
        fs::write(dir.path().join("config.json"), "[]").unwrap();
        let fault = run(dir.path(), "http://a", None).unwrap_err();
        assert!(fault.contains("it is no object"), "{fault}");
        fs::write(dir.path().join("config.json"), "{").unwrap();
        let fault = run(dir.path(), "http://a", None).unwrap_err();
        assert!(fault.contains("is not JSON"), "{fault}");
    }
}
