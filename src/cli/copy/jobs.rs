//! What is to be copied, and what it is called there.

use std::{collections::BTreeSet, fmt};

use registrette::{
    archive::{Fault, Source, Walked, walk},
    spec::{Digest, Reference, RepositoryName, Tag},
};

use super::super::{Mistake, end::End};

/// One image.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) from: RepositoryName,
    pub(super) reference: Reference,
    pub(super) to: RepositoryName,
    pub(super) tags: Vec<Tag>,
}

/// The images that the first end names, under the names that the second gives.
pub(super) fn jobs(
    source: &dyn Source,
    from: &End,
    to: &End,
    all_tags: bool,
) -> Result<Vec<Job>, Mistake> {
    let mut jobs = chosen(source, from, all_tags)?;
    let (repository, tag) = match to {
        End::Registry(to) if to.digest.is_some() => {
            return Err(Mistake(
                "what is copied keeps its digest; name a tag to copy to".to_owned(),
            ));
        }
        End::Registry(to) => (&to.repository, &to.tag),
        End::Path(to) => (&to.repository, &to.tag),
    };
    let repositories: BTreeSet<&RepositoryName> = jobs.iter().map(|job| &job.from).collect();
    if jobs.is_empty() {
        return Err(Mistake("there is no image there to copy".to_owned()));
    }
    if repository.is_some() && repositories.len() > 1 {
        let names: Vec<&str> = repositories.iter().map(|name| name.as_str()).collect();
        let names = names.join(", ");
        return Err(Mistake(format!(
            "{names} cannot all go into one repository; name one of them, as PATH#REPOSITORY"
        )));
    }
    if tag.is_some() && jobs.len() > 1 {
        let names: Vec<String> = jobs.iter().map(ToString::to_string).collect();
        let names = names.join(", ");
        return Err(Mistake(format!(
            "{names} cannot all have one tag; leave it out, or name one of them"
        )));
    }
    for job in &mut jobs {
        if let Some(repository) = repository {
            job.to = repository.clone();
        }
        if let Some(tag) = tag {
            job.tags = vec![tag.clone()];
        }
    }
    Ok(jobs)
}

fn chosen(source: &dyn Source, from: &End, all_tags: bool) -> Result<Vec<Job>, Mistake> {
    let mut jobs = Vec::new();
    let (repository, reference, is_whole) = match from {
        End::Registry(from) => {
            let latest = || Tag::parse("latest").ok().map(Reference::Tag);
            let reference = from.reference().or_else(latest);
            (from.repository.clone(), reference, all_tags)
        }
        End::Path(from) => {
            let tag = from.tag.clone();
            (
                from.repository.clone(),
                tag.clone().map(Reference::Tag),
                tag.is_none(),
            )
        }
    };
    if let (Some(repository), Some(reference), false) = (&repository, reference, is_whole) {
        let tag = match (&reference, from) {
            (Reference::Tag(tag), _) => Some(tag.clone()),
            (Reference::Digest(_), End::Registry(from)) => from.tag.clone(),
            (Reference::Digest(_), End::Path(_)) => None,
        };
        return Ok(vec![Job {
            from: repository.clone(),
            to: repository.clone(),
            reference,
            tags: tag.into_iter().collect(),
        }]);
    }
    let repositories = match repository {
        Some(repository) => vec![repository],
        None => source.repositories()?,
    };
    for repository in repositories {
        let mut named = BTreeSet::new();
        for tag in source.tags(&repository)? {
            named.insert(tag.to_string());
            jobs.push(Job {
                from: repository.clone(),
                to: repository.clone(),
                reference: Reference::Tag(tag.clone()),
                tags: vec![tag],
            });
        }
        // What hangs on a tag comes with it; what is about something comes after that.
        let mut reached = BTreeSet::new();
        for job in jobs.iter().filter(|job| job.from == repository) {
            let walked = walk(source, &repository, &job.reference, &|_| true)?;
            reached.extend(walked.manifests.into_iter().map(|found| found.digest));
        }
        for digest in source.untagged(&repository)? {
            if !reached.contains(&digest) {
                jobs.push(untagged(&repository, &repository, digest));
            }
        }
    }
    Ok(jobs)
}

fn untagged(from: &RepositoryName, to: &RepositoryName, digest: Digest) -> Job {
    Job {
        from: from.clone(),
        to: to.clone(),
        reference: Reference::Digest(digest),
        tags: Vec::new(),
    }
}

/// What is about an image, and about that.
pub(super) fn referrers(
    source: &dyn Source,
    job: &Job,
    walked: &Walked,
) -> Result<Vec<(Job, Walked)>, Fault> {
    let digests = |walked: &Walked| -> Vec<Digest> {
        let manifests = walked.manifests.iter();
        manifests.map(|found| found.digest.clone()).collect()
    };
    let mut waiting = digests(walked);
    let mut seen: BTreeSet<Digest> = waiting.iter().cloned().collect();
    let mut found = Vec::new();
    while let Some(subject) = waiting.pop() {
        for digest in source.referrers(&job.from, &subject)? {
            if !seen.insert(digest.clone()) {
                continue;
            }
            let about = untagged(&job.from, &job.to, digest);
            let walked = walk(source, &about.from, &about.reference, &|_| true)?;
            waiting.extend(digests(&walked));
            found.push((about, walked));
        }
    }
    Ok(found)
}

pub(super) fn name(text: &str) -> Result<RepositoryName, Mistake> {
    RepositoryName::parse(text).map_err(|error| Mistake(error.to_string()))
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags: Vec<&str> = self.tags.iter().map(Tag::as_str).collect();
        match (tags.is_empty(), &self.reference) {
            (true, Reference::Digest(_)) => write!(f, "{}", self.to),
            (true, Reference::Tag(tag)) => write!(f, "{}:{tag}", self.to),
            (false, _) => write!(f, "{}:{}", self.to, tags.join(", ")),
        }
    }
}
