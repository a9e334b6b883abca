//! Profiles: registries as they are, as data.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use super::{Quirks, from_text, nearest};

/// A named set of switches, each with where it was seen.
#[derive(Clone, PartialEq, Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What it imitates, in a sentence.
    pub about: String,
    /// Who may ask, as options of authentication; what is given at the start stands in its place.
    pub auth: Option<Switch>,
    /// How many requests there may be, as a rule such as `100/6h`; what is given at the start stands in its place.
    pub rate_limit: Option<Switch>,
    /// Its switches, by name.
    pub switches: BTreeMap<String, Switch>,
}

/// One switch of a profile.
#[derive(Clone, PartialEq, Debug)]
pub struct Switch {
    /// What it is set to.
    pub value: Value,
    /// Where that was seen.
    pub source: String,
    /// When, as `YYYY-MM`.
    pub date: String,
    /// How well that is known.
    pub status: Status,
}

/// How well a switch is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
        Self::parse(text)
    }

    /// Reads a profile from JSON: `name`, `about`, and facts, each as `[VALUE, SOURCE, DATE, STATUS]`, under `auth`,
    /// `rateLimit`, and by name in `switches`.
    ///
    /// # Errors
    /// [`ProfileError::Invalid`] says which member is wrong.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let json: Value = from_text(text)
            .map_err(|fault| ProfileError::Invalid(format!("it is no JSON: {fault}")))?;
        let wrong = |member: &str| ProfileError::Invalid(format!("its {member} is wrong"));
        let text = |member: &str| {
            let text = json.get(member).and_then(Value::as_str);
            text.map(str::to_owned).ok_or_else(|| wrong(member))
        };
        let rule = |member: &str| {
            let rule = json.get(member).map(Switch::read);
            rule.map(|rule| rule.ok_or_else(|| wrong(member)))
                .transpose()
        };
        let switches = json.get("switches").and_then(Value::as_object);
        let mut read = BTreeMap::new();
        for (name, fact) in switches.ok_or_else(|| wrong("switches"))? {
            let fact = Switch::read(fact).ok_or_else(|| wrong(name))?;
            read.insert(name.clone(), fact);
        }
        Ok(Self {
            name: text("name")?,
            about: text("about")?,
            auth: rule("auth")?,
            rate_limit: rule("rateLimit")?,
            switches: read,
        })
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

impl Switch {
    fn read(fact: &Value) -> Option<Self> {
        let [value, source, date, status] = fact.as_array()?.as_slice() else {
            return None;
        };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Some(Self {
            value: value.clone(),
            source: text(source)?,
            date: text(date)?,
            status: match status.as_str()? {
                "verified" => Status::Verified,
                "reported" => Status::Reported,
                _ => return None,
            },
        })
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
