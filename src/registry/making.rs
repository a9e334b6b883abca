//! Images that are made when they are first asked for.

use super::{Registry, bed::Bed, exchange::State};
use crate::{
    image::{Place, RandomImage, RandomWork},
    spec::{Error, Invalid, Reference},
    wire::{Head, Operation, error_answer},
};

/// How many bytes all images together may have that are made in one repository. They take no room; the list of their
/// pieces does, 32 bytes for each MiB.
const MOST: u64 = 1 << 40;

impl Registry {
    /// Begins to make an image that is asked for.
    pub(super) fn make(&self, head: &Head, image: RandomImage) -> State {
        let made = self.check_room(head, image).and_then(|()| {
            let digests = self.scenario.remembered(&image);
            let hashers = self.store.hashers().clone();
            RandomWork::new(image, digests, hashers).map_err(|fault| unmade(&fault))
        });
        match made {
            Ok(work) => State::Making(Box::new(work)),
            Err(error) => State::Answered(Box::new(error_answer(&error, head.quirks()))),
        }
    }

    fn check_room(&self, head: &Head, image: RandomImage) -> Result<(), Error> {
        let limit = self.store.settings().limits.blob.min(MOST);
        if image.size > limit {
            return Err(Error::BlobTooLarge { limit });
        }
        let name = head.operation.as_ref().ok().and_then(Operation::repository);
        let held = name.and_then(|name| self.store.repository(name));
        let blobs = held.into_iter().flat_map(|held| held.blobs());
        let used = blobs.fold(0_u64, |sum, (_, blob)| sum.saturating_add(blob.len()));
        if used.saturating_add(image.bytes()) > MOST {
            return Err(Error::Full { used, limit: MOST });
        }
        Ok(())
    }

    /// Makes it, and keeps it under the tag that it was asked for by.
    pub(super) fn keep_made(&mut self, head: &Head, work: RandomWork) -> Result<(), Error> {
        let Ok(Operation::PullManifest {
            repository,
            reference: Reference::Tag(tag),
        }) = &head.operation
        else {
            return Err(Error::NotFound);
        };
        let place = Place {
            repository: repository.clone(),
            tag: Some(tag.clone()),
            digest: None,
        };
        let image = work.image;
        let (built, digests) = work.build().map_err(|fault| unmade(&fault))?;
        self.scenario.remember(image, digests);
        let mut bed = Bed::new(&self.store, &self.budget);
        bed.keep(&place, built)?;
        self.store.commit(bed.into_changes())?;
        self.durable.refresh(&self.store);
        Ok(())
    }
}

fn unmade(fault: &Invalid) -> Error {
    Error::ManifestInvalid {
        reason: fault.to_string(),
    }
}
