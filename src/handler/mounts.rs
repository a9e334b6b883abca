//! Mounts (end-11).

use super::{Context, Decision, blobs, uploads};
use crate::{
    spec::{Actions, Digest, Error, Mounts, RepositoryName},
    store::Change,
};

/// Takes a blob over from another repository; what cannot be mounted is to be uploaded.
pub(super) fn mount(
    cx: Context<'_>,
    name: &RepositoryName,
    digest: &Digest,
    from: Option<&RepositoryName>,
) -> Result<Decision, Error> {
    match (cx.quirks().mounts, from) {
        (Mounts::Spec, _) | (Mounts::NeedsFrom | Mounts::FromOnly, Some(_)) => {}
        (Mounts::Session, _) | (Mounts::FromOnly, None) => return uploads::start(cx, name, None),
        (Mounts::Denied, _) => {
            let reason = "nothing can be mounted here".to_owned();
            return Err(Error::Forbidden { reason });
        }
        (Mounts::NeedsFrom, None) => {
            return Err(Error::NameInvalid {
                name: String::new(),
                reason: "a mount needs from, the name of a repository",
            });
        }
    }
    let rights = cx.head.directives.rights.as_ref();
    let may_read = |source: &RepositoryName| {
        rights.is_none_or(|rights| rights.on(source).contains(Actions::PULL))
    };
    let holder = match from {
        Some(from) => Some(from).filter(|from| {
            cx.store
                .repository(from)
                .is_some_and(|it| it.blob(digest).is_some())
        }),
        None => (cx.store.holders(digest))
            .map(|(holder, _)| holder)
            .find(|holder| may_read(holder)),
    };
    // Whoever may not read a repository cannot tell by a mount what it holds.
    let holder = holder.filter(|holder| may_read(holder));
    let Some(from) = holder.cloned() else {
        return uploads::start(cx, name, None);
    };
    cx.may_push_to(name)?;
    let change = Change::MountBlob {
        repository: name.clone(),
        digest: digest.clone(),
        from,
    };
    Ok(Decision::new([change], blobs::created(cx, name, digest)))
}
