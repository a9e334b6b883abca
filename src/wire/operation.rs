//! What a request asks for.

use http::Method;

use super::{ChunkRange, Page, encode};
use crate::spec::{
    Algorithm, Digest, Glob, MediaType, Reference, RepositoryName, SessionId, Tag, unknown,
};

/// A request, understood: one variant per endpoint, in the order of the spec's table.
///
/// Whether content is asked for or only its head is the method's affair.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the fields are named for their types")]
pub enum Operation {
    /// `GET /`: whether the server is alive.
    CheckAlive,
    /// end-1: whether the API is there.
    CheckApi,
    /// end-2.
    PullBlob {
        repository: RepositoryName,
        digest: Digest,
    },
    /// end-3.
    PullManifest {
        repository: RepositoryName,
        reference: Reference,
    },
    /// end-4a, and end-4c where an algorithm is named.
    StartUpload {
        repository: RepositoryName,
        algorithm: Option<Algorithm>,
    },
    /// end-4b.
    PushBlob {
        repository: RepositoryName,
        digest: Digest,
    },
    /// end-5; without a range the body is appended.
    UploadChunk {
        repository: RepositoryName,
        session: SessionId,
        range: Option<Chunked>,
    },
    /// end-6.
    CloseUpload {
        repository: RepositoryName,
        session: SessionId,
        range: Option<Chunked>,
        digest: Digest,
    },
    /// end-7a, and end-7b where tags are named.
    PushManifest {
        repository: RepositoryName,
        reference: Reference,
        tags: Vec<Tag>,
        media_type: Option<MediaType>,
    },
    /// end-8a and end-8b.
    ListTags {
        repository: RepositoryName,
        page: Page,
    },
    /// end-9, by digest.
    DeleteManifest {
        repository: RepositoryName,
        digest: Digest,
    },
    /// end-9, by tag.
    DeleteTag {
        repository: RepositoryName,
        tag: Tag,
    },
    /// end-10.
    DeleteBlob {
        repository: RepositoryName,
        digest: Digest,
    },
    /// end-11.
    MountBlob {
        repository: RepositoryName,
        digest: Digest,
        from: Option<RepositoryName>,
    },
    /// end-12a and end-12b.
    ListReferrers {
        repository: RepositoryName,
        subject: Digest,
        artifact_type: Option<String>,
        page: Page,
    },
    /// end-13.
    UploadStatus {
        repository: RepositoryName,
        session: SessionId,
    },
    /// end-14.
    CancelUpload {
        repository: RepositoryName,
        session: SessionId,
    },
    /// `_catalog`, which is Docker's and not the spec's.
    ListRepositories { page: Page },
    /// `_oci/ext/discover` (distribution-spec, extensions).
    DiscoverExtensions,
    /// `/_token`: a token for what comes next (Docker's token authentication).
    Token,
    /// `OPTIONS`: which methods a path has, as `Allow` lists them.
    ListMethods { allow: &'static str },
}

/// A `Content-Range` as sent: read, or what could not be read.
pub(crate) type Chunked = Result<ChunkRange, String>;

impl Operation {
    /// The name of the operation everywhere outside Rust. `head` tells pulls of a head from pulls of content.
    #[must_use]
    pub fn name(&self, head: bool) -> &'static str {
        match self {
            Self::CheckAlive => "alive",
            Self::CheckApi => "ping",
            Self::PullBlob { .. } if head => "blob.head",
            Self::PullBlob { .. } => "blob.get",
            Self::PullManifest { .. } if head => "manifest.head",
            Self::PullManifest { .. } => "manifest.get",
            Self::StartUpload { .. } => "upload.start",
            Self::PushBlob { .. } => "blob.put",
            Self::UploadChunk { .. } => "upload.patch",
            Self::CloseUpload { .. } => "upload.put",
            Self::PushManifest { .. } => "manifest.put",
            Self::ListTags { .. } => "tags.list",
            Self::DeleteManifest { .. } => "manifest.delete",
            Self::DeleteTag { .. } => "tag.delete",
            Self::DeleteBlob { .. } => "blob.delete",
            Self::MountBlob { .. } => "blob.mount",
            Self::ListReferrers { .. } => "referrers.list",
            Self::UploadStatus { .. } => "upload.status",
            Self::CancelUpload { .. } => "upload.cancel",
            Self::ListRepositories { .. } => "catalog",
            Self::DiscoverExtensions => "extensions",
            Self::Token => "token",
            Self::ListMethods { .. } => "options",
        }
    }

    /// The names of all that a client can ask for, as [`Operation::name`] gives them; last `unknown`, for what is none.
    pub const NAMES: [&'static str; 24] = [
        "alive",
        "ping",
        "blob.get",
        "blob.head",
        "manifest.get",
        "manifest.head",
        "upload.start",
        "blob.put",
        "upload.patch",
        "upload.put",
        "manifest.put",
        "tags.list",
        "manifest.delete",
        "tag.delete",
        "blob.delete",
        "blob.mount",
        "referrers.list",
        "upload.status",
        "upload.cancel",
        "catalog",
        "extensions",
        "token",
        "options",
        "unknown",
    ];

    /// A pattern of these names, such as `blob.*`.
    ///
    /// # Errors
    /// A sentence, where it fits none of them.
    pub(crate) fn pattern(text: &str) -> Result<Glob, String> {
        let glob = Glob::new(text);
        match Self::NAMES.iter().any(|name| glob.is_match(name)) {
            true => Ok(glob),
            false => Err(unknown("operation", text, &Self::NAMES)),
        }
    }

    /// The upload session it is about.
    #[must_use]
    pub fn session(&self) -> Option<&SessionId> {
        match self {
            Self::UploadChunk { session, .. }
            | Self::CloseUpload { session, .. }
            | Self::UploadStatus { session, .. }
            | Self::CancelUpload { session, .. } => Some(session),
            Self::CheckAlive
            | Self::CheckApi
            | Self::PullBlob { .. }
            | Self::PullManifest { .. }
            | Self::StartUpload { .. }
            | Self::PushBlob { .. }
            | Self::PushManifest { .. }
            | Self::ListTags { .. }
            | Self::DeleteManifest { .. }
            | Self::DeleteTag { .. }
            | Self::DeleteBlob { .. }
            | Self::MountBlob { .. }
            | Self::ListReferrers { .. }
            | Self::ListRepositories { .. }
            | Self::DiscoverExtensions
            | Self::Token
            | Self::ListMethods { .. } => None,
        }
    }

    /// The repository it is about.
    #[must_use]
    pub fn repository(&self) -> Option<&RepositoryName> {
        match self {
            Self::CheckAlive
            | Self::CheckApi
            | Self::ListRepositories { .. }
            | Self::DiscoverExtensions
            | Self::Token
            | Self::ListMethods { .. } => None,
            Self::PullBlob { repository, .. }
            | Self::PullManifest { repository, .. }
            | Self::StartUpload { repository, .. }
            | Self::PushBlob { repository, .. }
            | Self::UploadChunk { repository, .. }
            | Self::CloseUpload { repository, .. }
            | Self::PushManifest { repository, .. }
            | Self::ListTags { repository, .. }
            | Self::DeleteManifest { repository, .. }
            | Self::DeleteTag { repository, .. }
            | Self::DeleteBlob { repository, .. }
            | Self::MountBlob { repository, .. }
            | Self::ListReferrers { repository, .. }
            | Self::UploadStatus { repository, .. }
            | Self::CancelUpload { repository, .. } => Some(repository),
        }
    }

    /// The tag, digest or session it is about.
    #[must_use]
    pub fn reference(&self) -> Option<String> {
        match self {
            Self::PullBlob { digest, .. }
            | Self::PushBlob { digest, .. }
            | Self::DeleteManifest { digest, .. }
            | Self::DeleteBlob { digest, .. }
            | Self::MountBlob { digest, .. }
            | Self::CloseUpload { digest, .. } => Some(digest.to_string()),
            Self::PullManifest { reference, .. } | Self::PushManifest { reference, .. } => {
                Some(reference.to_string())
            }
            Self::ListReferrers { subject, .. } => Some(subject.to_string()),
            Self::DeleteTag { tag, .. } => Some(tag.to_string()),
            Self::UploadChunk { session, .. }
            | Self::UploadStatus { session, .. }
            | Self::CancelUpload { session, .. } => Some(session.to_string()),
            Self::CheckAlive
            | Self::CheckApi
            | Self::StartUpload { .. }
            | Self::ListTags { .. }
            | Self::ListRepositories { .. }
            | Self::DiscoverExtensions
            | Self::Token
            | Self::ListMethods { .. } => None,
        }
    }

    /// The path and query that ask for it: the inverse of parsing. Every `Location` is made here.
    #[must_use]
    pub fn target(&self) -> String {
        match self {
            Self::CheckAlive | Self::ListMethods { .. } => "/".to_owned(),
            Self::CheckApi => "/v2/".to_owned(),
            Self::PullBlob { repository, digest } | Self::DeleteBlob { repository, digest } => {
                format!("/v2/{repository}/blobs/{digest}")
            }
            Self::PullManifest {
                repository,
                reference,
            } => format!("/v2/{repository}/manifests/{reference}"),
            Self::StartUpload {
                repository,
                algorithm,
            } => {
                let path = format!("/v2/{repository}/blobs/uploads/");
                with_query(
                    path,
                    [(
                        "digest-algorithm",
                        algorithm.map(|algorithm| algorithm.as_str().to_owned()),
                    )],
                )
            }
            Self::PushBlob { repository, digest } => {
                format!("/v2/{repository}/blobs/uploads/?digest={digest}")
            }
            Self::UploadChunk {
                repository,
                session,
                ..
            }
            | Self::UploadStatus {
                repository,
                session,
            }
            | Self::CancelUpload {
                repository,
                session,
            } => format!("/v2/{repository}/blobs/uploads/{session}"),
            Self::CloseUpload {
                repository,
                session,
                digest,
                ..
            } => {
                format!("/v2/{repository}/blobs/uploads/{session}?digest={digest}")
            }
            Self::PushManifest {
                repository,
                reference,
                tags,
                ..
            } => {
                let path = format!("/v2/{repository}/manifests/{reference}");
                with_query(path, tags.iter().map(|tag| ("tag", Some(tag.to_string()))))
            }
            Self::ListTags { repository, page } => {
                with_query(format!("/v2/{repository}/tags/list"), page_pairs(page))
            }
            Self::DeleteManifest { repository, digest } => {
                format!("/v2/{repository}/manifests/{digest}")
            }
            Self::DeleteTag { repository, tag } => format!("/v2/{repository}/manifests/{tag}"),
            Self::MountBlob {
                repository,
                digest,
                from,
            } => with_query(
                format!("/v2/{repository}/blobs/uploads/"),
                [
                    ("mount", Some(digest.to_string())),
                    ("from", from.as_ref().map(ToString::to_string)),
                ],
            ),
            Self::ListReferrers {
                repository,
                subject,
                artifact_type,
                page,
            } => {
                let filter = [("artifactType", artifact_type.clone())];
                with_query(
                    format!("/v2/{repository}/referrers/{subject}"),
                    filter.into_iter().chain(page_pairs(page)),
                )
            }
            Self::ListRepositories { page } => {
                with_query("/v2/_catalog".to_owned(), page_pairs(page))
            }
            Self::DiscoverExtensions => "/v2/_oci/ext/discover".to_owned(),
            Self::Token => "/_token".to_owned(),
        }
    }
}

/// A method, however it is written.
pub(crate) fn parse_method(text: &str) -> Result<Method, String> {
    let method = Method::from_bytes(text.to_ascii_uppercase().as_bytes());
    method.map_err(|_| format!("{text:?} is not a method"))
}

fn page_pairs(page: &Page) -> [(&'static str, Option<String>); 2] {
    [
        ("n", page.n.map(|n| n.to_string())),
        ("last", page.last.clone()),
    ]
}

fn with_query(
    mut path: String,
    pairs: impl IntoIterator<Item = (&'static str, Option<String>)>,
) -> String {
    let mut separator = '?';
    for (name, value) in pairs {
        if let Some(value) = value {
            path.push(separator);
            path.push_str(name);
            path.push('=');
            path.push_str(&encode(&value));
            separator = '&';
        }
    }
    path
}
