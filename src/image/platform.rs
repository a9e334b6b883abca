//! Platforms.

use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::spec::Invalid;

/// What an image runs on, written `os/architecture` or `os/architecture/variant`; `linux/amd64` by default.
///
/// ```
/// use registrette::image::Platform;
///
/// let platform: Platform = "linux/arm64/v8".parse()?;
/// assert_eq!((platform.architecture.as_str(), platform.variant.as_deref()), ("arm64", Some("v8")));
/// assert!("linux".parse::<Platform>().is_err());
/// # Ok::<(), registrette::spec::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Platform {
    /// The processor, such as `amd64` (Go's `GOARCH`).
    pub architecture: String,
    /// The operating system, such as `linux` (Go's `GOOS`).
    pub os: String,
    /// The variant of the processor, such as `v8`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

impl Default for Platform {
    fn default() -> Self {
        Self {
            architecture: "amd64".to_owned(),
            os: "linux".to_owned(),
            variant: None,
        }
    }
}

impl FromStr for Platform {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut parts = text.split('/').map(str::to_owned);
        let (os, architecture, variant) = (parts.next(), parts.next(), parts.next());
        match (os, architecture) {
            (Some(os), Some(architecture))
                if parts.next().is_none() && !text.split('/').any(str::is_empty) =>
            {
                Ok(Self {
                    architecture,
                    os,
                    variant,
                })
            }
            _ => Err(Invalid::new(
                "",
                &format!(
                    "{text:?} is no platform; expected one such as \"linux/amd64\" or \"linux/arm64/v8\""
                ),
            )),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}
