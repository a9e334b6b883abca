//! Options, from JavaScript: names and types were checked there, with the nearest name for a wrong one.

use std::{sync::Arc, time::Duration};

use serde_json::{Map, Value, json};

use super::host::HostHashers;
use crate::{
    Config,
    guard::Guard,
    layer::{AuthOptions, RateRule, Scenarios},
    spec::{Accept, Limits, Profile, Quirks, References, Settings, from_text},
};

/// Options by name. What is not there is `null`.
struct Options(Value);

impl Options {
    fn read(json: &str) -> Result<Self, String> {
        from_text(json).map(Self).map_err(|fault| fault.to_string())
    }

    fn value(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    fn is(&self, name: &str) -> bool {
        self.value(name).as_bool().unwrap_or_default()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.value(name).as_str()
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.value(name).as_u64()
    }

    fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let list = self.value(name).as_array();
        list.into_iter().flatten().filter_map(Value::as_str)
    }

    fn members(&self, name: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.value(name).as_object().into_iter().flat_map(Map::iter)
    }
}

/// Reads the options of a registry.
pub(super) fn config(json: &str) -> Result<Config, String> {
    let options = Options::read(json)?;
    let mut config = Config::new(options.number("rngSeed").unwrap_or_default());
    config.settings = settings(&options)?;
    config.calls = options
        .number("calls")
        .and_then(|calls| usize::try_from(calls).ok())
        .unwrap_or(config.calls);
    let bodies = options.number("callBodies").unwrap_or_default();
    config.call_bodies = usize::try_from(bodies).unwrap_or(usize::MAX);
    // What a profile has of auth and rates counts where nothing is said of them; "none" is something.
    let named = options.text("profile").map(Profile::named).transpose();
    let named = named.map_err(|fault| fault.to_string())?;
    let (auth, rate) = named.map_or((None, None), |named| (named.auth, named.rate_limit));
    let given = options.value("auth");
    let auth = match given.is_null() {
        true => auth.map(|rule| rule.value).map(|mut rule| {
            if let (Some(members), Some(secret)) = (rule.as_object_mut(), options.text("secret")) {
                members.insert("secret".to_owned(), secret.into());
            }
            rule
        }),
        false => Some(given.clone()).filter(|given| given != "none"),
    };
    if let Some(auth) = auth {
        let gate = AuthOptions::read(&auth)?.gate();
        config.auth = Some(gate.map_err(|fault| format!("auth: {fault}"))?);
    }
    let journal = options.number("journal");
    config.journal = journal.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let given = options.value("rateLimit");
    let rule = rate.as_ref().and_then(|rule| rule.value.as_str());
    config.rate_limit = match given.is_null() {
        true => rule.map(RateRule::parse).transpose()?,
        false => Some(given)
            .filter(|given| *given != "none")
            .map(RateRule::read)
            .transpose()?,
    };
    config.scenarios = Scenarios::read(options.value("scenarios"))?;
    let hashers = options.number("hashers");
    if let Some(number) = hashers.and_then(|number| u32::try_from(number).ok()) {
        config.hashers = Arc::new(HostHashers(number));
    }
    Ok(config)
}

fn settings(options: &Options) -> Result<Settings, String> {
    let mut settings = Settings {
        public_url: options.text("publicUrl").map(str::to_owned),
        trust_forwarded: options.is("trustForwarded"),
        ..Settings::default()
    };
    be_like(&mut settings, options)?;
    settings.deletes = options
        .value("deletes")
        .as_bool()
        .unwrap_or(settings.deletes);
    settings.read_only = options.is("readOnly");
    settings.catalog = options
        .value("catalog")
        .as_bool()
        .unwrap_or(settings.catalog);
    settings.references = match options.text("references") {
        None => settings.references,
        Some("strict") => References::Strict,
        Some("lax") => References::Lax,
        Some("sparse") => References::Sparse,
        Some(other) => return Err(format!("references is {other:?}")),
    };
    settings.accept = match options.text("accept") {
        None => settings.accept,
        Some("lenient") => Accept::Lenient,
        Some("strict") => Accept::Strict,
        Some(other) => return Err(format!("accept is {other:?}")),
    };
    for (name, value) in options.members("headers") {
        settings.add_header(name, value.as_str().unwrap_or_default())?;
    }
    for (name, value) in options.members("limits") {
        let value = value
            .as_u64()
            .ok_or_else(|| format!("limit {name} is {value}"))?;
        limit(&mut settings.limits, name, value)?;
    }
    Ok(settings)
}

/// Sets whom to be like.
pub(super) fn set_profile(settings: &mut Settings, likeness: &str) -> Result<(), String> {
    be_like(settings, &Options::read(likeness)?)
}

fn be_like(settings: &mut Settings, options: &Options) -> Result<(), String> {
    settings.quirks = Quirks::read(&json!({
        "name": options.text("profile"),
        "quirks": options.value("quirks"),
    }))?;
    let none = Map::new();
    let prefixes = options.value("profiles").as_object().unwrap_or(&none);
    let read = settings.read_quirks_below(prefixes);
    read.map_err(|fault| format!("profiles: {fault}"))
}

fn limit(limits: &mut Limits, name: &str, value: u64) -> Result<(), String> {
    match name {
        "manifestBytes" => limits.manifest = value,
        "blobBytes" => limits.blob = value,
        "totalBytes" => limits.total = value,
        "repositories" => limits.repositories = value,
        "tags" => limits.tags = value,
        "sessions" => limits.sessions = value,
        "pageSize" => limits.page = value,
        "sessionIdleMs" => limits.session_idle = Duration::from_millis(value),
        _ => return Err(format!("there is no limit {name:?}")),
    }
    Ok(())
}

/// Reads who may ask over a socket.
pub(super) fn guard(json: &str) -> Result<Guard, String> {
    let options = Options::read(json)?;
    let mut guard = if options.is("loopback") {
        Guard::loopback()
    } else {
        Guard::open()
    };
    if options.is("https") {
        guard = guard.https();
    }
    if options.is("trustForwarded") {
        guard = guard.trust_forwarded();
    }
    for host in options.texts("hosts") {
        guard = guard.host(host)?;
    }
    for origin in options.texts("origins") {
        guard = guard.origin(origin)?;
    }
    Ok(guard)
}
