//! Images in, images out: OCI layouts, archives of `docker save`, distribution's storage tree.
//!
//! Nothing here does I/O. A host gives [`Files`] or an archive's bytes ([`ReadAt`]); a [`Shelf`] says which images there
//! are and reads them piece by piece, whatever their size. Anything that holds images is a [`Source`]: a shelf, the
//! store of a registry, or what a host makes of another registry. [`print()`], [`load()`], [`walk()`] and the writers take any
//! of them.

mod fault;
mod files;
mod layout;
mod links;
mod load;
mod names;
mod plan;
mod print;
mod saved;
mod shelf;
mod source;
mod storage;
mod stored;
mod unpack;
mod untar;
mod walk;
mod write;

pub use fault::Fault;
pub use files::{Files, ReadAt};
pub use links::{Link, links, media_type_of};
pub use load::{Load, load};
pub use names::{is_host, named, repository_of};
pub use plan::{Item, Plan};
pub use print::{json, print};
pub use shelf::Shelf;
pub use source::{Found, Pieces, Source};
pub use stored::Stored;
pub use unpack::{Packing, unpack};
pub use untar::Tar;
pub use walk::{Walked, walk};
pub use write::{Checked, Image, Layout, Sink, TarSink, Tree};
