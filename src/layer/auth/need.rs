//! What each operation needs.

use crate::{
    spec::{Actions, Scope},
    wire::Operation,
};

/// What somebody needs who asks for something.
pub(super) enum Need {
    /// Nothing.
    Nothing,
    /// To be somebody, or to have a token of any kind.
    Name,
    /// This scope, and what else a token for it had better be good for.
    Scope(Scope, Option<Scope>),
}

impl Need {
    pub(super) fn of(operation: &Operation) -> Self {
        let actions = match operation {
            Operation::CheckAlive | Operation::ListMethods { .. } | Operation::Token => {
                return Self::Nothing;
            }
            Operation::CheckApi | Operation::DiscoverExtensions => return Self::Name,
            Operation::ListRepositories { .. } => return Self::Scope(Scope::Catalog, None),
            Operation::PullBlob { .. }
            | Operation::PullManifest { .. }
            | Operation::ListTags { .. }
            | Operation::ListReferrers { .. } => Actions::PULL,
            Operation::StartUpload { .. }
            | Operation::PushBlob { .. }
            | Operation::UploadChunk { .. }
            | Operation::CloseUpload { .. }
            | Operation::PushManifest { .. }
            | Operation::MountBlob { .. }
            | Operation::UploadStatus { .. }
            | Operation::CancelUpload { .. } => Actions::PULL_PUSH,
            Operation::DeleteManifest { .. }
            | Operation::DeleteTag { .. }
            | Operation::DeleteBlob { .. } => Actions::DELETE,
        };
        let Some(repository) = operation.repository() else {
            return Self::Nothing;
        };
        // Who may not pull there gets no error for it: a blob that is not mounted is uploaded.
        let source = if let Operation::MountBlob { from, .. } = operation {
            from.clone().filter(|from| from != repository)
        } else {
            None
        };
        Self::Scope(
            Scope::Repository(repository.clone(), actions),
            source.map(|source| Scope::Repository(source, Actions::PULL)),
        )
    }

    /// The scopes, as a challenge names them.
    pub(super) fn scopes(&self) -> impl Iterator<Item = &Scope> {
        let (first, second) = match self {
            Self::Nothing | Self::Name => (None, None),
            Self::Scope(scope, more) => (Some(scope), more.as_ref()),
        };
        first.into_iter().chain(second)
    }
}
