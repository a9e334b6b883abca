//! Logging in: what a registry asks for, and what Docker's config file has for it.

use std::{collections::BTreeMap, env, fs, path::PathBuf, sync::OnceLock};

use bytes::Bytes;
use http::{HeaderValue, Method, header::CONTENT_TYPE};
use registrette::spec::base64;
use serde::Deserialize;
use serde_json::Value;

use super::{ask::Ask, helper};

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

    /// How to ask for the token, by a name and a password or as anybody.
    pub(super) fn question(&self, scope: &str) -> Option<Ask> {
        let (realm, wanted) = self.wanted(scope)?;
        let mut url = realm.to_owned();
        for (name, value) in wanted {
            let sign = if url.contains('?') { '&' } else { '?' };
            url = format!("{url}{sign}{name}={}", encoded(value));
        }
        Some(Ask::new(Method::GET, url, String::new()))
    }

    /// How to ask for the token by an identity token: the refresh token of OAuth 2 (RFC 6749, section 6).
    pub(super) fn exchange(&self, scope: &str, identity_token: &str) -> Option<Ask> {
        let (realm, wanted) = self.wanted(scope)?;
        let by = [
            ("grant_type", "refresh_token"),
            ("refresh_token", identity_token),
            ("client_id", "registrette"),
        ];
        let form = by.into_iter().chain(wanted);
        let form = form.map(|(name, value)| format!("{name}={}", encoded(value)));
        let mut ask = Ask::new(Method::POST, realm.to_owned(), String::new());
        ask.body = Bytes::from(form.collect::<Vec<_>>().join("&"));
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        Some(ask.header(CONTENT_TYPE, kind))
    }

    /// Where tokens are given, and what one is to be for.
    fn wanted<'a>(&'a self, scope: &'a str) -> Option<(&'a str, Vec<(&'static str, &'a str)>)> {
        let Self::Bearer {
            realm,
            service,
            scope: wanted,
        } = self
        else {
            return None;
        };
        let service = service.as_deref().unwrap_or_default();
        let scope = wanted.as_deref().unwrap_or(scope);
        let mut all = vec![("service", service), ("scope", scope)];
        all.retain(|(_, value)| !value.is_empty());
        Some((realm, all))
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

/// What is kept for a registry.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Kept {
    /// Name and password, as they are shown.
    Password(HeaderValue),
    /// What buys tokens, and is no password.
    IdentityToken(String),
}

/// What Docker's config file has for a registry, itself or by a helper; looked up when it is asked for.
pub(super) struct Login {
    host: String,
    found: OnceLock<Result<Option<Kept>, String>>,
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
    #[serde(rename = "identitytoken")]
    identity_token: Option<String>,
}

impl Login {
    pub(super) fn of(host: &str) -> Self {
        let (host, found) = (host.to_owned(), OnceLock::new());
        Self { host, found }
    }

    /// What there is.
    ///
    /// # Errors
    /// A helper that the file names cannot be asked.
    pub(super) fn kept(&self) -> Result<Option<Kept>, String> {
        let found = self.found.get_or_init(|| Config::read().login(&self.host));
        found.clone()
    }

    /// Name and password, as they are shown.
    ///
    /// # Errors
    /// As for [`Login::kept`]; or what is kept is no password.
    pub(super) fn basic(&self) -> Result<Option<HeaderValue>, String> {
        match self.kept()? {
            Some(Kept::Password(value)) => Ok(Some(value)),
            Some(Kept::IdentityToken(_)) => Err(format!(
                "{} asks for a password, and an identity token is kept for it; log in with one",
                self.host
            )),
            None => Ok(None),
        }
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
    fn login(&self, host: &str) -> Result<Option<Kept>, String> {
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
                // How helpers say that it is no password.
                if user == "<token>" {
                    return Ok(Some(Kept::IdentityToken(secret)));
                }
                let pair = base64::encode(format!("{user}:{secret}").as_bytes());
                return Ok(basic(&pair));
            }
        }
        let Some(entry) = names.iter().find_map(|name| self.auths.get(name)) else {
            return Ok(None);
        };
        let token = entry.identity_token.as_ref();
        if let Some(token) = token.filter(|token| !token.is_empty()) {
            return Ok(Some(Kept::IdentityToken(token.clone())));
        }
        Ok(entry.auth.as_deref().and_then(basic))
    }
}

fn basic(pair: &str) -> Option<Kept> {
    let mut value = HeaderValue::from_str(&format!("Basic {}", pair.trim())).ok()?;
    value.set_sensitive(true);
    Some(Kept::Password(value))
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
        let ask = bearer("https://a/t?x=1", Some("a b"), None)
            .exchange("repository:a:pull", "t&k=")
            .unwrap();
        assert_eq!((ask.method, &*ask.url), (Method::POST, "https://a/t?x=1"));
        assert_eq!(
            ask.body,
            "grant_type=refresh_token&refresh_token=t%26k%3D&client_id=registrette&service=a%20b&scope=repository:a:pull"
        );
    }

    #[test]
    fn dockers_config_is_read() {
        let text = r#"{"auths":{"a.test:1":{"auth":"dTpw"},"https://index.docker.io/v1/":{"auth":"eDp5"},"b.test":{},"d.test":{"auth":"MDo=","identitytoken":"it"}}}"#;
        let config: Config = serde_json::from_str(text).unwrap();
        for (host, wanted) in [
            ("a.test:1", Some("Basic dTpw")),
            ("docker.io", Some("Basic eDp5")),
            ("b.test", None),
            ("c.test", None),
            ("d.test", Some("it")),
        ] {
            let found = config.login(host).unwrap().map(|kept| match kept {
                Kept::Password(value) => value.to_str().unwrap().to_owned(),
                Kept::IdentityToken(token) => token,
            });
            assert_eq!(found.as_deref(), wanted, "{host}");
        }
    }
}
