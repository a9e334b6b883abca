//! Tokens as JWTs (RFC 7519), signed and checked (RFC 7515).

use serde_json::{Value, json};

use crate::{
    layer::Claims,
    spec::{Scope, Timestamp, base64},
};

/// A JWT taken apart, its signature not checked yet.
pub(super) struct Parts<'a> {
    pub(super) algorithm: String,
    pub(super) kid: Option<String>,
    pub(super) payload: Value,
    /// What the signature is over.
    pub(super) signed: &'a str,
    pub(super) signature: Vec<u8>,
}

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 16 << 10;

impl<'a> Parts<'a> {
    /// # Errors
    /// What is wrong with its form.
    pub(super) fn of(token: &'a str) -> Result<Self, String> {
        let malformed = || "the token is no JWT".to_owned();
        let (signed, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = signed.split_once('.').ok_or_else(malformed)?;
        if token.len() > LONGEST || payload.contains('.') {
            return Err(malformed());
        }
        let json = |text: &str| -> Option<Value> { serde_json::from_slice(&unbase64(text)?).ok() };
        let header = json(header).ok_or_else(malformed)?;
        let payload = json(payload).ok_or_else(malformed)?;
        let text = |name: &str| header.get(name).and_then(Value::as_str).map(str::to_owned);
        if header.get("crit").is_some() {
            return Err(
                "the token has a crit header, of which nothing is understood here".to_owned(),
            );
        }
        Ok(Self {
            algorithm: text("alg").ok_or("the token's header has no alg")?,
            kid: text("kid"),
            payload,
            signed,
            signature: unbase64(signature).ok_or_else(malformed)?,
        })
    }
}

/// What stands before the signature.
pub(super) fn unsigned(kid: &str, claims: &Claims, service: &str) -> String {
    let seconds = |time: Timestamp| time.as_millis() / 1000;
    let access: Vec<Value> = claims.scopes.iter().map(access).collect();
    let header = json!({ "alg": "ES256", "kid": kid, "typ": "JWT" });
    let payload = json!({
        "access": access,
        "aud": service,
        "exp": seconds(claims.expires),
        "iat": seconds(claims.issued),
        "iss": service,
        "jti": claims.serial.to_string(),
        "nbf": seconds(claims.not_before),
        "sub": claims.user.clone().unwrap_or_default(),
    });
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    format!("{}.{}", part(&header), part(&payload))
}

fn access(scope: &Scope) -> Value {
    let text = scope.to_string();
    let (kind, rest) = text.split_once(':').unwrap_or_default();
    let (name, actions) = rest.rsplit_once(':').unwrap_or_default();
    let actions: Vec<&str> = actions.split(',').collect();
    json!({ "type": kind, "name": name, "actions": actions })
}

/// What a payload claims, when it is from and for whom it should be.
///
/// # Errors
/// What is missing, or not as it should be.
pub(super) fn claims(payload: &Value, issuer: &str, service: &str) -> Result<Claims, String> {
    let text = |name: &str| payload.get(name).and_then(Value::as_str);
    if text("iss") != Some(issuer) {
        return Err(format!(
            "the token's iss is {}, not {issuer:?}",
            shown(payload, "iss")
        ));
    }
    let is_for = |aud: &Value| {
        let all = aud
            .as_array()
            .map_or_else(|| std::slice::from_ref(aud), Vec::as_slice);
        all.iter().any(|one| one.as_str() == Some(service))
    };
    if !payload.get("aud").is_some_and(is_for) {
        return Err(format!(
            "the token's aud is {}, not {service:?}",
            shown(payload, "aud")
        ));
    }
    let time = |name: &str| -> Result<Option<Timestamp>, String> {
        let Some(value) = payload.get(name) else {
            return Ok(None);
        };
        let seconds = value.as_u64().or_else(|| value.as_f64().map(whole));
        let seconds = seconds.ok_or_else(|| format!("the token's {name} is no time"))?;
        Ok(Some(Timestamp::from_millis(seconds.saturating_mul(1000))))
    };
    let expires = time("exp")?.ok_or("the token has no exp: it would last for ever")?;
    let issued = time("iat")?.unwrap_or_default();
    let access = payload.get("access").and_then(Value::as_array);
    Ok(Claims {
        is_refresh: false,
        // Those of others have no number of ours, and are not revoked here.
        serial: text("jti")
            .and_then(|jti| jti.parse().ok())
            .unwrap_or(u64::MAX),
        issued,
        not_before: time("nbf")?.unwrap_or_default(),
        expires,
        user: text("sub").filter(|sub| !sub.is_empty()).map(str::to_owned),
        scopes: access.into_iter().flatten().filter_map(scope).collect(),
    })
}

fn scope(entry: &Value) -> Option<Scope> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let actions = entry
        .get("actions")?
        .as_array()?
        .iter()
        .filter_map(Value::as_str);
    let actions = actions.collect::<Vec<_>>().join(",");
    Scope::parse(&format!("{}:{}:{actions}", text("type")?, text("name")?)).ok()?
}

fn shown(payload: &Value, name: &str) -> String {
    let value = payload
        .get(name)
        .map_or_else(|| "missing".to_owned(), Value::to_string);
    value.chars().take(100).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and nothing else is wanted"
)]
fn whole(number: f64) -> u64 {
    number as u64
}

/// Base64 for URLs, without padding (RFC 7515, section 2).
pub(super) fn base64url(bytes: &[u8]) -> String {
    let text = base64::encode(bytes).replace('+', "-").replace('/', "_");
    text.trim_end_matches('=').to_owned()
}

pub(super) fn unbase64(text: &str) -> Option<Vec<u8>> {
    if text.contains(['+', '/', '=']) {
        return None;
    }
    let mut text = text.replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    base64::decode(&text)
}
