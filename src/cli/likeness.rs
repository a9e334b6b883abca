//! `--profile` and `--quirk`: which registry to behave like.

use registrette::{
    layer::AuthOptions,
    spec::{Profile, Quirks, RepositoryName, Settings},
};

use super::Mistake;

/// What profiles and switches come to.
#[derive(Debug)]
pub(super) struct Likeness {
    pub(super) quirks: Quirks,
    pub(super) below: Vec<(RepositoryName, Quirks)>,
    /// Who may ask, where nothing else is said of it.
    pub(super) auth: Option<AuthOptions>,
    /// How often, where nothing else is said of it.
    pub(super) rate: Option<String>,
}

impl Likeness {
    /// Reads `NAME` and `PREFIX/=NAME`, and `SWITCH=VALUE` and `PREFIX/:SWITCH=VALUE`.
    pub(super) fn new(profiles: &[String], switches: &[String]) -> Result<Self, Mistake> {
        let mut settings = Settings::default();
        let mut own: Option<(&str, Profile)> = None;
        for given in profiles {
            let wrong = |fault: String| Mistake(format!("--profile {given}: {fault}"));
            let (prefix, name) = match given.split_once('=') {
                Some((prefix, name)) => (Some(prefix), name),
                None => (None, given.as_str()),
            };
            let profile = Profile::named(name).map_err(|fault| Mistake(fault.to_string()))?;
            let quirks = profile.quirks().map_err(|fault| wrong(fault.to_string()))?;
            match (prefix, &own) {
                (Some(prefix), _) => {
                    let set = settings.set_quirks_below(prefix, quirks);
                    set.map_err(|fault| Mistake(format!("--profile: {fault}")))?;
                }
                (None, Some((first, _))) => {
                    return Err(Mistake(format!(
                        "--profile {first} and --profile {name} are for the same repositories; write one for those \
                         below a name, like --profile docker.io/=docker-hub"
                    )));
                }
                (None, None) => {
                    settings.quirks = quirks;
                    own = Some((name, profile));
                }
            }
        }
        for given in switches {
            let wrong = |fault: String| Mistake(format!("--quirk: {fault}"));
            let name = given.split('=').next().unwrap_or_default();
            let (prefix, line) = match name.rfind(':') {
                Some(at) => (given.get(..at), given.get(at.saturating_add(1)..)),
                None => (None, Some(given.as_str())),
            };
            let line = line.unwrap_or_default();
            let Some(prefix) = prefix else {
                settings.quirks.set_line(line).map_err(wrong)?;
                continue;
            };
            let name = prefix.strip_suffix('/').unwrap_or(prefix);
            let below = settings.quirks_below.iter();
            let known = below.into_iter().find(|(known, _)| known.as_str() == name);
            let mut quirks = known.map_or_else(|| settings.quirks.clone(), |known| known.1.clone());
            quirks.set_line(line).map_err(wrong)?;
            settings.set_quirks_below(prefix, quirks).map_err(wrong)?;
        }
        let below = settings.quirks_below.iter().map(|(_, quirks)| quirks);
        for quirks in below.chain([&settings.quirks]) {
            quirks.check().map_err(Mistake)?;
        }
        let profile = own.map(|(_, profile)| profile);
        let (auth, rate) =
            profile.map_or((None, None), |profile| (profile.auth, profile.rate_limit));
        let auth = auth.map(|rule| AuthOptions::read(&rule.value));
        let rate = rate.and_then(|rule| rule.value.as_str().map(str::to_owned));
        Ok(Self {
            quirks: settings.quirks,
            below: settings.quirks_below,
            auth: auth.transpose().map_err(Mistake)?,
            rate,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(profiles: &[&str], switches: &[&str]) -> Result<Likeness, String> {
        let owned = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        Likeness::new(&owned(profiles), &owned(switches)).map_err(|Mistake(fault)| fault)
    }

    #[test]
    fn profiles_and_switches_come_together() {
        let like = like(
            &["docker-hub", "ghcr.io/=ghcr"],
            &[
                "ImmutableTags",
                "ghcr.io/:maxBodyBytes=9",
                "quay.io/:mounts=denied",
            ],
        );
        let like = like.unwrap();
        assert!(like.quirks.immutable_tags && like.quirks.omit_digest_from_blob_head);
        assert!(like.auth.is_some() && like.rate.is_some());
        let [ghcr, quay] = &*like.below else {
            panic!("{:?}", like.below);
        };
        assert!(ghcr.1.max_body_bytes == Some(9) && ghcr.1.refuse_deletes);
        // What is not below a profile of its own is like the rest, with this switch.
        assert!(quay.1.omit_digest_from_blob_head);
    }

    #[test]
    fn a_mistake_says_what_is_meant() {
        for (profiles, switches, expected) in [
            (&["dockerhub"][..], &[][..], "docker-hub"),
            (&["quay", "zot"], &[], "--profile quay and --profile zot"),
            (&["Docker/=zot"], &[], "\"Docker/\""),
            (&["a//b/=zot"], &[], "\"a//b/\""),
            (&[], &["mount=denied"], "\"mounts\""),
            (&[], &["mounts=deny"], "\"denied\""),
            (
                &["artifact-registry"],
                &["listCursor=count"],
                "IgnorePagination=true and listCursor",
            ),
            (
                &["a/=ghcr"],
                &["a/:nullReferrers"],
                "DisableReferrersAPI=true and nullReferrers",
            ),
        ] {
            let fault = like(profiles, switches).unwrap_err();
            assert!(fault.contains(expected), "{fault}");
        }
    }
}
