//! Everything that can go wrong with a request.

use std::{fmt, time::Duration};

use super::{Digest, Reference, RepositoryName, SessionId};

/// One of the spec's fourteen error codes (distribution-spec, "Error Codes", code-1 to code-14), in its order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names are the spec's")]
pub enum ErrorCode {
    BlobUnknown,
    BlobUploadInvalid,
    BlobUploadUnknown,
    DigestInvalid,
    ManifestBlobUnknown,
    ManifestInvalid,
    ManifestUnknown,
    NameInvalid,
    NameUnknown,
    SizeInvalid,
    Unauthorized,
    Denied,
    Unsupported,
    TooManyRequests,
}

impl ErrorCode {
    /// The code as it stands in an answer.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BlobUnknown => "BLOB_UNKNOWN",
            Self::BlobUploadInvalid => "BLOB_UPLOAD_INVALID",
            Self::BlobUploadUnknown => "BLOB_UPLOAD_UNKNOWN",
            Self::DigestInvalid => "DIGEST_INVALID",
            Self::ManifestBlobUnknown => "MANIFEST_BLOB_UNKNOWN",
            Self::ManifestInvalid => "MANIFEST_INVALID",
            Self::ManifestUnknown => "MANIFEST_UNKNOWN",
            Self::NameInvalid => "NAME_INVALID",
            Self::NameUnknown => "NAME_UNKNOWN",
            Self::SizeInvalid => "SIZE_INVALID",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::Denied => "DENIED",
            Self::Unsupported => "UNSUPPORTED",
            Self::TooManyRequests => "TOOMANYREQUESTS",
        }
    }
}

/// What is wrong with the range of a chunk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RangeFault {
    /// `Content-Range` is not `FIRST-LAST`, both numbers, the last not before the first.
    Malformed(String),
    /// The chunk starts elsewhere than where the session ends.
    OutOfOrder {
        /// Where the chunk starts.
        first: u64,
    },
    /// The body is longer or shorter than its range.
    Length {
        /// The length that the range gives.
        range: u64,
        /// The bytes that came, or were announced.
        body: u64,
    },
    /// Another request on the session came first.
    Overtaken,
}

/// One thing that can go wrong, with the facts that a person needs to change it.
///
/// Code, status and message of each stand in one table, [`Error::code`] and its neighbours read it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the fields are named for what they hold")]
pub enum Error {
    /// No blob of that digest in the repository.
    BlobUnknown {
        repository: RepositoryName,
        digest: Digest,
    },
    /// No repository of that name.
    NameUnknown { repository: RepositoryName },
    /// No manifest under that reference.
    ManifestUnknown {
        repository: RepositoryName,
        reference: Reference,
    },
    /// No such tag to delete.
    TagUnknown {
        repository: RepositoryName,
        tag: String,
    },
    /// A reference that no manifest can have.
    ReferenceUnknown { reference: String },
    /// A manifest is there, but `Accept` does not name its type.
    NotAcceptable { media_type: String },
    /// No open session of that id in the repository.
    UploadUnknown { session: String },
    /// A name outside the grammar, or too long.
    NameInvalid { name: String, reason: &'static str },
    /// A tag outside the grammar.
    TagInvalid { tag: String, reason: &'static str },
    /// A digest outside the grammar, or of an algorithm that is not offered.
    DigestInvalid {
        digest: String,
        reason: &'static str,
    },
    /// Content that is not what its digest says.
    DigestMismatch { expected: Digest, actual: Digest },
    /// A manifest that cannot be read.
    ManifestInvalid { reason: String },
    /// A manifest that points at what is not there: place and digest of each, and how many there are in all.
    ManifestBlobUnknown {
        missing: Vec<(String, String)>,
        total: usize,
    },
    /// A chunk in the wrong place; the session stays as it was.
    ChunkInvalid {
        session: SessionId,
        location: String,
        acknowledged: u64,
        fault: RangeFault,
    },
    /// A range that the blob does not have.
    RangeNotSatisfiable { first: u64, length: u64 },
    /// A precondition (`If-Match`, `If-None-Match`) that does not hold.
    PreconditionFailed {
        reference: String,
        current: Option<Digest>,
    },
    /// A tag that may not be moved.
    TagImmutable { tag: String },
    /// A manifest over its limit, in bytes.
    ManifestTooLarge { limit: u64 },
    /// A blob over its limit, in bytes.
    BlobTooLarge { limit: u64 },
    /// No room in the registry, in bytes.
    Full { used: u64, limit: u64 },
    /// Too many of something.
    TooMany {
        what: &'static str,
        limit: u64,
        retry_after: Duration,
    },
    /// A path that names nothing.
    NotFound,
    /// A method that this path does not have.
    MethodNotAllowed { allow: String },
    /// `n` is not a number from 0 upwards.
    PageInvalid { n: String },
    /// `n` is over the longest page of the registry.
    PageTooLong { n: u64, limit: u64 },
    /// A target with a broken percent-encoding.
    TargetInvalid { reason: &'static str },
    /// A target over its limit, in bytes.
    TargetTooLong { limit: usize },
    /// Headers over their limit, in bytes.
    HeadersTooLarge { limit: usize },
    /// A body that is longer or shorter than its `Content-Length`.
    LengthInvalid { declared: u64, received: u64 },
    /// Changes that nobody drained.
    JournalFull { limit: usize },
    /// Storage did not take the change.
    StorageFailed { reason: String },
    /// The registry went back to another state while the body arrived.
    Restored,
    /// An upstream that answered with something else than was asked for.
    UpstreamFailed { reason: String },
    /// Credentials that are missing, wrong, or not enough.
    Unauthorized { reason: String },
    /// Somebody who is known, and may not.
    Forbidden { reason: String },
    /// What leads to the next page is none of the registry's.
    CursorInvalid { cursor: String },
    /// An upload that may not go on like this.
    ChunkRefused { reason: &'static str },
    /// A body over its limit, in bytes.
    BodyTooLarge { limit: u64 },
    /// A config of a type that is not taken.
    ConfigRefused { media_type: String },
    /// Credentials sent to where none are taken.
    CredentialsUnwanted,
    /// A token asked for in a way that cannot be understood.
    TokenRequestInvalid { reason: String },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())?;
        let detail = self.detail();
        if detail.is_null() {
            Ok(())
        } else {
            write!(f, " {detail}")
        }
    }
}

impl std::error::Error for Error {}
