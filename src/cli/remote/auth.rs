//! Logging in: what a registry asks for, and what Docker's config file has for it.

use std::{collections::BTreeMap, env, fs, path::PathBuf, sync::OnceLock};

use http::{HeaderValue, Method};
use serde::Deserialize;
use serde_json::Value;

use super::{super::login::base64, client::Ask, helper};

/// What a registry wants to see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Challenge {
    /// A name and a password.
    Basic,
    /// A token, from there.
    Bearer {
        realm: String,
        service: Option<String>,
        scope: Option<String>,
    },
}

impl Challenge {
    /// Reads a `WWW-Authenticate`.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let header = header.trim();
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let parameters = parameters(rest);
        let value = |wanted: &str| {
            let found = parameters
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.clone())
        };
        Some(Self::Bearer {
            realm: value("realm")?,
            service: value("service"),
            scope: value("scope"),
        })
    }

    /// How to ask for the token.
    pub(super) fn question(&self, scope: &str) -> Option<Ask> {
        let Self::Bearer {
            realm,
            service,
            scope: wanted,
        } = self
        else {
            return None;
        };
        let mut url = realm.clone();
        let scope = wanted.as_deref().unwrap_or(scope);
        for (name, value) in [("service", service.as_deref()), ("scope", Some(scope))] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                let sign = if url.contains('?') { '&' } else { '?' };
                url = format!("{url}{sign}{name}={}", encoded(value));
            }
        }
        Some(Ask::new(Method::GET, url, String::new()))
    }

    /// Takes the token out of the answer.
    pub(super) fn token(answer: &[u8]) -> Option<HeaderValue> {
        let answer: Value = serde_json::from_slice(answer).ok()?;
        let token = answer.get("token").or_else(|| answer.get("access_token"))?;
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.as_str()?)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// `name="value", name=value`, where a comma in quotes is none.
fn parameters(mut text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while let Some((name, rest)) = text.split_once('=') {
        let name = name.trim_matches([' ', ',', '\t']).to_owned();
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        found.push((name, value.trim().to_owned()));
        text = rest;
    }
    found
}

fn encoded(text: &str) -> String {
    let mut all = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' => {
                all.push(char::from(byte));
            }
            other => all.push_str(&format!("%{other:02X}")),
        }
    }
    all
}

/// What Docker's config file has for a registry, itself or by a helper; looked up when it is asked for.
pub(super) struct Login {
    host: String,
    found: OnceLock<Result<Option<HeaderValue>, String>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Config {
    auths: BTreeMap<String, Entry>,
    /// The helper that keeps everything that has none of its own.
    creds_store: Option<String>,
    /// Helpers, by registry.
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Entry {
    auth: Option<String>,
}

impl Login {
    pub(super) fn of(host: &str) -> Self {
        let (host, found) = (host.to_owned(), OnceLock::new());
        Self { host, found }
    }

    /// Name and password, as they are shown.
    ///
    /// # Errors
    /// A helper that the file names cannot be asked.
    pub(super) fn basic(&self) -> Result<Option<HeaderValue>, String> {
        let found = self.found.get_or_init(|| Config::read().login(&self.host));
        found.clone()
    }
}

impl Config {
    /// Looks where Docker does: `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`.
    fn read() -> Self {
        let folder = env::var_os("DOCKER_CONFIG").map(PathBuf::from);
        let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".docker"));
        let text = folder
            .or_else(home)
            .and_then(|folder| fs::read(folder.join("config.json")).ok());
        let config = text.and_then(|text| serde_json::from_slice(&text).ok());
        config.unwrap_or_default()
    }

    /// What there is for a registry: of its own helper, else of the store, else in the file.
    fn login(&self, host: &str) -> Result<Option<HeaderValue>, String> {
        let mut names = vec![
            host.to_owned(),
            format!("https://{host}"),
            format!("http://{host}"),
        ];
        if matches!(
            host,
            "docker.io" | "index.docker.io" | "registry-1.docker.io"
        ) {
            names.insert(0, "https://index.docker.io/v1/".to_owned());
        }
        for name in &names {
            let own = self.cred_helpers.get(name);
            if let Some(helper) = own.or(self.creds_store.as_ref())
                && let Some((user, secret)) = helper::ask(helper, name)?
            {
                let pair = base64(format!("{user}:{secret}").as_bytes());
                return Ok(basic(&pair));
            }
        }
        let entry = names.iter().find_map(|name| self.auths.get(name));
        let auth = entry.and_then(|entry| entry.auth.as_deref());
        Ok(auth.and_then(basic))
    }
}

fn basic(pair: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Basic {}", pair.trim())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let bearer = |realm: &str, service: Option<&str>, scope: Option<&str>| Challenge::Bearer {
            realm: realm.to_owned(),
            service: service.map(str::to_owned),
            scope: scope.map(str::to_owned),
        };
        for (header, wanted) in [
            ("Basic realm=\"a\"", Some(Challenge::Basic)),
            ("basic", Some(Challenge::Basic)),
            (
                "Bearer realm=\"https://a/t\",service=\"s\",scope=\"repository:a:pull,push\"",
                Some(bearer(
                    "https://a/t",
                    Some("s"),
                    Some("repository:a:pull,push"),
                )),
            ),
            (
                "bearer Realm=https://a/t, service=s",
                Some(bearer("https://a/t", Some("s"), None)),
            ),
            ("Bearer service=\"s\"", None),
            ("Negotiate", None),
            ("", None),
        ] {
            assert_eq!(Challenge::parse(header), wanted, "{header}");
        }
        let ask = bearer("https://a/t?x=1", Some("a b"), None).question("repository:a/b:pull,push");
        assert_eq!(
            ask.unwrap().url,
            "https://a/t?x=1&service=a%20b&scope=repository:a/b:pull%2Cpush"
        );
    }

    #[test]
    fn dockers_config_is_read() {
        let text = r#"{"auths":{"a.test:1":{"auth":"dTpw"},"https://index.docker.io/v1/":{"auth":"eDp5"},"b.test":{}}}"#;
        let config: Config = serde_json::from_str(text).unwrap();
        for (host, wanted) in [
            ("a.test:1", Some("Basic dTpw")),
            ("docker.io", Some("Basic eDp5")),
            ("b.test", None),
            ("c.test", None),
        ] {
            let found = config.login(host).unwrap();
            assert_eq!(
                found.as_ref().and_then(|value| value.to_str().ok()),
                wanted,
                "{host}"
            );
        }
    }
}
