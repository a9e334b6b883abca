//! Mounts (end-11).

use super::{Context, Decision, blobs, uploads};
use crate::{
    spec::{Digest, Error, RepositoryName},
    store::Change,
};

/// Takes a blob over from another repository; what cannot be mounted is to be uploaded.
pub(super) fn mount(
    cx: Context<'_>,
    name: &RepositoryName,
    digest: &Digest,
    from: Option<&RepositoryName>,
) -> Result<Decision, Error> {
    let holder = match from {
        Some(from) => Some(from).filter(|from| {
            cx.store
                .repository(from)
                .is_some_and(|it| it.blob(digest).is_some())
        }),
        None => cx.store.holders(digest).next().map(|(holder, _)| holder),
    };
    let Some(from) = holder.cloned() else {
        return uploads::start(cx, name, None);
    };
    cx.room_for(name)?;
    let change = Change::MountBlob {
        repository: name.clone(),
        digest: digest.clone(),
        from,
    };
    Ok(Decision::new([change], blobs::created(cx, name, digest)))
}
