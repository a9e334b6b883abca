//! How real registries deviate from the spec, as switches.

/// The switches, each read where its behaviour lives. All off is the spec.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Quirks {
    /// Errors as another registry words them.
    pub error_table: ErrorTable,
    /// `GET /v2/` answers with no body.
    pub empty_check: bool,
    /// How the `Location` of an upload is written.
    pub upload_location: UploadLocation,
    /// A session that was never opened is made when a chunk for it arrives.
    pub upload_on_sight: bool,
    /// A manifest of any type is kept unread when it cannot be read.
    pub opaque_manifests: bool,
    /// An empty list of referrers is `null`.
    pub null_referrers: bool,
    /// Referrers of an unknown repository are 404.
    pub referrers_need_repository: bool,
    /// A blob missing in an unknown repository is `BLOB_UNKNOWN`.
    pub blob_before_name: bool,
    /// The longest page of a list; a longer one asked for is refused with 400.
    pub max_list_page_size: Option<u64>,
    /// `/referrers/` is 404, and a push comes without `OCI-Subject`.
    pub disable_referrers_api: bool,
    /// `artifactType` does nothing.
    pub disable_referrers_filtering: bool,
    /// `POST …/blobs/uploads/?digest=` opens a session.
    pub disable_single_post_upload: bool,
    /// `n` and `last` do nothing.
    pub ignore_pagination: bool,
    /// A manifest pulled by tag comes without `Docker-Content-Digest`.
    pub omit_digest_from_tag_get_response: bool,
    /// A page comes without `Link`.
    pub omit_link_header_from_responses: bool,
    /// The `Location` of an upload, with `{id}` and `{repository}` replaced.
    pub location_for_upload_id: Option<String>,
    /// Where pulls are sent (307), with `{digest}` and `{repository}` replaced.
    pub locations_for_descriptor: Option<String>,
    /// A tag cannot be moved or deleted, nor a manifest that has one.
    pub immutable_tags: bool,
    /// Children of an index may be missing.
    pub lax_child_references: bool,
    /// How `WWW-Authenticate` is written.
    pub challenge_form: ChallengeForm,
    /// What scope a challenge names.
    pub challenge_scope: ChallengeScope,
    /// Where a challenge sends for a token, whatever is there.
    pub challenge_realm: Option<String>,
    /// What the token endpoint does.
    pub token_endpoint: TokenEndpoint,
    /// How long a token is refused at first, in milliseconds: as by a host whose clock lags.
    pub token_not_before_ms: Option<u64>,
    /// How long a token lasts in fact, in milliseconds, whatever `expires_in` says.
    pub token_life_ms: Option<u64>,
    /// Every answer sets a cookie, and who returns it may not write.
    pub cookie_trap: bool,
}

/// How `WWW-Authenticate` is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ChallengeForm {
    /// As the RFCs have it: a line for each scheme, values in quotes.
    #[default]
    Spec,
    /// Not at all, once credentials were sent: 403 `DENIED`.
    None,
    /// Several schemes in one line.
    Several,
    /// A comma in the name of the service.
    Commas,
    /// Values without quotes.
    Unquoted,
    /// The scheme in lower case.
    LowerCase,
}

/// What scope a challenge names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ChallengeScope {
    /// What the request needs.
    #[default]
    Spec,
    /// `pull`, whatever the request needs.
    Narrow,
    /// None.
    None,
    /// The repository without the first part of its name.
    Bare,
}

/// What the token endpoint does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TokenEndpoint {
    /// It gives tokens.
    #[default]
    Spec,
    /// 404.
    NotFound,
    /// 429, with `Retry-After`.
    TooMany,
    /// It takes half a minute.
    Slow,
    /// 200, and a page in HTML.
    Html,
    /// 200, and no token in the answer.
    Empty,
}

/// Whose words and codes errors have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ErrorTable {
    /// Ours: the spec's codes, with `detail`.
    #[default]
    Spec,
    /// ociserver's of September 2024: `UNKNOWN` where the spec's list has a code, no `detail`.
    Ociserver202409,
    /// ociserver's since: `DIGEST_INVALID` for a bad digest.
    Ociserver,
}

/// How the `Location` of an upload is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum UploadLocation {
    /// The path alone.
    #[default]
    Path,
    /// Scheme, host and path, with a query `_state`, as distribution does.
    AbsoluteWithState,
}

/// What a switch can be set to, as JSON has it.
type Value = serde_json::Value;

/// One row per switch: its name and how to set it. `false`: the value does not fit.
type Row = (&'static str, &'static str, fn(&mut Quirks, &Value) -> bool);

const ROWS: &[Row] = &[
    (
        "errorTable",
        "\"spec\", \"ociserver\" or \"ociserver-2024-09\"",
        |q, v| {
            let named = match v.as_str() {
                Some("spec") => ErrorTable::Spec,
                Some("ociserver") => ErrorTable::Ociserver,
                Some("ociserver-2024-09") => ErrorTable::Ociserver202409,
                _ => return false,
            };
            q.error_table = named;
            true
        },
    ),
    ("emptyCheck", BOOL, |q, v| set_bool(&mut q.empty_check, v)),
    (
        "uploadLocation",
        "\"path\" or \"absolute-with-state\"",
        |q, v| {
            let named = match v.as_str() {
                Some("path") => UploadLocation::Path,
                Some("absolute-with-state") => UploadLocation::AbsoluteWithState,
                _ => return false,
            };
            q.upload_location = named;
            true
        },
    ),
    ("uploadOnSight", BOOL, |q, v| {
        set_bool(&mut q.upload_on_sight, v)
    }),
    ("opaqueManifests", BOOL, |q, v| {
        set_bool(&mut q.opaque_manifests, v)
    }),
    ("nullReferrers", BOOL, |q, v| {
        set_bool(&mut q.null_referrers, v)
    }),
    ("referrersNeedRepository", BOOL, |q, v| {
        set_bool(&mut q.referrers_need_repository, v)
    }),
    ("blobBeforeName", BOOL, |q, v| {
        set_bool(&mut q.blob_before_name, v)
    }),
    ("MaxListPageSize", COUNT, |q, v| {
        set_count(&mut q.max_list_page_size, v)
    }),
    ("DisableReferrersAPI", BOOL, |q, v| {
        set_bool(&mut q.disable_referrers_api, v)
    }),
    ("DisableReferrersFiltering", BOOL, |q, v| {
        set_bool(&mut q.disable_referrers_filtering, v)
    }),
    ("DisableSinglePostUpload", BOOL, |q, v| {
        set_bool(&mut q.disable_single_post_upload, v)
    }),
    ("IgnorePagination", BOOL, |q, v| {
        set_bool(&mut q.ignore_pagination, v)
    }),
    ("OmitDigestFromTagGetResponse", BOOL, |q, v| {
        set_bool(&mut q.omit_digest_from_tag_get_response, v)
    }),
    ("OmitLinkHeaderFromResponses", BOOL, |q, v| {
        set_bool(&mut q.omit_link_header_from_responses, v)
    }),
    ("LocationForUploadID", TEMPLATE, |q, v| {
        set_text(&mut q.location_for_upload_id, v)
    }),
    ("LocationsForDescriptor", TEMPLATE, |q, v| {
        set_text(&mut q.locations_for_descriptor, v)
    }),
    ("ImmutableTags", BOOL, |q, v| {
        set_bool(&mut q.immutable_tags, v)
    }),
    ("LaxChildReferences", BOOL, |q, v| {
        set_bool(&mut q.lax_child_references, v)
    }),
    (
        "challengeForm",
        "\"spec\", \"none\", \"several\", \"commas\", \"unquoted\" or \"lower-case\"",
        |q, v| set_named(&mut q.challenge_form, v, &FORMS),
    ),
    (
        "challengeScope",
        "\"spec\", \"narrow\", \"none\" or \"bare\"",
        |q, v| set_named(&mut q.challenge_scope, v, &SCOPES),
    ),
    ("challengeRealm", TEMPLATE, |q, v| {
        set_text(&mut q.challenge_realm, v)
    }),
    (
        "tokenEndpoint",
        "\"spec\", \"not-found\", \"too-many\", \"slow\", \"html\" or \"empty\"",
        |q, v| set_named(&mut q.token_endpoint, v, &ENDPOINTS),
    ),
    ("tokenNotBeforeMs", COUNT, |q, v| {
        set_count(&mut q.token_not_before_ms, v)
    }),
    ("tokenLifeMs", COUNT, |q, v| {
        set_count(&mut q.token_life_ms, v)
    }),
    ("cookieTrap", BOOL, |q, v| set_bool(&mut q.cookie_trap, v)),
];

const FORMS: [(&str, ChallengeForm); 6] = [
    ("spec", ChallengeForm::Spec),
    ("none", ChallengeForm::None),
    ("several", ChallengeForm::Several),
    ("commas", ChallengeForm::Commas),
    ("unquoted", ChallengeForm::Unquoted),
    ("lower-case", ChallengeForm::LowerCase),
];

const SCOPES: [(&str, ChallengeScope); 4] = [
    ("spec", ChallengeScope::Spec),
    ("narrow", ChallengeScope::Narrow),
    ("none", ChallengeScope::None),
    ("bare", ChallengeScope::Bare),
];

const ENDPOINTS: [(&str, TokenEndpoint); 6] = [
    ("spec", TokenEndpoint::Spec),
    ("not-found", TokenEndpoint::NotFound),
    ("too-many", TokenEndpoint::TooMany),
    ("slow", TokenEndpoint::Slow),
    ("html", TokenEndpoint::Html),
    ("empty", TokenEndpoint::Empty),
];

const BOOL: &str = "true or false";
const COUNT: &str = "a number above 0, or null";
const TEMPLATE: &str = "a URL of visible ASCII characters, or null";

fn set_bool(switch: &mut bool, value: &Value) -> bool {
    value.as_bool().map(|value| *switch = value).is_some()
}

fn set_named<T: Copy>(switch: &mut T, value: &Value, names: &[(&str, T)]) -> bool {
    let found = names.iter().find(|(name, _)| value.as_str() == Some(name));
    found.map(|(_, named)| *switch = *named).is_some()
}

/// The name of what a switch is set to; `None` where that is the first, which is the spec's.
fn named<T: PartialEq>(switch: &T, names: &[(&'static str, T)]) -> Option<Value> {
    let found = names.iter().skip(1).find(|(_, named)| named == switch);
    found.map(|(name, _)| (*name).into())
}

fn set_count(switch: &mut Option<u64>, value: &Value) -> bool {
    *switch = value.as_u64().filter(|n| *n > 0);
    switch.is_some() || value.is_null()
}

fn set_text(switch: &mut Option<String>, value: &Value) -> bool {
    let text = value
        .as_str()
        .filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic()));
    *switch = text.map(str::to_owned);
    text.is_some() || value.is_null()
}

impl Quirks {
    /// The names of all switches.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ROWS.iter().map(|(name, _, _)| *name)
    }

    /// The switches that are not as the spec has them, by name.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Map<String, Value> {
        let spec = Self::default();
        let error_table = match self.error_table {
            ErrorTable::Spec => "spec",
            ErrorTable::Ociserver202409 => "ociserver-2024-09",
            ErrorTable::Ociserver => "ociserver",
        };
        let upload_location = match self.upload_location {
            UploadLocation::Path => "path",
            UploadLocation::AbsoluteWithState => "absolute-with-state",
        };
        let rows = [
            (self.error_table != spec.error_table).then(|| ("errorTable", error_table.into())),
            (self.upload_location != spec.upload_location)
                .then(|| ("uploadLocation", upload_location.into())),
            self.max_list_page_size
                .map(|most| ("MaxListPageSize", most.into())),
            (self.location_for_upload_id.as_deref())
                .map(|text| ("LocationForUploadID", text.into())),
            (self.locations_for_descriptor.as_deref())
                .map(|text| ("LocationsForDescriptor", text.into())),
            named(&self.challenge_form, &FORMS).map(|name| ("challengeForm", name)),
            named(&self.challenge_scope, &SCOPES).map(|name| ("challengeScope", name)),
            named(&self.token_endpoint, &ENDPOINTS).map(|name| ("tokenEndpoint", name)),
            (self.challenge_realm.as_deref()).map(|text| ("challengeRealm", text.into())),
            self.token_not_before_ms
                .map(|millis| ("tokenNotBeforeMs", millis.into())),
            self.token_life_ms
                .map(|millis| ("tokenLifeMs", millis.into())),
        ];
        let switches = [
            ("emptyCheck", self.empty_check),
            ("uploadOnSight", self.upload_on_sight),
            ("opaqueManifests", self.opaque_manifests),
            ("nullReferrers", self.null_referrers),
            ("referrersNeedRepository", self.referrers_need_repository),
            ("blobBeforeName", self.blob_before_name),
            ("DisableReferrersAPI", self.disable_referrers_api),
            (
                "DisableReferrersFiltering",
                self.disable_referrers_filtering,
            ),
            ("DisableSinglePostUpload", self.disable_single_post_upload),
            ("IgnorePagination", self.ignore_pagination),
            (
                "OmitDigestFromTagGetResponse",
                self.omit_digest_from_tag_get_response,
            ),
            (
                "OmitLinkHeaderFromResponses",
                self.omit_link_header_from_responses,
            ),
            ("ImmutableTags", self.immutable_tags),
            ("LaxChildReferences", self.lax_child_references),
            ("cookieTrap", self.cookie_trap),
        ];
        let on = switches.into_iter().filter(|(_, is_on)| *is_on);
        let on = on.map(|(name, _)| (name, Value::Bool(true)));
        let all = rows.into_iter().flatten().chain(on);
        all.map(|(name, value): (&str, Value)| (name.to_owned(), value))
            .collect()
    }

    /// Sets a switch by its name, upper and lower case alike.
    ///
    /// # Errors
    /// A sentence that names the nearest switch, or the values that this one takes; nothing was set.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<(), String> {
        let Some((name, values, set)) = ROWS
            .iter()
            .find(|(known, _, _)| known.eq_ignore_ascii_case(name))
        else {
            let hint =
                super::nearest(name, Self::names()).map(|near| format!("; did you mean {near:?}?"));
            return Err(format!(
                "there is no switch {name:?}{}",
                hint.unwrap_or_default()
            ));
        };
        let mut changed = self.clone();
        if !set(&mut changed, value) {
            return Err(format!("switch {name:?} takes {values}, not {value}"));
        }
        *self = changed;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
