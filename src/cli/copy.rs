//! `registrette copy` and `registrette init`.

mod jobs;
mod target;

use std::{fs, io, path::Path, sync::Mutex};

use registrette::{
    archive::{Link, Source, Walked, repository_of, walk},
    spec::{Reference, Tag},
};

use self::{
    jobs::{Job, jobs},
    target::{Count, Target},
};
use super::{
    Mistake,
    args::{Copy, Init},
    catalog::ROOM,
    disk,
    end::{Address, End, Form, Local, reference},
    load::file_name,
    progress::{Progress, size},
    remote::{Remote, runtime},
    say,
};

pub(super) fn copy(args: &Copy) -> Result<(), Mistake> {
    let (from, to) = (End::parse(&args.from)?, End::parse(&args.to)?);
    let runtime = runtime()?;
    let (remote, shelf);
    let source: &dyn Source = match &from {
        End::Registry(address) => {
            remote = Some(Remote::new(address, runtime.clone())?);
            remote.as_ref().map_or_else(nothing, Ok)?
        }
        End::Path(local) => {
            remote = None;
            let name = repository_of(&file_name(&local.path));
            shelf = disk::open(&local.path, &name, ROOM)?;
            &shelf
        }
    };
    let jobs = jobs(source, &from, &to, args.all_tags)?;
    let target = Target::open(&to, &runtime, remote.as_ref())?;
    carry_out(source, target, &jobs, &args.platform, args.referrers)
}

fn nothing<T>() -> Result<T, Mistake> {
    Err(Mistake("there is nothing to copy from".to_owned()))
}

/// Marks a folder that `init` has not finished.
const MARK: &str = ".registrette-init";

pub(super) fn init(args: &Init) -> Result<(), Mistake> {
    let End::Registry(address) = End::parse(&args.from)? else {
        let mistake = format!(
            "{:?} is no registry; write --from like localhost:5000",
            args.from
        );
        return Err(Mistake(mistake));
    };
    let mut jobs = Vec::new();
    for image in &args.images {
        jobs.push(job(&address, image)?);
    }
    claim(&args.folder)?;
    let runtime = runtime()?;
    let remote = Remote::new(&address, runtime.clone())?;
    let to = End::Path(Local {
        path: args.folder.clone(),
        form: Some(Form::Storage),
        repository: None,
        tag: None,
    });
    let target = Target::open(&to, &runtime, None)?;
    carry_out(&remote, target, &jobs, &args.platform, false)?;
    let unmarked = fs::remove_file(args.folder.join(MARK));
    unmarked.map_err(|fault| unusable(&args.folder, &fault))
}

fn job(address: &Address, image: &str) -> Result<Job, Mistake> {
    let (Some(repository), tag, digest) = reference(image)? else {
        return Err(Mistake(
            "an image has no name; write it like demo/app:v1".to_owned(),
        ));
    };
    let tag = match (tag, &digest) {
        (None, None) => Tag::parse("latest").ok(),
        (tag, _) => tag,
    };
    let by_digest = digest.map(Reference::Digest);
    let reference = by_digest.or_else(|| tag.clone().map(Reference::Tag));
    let is_short = address.host == "docker.io" && !repository.as_str().contains('/');
    let from = if is_short {
        // Docker's own images go by their short names everywhere but here.
        jobs::name(&format!("library/{repository}"))?
    } else {
        repository.clone()
    };
    Ok(Job {
        from,
        reference: reference.map_or_else(nothing, Ok)?,
        to: repository,
        tags: tag.into_iter().collect(),
    })
}

/// Takes a folder that is empty, or that an interrupted `init` has begun with.
fn claim(folder: &Path) -> Result<(), Mistake> {
    let fault = |fault: io::Error| unusable(folder, &fault);
    fs::create_dir_all(folder).map_err(fault)?;
    let is_ours = folder.join(MARK).exists();
    if !is_ours && fs::read_dir(folder).map_err(fault)?.next().is_some() {
        return Err(Mistake(format!(
            "{} is not empty; give init a folder that is, or that is not there yet",
            folder.display()
        )));
    }
    let text = "registrette init has not finished here; run it again and it goes on.\n";
    fs::write(folder.join(MARK), text).map_err(fault)
}

fn unusable(folder: &Path, fault: &io::Error) -> Mistake {
    Mistake(format!("{} cannot be written: {fault}", folder.display()))
}

/// Copies image after image, and says so.
fn carry_out(
    source: &dyn Source,
    mut target: Target,
    jobs: &[Job],
    platforms: &[String],
    referrers: bool,
) -> Result<(), Mistake> {
    let wanted = |link: &Link| {
        let platform = link.platform.as_deref().unwrap_or_default();
        platforms.is_empty() || platforms.iter().any(|wanted| wanted == platform)
    };
    for job in jobs {
        let walked = walk(source, &job.from, &job.reference, &wanted)?;
        if !platforms.is_empty() && walked.blobs.is_empty() {
            let (from, platforms) = (&job.from, platforms.join(", "));
            return Err(Mistake(format!("{from}: it has no image for {platforms}")));
        }
        let about = if referrers {
            jobs::referrers(source, job, &walked)?
        } else {
            Vec::new()
        };
        one(source, &mut target, job, &walked)?;
        for (job, walked) in about {
            one(source, &mut target, &job, &walked)?;
        }
    }
    target.finish()?;
    Ok(())
}

fn one(
    source: &dyn Source,
    target: &mut Target,
    job: &Job,
    walked: &Walked,
) -> Result<(), Mistake> {
    let shown = job.to_string();
    let progress = Mutex::new(Progress::new(&shown, Some(walked.bytes())));
    let count: Count = target.take(source, job, walked, &|bytes| {
        if let Ok(mut progress) = progress.lock() {
            progress.add(bytes);
        }
    })?;
    drop(progress);
    let digest = walked.top().map(|top| top.digest.to_string());
    let digest = digest.unwrap_or_default();
    say::on_stdout(&format!(
        "copied {shown} {digest} ({count}, {})",
        size(walked.bytes())
    ));
    Ok(())
}
