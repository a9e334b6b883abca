//! What scenarios can be told.

use std::time::Duration;

use serde_json::Value;

use crate::spec::parse_duration;

/// How scenarios are to be, where they are wanted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scenarios {
    /// How long the list of repositories takes.
    pub catalog_delay: Duration,
    /// How many made-up names the list has in place of its own, and one more; `None`: its own.
    pub catalog_repositories: Option<u32>,
}

/// The longest list that is made up.
const MOST: u32 = 1_000_000;

impl Scenarios {
    /// Reads them as text, as variables have them: how long the list of repositories takes, how many names it has.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    ///
    /// ```
    /// use registrette::layer::Scenarios;
    ///
    /// assert_eq!(Scenarios::parse(Some("2s"), None)?.catalog_delay.as_secs(), 2);
    /// assert!(Scenarios::parse(None, Some("many")).is_err());
    /// # Ok::<(), String>(())
    /// ```
    pub fn parse(delay: Option<&str>, repositories: Option<&str>) -> Result<Self, String> {
        let count = |text: &str| {
            let count = text.parse().ok().filter(|count| *count <= MOST);
            count.ok_or_else(|| {
                format!("{text:?} repositories cannot be listed; give a number up to {MOST}")
            })
        };
        Ok(Self {
            catalog_delay: delay.map(parse_duration).transpose()?.unwrap_or_default(),
            catalog_repositories: repositories.map(count).transpose()?,
        })
    }

    /// Reads them as JSON has them: `true`, or `{ "catalogDelay": "2s", "catalogRepositories": 10 }`.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn read(value: &Value) -> Result<Option<Self>, String> {
        if matches!(value, Value::Null | Value::Bool(false)) {
            return Ok(None);
        }
        let delay = value.get("catalogDelay").and_then(Value::as_str);
        let count = value.get("catalogRepositories").map(Value::to_string);
        Self::parse(delay, count.as_deref())
            .map(Some)
            .map_err(|fault| format!("scenarios: {fault}"))
    }
}
