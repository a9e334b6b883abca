//! What only the registry can have written.

use crate::{content::Sha2, spec::Algorithm};

/// A key, or what it makes of a text.
pub(super) type Mac = [u8; 32];

/// HMAC-SHA-256 (RFC 2104).
pub(super) fn mac(key: &Mac, text: &[u8]) -> Mac {
    let padded = |pad: u8| {
        let mut block = [pad; 64];
        for (to, from) in block.iter_mut().zip(key) {
            *to ^= from;
        }
        block
    };
    let inner = sha256(&[&padded(0x36), text].concat());
    sha256(&[&padded(0x5c)[..], &inner].concat())
}

/// Whether two are equal, in a time that does not tell where they differ.
pub(super) fn is_equal(one: &Mac, other: &Mac) -> bool {
    let differing = one.iter().zip(other).map(|(one, other)| one ^ other);
    differing.fold(0, |sum, bits| sum | bits) == 0
}

fn sha256(bytes: &[u8]) -> Mac {
    let digest = Sha2::digest(Algorithm::Sha256, bytes);
    digest.as_bytes().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_rfc_has_it() {
        // RFC 4231, test case 2, whose key is padded with zeros here as HMAC does.
        let mut key = Mac::default();
        key[..4].copy_from_slice(b"Jefe");
        let made = mac(&key, b"what do ya want for nothing?");
        let wanted = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex::encode(made), wanted);
        assert!(is_equal(&made, &made));
        assert!(!is_equal(&made, &key));
    }
}
