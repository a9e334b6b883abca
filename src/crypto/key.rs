//! Public keys that tokens of others are checked by.

use p256::{
    ecdsa::{Signature, VerifyingKey, signature::Verifier},
    pkcs8::{
        Document, SubjectPublicKeyInfoRef,
        der::{Reader, SliceReader, asn1::UintRef},
    },
};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};

use super::jwt::{base64url, unbase64};
use crate::{content::Sha2, spec::Algorithm};

/// A public key, and the one algorithm that it is for.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// The names it goes by: its own, and its thumbprint.
    pub(super) kids: Vec<String>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Es256(Box<VerifyingKey>),
    Rs256 { n: Vec<u8>, e: Vec<u8> },
}

impl Key {
    /// Reads a file of keys: PEM of public keys, a JWK, or a set of them.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read_all(text: &str) -> Result<Vec<Self>, String> {
        if text.trim_start().starts_with('{') {
            let json: Value = serde_json::from_str(text).map_err(|fault| fault.to_string())?;
            return match json.get("keys") {
                Some(Value::Array(keys)) if !keys.is_empty() => {
                    keys.iter().map(Self::of_jwk).collect()
                }
                Some(_) => Err("its keys are no list of at least one".to_owned()),
                None => Ok(vec![Self::of_jwk(&json)?]),
            };
        }
        const END: &str = "-----END PUBLIC KEY-----";
        let blocks = text
            .split_inclusive(END)
            .filter(|block| block.contains(END));
        let keys: Vec<Self> = blocks
            .map(|block| Self::of_pem(block.trim_start()))
            .collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err(
                "there is neither a JWK nor a PUBLIC KEY in PEM in it; of a certificate, take the key: \
                 openssl x509 -pubkey -noout"
                    .to_owned(),
            );
        }
        Ok(keys)
    }

    fn of_pem(block: &str) -> Result<Self, String> {
        let block = block
            .find("-----BEGIN")
            .and_then(|at| block.get(at..))
            .unwrap_or(block);
        let fault = |fault: &dyn std::fmt::Display| format!("it is no public key: {fault}");
        let (_, document) = Document::from_pem(block).map_err(|it| fault(&it))?;
        let info =
            SubjectPublicKeyInfoRef::try_from(document.as_bytes()).map_err(|it| fault(&it))?;
        if let Ok(key) = VerifyingKey::try_from(info.clone()) {
            return Ok(Self::named(None, Kind::Es256(Box::new(key))));
        }
        let bytes = info
            .subject_public_key
            .as_bytes()
            .ok_or_else(|| fault(&"odd bits"))?;
        let numbers = SliceReader::new(bytes).and_then(|mut reader| {
            reader.sequence(|reader| {
                let n: UintRef<'_> = reader.decode()?;
                let e: UintRef<'_> = reader.decode()?;
                Ok((n.as_bytes().to_vec(), e.as_bytes().to_vec()))
            })
        });
        let (n, e) = numbers.map_err(|_| fault(&"neither EC on P-256 nor RSA"))?;
        Self::rsa(None, n, e)
    }

    fn of_jwk(jwk: &Value) -> Result<Self, String> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let bytes = |name: &str| {
            let bytes = text(name).and_then(unbase64);
            bytes.ok_or_else(|| format!("the key has no {name} in base64url"))
        };
        let fits = |wanted: &str| match text("alg") {
            Some(alg) if alg != wanted => Err(format!(
                "the key's alg is {alg:?}, and {wanted} is what it can be for"
            )),
            _ => Ok(()),
        };
        match (text("kty"), text("crv")) {
            (Some("EC"), Some("P-256")) => {
                fits("ES256")?;
                let point = [&[4][..], &bytes("x")?, &bytes("y")?].concat();
                let key = VerifyingKey::from_sec1_bytes(&point);
                let key = key.map_err(|_| "the key is no point of P-256".to_owned())?;
                Ok(Self::named(text("kid"), Kind::Es256(Box::new(key))))
            }
            (Some("RSA"), _) => {
                fits("RS256")?;
                Self::rsa(text("kid"), bytes("n")?, bytes("e")?)
            }
            _ => Err("the key is neither EC on P-256 nor RSA".to_owned()),
        }
    }

    fn rsa(kid: Option<&str>, n: Vec<u8>, e: Vec<u8>) -> Result<Self, String> {
        if n.len() < 256 {
            return Err("an RSA key of less than 2048 bits protects nothing".to_owned());
        }
        Ok(Self::named(kid, Kind::Rs256 { n, e }))
    }

    fn named(kid: Option<&str>, kind: Kind) -> Self {
        let jwk = match &kind {
            Kind::Es256(key) => Self::jwk_of(key),
            Kind::Rs256 { n, e } => json!({ "e": base64url(e), "kty": "RSA", "n": base64url(n) }),
        };
        let mut kids = vec![thumbprint(&jwk)];
        kids.extend(kid.map(str::to_owned));
        Self { kids, kind }
    }

    /// A public key as a JWK, with the members of its thumbprint and no others.
    pub(super) fn jwk_of(key: &VerifyingKey) -> Value {
        let point = key.to_encoded_point(false);
        let number = |bytes: Option<&p256::FieldBytes>| {
            base64url(bytes.map_or(&[], |bytes| bytes.as_slice()))
        };
        json!({ "crv": "P-256", "kty": "EC", "x": number(point.x()), "y": number(point.y()) })
    }

    /// The one algorithm it is for.
    pub(super) fn algorithm(&self) -> &'static str {
        match self.kind {
            Kind::Es256(_) => "ES256",
            Kind::Rs256 { .. } => "RS256",
        }
    }

    pub(super) fn verifies(&self, signed: &str, signature: &[u8]) -> bool {
        match &self.kind {
            Kind::Es256(key) => {
                let signature = Signature::from_slice(signature);
                signature.is_ok_and(|signature| key.verify(signed.as_bytes(), &signature).is_ok())
            }
            Kind::Rs256 { n, e } => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), signature)
                    .is_ok()
            }
        }
    }
}

/// The thumbprint of a JWK that has the members for it alone, in their order (RFC 7638).
pub(super) fn thumbprint(jwk: &Value) -> String {
    base64url(Sha2::digest(Algorithm::Sha256, jwk.to_string().as_bytes()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_as_the_rfc_has_it() {
        // RFC 7638, section 3.1.
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let jwk = json!({ "kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29" });
        let keys = Key::read_all(&jwk.to_string()).unwrap();
        assert_eq!(
            keys[0].kids,
            ["NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "2011-04-29"]
        );
        assert_eq!(keys[0].algorithm(), "RS256");
    }

    #[test]
    fn what_is_no_key_is_told() {
        for (text, wanted) in [
            ("", "neither a JWK nor a PUBLIC KEY"),
            (
                "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
                "no public key",
            ),
            ("{", "EOF"),
            (r#"{"keys":[]}"#, "no list"),
            (r#"{"kty":"oct","k":"AAAA"}"#, "neither EC on P-256 nor RSA"),
            (
                r#"{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}"#,
                "no point",
            ),
            (
                r#"{"kty":"EC","crv":"P-256","alg":"HS256"}"#,
                "ES256 is what it can be for",
            ),
            (r#"{"kty":"RSA","n":"AAAA","e":"AQAB"}"#, "2048 bits"),
            (r#"{"kty":"RSA","e":"AQAB"}"#, "no n"),
        ] {
            let fault = Key::read_all(text).unwrap_err();
            assert!(fault.contains(wanted), "{text}: {fault}");
        }
    }
}
