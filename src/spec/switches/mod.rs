//! Quirks by name: what each is, how it is read from JSON and written as it.

mod clash;
mod rows;

use serde_json::{Map, Value};

use self::rows::ROWS;
use super::{Profile, Quirks, Status, from_text, nearest, object};

/// A switch: what it does and where that was seen.
#[derive(Clone, Copy)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// Where it was seen: a thread, a source, a running server.
    pub source: &'static str,
    /// When that was read or seen, as `YYYY-MM`.
    pub date: &'static str,
    /// How well it is known.
    pub status: Status,
    at: fn(&mut Quirks) -> Slot<'_>,
}

/// Where a switch is, by what it can be.
pub(super) enum Slot<'a> {
    Flag(&'a mut bool),
    Count(&'a mut Option<u64>),
    Url(&'a mut Option<String>),
    Choice(&'a mut dyn Choice),
}

/// A switch with names for what it can be; the first is the spec's.
pub(super) trait Choice {
    fn names(&self) -> &'static [&'static str];
    fn place(&self) -> usize;
    fn choose(&mut self, place: usize);
}

impl Slot<'_> {
    /// Takes a value; `false`: it does not fit, and nothing changed.
    fn take(self, value: &Value) -> bool {
        match self {
            Self::Flag(flag) => value.as_bool().map(|value| *flag = value).is_some(),
            Self::Count(count) => {
                let given = value.as_u64().filter(|given| *given > 0);
                let fits = given.is_some() || value.is_null();
                if fits {
                    *count = given;
                }
                fits
            }
            Self::Url(url) => {
                let is_url = |text: &&str| {
                    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
                };
                let given = value.as_str().filter(is_url);
                let fits = given.is_some() || value.is_null();
                if fits {
                    *url = given.map(str::to_owned);
                }
                fits
            }
            Self::Choice(choice) => {
                let place = choice.names().iter().position(|name| value == name);
                place.map(|place| choice.choose(place)).is_some()
            }
        }
    }

    fn show(self) -> Value {
        match self {
            Self::Flag(flag) => (*flag).into(),
            Self::Count(count) => (*count).into(),
            Self::Url(url) => url.as_deref().into(),
            Self::Choice(choice) => choice.names().get(choice.place()).copied().into(),
        }
    }

    /// What fits, in words.
    fn values(self) -> String {
        match self {
            Self::Flag(_) => "true or false".to_owned(),
            Self::Count(_) => "a number above 0, or null".to_owned(),
            Self::Url(_) => "a URL of visible ASCII characters, or null".to_owned(),
            Self::Choice(choice) => {
                let names = choice.names().join("\", \"");
                format!("\"{names}\"")
            }
        }
    }
}

impl Row {
    /// What it takes, in words: `true or false`, or the names of its values, the spec's first.
    #[must_use]
    pub fn values(&self) -> String {
        (self.at)(&mut Quirks::default()).values()
    }

    /// What it is when nobody set it.
    #[must_use]
    pub fn default(&self) -> Value {
        (self.at)(&mut Quirks::default()).show()
    }

    /// What it is here.
    #[must_use]
    pub fn value(&self, quirks: &Quirks) -> Value {
        (self.at)(&mut quirks.clone()).show()
    }

    /// The profiles that set it.
    pub fn profiles(&self) -> impl Iterator<Item = &'static str> {
        Profile::names().filter(|name| {
            Profile::named(name).is_ok_and(|profile| profile.switches.contains_key(self.name))
        })
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Quirks {
    /// All switches, as a table.
    pub fn rows() -> impl Iterator<Item = &'static Row> {
        ROWS.iter()
    }

    /// The names of all switches.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ROWS.iter().map(|row| row.name)
    }

    /// The switches that are not as the spec has them, by name.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Value> {
        let (mut own, mut spec) = (self.clone(), Self::default());
        let shown = ROWS.iter().filter_map(|row| {
            let value = (row.at)(&mut own).show();
            (value != (row.at)(&mut spec).show()).then(|| (row.name.to_owned(), value))
        });
        object(shown)
    }

    /// Sets a switch by its name, upper and lower case alike.
    ///
    /// # Errors
    /// A sentence that names the nearest switch, or the values that this one takes; nothing was set.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<(), String> {
        let row = ROWS.iter().find(|row| row.name.eq_ignore_ascii_case(name));
        let Some(row) = row else {
            let hint = nearest(name, Self::names());
            let hint = hint.map_or_else(
                || "; `registrette profiles` lists them".to_owned(),
                |near| format!("; did you mean {near:?}?"),
            );
            return Err(format!("there is no switch {name:?}{hint}"));
        };
        if (row.at)(self).take(value) {
            return Ok(());
        }
        Err(format!(
            "switch {:?} takes {}, not {value}",
            row.name,
            row.values()
        ))
    }

    /// Sets a switch by a line such as `ImmutableTags=true`; the name alone turns one on.
    ///
    /// # Errors
    /// As for [`Quirks::set`].
    pub fn set_line(&mut self, line: &str) -> Result<(), String> {
        let (name, value) = line.split_once('=').unwrap_or((line, "true"));
        // What is no JSON is a text without its quotes.
        let value = from_text(value).unwrap_or_else(|_| value.into());
        self.set(name, &value)
    }

    /// Reads what to be like: the name of a profile, or `{ "name", "quirks" }`, a profile with switches of its own.
    ///
    /// ```
    /// use registrette::spec::Quirks;
    ///
    /// let wanted = serde_json::json!({ "name": "ghcr", "quirks": { "ImmutableTags": true } });
    /// let quirks = Quirks::read(&wanted)?;
    /// assert!(quirks.immutable_tags && quirks.refuse_deletes);
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    /// A sentence that names what is not known, with the nearest, or the two switches that contradict each other.
    pub fn read(wanted: &Value) -> Result<Self, String> {
        let own = Map::new();
        let (name, switches) = match (wanted.as_str(), wanted.as_object()) {
            (Some(name), _) => (Some(name), &own),
            (None, Some(members)) => parts(members, &own)?,
            (None, None) => {
                return Err(format!(
                    "{wanted} is no profile; it is a name, or {{ name, quirks }}"
                ));
            }
        };
        let profile = name.map(|name| Profile::named(name)?.quirks()).transpose();
        let mut quirks = profile
            .map_err(|fault| fault.to_string())?
            .unwrap_or_default();
        for (name, value) in switches {
            quirks.set(name, value)?;
        }
        quirks.check()?;
        Ok(quirks)
    }
}

/// The name of a profile, and the switches beside it.
fn parts<'a>(
    members: &'a Map<String, Value>,
    none: &'a Map<String, Value>,
) -> Result<(Option<&'a str>, &'a Map<String, Value>), String> {
    const KNOWN: [&str; 2] = ["name", "quirks"];
    if let Some(other) = members.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        let hint = super::did_you_mean(other, &KNOWN);
        return Err(format!("a profile has no member {other:?}; {hint}"));
    }
    let [name, quirks] = KNOWN.map(|name| members.get(name).filter(|value| !value.is_null()));
    let wrong =
        |what: &str, value: &Value, takes: &str| format!("{what} is {value}; it takes {takes}");
    let named = name.map(|name| {
        let text = name.as_str();
        text.ok_or_else(|| wrong("name", name, "the name of a profile"))
    });
    let switches = quirks.map(|quirks| {
        let members = quirks.as_object();
        members.ok_or_else(|| wrong("quirks", quirks, "an object of switches"))
    });
    Ok((named.transpose()?, switches.transpose()?.unwrap_or(none)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn switches_are_set_by_name() {
        let mut quirks = Quirks::default();
        quirks.set("disablereferrersapi", &json!(true)).unwrap();
        quirks.set("MaxListPageSize", &json!(5)).unwrap();
        assert!(quirks.disable_referrers_api);
        assert_eq!(quirks.max_list_page_size, Some(5));
    }

    #[test]
    fn switches_are_printed_as_they_are_read() {
        for row in Quirks::rows() {
            let words = row.values();
            let named = words
                .split(", ")
                .filter_map(|word| serde_json::from_str(word).ok());
            let values = [json!(true), json!(5), json!("https://a/{id}")];
            let taken = values.into_iter().chain(named).filter(|value| {
                let mut quirks = Quirks::default();
                if quirks.set(row.name, value).is_err() || quirks == Quirks::default() {
                    return false;
                }
                assert_eq!(row.value(&quirks), *value);
                let mut read = Quirks::default();
                for (name, value) in quirks.to_json() {
                    read.set(&name, &value).unwrap();
                }
                assert_eq!(read, quirks, "{row:?}");
                quirks.check().is_ok()
            });
            assert!(taken.count() > 0, "{row:?}");
        }
    }

    #[test]
    fn a_line_sets_a_switch() {
        let mut quirks = Quirks::default();
        for line in [
            "immutabletags",
            "maxBodyBytes=7",
            "mounts=denied",
            "LocationForUploadID=/x/{id}",
        ] {
            quirks.set_line(line).unwrap();
        }
        assert!(quirks.immutable_tags && quirks.mounts == crate::spec::Mounts::Denied);
        assert_eq!(quirks.max_body_bytes, Some(7));
        assert_eq!(quirks.location_for_upload_id.as_deref(), Some("/x/{id}"));
        assert!(
            quirks
                .set_line("mounts")
                .unwrap_err()
                .contains("\"denied\"")
        );
    }

    #[test]
    fn a_wrong_name_or_value_changes_nothing() {
        let mut quirks = Quirks::default();
        assert!(
            quirks
                .set("DisableReferersAPI", &json!(true))
                .unwrap_err()
                .contains("DisableReferrersAPI")
        );
        assert!(
            quirks
                .set("MaxListPageSize", &json!(-1))
                .unwrap_err()
                .contains("above 0")
        );
        for name in Quirks::names() {
            assert!(quirks.set(name, &json!([1])).is_err(), "{name}");
        }
        assert_eq!(quirks, Quirks::default());
    }
}
