//! Where images are copied to.

use std::{
    fmt,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use bytes::Bytes;
use registrette::{
    archive::{Fault, Image, Layout, Link, Source, TarSink, Tree, Walked},
    spec::Reference,
};
use tokio::runtime::Runtime;

use super::{
    super::{
        Mistake,
        disk::Folder,
        end::{End, Form, Local},
        folder::FolderSink,
        remote::{Pushed, Remote},
    },
    jobs::Job,
};

/// How many blobs are sent at a time.
const AT_ONCE: usize = 3;

/// Where images go.
pub(super) enum Target {
    Registry {
        remote: Box<Remote>,
        /// It is the one that is read from.
        is_same: bool,
    },
    Layout {
        path: PathBuf,
        layout: Layout,
    },
    Archive {
        path: PathBuf,
        beside: Beside,
        file: File,
        layout: Layout,
    },
    Storage {
        path: PathBuf,
    },
}

/// What became of the blobs of an image.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    sent: usize,
    mounted: usize,
    there: usize,
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sent,
            mounted,
            there,
        } = self;
        write!(
            f,
            "{sent} blobs sent, {mounted} mounted, {there} there already"
        )
    }
}

impl Count {
    fn of(sink: &FolderSink<'_>, walked: &Walked) -> Self {
        let there = sink.there().min(walked.blobs.len());
        let sent = walked.blobs.len() - there;
        Self {
            sent,
            mounted: 0,
            there,
        }
    }

    fn add(&mut self, pushed: Pushed) {
        match pushed {
            Pushed::Sent => self.sent += 1,
            Pushed::Mounted => self.mounted += 1,
            Pushed::WasThere => self.there += 1,
        }
    }
}

impl Target {
    pub(super) fn open(
        to: &End,
        runtime: &Arc<Runtime>,
        from: Option<&Remote>,
    ) -> Result<Self, Mistake> {
        match to {
            End::Registry(address) => {
                let remote = Box::new(Remote::new(address, runtime.clone())?);
                let is_same = from.is_some_and(|from| from.is_same(&remote));
                Ok(Self::Registry { remote, is_same })
            }
            End::Path(local) => {
                let opened = Self::at(local);
                opened.map_err(|fault| {
                    Mistake(fault.within(&local.path.display().to_string()).to_string())
                })
            }
        }
    }

    fn at(local: &Local) -> Result<Self, Fault> {
        let fault = |fault: io::Error| Fault::new("", fault.to_string());
        let path = local.path.clone();
        let is_tree = path.join("docker/registry/v2").is_dir();
        match local.form {
            Some(Form::Storage) => Ok(Self::Storage { path }),
            None if is_tree => Ok(Self::Storage { path }),
            Some(Form::Archive) => {
                let mut beside = path.as_os_str().to_owned();
                beside.push(".partial");
                let beside = Beside(PathBuf::from(beside));
                let file = File::create(&beside.0).map_err(fault)?;
                let layout = Layout::default();
                Ok(Self::Archive {
                    path,
                    beside,
                    file,
                    layout,
                })
            }
            Some(Form::Layout) | None => {
                let layout = layout(&path, fault)?;
                Ok(Self::Layout { path, layout })
            }
        }
    }

    /// Takes an image.
    pub(super) fn take(
        &mut self,
        source: &dyn Source,
        job: &Job,
        walked: &Walked,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Count, Mistake> {
        let (name, tags) = (&job.to, job.tags.as_slice());
        let image = &Image {
            source,
            repository: &job.from,
            walked,
        };
        let mut count = Count {
            sent: walked.blobs.len(),
            ..Count::default()
        };
        match self {
            Self::Registry { remote, is_same } => {
                count = push(remote, *is_same, source, job, walked, progress)?;
            }
            Self::Layout { path, layout } => {
                let mut sink = FolderSink::new(path, progress);
                layout.add(&mut sink, image, name, tags)?;
                count = Count::of(&sink, walked);
            }
            Self::Storage { path } => {
                let mut sink = FolderSink::new(path, progress);
                Tree.add(&mut sink, image, name, tags)?;
                count = Count::of(&sink, walked);
            }
            Self::Archive {
                beside,
                file,
                layout,
                ..
            } => {
                let mut out = |bytes: Bytes| {
                    progress(bytes.len() as u64);
                    write(file, &beside.0, &bytes)
                };
                layout.add(&mut TarSink::new(&mut out), image, name, tags)?;
            }
        }
        Ok(count)
    }

    /// Writes what names the images.
    pub(super) fn finish(self) -> Result<(), Mistake> {
        match self {
            Self::Registry { .. } | Self::Storage { .. } => {}
            Self::Layout { path, layout } => layout.finish(&mut FolderSink::new(&path, &|_| ()))?,
            Self::Archive {
                path,
                beside,
                mut file,
                layout,
            } => {
                let mut out = |bytes: Bytes| write(&mut file, &beside.0, &bytes);
                let mut sink = TarSink::new(&mut out);
                layout.finish(&mut sink)?;
                sink.finish()?;
                let fault =
                    |fault: io::Error| Fault::new(path.display().to_string(), fault.to_string());
                fs::rename(&beside.0, &path).map_err(fault)?;
            }
        }
        Ok(())
    }
}

/// A file beside its place. What is not moved there goes.
pub(super) struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

fn write(file: &mut File, path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let fault = |fault: io::Error| Fault::new(path.display().to_string(), fault.to_string());
    file.write_all(bytes).map_err(fault)
}

/// The layout that is there, or an empty one in a folder that is.
fn layout(path: &Path, fault: impl Fn(io::Error) -> Fault) -> Result<Layout, Fault> {
    if !path.exists() {
        return Ok(Layout::default());
    }
    if path.join("oci-layout").exists() {
        return Layout::open(&Folder::open(path).map_err(fault)?);
    }
    let mut entries = fs::read_dir(path).map_err(&fault)?;
    // An interrupted copy leaves blobs alone.
    match entries.find(|entry| {
        entry
            .as_ref()
            .is_ok_and(|entry| entry.file_name() != "blobs")
    }) {
        Some(_) => Err(Fault::new("", "it is neither empty nor an OCI layout")),
        None => Ok(Layout::default()),
    }
}

/// Sends the blobs, several at a time, then the manifests, each after what it points at.
fn push(
    remote: &Remote,
    is_same: bool,
    source: &dyn Source,
    job: &Job,
    walked: &Walked,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Count, Mistake> {
    let waiting = Mutex::new(walked.blobs.iter());
    let next = || {
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next()
    };
    let one = |link: &Link| {
        let what = (&link.digest, link.size);
        remote.push_blob(&job.to, what, (source, &job.from), is_same, progress)
    };
    let counts: Vec<Result<Count, Fault>> = thread::scope(|scope| {
        let senders: Vec<_> = (0..AT_ONCE.min(walked.blobs.len()))
            .map(|_| {
                scope.spawn(|| {
                    let mut count = Count::default();
                    while let Some(link) = next() {
                        count.add(one(link)?);
                    }
                    Ok(count)
                })
            })
            .collect();
        let gone = || Err(Fault::new("", "a thread that sent blobs is gone"));
        let joined = senders
            .into_iter()
            .map(|sender| sender.join().unwrap_or_else(|_| gone()));
        joined.collect()
    });
    let mut count = Count::default();
    for each in counts {
        let Count {
            sent,
            mounted,
            there,
        } = each?;
        count.sent += sent;
        count.mounted += mounted;
        count.there += there;
    }
    let Some((top, children)) = walked.manifests.split_last() else {
        return Ok(count);
    };
    for child in children {
        let reference = Reference::Digest(child.digest.clone());
        remote.push_manifest(&job.to, &reference, child)?;
    }
    if job.tags.is_empty() {
        let reference = Reference::Digest(top.digest.clone());
        remote.push_manifest(&job.to, &reference, top)?;
    }
    for tag in &job.tags {
        remote.push_manifest(&job.to, &Reference::Tag(tag.clone()), top)?;
    }
    Ok(count)
}
