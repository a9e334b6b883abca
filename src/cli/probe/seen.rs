//! What was seen, and which profile is like it.

use std::collections::BTreeMap;

use registrette::spec::{Profile, Quirks};
use serde_json::{Map, Value, json};

/// What was seen of a registry, by switch.
#[derive(Default, Debug)]
pub(super) struct Seen {
    values: BTreeMap<&'static str, Value>,
    missed: BTreeMap<&'static str, String>,
}

/// A profile, and the switches in which the registry is not like it.
struct Likeness {
    profile: &'static str,
    differs: Vec<&'static str>,
}

impl Seen {
    /// A switch is so. What was seen first stands.
    pub(super) fn is(&mut self, switch: &'static str, value: impl Into<Value>) {
        self.values.entry(switch).or_insert_with(|| value.into());
    }

    /// These switches cannot be seen, for that reason.
    pub(super) fn missed(&mut self, switches: &[&'static str], why: &str) {
        for switch in switches {
            self.missed.insert(switch, why.to_owned());
        }
    }

    /// The switches that are not as the spec has them.
    fn deviations(&self) -> Map<String, Value> {
        let rows = Quirks::rows().filter_map(|row| {
            let value = self.values.get(row.name)?;
            (*value != row.default()).then(|| (row.name.to_owned(), value.clone()))
        });
        rows.collect()
    }

    /// What was not seen, with the reason.
    fn unseen(&self, writes: bool) -> BTreeMap<&'static str, &str> {
        let other = if writes {
            "nothing showed it"
        } else {
            "it takes a push"
        };
        let rows = Quirks::names().filter(|name| !self.values.contains_key(name));
        rows.map(|name| {
            let why = self.missed.get(name).map_or(other, |why| why);
            (name, why)
        })
        .collect()
    }

    /// The profiles that it is most like, in the order of the profiles.
    fn nearest(&self) -> Vec<Likeness> {
        let all: Vec<Likeness> = Profile::names()
            .filter_map(|name| self.likeness(name))
            .collect();
        let least = all.iter().map(|one| one.differs.len()).min();
        all.into_iter()
            .filter(|one| Some(one.differs.len()) == least)
            .collect()
    }

    fn likeness(&self, profile: &'static str) -> Option<Likeness> {
        let quirks = Profile::named(profile).ok()?.quirks().ok()?;
        let differs = Quirks::rows().filter(|row| {
            let seen = self.values.get(row.name);
            seen.is_some_and(|seen| !alike(seen, &row.value(&quirks), &row.default()))
        });
        Some(Likeness {
            profile,
            differs: differs.map(|row| row.name).collect(),
        })
    }

    pub(super) fn json(&self, origin: &str, left: &[String], writes: bool) -> String {
        let nearest = self
            .nearest()
            .into_iter()
            .map(|near| json!({ "profile": near.profile, "differs": near.differs }));
        let all = json!({
            "url": origin,
            "switches": self.deviations(),
            "nearest": nearest.collect::<Vec<_>>(),
            "seen": self.values.keys().collect::<Vec<_>>(),
            "unseen": self.unseen(writes),
            "left": left,
        });
        format!("{all:#}")
    }

    pub(super) fn print(&self, origin: &str, left: &[String], writes: bool) -> String {
        let deviations = self.deviations();
        let looked = self.values.len();
        let mut lines = vec![match deviations.len() {
            0 => format!("{origin} is as the spec has it in all {looked} switches that were seen"),
            some => format!("{origin} is not as the spec has it in {some} of {looked} switches"),
        }];
        let about: BTreeMap<_, _> = Quirks::rows().map(|row| (row.name, row.about)).collect();
        let wide = deviations.iter();
        let wide = wide.map(|(name, value)| name.len() + value.to_string().len());
        let wide = wide.max().unwrap_or_default() + 1;
        for (name, value) in &deviations {
            let set = format!("{name}={}", shown(value));
            let about = about.get(name.as_str()).copied().unwrap_or_default();
            lines.push(format!("  {set:wide$}  {about}"));
        }
        let nearest = self.nearest();
        let names: Vec<_> = nearest.iter().map(|near| near.profile).collect();
        let but = nearest.first().filter(|near| !near.differs.is_empty());
        let but = but.map_or_else(String::new, |near| {
            format!(", but for {}", near.differs.join(", "))
        });
        lines.push(format!("nearest profile: {}{but}", names.join(", ")));
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, why) in self.unseen(writes) {
            reasons.entry(why).or_default().push(name);
        }
        for (why, names) in reasons {
            lines.push(format!("not seen ({why}): {}", names.join(", ")));
        }
        if !writes {
            lines.push("nothing was pushed; --write pushes, and sees more".to_owned());
        }
        if let Some(first) = left.first() {
            let count = left.len();
            lines.push(format!(
                "could not be deleted: {count}, such as {first}; --json lists all"
            ));
        }
        lines.join("\n")
    }
}

fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether what was seen is what a profile sets. How long a lag is, or a header, differs from one time to the next.
fn alike(seen: &Value, set: &Value, spec: &Value) -> bool {
    let is_measured = seen.is_number() && set.is_number();
    is_measured && spec.is_null() || seen == set
}
