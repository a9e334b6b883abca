//! The names of headers that are not in the `http` crate.

use http::HeaderName;

/// `Docker-Distribution-API-Version: registry/2.0`, on every answer (Docker registry API).
pub const API_VERSION: HeaderName = HeaderName::from_static("docker-distribution-api-version");
/// `Docker-Content-Digest`, the digest of what is answered or was pushed.
pub const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");
/// `Docker-Upload-UUID`, the id of an upload session.
pub const UPLOAD_UUID: HeaderName = HeaderName::from_static("docker-upload-uuid");
/// `OCI-Chunk-Min-Length`, the shortest chunk in bytes that a registry wants.
pub const CHUNK_MIN_LENGTH: HeaderName = HeaderName::from_static("oci-chunk-min-length");
/// `OCI-Filters-Applied`, the filters that made a list of referrers.
pub const FILTERS_APPLIED: HeaderName = HeaderName::from_static("oci-filters-applied");
/// `OCI-Subject`, the subject of a manifest that was pushed.
pub const SUBJECT: HeaderName = HeaderName::from_static("oci-subject");
/// `OCI-Tag`, a tag that was set by `?tag=`.
pub const TAG: HeaderName = HeaderName::from_static("oci-tag");
/// `X-Forwarded-Host`, the host that a proxy was asked for.
pub const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
/// `X-Forwarded-Proto`, the scheme that a proxy was asked with.
pub const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
