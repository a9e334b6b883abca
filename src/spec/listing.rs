//! Profiles and switches, listed for people and for programs.

use serde_json::{Value, json};

use super::{Profile, ProfileError, Quirks, Row, Status, object, profile};

impl Status {
    /// `verified` or `reported`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Reported => "reported",
        }
    }
}

/// All profiles and all switches, or what one profile sets: as JSON.
///
/// # Errors
/// [`ProfileError`] for a name that no profile has.
pub fn listed(name: Option<&str>) -> Result<Value, ProfileError> {
    if let Some(name) = name {
        return Ok(told(&Profile::named(name)?));
    }
    let profiles: Result<Vec<_>, _> = Profile::names().map(Profile::named).collect();
    let profiles: Vec<_> = profiles?.iter().map(told).collect();
    let switches: Vec<_> = Quirks::rows().map(row).collect();
    Ok(json!({ "profiles": profiles, "switches": switches }))
}

fn told(profile: &Profile) -> Value {
    let switches = profile.switches.iter();
    let switches = object(switches.map(|(name, switch)| (name.clone(), fact(switch))));
    json!({
        "name": profile.name,
        "about": profile.about,
        "auth": profile.auth.as_ref().map(fact),
        "rateLimit": profile.rate_limit.as_ref().map(fact),
        "switches": switches,
    })
}

fn fact(switch: &profile::Switch) -> Value {
    json!({
        "value": switch.value,
        "source": switch.source,
        "date": switch.date,
        "status": switch.status.name(),
    })
}

fn row(row: &Row) -> Value {
    json!({
        "name": row.name,
        "about": row.about,
        "values": row.values(),
        "default": row.default(),
        "source": row.source,
        "date": row.date,
        "status": row.status.name(),
        "profiles": row.profiles().collect::<Vec<_>>(),
    })
}
