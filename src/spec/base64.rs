//! Bytes out of base64, and into it (RFC 4648, section 4): in descriptions, in what clients show, in what is recorded of
//! them.

/// The bytes of standard base64 with its padding; `None` for anything else.
///
/// ```
/// use registrette::spec::base64;
///
/// assert_eq!(base64::decode("aGk="), Some(b"hi".to_vec()));
/// assert_eq!(base64::decode("aGk"), None);
/// ```
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let unpadded = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"="));
    let mut bytes = Vec::with_capacity(text.len());
    for group in unpadded.unwrap_or(text).chunks(4) {
        let mut bits = 0_u32;
        for digit in group {
            bits = (bits << 6) | u32::from(value(*digit)?);
        }
        // Three digits carry two bytes, two carry one; what is left over has to be zero.
        let (bits, count) = match group.len() {
            4 => (bits, 3),
            3 => (bits << 6, 2),
            _ => (bits << 12, 1),
        };
        let [_, three @ ..] = bits.to_be_bytes();
        let (taken, left) = three.split_at(count);
        if left.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(taken);
    }
    Some(bytes)
}

/// Standard base64, with its padding.
///
/// ```
/// assert_eq!(registrette::spec::base64::encode(b"hi"), "aGk=");
/// ```
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for group in bytes.chunks(3) {
        let mut four = [0; 4];
        for (to, from) in four.iter_mut().skip(1).zip(group) {
            *to = *from;
        }
        let bits = u32::from_be_bytes(four);
        for place in 0..4_usize {
            let digit = (bits >> (18_usize.saturating_sub(place.saturating_mul(6)))) & 63;
            text.push(if place > group.len() {
                '='
            } else {
                DIGITS.get(digit as usize).copied().map_or('=', char::from)
            });
        }
    }
    text
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn value(digit: u8) -> Option<u8> {
    let (first, offset) = match digit {
        b'A'..=b'Z' => (b'A', 0),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'+' => (b'+', 62),
        b'/' => (b'/', 63),
        _ => return None,
    };
    Some(digit.wrapping_sub(first).wrapping_add(offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_base64() {
        // RFC 4648, section 10.
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()), "{text}");
            assert_eq!(encode(bytes.as_bytes()), text);
        }
        assert_eq!(decode("+/+/").unwrap(), [0xfb, 0xff, 0xbf]);
        for bad in [
            "Z", "Zg", "Zg=", "Zm9vZg", "=", "====", "Z===", "Zh==", "Zm9=", "Zg==Zg==", "Zm9-",
            "Zm9\n", "Zm 9v",
        ] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
