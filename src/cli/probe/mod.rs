//! `registrette probe`: how a running registry differs from the spec.
//!
//! Each file looks at one thing and writes what it saw, switch by switch, into [`Seen`].

mod auth;
mod door;
mod lists;
mod made;
mod pulls;
mod pushes;
mod seen;
mod site;
mod uploads;

use std::hash::{BuildHasher, Hasher, RandomState};

use registrette::spec::RepositoryName;

use self::{made::Made, seen::Seen, site::Site};
use super::{Mistake, end::End, remote::Once, say};

#[derive(clap::Args, Debug)]
pub(super) struct Probe {
    /// The registry, as a URL or HOST:PORT. Logs in as Docker's config file says.
    #[arg(value_name = "URL")]
    url: String,

    /// The repository to look at; one of the catalog, else. With --write, where to push if no repository can be made.
    #[arg(long, value_name = "NAME")]
    repository: Option<String>,

    /// Pushes as well, under a repository name of its own, and deletes that at the end. Without it nothing is changed,
    /// and fewer switches are seen.
    #[arg(long)]
    write: bool,

    /// Where that name begins, where a registry has namespaces.
    #[arg(long, value_name = "NAMESPACE", requires = "write")]
    under: Option<String>,

    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) fn probe(args: &Probe) -> Result<(), Mistake> {
    let once = Once::new(&address(&args.url)?)?;
    let named = args.repository.as_deref().map(name).transpose()?;
    let own = own_name(args.under.as_deref())?;
    let mut seen = Seen::default();
    door::look(&once, &mut seen)?;
    auth::look(&once, &own, args.write, &mut seen)?;
    let mut made = Made::default();
    let looked = walk(
        &once,
        args.write.then_some(&own),
        named,
        &mut made,
        &mut seen,
    );
    // What was pushed goes, whatever became of the rest.
    let left = made.leave(&once, &mut seen)?;
    looked?;
    let text = match args.json {
        true => seen.json(once.origin(), &left, args.write),
        false => seen.print(once.origin(), &left, args.write),
    };
    say::on_stdout(&text);
    Ok(())
}

/// Looks at what is pushed under `own`, else at what is there.
fn walk(
    once: &Once,
    own: Option<&RepositoryName>,
    named: Option<RepositoryName>,
    made: &mut Made,
    seen: &mut Seen,
) -> Result<(), Mistake> {
    let pushed = own.map(|own| pushes::push(once, own, named.as_ref(), made, seen));
    let site = match pushed.transpose()?.flatten() {
        Some(site) => Some(site),
        None => Site::find(once, named)?,
    };
    match site {
        Some(site) => look(once, &site, seen),
        None => lists::catalog(once, seen),
    }
}

fn look(once: &Once, site: &Site, seen: &mut Seen) -> Result<(), Mistake> {
    lists::catalog(once, seen)?;
    lists::tags(once, site, seen)?;
    pulls::manifests(once, site, seen)?;
    pulls::blobs(once, site, seen)?;
    pulls::referrers(once, site, seen)
}

fn address(url: &str) -> Result<super::end::Address, Mistake> {
    match End::parse(url)? {
        End::Registry(address) if address.repository.is_none() => Ok(address),
        End::Registry(address) => Err(Mistake(format!(
            "{url} names a repository; probe takes the registry alone, {}, and --repository",
            address.origin
        ))),
        End::Path(_) => Err(Mistake(format!(
            "{url} is a path; probe takes a registry, as a URL or HOST:PORT"
        ))),
    }
}

fn name(text: &str) -> Result<RepositoryName, Mistake> {
    RepositoryName::parse(text).map_err(|fault| Mistake(format!("{text:?} is no name: {fault}")))
}

/// A name that nobody else has: what is made under it can be deleted.
fn own_name(under: Option<&str>) -> Result<RepositoryName, Mistake> {
    let salt = RandomState::new().build_hasher().finish();
    let own = format!("registrette-probe-{:08x}", salt >> 32);
    name(&match under {
        Some(under) => format!("{}/{own}", under.trim_end_matches('/')),
        None => own,
    })
}
