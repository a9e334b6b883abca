//! Options, from JavaScript: names and types were checked there, with the nearest name for a wrong one.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde::Deserialize;

use super::host::HostHashers;
use crate::{
    Config,
    guard::Guard,
    spec::{Accept, Limits, Profile, Quirks, References, Settings},
};

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Options {
    rng_seed: u64,
    profile: Option<String>,
    quirks: BTreeMap<String, serde_json::Value>,
    references: Option<String>,
    accept: Option<String>,
    deletes: Option<bool>,
    limits: BTreeMap<String, u64>,
    public_url: Option<String>,
    trust_forwarded: bool,
    calls: usize,
    hashers: Option<u32>,
}

/// Reads the options of a registry.
pub(super) fn config(json: &str) -> Result<Config, String> {
    let options: Options = serde_json::from_str(json).map_err(|fault| fault.to_string())?;
    let settings = settings(&options)?;
    let mut config = Config::new(options.rng_seed);
    config.settings = settings;
    config.calls = options.calls;
    if let Some(number) = options.hashers {
        config.hashers = Arc::new(HostHashers(number));
    }
    Ok(config)
}

fn settings(options: &Options) -> Result<Settings, String> {
    let mut settings = Settings {
        quirks: quirks(options)?,
        public_url: options.public_url.clone(),
        trust_forwarded: options.trust_forwarded,
        ..Settings::default()
    };
    settings.deletes = options.deletes.unwrap_or(settings.deletes);
    settings.references = match options.references.as_deref() {
        None => settings.references,
        Some("strict") => References::Strict,
        Some("lax") => References::Lax,
        Some("sparse") => References::Sparse,
        Some(other) => return Err(format!("references is {other:?}")),
    };
    settings.accept = match options.accept.as_deref() {
        None => settings.accept,
        Some("lenient") => Accept::Lenient,
        Some("strict") => Accept::Strict,
        Some(other) => return Err(format!("accept is {other:?}")),
    };
    for (name, value) in &options.limits {
        limit(&mut settings.limits, name, *value)?;
    }
    Ok(settings)
}

fn quirks(options: &Options) -> Result<Quirks, String> {
    let mut quirks = match &options.profile {
        Some(name) => Profile::named(name).and_then(|profile| profile.quirks()),
        None => Ok(Quirks::default()),
    }
    .map_err(|fault| fault.to_string())?;
    for (name, value) in &options.quirks {
        quirks.set(name, value)?;
    }
    Ok(quirks)
}

fn limit(limits: &mut Limits, name: &str, value: u64) -> Result<(), String> {
    match name {
        "manifestBytes" => limits.manifest = value,
        "blobBytes" => limits.blob = value,
        "totalBytes" => limits.total = value,
        "repositories" => limits.repositories = value,
        "tags" => limits.tags = value,
        "sessions" => limits.sessions = value,
        "sessionIdleMs" => limits.session_idle = Duration::from_millis(value),
        _ => return Err(format!("there is no limit {name:?}")),
    }
    Ok(())
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct GuardOptions {
    loopback: bool,
    hosts: Vec<String>,
    origins: Vec<String>,
    https: bool,
    trust_forwarded: bool,
}

/// Reads who may ask over a socket.
pub(super) fn guard(json: &str) -> Result<Guard, String> {
    let options: GuardOptions = serde_json::from_str(json).map_err(|fault| fault.to_string())?;
    let mut guard = if options.loopback {
        Guard::loopback()
    } else {
        Guard::open()
    };
    if options.https {
        guard = guard.https();
    }
    if options.trust_forwarded {
        guard = guard.trust_forwarded();
    }
    for host in &options.hosts {
        guard = guard.host(host)?;
    }
    for origin in &options.origins {
        guard = guard.origin(origin)?;
    }
    Ok(guard)
}
