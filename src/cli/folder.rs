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

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    struct One(Option<&'static str>);

    impl Pieces for One {
        fn next(&mut self) -> Result<Option<Bytes>, Fault> {
            Ok(self.0.take().map(Bytes::from))
        }
    }

    fn put(sink: &mut FolderSink<'_>, path: &str, text: &'static str) -> Result<(), String> {
        let written = sink.file(path, text.len() as u64, &mut One(Some(text)));
        written.map_err(|fault| fault.to_string())
    }

    #[test]
    fn names_that_a_disk_takes_for_one_are_told() {
        let scratch = tempfile::tempdir().unwrap();
        let mut sink = FolderSink::new(scratch.path(), &|_| ());
        put(&mut sink, "tags/v1/link", "a").unwrap();
        // Where the disk tells them apart, both are there; the same name may come again.
        put(&mut sink, "tags/V1/link", "b").unwrap();
        put(&mut sink, "tags/V1/link", "c").unwrap();
        // What a disk that does not would answer: a name that nobody wrote is there.
        fs::create_dir_all(scratch.path().join("tags/X")).unwrap();
        fs::write(scratch.path().join("tags/X/link"), "d").unwrap();
        put(&mut sink, "tags/x/link", "d").unwrap();
        assert!(!sink.holds("tags/X/link", 1));
        assert_eq!(
            put(&mut sink, "tags/X/link", "e").unwrap_err(),
            "tags/X/link: the disk takes it for tags/x/link; expected one that tells A from a"
        );
        let kept = fs::read_to_string(scratch.path().join("tags/x/link")).unwrap();
        assert_eq!(kept, "d");
    }
}
