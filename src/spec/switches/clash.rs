//! Switches that contradict each other.

use serde_json::Value;

use super::{ROWS, Row};
use crate::spec::Quirks;

/// A switch that makes others pointless, and those; each may name the one value that does, or is.
const CLASHES: &[(&str, Option<&str>, &[&str])] = &[
    (
        "DisableReferrersAPI",
        None,
        &[
            "referrersForm",
            "nullReferrers",
            "referrersNeedRepository",
            "DisableReferrersFiltering",
        ],
    ),
    (
        "IgnorePagination",
        None,
        &[
            "MaxListPageSize",
            "listPageCap",
            "listCursor",
            "linkForm",
            "OmitLinkHeaderFromResponses",
        ],
    ),
    (
        "OmitLinkHeaderFromResponses",
        None,
        &["linkForm", "listCursor"],
    ),
    ("MaxListPageSize", None, &["listPageCap"]),
    ("LocationForUploadID", None, &["uploadLocation"]),
    ("LocationsForDescriptor", None, &["blobRedirect"]),
    ("refuseDeletes", None, &["keepUsedBlobs"]),
    ("chunkedUpload", Some("none"), &["putNeedsPatch"]),
    ("chunkedUpload", None, &["uploadOnSight"]),
    ("noTagList", None, &["tagListMaps"]),
];

impl Quirks {
    /// Whether all switches can be on together.
    ///
    /// # Errors
    /// A sentence that names two that contradict each other.
    pub fn check(&self) -> Result<(), String> {
        for (name, value, others) in CLASHES {
            let Some(first) = self.deviation(name) else {
                continue;
            };
            if value.is_some_and(|value| first != value) {
                continue;
            }
            let second = others
                .iter()
                .find_map(|other| Some((*other, self.deviation(other)?)));
            if let Some((other, second)) = second {
                let [off, own] = [other, name].map(spec);
                return Err(format!(
                    "the switches {name}={first} and {other}={second} contradict each other; set {other} to {off}, or \
                     {name} to {own}"
                ));
            }
        }
        Ok(())
    }

    /// What a switch is, where that is not the spec's.
    fn deviation(&self, name: &str) -> Option<Value> {
        let row = row(name)?;
        Some(row.value(self)).filter(|value| *value != row.default())
    }
}

fn row(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}

fn spec(name: &str) -> Value {
    row(name).map_or(Value::Null, Row::default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clash_names_switches_that_exist() {
        for (name, _, others) in CLASHES {
            for name in [name].into_iter().chain(*others) {
                assert!(row(name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn two_that_contradict_each_other_are_both_named() {
        let mut quirks = Quirks::default();
        quirks.set_line("IgnorePagination").unwrap();
        quirks.check().unwrap();
        quirks.set_line("listCursor=next-page").unwrap();
        let fault = quirks.check().unwrap_err();
        assert!(
            fault.contains("IgnorePagination=true") && fault.contains("listCursor=\"next-page\""),
            "{fault}"
        );
    }
}
