//! `registrette catalog`.

use registrette::archive::{Source, json, print, repository_of};
use serde_json::json;

use super::{Mistake, args::Catalog, disk, end::End, load::file_name, remote, say};

/// What an archive may unpack to, where nothing of it is kept.
pub(super) const ROOM: u64 = 64 << 30;

pub(super) fn catalog(args: &Catalog) -> Result<(), Mistake> {
    let text = match End::parse(&args.of)? {
        End::Registry(address) => {
            let remote = remote::Remote::new(&address, remote::runtime()?)?;
            if args.raw {
                let raw = remote::raw_catalog(&remote)?;
                String::from_utf8_lossy(&raw).trim_end().to_owned()
            } else {
                described(&remote, args.json)?
            }
        }
        End::Path(local) => {
            let shelf = disk::open(&local.path, &repository_of(&file_name(&local.path)), ROOM)?;
            if args.raw {
                let names = shelf.repositories()?;
                let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
                json!({ "repositories": names }).to_string()
            } else {
                described(&shelf, args.json)?
            }
        }
    };
    if !text.is_empty() {
        say::on_stdout(&text);
    }
    Ok(())
}

fn described(source: &dyn Source, as_json: bool) -> Result<String, Mistake> {
    if as_json {
        return Ok(format!("{:#}", json(source)?));
    }
    Ok(print(source)?.trim_end().to_owned())
}
