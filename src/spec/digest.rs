//! Digests and their algorithms.

use std::{fmt, str::FromStr};

use super::{Error, name::shortened};

/// An algorithm that the spec registers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Algorithm {
    /// `sha256`, which every registry must take.
    #[default]
    Sha256,
    /// `sha512`.
    Sha512,
}

impl Algorithm {
    /// The name before the colon.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// The length of its hash in hex digits.
    #[must_use]
    pub fn hex_length(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

impl FromStr for Algorithm {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "sha256" => Ok(Self::Sha256),
            "sha512" => Ok(Self::Sha512),
            _ => Err(Error::DigestInvalid {
                digest: shortened(text),
                reason: "the algorithm must be sha256 or sha512",
            }),
        }
    }
}

/// The digest of some content: an algorithm and its hash.
///
/// Ordered as its text is. Holds the hash in binary: 40 bytes, whatever the algorithm.
///
/// ```
/// use registrette::spec::{Algorithm, Digest};
///
/// let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// let digest = Digest::parse(empty)?;
/// assert_eq!(digest.algorithm(), Algorithm::Sha256);
/// assert_eq!(digest.to_string(), empty);
/// # Ok::<(), registrette::spec::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(Hash);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Hash {
    Sha256([u8; 32]),
    Sha512(Box<[u8; 64]>),
}

impl Digest {
    /// Parses `algorithm:hex`, with lower-case hex digits of the algorithm's length.
    ///
    /// # Errors
    /// [`Error::DigestInvalid`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let invalid = |reason| Error::DigestInvalid {
            digest: shortened(text),
            reason,
        };
        let Some((algorithm, digits)) = text.split_once(':') else {
            return Err(invalid("a digest is written algorithm:hex"));
        };
        let algorithm: Algorithm = algorithm
            .parse()
            .map_err(|_| invalid("the algorithm must be sha256 or sha512"))?;
        if digits
            .bytes()
            .any(|b| !matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Err(invalid("only the hex digits 0-9 and a-f are allowed"));
        }
        match algorithm {
            Algorithm::Sha256 => {
                let mut hash = [0; 32];
                hex::decode_to_slice(digits, &mut hash)
                    .map_err(|_| invalid("sha256 has 64 hex digits"))?;
                Ok(Self::sha256(hash))
            }
            Algorithm::Sha512 => {
                let mut hash = [0; 64];
                hex::decode_to_slice(digits, &mut hash)
                    .map_err(|_| invalid("sha512 has 128 hex digits"))?;
                Ok(Self::sha512(hash))
            }
        }
    }

    /// The digest of a finished sha256.
    #[must_use]
    pub fn sha256(hash: [u8; 32]) -> Self {
        Self(Hash::Sha256(hash))
    }

    /// The digest of a finished sha512.
    #[must_use]
    pub fn sha512(hash: [u8; 64]) -> Self {
        Self(Hash::Sha512(Box::new(hash)))
    }

    /// The algorithm that made it.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.0 {
            Hash::Sha256(_) => Algorithm::Sha256,
            Hash::Sha512(_) => Algorithm::Sha512,
        }
    }

    /// The hash in lower-case hex, without the algorithm.
    #[must_use]
    pub fn hex(&self) -> String {
        hex::encode(self.as_bytes())
    }

    /// The hash: 32 or 64 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Hash::Sha256(hash) => hash,
            Hash::Sha512(hash) => hash.as_slice(),
        }
    }

    /// The tag under which clients of registries without the referrers API keep the list of this digest's referrers
    /// (distribution-spec, "Referrers tag schema"): the algorithm, a dash and at most 64 hex digits.
    #[must_use]
    pub fn referrers_tag(&self) -> String {
        let mut hex = self.hex();
        hex.truncate(64);
        format!("{}-{hex}", self.algorithm().as_str())
    }
}

impl FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 128];
        let bytes = self.as_bytes();
        let digits = digits
            .get_mut(..self.algorithm().hex_length())
            .ok_or(fmt::Error)?;
        hex::encode_to_slice(bytes, digits).map_err(|_| fmt::Error)?;
        f.write_str(self.algorithm().as_str())?;
        f.write_str(":")?;
        f.write_str(std::str::from_utf8(digits).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar() {
        let hex = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
        for good in [format!("sha256:{hex}"), format!("sha512:{hex}{hex}")] {
            assert_eq!(Digest::parse(&good).unwrap().to_string(), good);
        }
        let upper = hex.to_uppercase();
        for bad in [
            hex,
            "",
            "sha256:",
            ":",
            &format!("sha256:{}", &hex[1..]),
            &format!("sha256:{hex}0"),
            &format!("sha256:{upper}"),
            &format!("SHA256:{hex}"),
            &format!("sha512:{hex}"),
            &format!("md5:{hex}"),
            &format!("sha256-{hex}"),
        ] {
            assert!(Digest::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn it_is_small() {
        assert!(size_of::<Digest>() <= 40);
    }
}
