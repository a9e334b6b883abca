//! Upload session ids.

use std::{fmt, sync::Arc};

use super::{Error, name::shortened};

/// The id of an upload session.
///
/// The registry hands out UUIDs; a profile that opens sessions on sight takes any id of 1 to 128 letters, digits,
/// `-`, `_`, `.` and `=`. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(Arc<str>);

impl SessionId {
    /// Parses an id.
    ///
    /// # Errors
    /// [`Error::UploadUnknown`]: an id that cannot have been handed out.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let fits = (1..=128).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'='));
        if fits {
            Ok(Self(text.into()))
        } else {
            Err(Error::UploadUnknown {
                session: shortened(text),
            })
        }
    }

    /// Makes the UUID (version 4, as RFC 9562 writes it) of these random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        let bits = u128::from_be_bytes(bytes);
        let bits = bits & !(0xf << 76) | (0x4 << 76);
        let bits = bits & !(0x3 << 62) | (0x2 << 62);
        let hex = format!("{bits:032x}");
        let part = |range| hex.get(range).unwrap_or_default();
        Self(
            format!(
                "{}-{}-{}-{}-{}",
                part(0..8),
                part(8..12),
                part(12..16),
                part(16..20),
                part(20..32)
            )
            .into(),
        )
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_id_is_a_uuid() {
        assert_eq!(
            SessionId::from_random([0xff; 16]).as_str(),
            "ffffffff-ffff-4fff-bfff-ffffffffffff"
        );
        assert_eq!(
            SessionId::from_random([0; 16]).as_str(),
            "00000000-0000-4000-8000-000000000000"
        );
    }
}
