//! A folder on disk as archives are written to.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use registrette::archive::{Fault, Pieces, Sink};

/// Files below a folder. A file is there when all of it is: it is written beside its place and moved there.
pub(super) struct FolderSink<'a> {
    root: PathBuf,
    /// What was written, by its name in lower case.
    written: BTreeMap<String, String>,
    /// How many blobs were there before.
    there: AtomicUsize,
    progress: &'a (dyn Fn(u64) + Sync),
}

impl<'a> FolderSink<'a> {
    /// A folder; it is made when something is written.
    pub(super) fn new(root: &Path, progress: &'a (dyn Fn(u64) + Sync)) -> Self {
        Self {
            root: root.to_owned(),
            written: BTreeMap::new(),
            there: AtomicUsize::new(0),
            progress,
        }
    }

    /// How many blobs were there before.
    pub(super) fn there(&self) -> usize {
        self.there.load(Ordering::Relaxed)
    }

    fn write(&self, to: &Path, content: &mut dyn Pieces) -> Result<(), Fault> {
        let fault = |fault: io::Error| Fault::new(to.display().to_string(), fault.to_string());
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(fault)?;
        }
        let mut beside = to.as_os_str().to_owned();
        beside.push(".partial");
        let beside = PathBuf::from(beside);
        let written = File::create(&beside).map_err(fault).and_then(|mut file| {
            while let Some(piece) = content.next()? {
                file.write_all(&piece).map_err(fault)?;
                (self.progress)(piece.len() as u64);
            }
            Ok(())
        });
        let moved = written.and_then(|()| fs::rename(&beside, to).map_err(fault));
        moved.inspect_err(|_| drop(fs::remove_file(&beside)))
    }
}

impl Sink for FolderSink<'_> {
    fn file(&mut self, path: &str, _length: u64, content: &mut dyn Pieces) -> Result<(), Fault> {
        let to = self.root.join(path);
        let other = self.written.get(&path.to_lowercase());
        if let Some(other) = other.filter(|other| *other != path && to.exists()) {
            let reason = format!("the disk takes it for {other}; expected one that tells A from a");
            return Err(Fault::new(path, reason));
        }
        self.write(&to, content)?;
        self.written.insert(path.to_lowercase(), path.to_owned());
        Ok(())
    }

    fn holds(&self, path: &str, length: u64) -> bool {
        // What differs in case alone is another file.
        let other = self.written.get(&path.to_lowercase());
        let found = fs::metadata(self.root.join(path));
        let is_there = found.is_ok_and(|found| found.is_file() && found.len() == length)
            && other.is_none_or(|other| other == path);
        if is_there && path.contains("blobs/") {
            self.there.fetch_add(1, Ordering::Relaxed);
        }
        is_there
    }
}
