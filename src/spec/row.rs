//! The one table of errors: code, status, message, and the facts of each.

use serde_json::{Value, json};

use super::{Error, ErrorCode, RangeFault};

struct Row {
    code: ErrorCode,
    status: u16,
    message: &'static str,
}

impl Error {
    /// The code of the spec.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.row().code
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.row().status
    }

    /// One line for a person, without the facts of [`Error::detail`].
    #[must_use]
    pub fn message(&self) -> &'static str {
        self.row().message
    }

    /// After how many seconds to try again, where that is known: rounded up, since who comes early is refused again.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        let Self::TooMany { retry_after, .. } = self else {
            return None;
        };
        let part = u64::from(retry_after.subsec_nanos() > 0);
        Some(retry_after.as_secs().saturating_add(part).max(1))
    }

    fn row(&self) -> Row {
        use ErrorCode as Code;
        let (code, status, message) = match self {
            Self::BlobUnknown { .. } => (Code::BlobUnknown, 404, "blob unknown to registry"),
            Self::NameUnknown { .. } => (
                Code::NameUnknown,
                404,
                "repository name not known to registry",
            ),
            Self::ManifestUnknown { .. } => {
                (Code::ManifestUnknown, 404, "manifest unknown to registry")
            }
            Self::TagUnknown { .. } => (
                Code::ManifestUnknown,
                404,
                "manifest unknown to registry: tag does not exist",
            ),
            Self::ReferenceUnknown { .. } => (
                Code::ManifestUnknown,
                404,
                "manifest unknown to registry: no tag is written like this",
            ),
            Self::NotAcceptable { .. } => (
                Code::ManifestUnknown,
                404,
                "manifest is of a type that Accept does not name",
            ),
            Self::UploadUnknown { .. } => (
                Code::BlobUploadUnknown,
                404,
                "blob upload unknown to registry",
            ),
            Self::NameInvalid { .. } => (Code::NameInvalid, 400, "invalid repository name"),
            Self::TagInvalid { .. } => (Code::ManifestInvalid, 400, "invalid tag"),
            Self::DigestInvalid { .. } => (Code::DigestInvalid, 400, "badly formed digest"),
            Self::DigestMismatch { .. } => (
                Code::DigestInvalid,
                400,
                "content does not match its digest",
            ),
            Self::ManifestInvalid { .. } => (Code::ManifestInvalid, 400, "manifest invalid"),
            Self::ManifestBlobUnknown { .. } => (
                Code::ManifestBlobUnknown,
                400,
                "manifest references content unknown to the repository; push that first",
            ),
            Self::ChunkInvalid { .. } => (
                Code::BlobUploadInvalid,
                416,
                "chunk does not continue the upload",
            ),
            Self::RangeNotSatisfiable { .. } => (Code::SizeInvalid, 416, "range not satisfiable"),
            Self::PreconditionFailed { .. } => (Code::Denied, 412, "precondition failed"),
            Self::TagImmutable { .. } => (Code::Denied, 403, "tag is immutable"),
            Self::ManifestTooLarge { .. } => (Code::SizeInvalid, 413, "manifest is too large"),
            Self::BlobTooLarge { .. } => (Code::SizeInvalid, 413, "blob is too large"),
            Self::Full { .. } => (Code::Denied, 413, "registry is full"),
            Self::TooMany { .. } => (Code::TooManyRequests, 429, "too many"),
            Self::NotFound => (Code::Unsupported, 404, "page not found"),
            Self::MethodNotAllowed { .. } => (Code::Unsupported, 405, "method not allowed"),
            Self::PageInvalid { .. } => (
                Code::Unsupported,
                400,
                "query parameter n is not a number from 0 upwards",
            ),
            Self::PageTooLong { .. } => (
                Code::Unsupported,
                400,
                "query parameter n is over the longest page",
            ),
            Self::TargetInvalid { .. } => (Code::NameInvalid, 400, "invalid request target"),
            Self::TargetTooLong { .. } => (Code::NameInvalid, 414, "request target is too long"),
            Self::HeadersTooLarge { .. } => {
                (Code::SizeInvalid, 431, "request headers are too large")
            }
            Self::LengthInvalid { .. } => (
                Code::SizeInvalid,
                400,
                "body does not have the length that Content-Length gives",
            ),
            Self::JournalFull { .. } => (
                Code::TooManyRequests,
                503,
                "changes are not drained; call take_changes",
            ),
            Self::StorageFailed { .. } => (Code::Denied, 503, "storage did not take the change"),
            Self::Restored => (
                Code::BlobUploadUnknown,
                404,
                "the registry was restored while the body arrived; start again",
            ),
            Self::UpstreamFailed { .. } => (Code::Unsupported, 502, "upstream registry failed"),
            Self::Unauthorized { .. } => (Code::Unauthorized, 401, "authentication required"),
            Self::Forbidden { .. } => (Code::Denied, 403, "requested access is denied"),
            Self::CursorInvalid { .. } => (Code::Unsupported, 400, "invalid next token"),
            Self::ChunkRefused { .. } => (
                Code::BlobUploadInvalid,
                400,
                "the upload does not go on in chunks",
            ),
            Self::BodyTooLarge { .. } => (Code::SizeInvalid, 416, "body is too large"),
            Self::ConfigRefused { .. } => (
                Code::ManifestInvalid,
                400,
                "config is of a type that is not taken",
            ),
            Self::CredentialsUnwanted => (
                Code::Unsupported,
                400,
                "only one way of authentication is allowed; leave Authorization out",
            ),
            Self::TokenRequestInvalid { .. } => {
                (Code::Unsupported, 400, "invalid request for a token")
            }
        };
        Row {
            code,
            status,
            message,
        }
    }

    /// The facts, for the `detail` of an answer; `null` where there are none.
    #[must_use]
    pub fn detail(&self) -> Value {
        match self {
            Self::BlobUnknown { repository, digest } => {
                json!({ "name": repository.as_str(), "digest": digest.to_string() })
            }
            Self::NameUnknown { repository } => json!({ "name": repository.as_str() }),
            Self::ManifestUnknown {
                repository,
                reference,
            } => {
                json!({ "name": repository.as_str(), "reference": reference.to_string() })
            }
            Self::TagUnknown { repository, tag } => {
                json!({ "name": repository.as_str(), "tag": tag })
            }
            Self::ReferenceUnknown { reference } => json!({ "reference": reference }),
            Self::NotAcceptable { media_type } => json!({ "mediaType": media_type }),
            Self::UploadUnknown { session } => json!({ "session": session }),
            Self::NameInvalid { name, reason } => json!({ "name": name, "reason": reason }),
            Self::TagInvalid { tag, reason } => json!({ "tag": tag, "reason": reason }),
            Self::DigestInvalid { digest, reason } => json!({ "digest": digest, "reason": reason }),
            Self::DigestMismatch { expected, actual } => {
                json!({ "expected": expected.to_string(), "actual": actual.to_string() })
            }
            Self::ManifestInvalid { reason }
            | Self::StorageFailed { reason }
            | Self::UpstreamFailed { reason }
            | Self::Unauthorized { reason }
            | Self::Forbidden { reason }
            | Self::TokenRequestInvalid { reason } => {
                json!({ "reason": reason })
            }
            Self::ManifestBlobUnknown { missing, total } => {
                let missing: Vec<_> = missing
                    .iter()
                    .map(|(place, digest)| json!({ "place": place, "digest": digest }))
                    .collect();
                json!({ "missing": missing, "total": total })
            }
            Self::ChunkInvalid {
                session,
                acknowledged,
                fault,
                ..
            } => chunk_detail(session.as_str(), *acknowledged, fault),
            Self::RangeNotSatisfiable { first, length } => {
                json!({ "first": first, "length": length })
            }
            Self::PreconditionFailed { reference, current } => {
                json!({ "reference": reference, "current": current.as_ref().map(ToString::to_string) })
            }
            Self::TagImmutable { tag } => json!({ "tag": tag }),
            Self::ManifestTooLarge { limit }
            | Self::BlobTooLarge { limit }
            | Self::BodyTooLarge { limit } => {
                json!({ "limit": limit })
            }
            Self::Full { used, limit } => json!({ "used": used, "limit": limit }),
            Self::TooMany { what, limit, .. } => {
                json!({ "what": what, "limit": limit, "retryAfterSeconds": self.retry_after() })
            }
            Self::NotFound | Self::Restored | Self::CredentialsUnwanted => Value::Null,
            Self::CursorInvalid { cursor } => json!({ "cursor": cursor }),
            Self::ChunkRefused { reason } => json!({ "reason": reason }),
            Self::ConfigRefused { media_type } => json!({ "mediaType": media_type }),
            Self::MethodNotAllowed { allow } => json!({ "allow": allow }),
            Self::PageInvalid { n } => json!({ "n": n }),
            Self::PageTooLong { n, limit } => json!({ "n": n, "limit": limit }),
            Self::TargetInvalid { reason } => json!({ "reason": reason }),
            Self::TargetTooLong { limit }
            | Self::HeadersTooLarge { limit }
            | Self::JournalFull { limit } => {
                json!({ "limit": limit })
            }
            Self::LengthInvalid { declared, received } => {
                json!({ "declared": declared, "received": received })
            }
        }
    }
}

fn chunk_detail(session: &str, acknowledged: u64, fault: &RangeFault) -> Value {
    let reason = match fault {
        RangeFault::Malformed(text) => format!("Content-Range {text:?} is not FIRST-LAST"),
        RangeFault::OutOfOrder { first } => {
            format!("the chunk starts at {first}, expected {acknowledged}")
        }
        RangeFault::Length { range, body } => {
            format!("Content-Range covers {range} bytes, the body has {body}")
        }
        RangeFault::Overtaken => "another request on this session came first".to_owned(),
    };
    json!({ "session": session, "received": acknowledged, "reason": reason })
}
