//! `--load`: images that are there from the start.

use std::{
    fs::{self, File},
    io::{Read, Write},
    path::Path,
};

use registrette::{
    Registry, SeedError,
    archive::{Fault, Load, Source, load as read, repository_of},
    image::Seed,
    spec::RepositoryName,
};

use super::{
    Mistake, disk,
    end::{ARCHIVES, End},
    only::Only,
    progress::{Progress, size},
    remote::{self, Remote},
    say,
};

/// Puts everything of these in, one after another, and says what it was.
pub(super) fn load(registry: &mut Registry, given: &[String]) -> Result<(), Mistake> {
    for given in given {
        one(registry, given)?;
    }
    Ok(())
}

fn one(registry: &mut Registry, given: &str) -> Result<(), Mistake> {
    if ["http://", "https://", "docker://"]
        .iter()
        .any(|scheme| given.starts_with(scheme))
    {
        let path = given.split(['?', '#']).next().unwrap_or_default();
        return if given.starts_with("http") && ARCHIVES.iter().any(|ending| path.ends_with(ending))
        {
            from_afar(registry, given, path)
        } else {
            from_registry(registry, given)
        };
    }
    let (name, path) = split(given)?;
    let path = Path::new(path);
    let default = match name {
        Some(name) => name,
        None => repository_of(&file_name(path)),
    };
    if let Some(text) = seeds(path) {
        return described(registry, path, &text);
    }
    let room = registry.settings().limits.total;
    let mistake = |fault: Fault| Mistake(format!("--load {fault}; nothing of it was loaded"));
    let shelf = disk::open(path, &default, room).map_err(mistake)?;
    everything(registry, &shelf, &path.display().to_string())
}

/// Puts in what another registry has: all of it, a repository, or one image.
fn from_registry(registry: &mut Registry, given: &str) -> Result<(), Mistake> {
    let End::Registry(address) = End::parse(given)? else {
        return Err(Mistake(format!("--load {given}: it names no registry")));
    };
    let remote = Remote::new(&address, remote::runtime()?)?;
    let only = Only {
        source: &remote,
        address: &address,
    };
    everything(registry, &only, given)
}

/// Puts in what an archive at a URL has: it is brought into a file first that has no name.
fn from_afar(registry: &mut Registry, url: &str, path: &str) -> Result<(), Mistake> {
    let mistake = |fault: Fault| Mistake(format!("--load {fault}; nothing of it was loaded"));
    let room = registry.settings().limits.total;
    let written = |fault: std::io::Error| mistake(Fault::new(url, fault.to_string()));
    let mut file = tempfile::tempfile().map_err(written)?;
    let mut progress = Progress::new(&format!("fetching {url}"), None);
    let mut length = 0_u64;
    let remote = Remote::at(url)?;
    let mut pieces = remote.download(url).map_err(mistake)?;
    while let Some(piece) = pieces.next().map_err(mistake)? {
        length = length.saturating_add(piece.len() as u64);
        if length > room {
            let reason = format!("it is longer than the {room} bytes that there is room for");
            return Err(mistake(Fault::new(url, reason)));
        }
        file.write_all(&piece).map_err(written)?;
        progress.add(piece.len() as u64);
    }
    drop(progress);
    let name = repository_of(path.rsplit('/').next().unwrap_or_default());
    let shelf = disk::archive(file, &name, room);
    let shelf = shelf.map_err(|fault| mistake(fault.within(url)))?;
    everything(registry, &shelf, url)
}

/// Puts in everything of a source, or nothing.
fn everything(registry: &mut Registry, source: &dyn Source, shown: &str) -> Result<(), Mistake> {
    let room = registry.settings().limits.total;
    let mistake = |fault: Fault| {
        let fault = fault.within(shown);
        Mistake(format!("--load {fault}; nothing of it was loaded"))
    };
    let mut progress = Progress::new(&format!("loading {shown}"), None);
    let loaded = read(source, room, &mut |bytes| progress.add(bytes));
    let loaded = loaded.map_err(mistake)?;
    drop(progress);
    let Load {
        seeds,
        entries,
        images,
    } = loaded;
    registry.seed(seeds).map_err(|error| {
        let (seed, reason) = match &error {
            SeedError::Invalid { seed, fault } => (Some(*seed), fault.to_string()),
            SeedError::Refused { seed, error } => (Some(*seed), error.to_string()),
            SeedError::Full(error) => (None, error.to_string()),
        };
        let entry = seed.and_then(|seed| entries.get(seed)).cloned();
        mistake(Fault::new(entry.unwrap_or_default(), reason))
    })?;
    if images.is_empty() {
        say::on_stderr(&format!("loaded nothing from {shown}: it holds no image"));
    }
    for (place, bytes) in images {
        say::on_stderr(&format!("loaded {place} ({})", size(bytes)));
    }
    Ok(())
}

/// The text of a file of seeds, where it is one: no archive begins like JSON.
fn seeds(path: &Path) -> Option<Vec<u8>> {
    let mut start = [0];
    let mut file = File::open(path).ok()?;
    file.read_exact(&mut start).ok()?;
    let is_json = matches!(start, [b'[' | b'{']);
    is_json.then(|| fs::read(path).ok())?
}

/// Puts in what a file of seeds describes.
fn described(registry: &mut Registry, path: &Path, text: &[u8]) -> Result<(), Mistake> {
    let shown = path.display();
    let seeds = Seed::read(text, &[])
        .map_err(|fault| Mistake(format!("--load {shown}: {fault}; nothing of it was loaded")))?;
    let places: Vec<String> = seeds.iter().map(seed_name).collect();
    let made = registry
        .seed(seeds)
        .map_err(|error| Mistake(format!("--load {shown}: {error}; nothing of it was loaded")))?;
    for (place, descriptor) in places.iter().zip(made) {
        say::on_stderr(&format!("loaded {place} {}", descriptor.digest));
    }
    Ok(())
}

fn seed_name(seed: &Seed) -> String {
    match seed {
        Seed::Blob { repository, .. } => format!("a blob of {repository}"),
        Seed::Image { place, .. }
        | Seed::Index { place, .. }
        | Seed::Artifact { place, .. }
        | Seed::Manifest { place, .. } => place.to_string(),
    }
}

/// `NAME=PATH`, where the part before the sign is a name, else a path.
fn split(given: &str) -> Result<(Option<RepositoryName>, &str), Mistake> {
    match given.split_once('=') {
        Some((name, path)) if !Path::new(given).exists() => {
            let name = RepositoryName::parse(name).map_err(|error| {
                Mistake(format!(
                    "--load {given}: {error}; write NAME=PATH, or a path"
                ))
            })?;
            Ok((Some(name), path))
        }
        Some(_) | None => Ok((None, given)),
    }
}

/// The last part of a path, also of `.`.
pub(super) fn file_name(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = whole.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
