//! How real registries deviate from the spec, as switches.

use super::{
    BlobRedirect, CatalogForm, ChallengeForm, ChallengeScope, Chunking, ConfigTypes, ErrorTable,
    ImmutableTagForm, LinkForm, ListCursor, Mounts, ReferrersForm, TokenEndpoint, UploadLocation,
    UploadRange,
};

/// The switches, each read where its behaviour lives. All off is the spec.
///
/// What each does, and where it was seen, stands in the table that [`Quirks::rows`] gives.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[expect(missing_docs, reason = "the rows of the table say what each does")]
pub struct Quirks {
    pub error_table: ErrorTable,
    pub empty_check: bool,
    pub open_check: bool,
    pub html_for_bad_name: bool,
    pub denied_when_missing: bool,

    pub upload_location: UploadLocation,
    pub location_for_upload_id: Option<String>,
    pub upload_range: UploadRange,
    pub upload_on_sight: bool,
    pub upload_header_bytes: Option<u64>,
    pub no_upload_status: bool,
    pub disable_single_post_upload: bool,
    pub chunked_upload: Chunking,
    pub put_needs_patch: bool,
    pub max_body_bytes: Option<u64>,
    pub mounts: Mounts,
    pub repositories_must_exist: bool,

    pub opaque_manifests: bool,
    pub lax_child_references: bool,
    pub config_types: ConfigTypes,
    pub plain_indexes: bool,
    pub omit_manifest_location: bool,
    pub immutable_tags: bool,
    pub immutable_tag_form: ImmutableTagForm,
    pub refuse_deletes: bool,
    pub keep_used_blobs: bool,

    pub omit_digest_from_tag_get_response: bool,
    pub omit_digest_from_manifest_get: bool,
    pub omit_digest_from_blob_head: bool,
    pub blob_before_name: bool,
    pub manifests_as_blobs: bool,
    pub blob_redirect: BlobRedirect,
    pub locations_for_descriptor: Option<String>,
    pub read_lag_ms: Option<u64>,

    pub list_cursor: ListCursor,
    pub link_form: LinkForm,
    pub omit_link_header_from_responses: bool,
    pub list_page_cap: Option<u64>,
    pub max_list_page_size: Option<u64>,
    pub ignore_pagination: bool,
    pub tag_list_maps: bool,
    pub no_tag_list: bool,
    pub catalog_form: CatalogForm,

    pub disable_referrers_api: bool,
    pub referrers_form: ReferrersForm,
    pub claim_subject: bool,
    pub disable_referrers_filtering: bool,
    pub null_referrers: bool,
    pub referrers_need_repository: bool,
    pub fallback_tag_is_subject: bool,

    pub challenge_form: ChallengeForm,
    pub challenge_scope: ChallengeScope,
    pub challenge_realm: Option<String>,
    pub token_endpoint: TokenEndpoint,
    pub token_not_before_ms: Option<u64>,
    pub token_life_ms: Option<u64>,
    pub cookie_trap: bool,
}

impl Quirks {
    /// Whether a push tells a client, by `OCI-Subject`, that it is listed as a referrer.
    #[must_use]
    pub fn answers_subject(&self) -> bool {
        let lists = !self.disable_referrers_api && self.referrers_form == ReferrersForm::Spec;
        lists || self.claim_subject
    }
}
