//! Folders and files as archives are read from.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use registrette::{
    archive::{Fault, Files, Packing, ReadAt, Shelf, Tar, unpack},
    spec::RepositoryName,
};

/// Opens what is at a path: a folder, or an archive, packed or not. `room` bounds what it may unpack to.
///
/// # Errors
/// There is nothing at the path, or nothing that holds images.
pub(super) fn open(path: &Path, default: &RepositoryName, room: u64) -> Result<Shelf, Fault> {
    let name = path.display().to_string();
    shelf(path, default, room).map_err(|fault| fault.within(&name))
}

fn shelf(path: &Path, default: &RepositoryName, room: u64) -> Result<Shelf, Fault> {
    let fault = |fault: io::Error| Fault::new("", fault.to_string());
    if fs::metadata(path).map_err(fault)?.is_dir() {
        let root = path.canonicalize().map_err(fault)?;
        return Shelf::open(Box::new(Folder { root }), default);
    }
    archive(File::open(path).map_err(fault)?, default, room)
}

/// Opens an archive in a file.
///
/// # Errors
/// There is nothing in it that holds images.
pub(super) fn archive(file: File, default: &RepositoryName, room: u64) -> Result<Shelf, Fault> {
    let archive = DiskFile::new(file).map_err(|fault| Fault::new("", fault.to_string()))?;
    let archive = match Packing::of_file(&archive)? {
        Packing::Plain => archive,
        Packing::Gzip | Packing::Zstd => unpacked(&archive, room)?,
    };
    Shelf::open(Box::new(Tar::open(Box::new(archive))?), default)
}

/// The archive in a file that has no name, and goes when it is closed.
fn unpacked(packed: &DiskFile, room: u64) -> Result<DiskFile, Fault> {
    let fault =
        |fault: io::Error| Fault::new("", format!("it cannot be unpacked to disk: {fault}"));
    let mut file = tempfile::tempfile().map_err(fault)?;
    unpack(packed, room, &mut |piece| {
        file.write_all(piece).map_err(fault)
    })?;
    DiskFile::new(file).map_err(fault)
}

/// A file on disk.
#[derive(Debug)]
struct DiskFile {
    file: Mutex<File>,
    length: u64,
}

impl DiskFile {
    fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let file = Mutex::new(file);
        Ok(Self { file, length })
    }
}

impl ReadAt for DiskFile {
    fn length(&self) -> u64 {
        self.length
    }

    fn read(&self, offset: u64, length: usize) -> Result<Bytes, Fault> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        part(&mut file, offset, length).map_err(|fault| Fault::new("", fault.to_string()))
    }
}

fn part(file: &mut File, offset: u64, length: usize) -> io::Result<Bytes> {
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes.into())
}

/// A folder on disk.
#[derive(Debug)]
pub(super) struct Folder {
    /// Where it is, without links.
    root: PathBuf,
}

impl Folder {
    /// A folder that is there.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let root = path.canonicalize()?;
        Ok(Self { root })
    }

    /// Where a file is; `None` where there is none.
    fn find(&self, path: &str) -> Result<Option<PathBuf>, Fault> {
        match self.root.join(path).canonicalize() {
            Ok(found) if found.starts_with(&self.root) => Ok(Some(found)),
            Ok(found) => {
                let reason = format!("it leads out of the folder, to {}", found.display());
                Err(Fault::new(path, reason))
            }
            Err(fault) if is_absent(&fault) => Ok(None),
            Err(fault) => Err(Fault::new(path, fault.to_string())),
        }
    }
}

fn is_absent(fault: &io::Error) -> bool {
    matches!(
        fault.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

impl Files for Folder {
    fn list(&self, folder: &str) -> Result<Vec<String>, Fault> {
        let Some(path) = self.find(folder)? else {
            return Ok(Vec::new());
        };
        let fault = |fault: io::Error| Fault::new(folder, fault.to_string());
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(fault(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(fault)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_folder = fs::metadata(entry.path()).is_ok_and(|found| found.is_dir());
            names.push(if is_folder { name + "/" } else { name });
        }
        names.sort();
        Ok(names)
    }

    fn length(&self, path: &str) -> Result<Option<u64>, Fault> {
        let Some(found) = self.find(path)? else {
            return Ok(None);
        };
        let fault = |fault: io::Error| Fault::new(path, fault.to_string());
        let found = fs::metadata(found).map_err(fault)?;
        Ok(found.is_file().then_some(found.len()))
    }

    fn read(&self, path: &str, offset: u64, length: usize) -> Result<Bytes, Fault> {
        let found = self.find(path)?;
        let found = found.ok_or_else(|| Fault::new(path, "it is not there"))?;
        let read = File::open(found).and_then(|mut file| part(&mut file, offset, length));
        read.map_err(|fault| Fault::new(path, fault.to_string()))
    }
}
