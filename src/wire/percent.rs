//! Percent-encoding (RFC 3986, section 2.1).

use std::borrow::Cow;

use crate::spec::Error;

/// Decodes a segment of a path, or a part of a query, once. A plus stays a plus.
pub(crate) fn decode(text: &str) -> Result<Cow<'_, str>, Error> {
    if !text.contains('%') {
        return Ok(text.into());
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [
                rest.next().unwrap_or_default(),
                rest.next().unwrap_or_default(),
            ];
            let mut value = [0];
            hex::decode_to_slice(pair, &mut value).map_err(|_| Error::TargetInvalid {
                reason: "a % is not followed by two hex digits",
            })?;
            decoded.extend(value);
        } else {
            decoded.push(byte);
        }
    }
    let text = String::from_utf8(decoded);
    text.map(Cow::Owned).map_err(|_| Error::TargetInvalid {
        reason: "percent-encoded bytes are no UTF-8",
    })
}

/// Encodes a value of a query.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push('%');
            encoded.push_str(&hex::encode_upper([byte]));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for text in ["", "latest", "a b&c=d%", "é", "application/vnd.x+json"] {
            assert_eq!(decode(&encode(text)).unwrap(), text);
        }
        assert_eq!(decode("sha256%3aab%3A").unwrap(), "sha256:ab:");
        for bad in ["%", "%4", "%zz", "a%f", "%ff", "%+1"] {
            assert!(decode(bad).is_err(), "{bad}");
        }
    }
}
