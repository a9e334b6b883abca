//! The vocabulary of the protocol: names, tags, digests, manifests, errors and quirks.
//!
//! Every type here is made by a parser and cannot hold a wrong value.
//! Nothing here knows of bytes on a wire, of state, or of time other than as a number.

mod access;
pub mod base64;
mod descriptor;
mod digest;
mod duration;
mod error;
mod glob;
mod invalid;
mod json;
mod kinds;
mod listing;
mod manifest;
mod media_type;
pub(crate) mod members;
mod name;
mod nearest;
mod profile;
mod quirks;
mod reference;
mod row;
mod session;
mod settings;
mod switches;
mod tag;
mod timestamp;

pub use access::{Actions, Rights, Scope};
pub use descriptor::Descriptor;
pub use digest::{Algorithm, Digest};
pub use duration::parse_duration;
pub use error::{Error, ErrorCode, RangeFault};
pub use glob::Glob;
pub use invalid::Invalid;
pub(crate) use json::{from_text, object};
pub use kinds::{
    BlobRedirect, CatalogForm, ChallengeForm, ChallengeScope, Chunking, ConfigTypes, ErrorTable,
    ImmutableTagForm, LinkForm, ListCursor, Mounts, ReferrersForm, TokenEndpoint, UploadLocation,
    UploadRange,
};
pub use listing::listed;
pub use manifest::{Manifest, ManifestKind, Need, Place};
pub use media_type::MediaType;
pub use name::RepositoryName;
pub(crate) use nearest::unknown;
pub use nearest::{did_you_mean, nearest};
pub use profile::{Profile, ProfileError, Status, Switch};
pub use quirks::Quirks;
pub use reference::Reference;
pub use session::SessionId;
pub use settings::{Accept, Limits, References, Settings};
pub use switches::Row;
pub use tag::Tag;
pub use timestamp::Timestamp;
