//! `@ DIRECTIVE`: what is done to a registry past HTTP.

use std::time::Duration;

use registrette::{
    Config,
    layer::{AuthOptions, RateRule, Rule},
    spec::{Accept, Limits, Profile, Quirks, References, Settings, Timestamp},
};

use crate::{carriers::Carrier, syntax::Transcript};

/// The registry that a transcript starts with.
pub(crate) fn config(transcript: &Transcript) -> Result<Config, String> {
    let seed = transcript
        .directives()
        .find_map(|directive| directive.strip_prefix("seed "));
    let seed = seed.map_or(Ok(0), number)?;
    let mut config = Config::new(seed);
    config.calls = usize::MAX;
    Ok(config)
}

/// Does what a directive says.
pub(crate) fn direct(carrier: &mut impl Carrier, directive: &str) -> Result<(), String> {
    if let Some(time) = directive.strip_prefix('+') {
        let millis = number(time.strip_suffix("ms").ok_or("how many ms?")?)?;
        let moved = carrier.advance(Duration::from_millis(millis));
        return moved
            .then_some(())
            .ok_or_else(|| "the clock cannot be moved".to_owned());
    }
    let mut done = Ok(());
    carrier.with(&mut |registry| {
        done = match directive.split_once(' ').unwrap_or((directive, "")) {
            ("reset", "") => registry.reset().map_err(|fault| fault.to_string()),
            ("seed", _) => Ok(()),
            ("auth", "off") => {
                registry.set_auth(None);
                Ok(())
            }
            ("auth", options) => {
                let gate = auth(options).and_then(AuthOptions::gate);
                gate.map(|gate| registry.set_auth(Some(gate)))
            }
            ("rate-limit", "off") => {
                registry.set_rate_limit(None);
                Ok(())
            }
            ("rate-limit", rule) => {
                RateRule::parse(rule).map(|rule| registry.set_rate_limit(Some(rule)))
            }
            ("fault", rule) => {
                let added = Rule::parse(rule).map(|rule| {
                    registry.add_fault(Timestamp::from_millis(0), rule);
                });
                added.map_err(|fault| fault.to_string())
            }
            ("revoke", "tokens") => {
                registry.revoke_tokens();
                Ok(())
            }
            (name, value) => {
                let mut settings = registry.settings().clone();
                let set = set(&mut settings, name, value);
                set.and_then(|()| {
                    registry
                        .configure(settings)
                        .map_err(|fault| fault.to_string())
                })
            }
        };
    });
    done
}

#[cfg(not(feature = "auth"))]
fn auth(options: &str) -> Result<AuthOptions, String> {
    AuthOptions::parse(options)
}

/// Options as the registry reads them, and those of signed tokens, which are flags of the command line.
#[cfg(feature = "auth")]
fn auth(options: &str) -> Result<AuthOptions, String> {
    use registrette::crypto::{Foreign, Jwt};

    let mut options: serde_json::Value =
        serde_json::from_str(options).map_err(|fault| fault.to_string())?;
    let mut take = |name: &str| options.as_object_mut().and_then(|all| all.remove(name));
    let (form, issuer, keys) = (take("tokenForm"), take("tokenIssuer"), take("tokenKeys"));
    let mut options = AuthOptions::read(&options)?;
    if form.is_some() {
        options.form = Some(std::sync::Arc::new(Jwt));
    }
    if let (Some(issuer), Some(keys)) = (issuer, keys) {
        let mut foreign = Foreign::new(issuer.as_str().unwrap_or_default());
        foreign.add(&keys.to_string())?;
        options.form = Some(std::sync::Arc::new(foreign));
    }
    Ok(options)
}

fn set(settings: &mut Settings, name: &str, value: &str) -> Result<(), String> {
    let unknown = || format!("no setting {name} {value}");
    match (name, value) {
        ("profile", value) if value.contains('=') => {
            let (prefix, name) = value.split_once('=').ok_or_else(unknown)?;
            settings.set_quirks_below(prefix, Quirks::read(&name.into())?)?;
        }
        ("profile", value) => {
            let profile = Profile::named(value).map_err(|fault| fault.to_string())?;
            settings.quirks = profile.quirks().map_err(|fault| fault.to_string())?;
        }
        ("quirk", value) => {
            let (switch, value) = value.split_once(' ').ok_or_else(unknown)?;
            let value = serde_json::from_str(value).map_err(|fault| fault.to_string())?;
            settings.quirks.set(switch, &value)?;
        }
        ("references", "strict") => settings.references = References::Strict,
        ("references", "lax") => settings.references = References::Lax,
        ("references", "sparse") => settings.references = References::Sparse,
        ("accept", "lenient") => settings.accept = Accept::Lenient,
        ("accept", "strict") => settings.accept = Accept::Strict,
        ("deletes", "on") => settings.deletes = true,
        ("deletes", "off") => settings.deletes = false,
        ("read-only", "on") => settings.read_only = true,
        ("read-only", "off") => settings.read_only = false,
        ("catalog", "on") => settings.catalog = true,
        ("catalog", "off") => settings.catalog = false,
        ("chunk-min-length", value) => settings.chunk_min_length = Some(number(value)?),
        ("public-url", value) => settings.public_url = Some(value.to_owned()),
        ("trust-forwarded", "on") => settings.trust_forwarded = true,
        ("header", value) => {
            let (name, value) = value.split_once(": ").ok_or_else(unknown)?;
            settings.add_header(name, value)?;
        }
        ("limit", value) => {
            let (limit, value) = value.split_once(' ').ok_or_else(unknown)?;
            set_limit(&mut settings.limits, limit, number(value)?)?;
        }
        _ => return Err(unknown()),
    }
    Ok(())
}

fn set_limit(limits: &mut Limits, name: &str, value: u64) -> Result<(), String> {
    let size = usize::try_from(value).map_err(|fault| fault.to_string());
    match name {
        "manifest" => limits.manifest = value,
        "blob" => limits.blob = value,
        "total" => limits.total = value,
        "repositories" => limits.repositories = value,
        "tags" => limits.tags = value,
        "sessions" => limits.sessions = value,
        "page" => limits.page = value,
        "session-idle" => limits.session_idle = Duration::from_millis(value),
        "name" => limits.name = size?,
        "headers" => limits.headers = size?,
        "target" => limits.target = size?,
        _ => return Err(format!("no limit {name}")),
    }
    Ok(())
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("no number: {text}"))
}
