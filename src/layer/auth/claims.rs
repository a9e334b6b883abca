//! What a token says.

use std::fmt;

use super::mac::{Mac, is_equal, mac};
use crate::spec::{Scope, Timestamp};

/// What a token says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claims {
    /// Whether it is good for another token, and for nothing else.
    pub is_refresh: bool,
    /// Its number: tokens are revoked up to a number.
    pub serial: u64,
    /// When it was made.
    pub issued: Timestamp,
    /// When it begins to be good.
    pub not_before: Timestamp,
    /// When it is not good any more.
    pub expires: Timestamp,
    /// Whose it is; `None`: nobody's in particular.
    pub user: Option<String>,
    /// What it is good for.
    pub scopes: Vec<Scope>,
}

/// Another form of tokens than the registry's own opaque one. Refresh tokens are always opaque.
pub trait TokenForm: fmt::Debug + Send + Sync {
    /// A token for these claims, for a registry of that name, made with its secret; `None`: tokens are made elsewhere.
    fn seal(&self, secret: &[u8; 32], claims: &Claims, service: &str) -> Option<String>;

    /// What a token claims, for a registry of that name. Whether it has expired is not looked at here.
    ///
    /// # Errors
    /// Why it is worth nothing.
    fn open(&self, secret: &[u8; 32], token: &str, service: &str) -> Result<Claims, String>;

    /// The public keys to check tokens by, as a JSON Web Key Set; `None`: there are none of the registry's own.
    fn keys(&self, secret: &[u8; 32]) -> Option<String>;
}

impl Claims {
    /// As a text that nobody else can make: the claims line by line, and a code over them.
    pub(super) fn seal(&self, key: &Mac) -> String {
        let kind = if self.is_refresh { "refresh" } else { "access" };
        let user = self
            .user
            .as_ref()
            .map_or_else(String::new, |user| format!("={user}"));
        let mut text = format!(
            "{kind}\n{:06}\n{}\n{}\n{}\n{user}",
            self.serial,
            self.issued.as_millis(),
            self.not_before.as_millis(),
            self.expires.as_millis()
        );
        for scope in &self.scopes {
            text.push('\n');
            text.push_str(&scope.to_string());
        }
        let code = mac(key, text.as_bytes());
        hex::encode([&code[..], text.as_bytes()].concat())
    }

    /// Reads such a text; `None` where it is none of this key's.
    pub(super) fn open(token: &str, key: &Mac) -> Option<Self> {
        let bytes = hex::decode(token).ok()?;
        let (code, text) = bytes.split_first_chunk()?;
        if !is_equal(code, &mac(key, text)) {
            return None;
        }
        let mut lines = std::str::from_utf8(text).ok()?.split('\n');
        let kind = lines.next()?;
        let mut number = || lines.next()?.parse().ok();
        let [serial, issued, not_before, expires] = [number()?, number()?, number()?, number()?];
        let user = lines.next()?;
        Some(Self {
            is_refresh: kind == "refresh",
            serial,
            issued: Timestamp::from_millis(issued),
            not_before: Timestamp::from_millis(not_before),
            expires: Timestamp::from_millis(expires),
            user: user.strip_prefix('=').map(str::to_owned),
            scopes: lines
                .filter_map(|scope| Scope::parse(scope).ok()?)
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened_by_its_key_alone() {
        let scope = Scope::parse("repository:app:pull").unwrap();
        let claims = Claims {
            is_refresh: false,
            serial: 3,
            issued: Timestamp::from_millis(1),
            not_before: Timestamp::from_millis(1),
            expires: Timestamp::from_millis(2),
            user: Some("alice".to_owned()),
            scopes: scope.into_iter().collect(),
        };
        let sealed = claims.seal(&[1; 32]);
        assert_eq!(Claims::open(&sealed, &[1; 32]), Some(claims));
        assert_eq!(Claims::open(&sealed, &[2; 32]), None);
        let forged = sealed.replace(&hex::encode("pull"), &hex::encode("push"));
        assert_ne!(forged, sealed);
        assert_eq!(Claims::open(&forged, &[1; 32]), None);
        for bad in ["", "x", "00", &sealed[..sealed.len() - 2]] {
            assert_eq!(Claims::open(bad, &[1; 32]), None);
        }
    }
}
