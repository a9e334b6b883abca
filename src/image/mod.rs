//! Making images: deterministic ones of files, layers and a few members, and artifacts; broken ones on request.
//!
//! A description ([`Image`], [`Index`], [`Artifact`]) is built into blobs and manifests ([`Built`]), which a caller
//! keeps, pushes or writes down as it likes. A [`Seed`] says besides where in a registry it goes;
//! [`crate::Registry::seed`] puts it there. The same description gives the same bytes, for ever.

mod archive;
mod artifact;
mod broken;
mod built;
mod index;
mod platform;
mod random;
mod read;
mod seed;
mod single;

pub use archive::{archive, tar_header};
pub use artifact::{Artifact, ArtifactBlob};
pub use broken::Broken;
pub use built::{Blob, Built, BuiltManifest};
pub use index::Index;
pub use platform::Platform;
pub use random::{RandomImage, RandomWork};
pub use seed::{Place, Seed};
pub use single::Image;
