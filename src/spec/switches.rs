//! Quirks by name: how each is read from JSON and written as it.

use serde_json::{Map, Value};

use super::{ChallengeForm, ChallengeScope, ErrorTable, Quirks, TokenEndpoint, UploadLocation};

/// A switch's name, and where it is.
type Row = (&'static str, fn(&mut Quirks) -> &mut dyn Switch);

const ROWS: &[Row] = &[
    ("errorTable", |q| &mut q.error_table),
    ("emptyCheck", |q| &mut q.empty_check),
    ("uploadLocation", |q| &mut q.upload_location),
    ("uploadOnSight", |q| &mut q.upload_on_sight),
    ("opaqueManifests", |q| &mut q.opaque_manifests),
    ("nullReferrers", |q| &mut q.null_referrers),
    ("referrersNeedRepository", |q| {
        &mut q.referrers_need_repository
    }),
    ("blobBeforeName", |q| &mut q.blob_before_name),
    ("MaxListPageSize", |q| &mut q.max_list_page_size),
    ("DisableReferrersAPI", |q| &mut q.disable_referrers_api),
    ("DisableReferrersFiltering", |q| {
        &mut q.disable_referrers_filtering
    }),
    ("DisableSinglePostUpload", |q| {
        &mut q.disable_single_post_upload
    }),
    ("IgnorePagination", |q| &mut q.ignore_pagination),
    ("OmitDigestFromTagGetResponse", |q| {
        &mut q.omit_digest_from_tag_get_response
    }),
    ("OmitLinkHeaderFromResponses", |q| {
        &mut q.omit_link_header_from_responses
    }),
    ("LocationForUploadID", |q| &mut q.location_for_upload_id),
    ("LocationsForDescriptor", |q| {
        &mut q.locations_for_descriptor
    }),
    ("ImmutableTags", |q| &mut q.immutable_tags),
    ("LaxChildReferences", |q| &mut q.lax_child_references),
    ("challengeForm", |q| &mut q.challenge_form),
    ("challengeScope", |q| &mut q.challenge_scope),
    ("challengeRealm", |q| &mut q.challenge_realm),
    ("tokenEndpoint", |q| &mut q.token_endpoint),
    ("tokenNotBeforeMs", |q| &mut q.token_not_before_ms),
    ("tokenLifeMs", |q| &mut q.token_life_ms),
    ("cookieTrap", |q| &mut q.cookie_trap),
];

/// What a switch can be set to.
trait Switch {
    /// Takes a value; `false`: it does not fit, and nothing changed.
    fn take(&mut self, value: &Value) -> bool;

    fn show(&self) -> Value;

    /// What fits, in words.
    fn values(&self) -> String;
}

impl Switch for bool {
    fn take(&mut self, value: &Value) -> bool {
        value.as_bool().map(|value| *self = value).is_some()
    }

    fn show(&self) -> Value {
        (*self).into()
    }

    fn values(&self) -> String {
        "true or false".to_owned()
    }
}

impl Switch for Option<u64> {
    fn take(&mut self, value: &Value) -> bool {
        let count = value.as_u64().filter(|count| *count > 0);
        let fits = count.is_some() || value.is_null();
        if fits {
            *self = count;
        }
        fits
    }

    fn show(&self) -> Value {
        (*self).into()
    }

    fn values(&self) -> String {
        "a number above 0, or null".to_owned()
    }
}

impl Switch for Option<String> {
    fn take(&mut self, value: &Value) -> bool {
        let is_url = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        let text = value.as_str().filter(is_url);
        let fits = text.is_some() || value.is_null();
        if fits {
            *self = text.map(str::to_owned);
        }
        fits
    }

    fn show(&self) -> Value {
        self.as_deref().into()
    }

    fn values(&self) -> String {
        "a URL of visible ASCII characters, or null".to_owned()
    }
}

/// A switch with names for what it can be.
trait Named: Copy + PartialEq + 'static {
    const NAMES: &'static [(&'static str, Self)];
}

impl<T: Named> Switch for T {
    fn take(&mut self, value: &Value) -> bool {
        let named = T::NAMES.iter().find(|(name, _)| value == *name);
        named.map(|(_, value)| *self = *value).is_some()
    }

    fn show(&self) -> Value {
        let named = T::NAMES.iter().find(|(_, value)| value == self);
        named.map(|(name, _)| *name).into()
    }

    fn values(&self) -> String {
        let names: Vec<String> = T::NAMES
            .iter()
            .map(|(name, _)| format!("{name:?}"))
            .collect();
        names.join(", ")
    }
}

impl Named for ErrorTable {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("spec", Self::Spec),
        ("ociserver", Self::Ociserver),
        ("ociserver-2024-09", Self::Ociserver202409),
    ];
}

impl Named for UploadLocation {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("path", Self::Path),
        ("absolute-with-state", Self::AbsoluteWithState),
    ];
}

impl Named for ChallengeForm {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("spec", Self::Spec),
        ("none", Self::None),
        ("several", Self::Several),
        ("commas", Self::Commas),
        ("unquoted", Self::Unquoted),
        ("lower-case", Self::LowerCase),
    ];
}

impl Named for ChallengeScope {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("spec", Self::Spec),
        ("narrow", Self::Narrow),
        ("none", Self::None),
        ("bare", Self::Bare),
    ];
}

impl Named for TokenEndpoint {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("spec", Self::Spec),
        ("not-found", Self::NotFound),
        ("too-many", Self::TooMany),
        ("slow", Self::Slow),
        ("html", Self::Html),
        ("empty", Self::Empty),
    ];
}

impl Quirks {
    /// The names of all switches.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ROWS.iter().map(|(name, _)| *name)
    }

    /// The switches that are not as the spec has them, by name.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Value> {
        let (mut own, mut spec) = (self.clone(), Self::default());
        let shown = ROWS.iter().filter_map(|(name, switch)| {
            let value = switch(&mut own).show();
            (value != switch(&mut spec).show()).then(|| ((*name).to_owned(), value))
        });
        shown.collect()
    }

    /// Sets a switch by its name, upper and lower case alike.
    ///
    /// # Errors
    /// A sentence that names the nearest switch, or the values that this one takes; nothing was set.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<(), String> {
        let row = ROWS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        let Some((name, switch)) = row else {
            let hint = super::nearest(name, Self::names());
            let hint = hint.map(|near| format!("; did you mean {near:?}?"));
            return Err(format!(
                "there is no switch {name:?}{}",
                hint.unwrap_or_default()
            ));
        };
        let switch = switch(self);
        if switch.take(value) {
            return Ok(());
        }
        Err(format!(
            "switch {name:?} takes {}, not {value}",
            switch.values()
        ))
    }
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
        let values = [
            json!(true),
            json!(5),
            json!("https://a/{id}"),
            json!("ociserver"),
            json!("absolute-with-state"),
            json!("none"),
            json!("slow"),
        ];
        for name in Quirks::names() {
            let mut quirks = Quirks::default();
            let taken = values
                .iter()
                .filter(|value| quirks.set(name, value).is_ok());
            assert!(taken.count() > 0, "{name}");
            assert_ne!(quirks, Quirks::default(), "{name}");
            let mut read = Quirks::default();
            for (name, value) in quirks.to_json() {
                read.set(&name, &value).unwrap();
            }
            assert_eq!(read, quirks, "{name}");
        }
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
