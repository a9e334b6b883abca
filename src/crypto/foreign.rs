//! Tokens that others give, checked by their public keys.

use super::{
    jwt::{Parts, claims},
    key::Key,
};
use crate::{
    layer::{Claims, TokenForm},
    spec::Timestamp,
};

/// Tokens of another issuer: JWTs signed by ES256 or RS256. The algorithm is the key's; a token that names another is
/// refused.
#[derive(Clone, Debug)]
pub struct Foreign {
    keys: Vec<Key>,
    issuer: String,
}

/// By how much another's clock may differ from ours, in milliseconds, as distribution has it.
const LEEWAY: u64 = 60_000;

impl Foreign {
    /// Takes what this issuer signs, once there are keys.
    #[must_use]
    pub fn new(issuer: &str) -> Self {
        Self {
            keys: Vec::new(),
            issuer: issuer.to_owned(),
        }
    }

    /// Adds keys: PEM of public keys, a JWK, or a set of them.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        self.keys.extend(Key::read_all(text)?);
        Ok(())
    }

    fn key(&self, kid: Option<&str>) -> Result<&Key, String> {
        match (kid, self.keys.as_slice()) {
            (None, [key]) => Ok(key),
            (None, keys) => Err(format!(
                "the token names no kid, and there are {} keys",
                keys.len()
            )),
            (Some(kid), keys) => {
                let found = keys
                    .iter()
                    .find(|key| key.kids.iter().any(|known| known == kid));
                let kid: String = kid.chars().take(100).collect();
                found.ok_or_else(|| format!("the token's kid is {kid:?}, which is no key of ours"))
            }
        }
    }
}

impl TokenForm for Foreign {
    fn seal(&self, _: &[u8; 32], _: &Claims, _: &str) -> Option<String> {
        None
    }

    fn open(&self, _: &[u8; 32], token: &str, service: &str) -> Result<Claims, String> {
        let parts = Parts::of(token)?;
        let key = self.key(parts.kid.as_deref())?;
        if parts.algorithm != key.algorithm() {
            let named: String = parts.algorithm.chars().take(20).collect();
            return Err(format!(
                "the token's alg is {named:?}, its key's is {}",
                key.algorithm()
            ));
        }
        if !key.verifies(parts.signed, &parts.signature) {
            return Err("the token's signature is wrong".to_owned());
        }
        let claims = claims(&parts.payload, &self.issuer, service)?;
        let moved = |time: Timestamp, back: u64, forth: u64| {
            Timestamp::from_millis(time.as_millis().saturating_sub(back).saturating_add(forth))
        };
        Ok(Claims {
            not_before: moved(claims.not_before, LEEWAY, 0),
            expires: moved(claims.expires, 0, LEEWAY),
            ..claims
        })
    }

    fn keys(&self, _: &[u8; 32]) -> Option<String> {
        None
    }
}
