//! Everything that can change.

use std::sync::Arc;

use super::{Snapshot, StoredManifest};
use crate::{
    content::{Chunk, Content, Hasher},
    spec::{Algorithm, Digest, RepositoryName, SessionId, Settings, Tag, Timestamp},
};

/// One change of the state. Whoever keeps all of them, in order, can make the state again.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are named for their types")]
pub enum Change {
    /// A session was opened, after `number` others.
    OpenUpload {
        number: u64,
        repository: RepositoryName,
        session: SessionId,
        algorithm: Algorithm,
        at: Timestamp,
    },
    /// Bytes were appended to a session. `hasher` is the session's with these bytes taken; `None`: to be computed.
    AppendUpload {
        session: SessionId,
        chunks: Vec<Chunk>,
        hasher: Option<Box<dyn Hasher>>,
        at: Timestamp,
    },
    /// A session, with these last bytes, became a blob of its repository. The digest was checked.
    CloseUpload {
        session: SessionId,
        chunks: Vec<Chunk>,
        digest: Digest,
    },
    /// A session was cancelled, or idle for too long.
    CancelUpload { session: SessionId },
    /// A blob was pushed in one request, its digest checked; or seeded, where the digest may be wrong on purpose.
    PutBlob {
        repository: RepositoryName,
        digest: Digest,
        content: Content,
    },
    /// A blob was mounted.
    MountBlob {
        repository: RepositoryName,
        digest: Digest,
        from: RepositoryName,
    },
    /// A blob was deleted.
    DeleteBlob {
        repository: RepositoryName,
        digest: Digest,
    },
    /// A manifest was pushed or seeded. The digest was checked.
    PutManifest {
        repository: RepositoryName,
        digest: Digest,
        manifest: Arc<StoredManifest>,
    },
    /// A tag was set or moved.
    SetTag {
        repository: RepositoryName,
        tag: Tag,
        digest: Digest,
    },
    /// A tag was deleted.
    DeleteTag {
        repository: RepositoryName,
        tag: Tag,
    },
    /// A manifest was deleted, and every tag of it.
    DeleteManifest {
        repository: RepositoryName,
        digest: Digest,
    },
    /// The settings were changed.
    Set { settings: Arc<Settings> },
    /// The state was replaced by an earlier one.
    Restore { snapshot: Snapshot },
}
