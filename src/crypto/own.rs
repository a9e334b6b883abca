//! The registry's own tokens as JWTs, signed by ES256.

use p256::ecdsa::{Signature, SigningKey, VerifyingKey, signature::Signer, signature::Verifier};
use serde_json::json;

use super::{
    jwt::{Parts, claims, unsigned},
    key::{Key, thumbprint},
};
use crate::{
    content::Sha2,
    layer::{Claims, TokenForm},
    spec::Algorithm,
};

/// Tokens as JWTs. The key is made of the registry's secret, and signatures are deterministic (RFC 6979): the same
/// claims give the same token.
#[derive(Clone, Copy, Debug, Default)]
pub struct Jwt;

impl TokenForm for Jwt {
    fn seal(&self, secret: &[u8; 32], claims: &Claims, service: &str) -> Option<String> {
        let key = signing_key(secret)?;
        let signed = unsigned(&kid(&key), claims, service);
        let signature: Signature = key.sign(signed.as_bytes());
        Some(format!(
            "{signed}.{}",
            super::jwt::base64url(&signature.to_bytes())
        ))
    }

    fn open(&self, secret: &[u8; 32], token: &str, service: &str) -> Result<Claims, String> {
        let parts = Parts::of(token)?;
        let key = signing_key(secret).ok_or("there is no key")?;
        if parts.algorithm != "ES256" {
            return Err(format!(
                "the token's alg is {:?}, its key's is ES256",
                parts.algorithm
            ));
        }
        let signature = Signature::from_slice(&parts.signature);
        let checked = signature.and_then(|signature| {
            key.verifying_key()
                .verify(parts.signed.as_bytes(), &signature)
        });
        checked.map_err(|_| "the token is none of ours".to_owned())?;
        claims(&parts.payload, service, service)
    }

    fn keys(&self, secret: &[u8; 32]) -> Option<String> {
        let key = signing_key(secret)?;
        let mut jwk = Key::jwk_of(key.verifying_key());
        let members = jwk.as_object_mut()?;
        members.insert("alg".to_owned(), "ES256".into());
        members.insert("use".to_owned(), "sig".into());
        members.insert("kid".to_owned(), kid(&key).into());
        Some(json!({ "keys": [jwk] }).to_string())
    }
}

fn kid(key: &SigningKey) -> String {
    let public: &VerifyingKey = key.verifying_key();
    thumbprint(&Key::jwk_of(public))
}

/// The first number that is a key, of those that follow from the secret: nearly always the first.
fn signing_key(secret: &[u8; 32]) -> Option<SigningKey> {
    (0..4_u8).find_map(|count| {
        let seed = [&b"ES256"[..], secret, &[count]].concat();
        SigningKey::from_slice(Sha2::digest(Algorithm::Sha256, &seed).as_bytes()).ok()
    })
}
