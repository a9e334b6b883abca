//! Profiles: registries as they are, as data.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;

use super::{Quirks, nearest};

/// A named set of switches, each with where it was seen.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What it imitates, in a sentence.
    pub about: String,
    /// Who may ask, as options of authentication; what is given at the start stands in its place.
    pub auth: Option<Switch>,
    /// How many requests there may be, as a rule such as `100/6h`; what is given at the start stands in its place.
    #[serde(rename = "rateLimit")]
    pub rate_limit: Option<Switch>,
    /// Its switches, by name.
    pub switches: BTreeMap<String, Switch>,
}

/// One switch of a profile.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// What it is set to.
    pub value: serde_json::Value,
    /// Where that was seen.
    pub source: String,
    /// When, as `YYYY-MM`.
    pub date: String,
    /// How well that is known.
    pub status: Status,
}

/// How well a switch is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Seen on a running server.
    Verified,
    /// Said by somebody.
    Reported,
}

/// Why there is no such profile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProfileError {
    /// No profile has that name.
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The nearest one there is.
        nearest: Option<&'static str>,
    },
    /// A profile's own data is wrong.
    Invalid(String),
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, nearest } => {
                write!(f, "there is no profile {name:?}; ")?;
                match nearest {
                    Some(nearest) => write!(f, "did you mean {nearest:?}?"),
                    None => write!(
                        f,
                        "there are {}",
                        Profile::names().collect::<Vec<_>>().join(", ")
                    ),
                }
            }
            Self::Invalid(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for ProfileError {}

#[rustfmt::skip]
const FILES: &[(&str, &str)] = &[
    ("spec", include_str!("profiles/spec.json")),
    ("docker-hub", include_str!("profiles/docker-hub.json")),
    ("ecr", include_str!("profiles/ecr.json")),
    ("ecr-public", include_str!("profiles/ecr-public.json")),
    ("ghcr", include_str!("profiles/ghcr.json")),
    ("artifact-registry", include_str!("profiles/artifact-registry.json")),
    ("acr", include_str!("profiles/acr.json")),
    ("quay", include_str!("profiles/quay.json")),
    ("gitlab", include_str!("profiles/gitlab.json")),
    ("artifactory", include_str!("profiles/artifactory.json")),
    ("harbor", include_str!("profiles/harbor.json")),
    ("gitea", include_str!("profiles/gitea.json")),
    ("distribution", include_str!("profiles/distribution.json")),
    ("registry2", include_str!("profiles/registry2.json")),
    ("zot", include_str!("profiles/zot.json")),
    ("broken-image-reg", include_str!("profiles/broken-image-reg.json")),
    ("ociserver", include_str!("profiles/ociserver.json")),
    ("ociserver-2024-09", include_str!("profiles/ociserver-2024-09.json")),
];

impl Profile {
    /// The names of all profiles.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FILES.iter().map(|(name, _)| *name)
    }

    /// The profile of that name.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`] names the nearest.
    ///
    /// ```
    /// use registrette::spec::Profile;
    ///
    /// let quirks = Profile::named("ociserver")?.quirks()?;
    /// assert!(quirks.upload_on_sight);
    /// assert!(Profile::named("ociservr").unwrap_err().to_string().contains("ociserver"));
    /// # Ok::<(), registrette::spec::ProfileError>(())
    /// ```
    pub fn named(name: &str) -> Result<Self, ProfileError> {
        let Some((_, text)) = FILES.iter().find(|(known, _)| *known == name) else {
            return Err(ProfileError::Unknown {
                name: name.to_owned(),
                nearest: nearest(name, Self::names()),
            });
        };
        serde_json::from_str(text)
            .map_err(|fault| ProfileError::Invalid(format!("profile {name}: {fault}")))
    }

    /// Its switches, set.
    ///
    /// # Errors
    /// [`ProfileError::Invalid`] names the switch that does not exist or does not take its value.
    pub fn quirks(&self) -> Result<Quirks, ProfileError> {
        let mut quirks = Quirks::default();
        for (name, switch) in &self.switches {
            quirks.set(name, &switch.value).map_err(|reason| {
                ProfileError::Invalid(format!("profile {}: {reason}", self.name))
            })?;
        }
        Ok(quirks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_well_formed() {
        for name in Profile::names() {
            let profile = Profile::named(name).unwrap();
            assert_eq!(profile.name, name);
            profile.quirks().unwrap();
            assert!(
                profile
                    .switches
                    .values()
                    .all(|switch| !switch.source.is_empty() && switch.date.len() == 7)
            );
        }
        assert_eq!(
            Profile::named("spec").unwrap().quirks().unwrap(),
            Quirks::default()
        );
    }
}
