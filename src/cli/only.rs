//! A part of a source.

use registrette::{
    archive::{Fault, Found, Pieces, Source},
    spec::{Digest, Reference, RepositoryName, Tag},
};

use super::end::Address;

/// What an address names of a registry: all of it, a repository, or one image.
#[derive(Debug)]
pub(super) struct Only<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) address: &'a Address,
}

impl Source for Only<'_> {
    fn repositories(&self) -> Result<Vec<RepositoryName>, Fault> {
        match &self.address.repository {
            Some(repository) => Ok(vec![repository.clone()]),
            None => self.source.repositories(),
        }
    }

    fn tags(&self, repository: &RepositoryName) -> Result<Vec<Tag>, Fault> {
        match (&self.address.tag, &self.address.digest) {
            (Some(tag), None) => Ok(vec![tag.clone()]),
            (_, Some(_)) => Ok(Vec::new()),
            (None, None) => self.source.tags(repository),
        }
    }

    fn manifest(
        &self,
        repository: &RepositoryName,
        reference: &Reference,
    ) -> Result<Option<Found>, Fault> {
        let found = self.source.manifest(repository, reference)?;
        if found.is_none() && matches!(reference, Reference::Tag(_)) {
            let name = format!("{repository}:{reference}");
            return Err(Fault::new(name, "it is not there"));
        }
        Ok(found)
    }

    fn blob_length(
        &self,
        repository: &RepositoryName,
        digest: &Digest,
        expected: u64,
    ) -> Result<Option<u64>, Fault> {
        self.source.blob_length(repository, digest, expected)
    }

    fn blob(
        &self,
        repository: &RepositoryName,
        digest: &Digest,
        from: u64,
    ) -> Result<Box<dyn Pieces + '_>, Fault> {
        self.source.blob(repository, digest, from)
    }

    fn untagged(&self, repository: &RepositoryName) -> Result<Vec<Digest>, Fault> {
        match (&self.address.tag, &self.address.digest) {
            (_, Some(digest)) => Ok(vec![digest.clone()]),
            (Some(_), None) => Ok(Vec::new()),
            (None, None) => self.source.untagged(repository),
        }
    }

    fn referrers(
        &self,
        repository: &RepositoryName,
        subject: &Digest,
    ) -> Result<Vec<Digest>, Fault> {
        self.source.referrers(repository, subject)
    }
}
