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
