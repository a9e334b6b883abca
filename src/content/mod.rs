//! Bytes: how they arrive, are hashed, kept, and leave again.

mod body;
mod budget;
mod chunk;
mod formula;
mod gather;
mod hasher;
mod kept;

pub use body::{Body, Step};
pub use budget::{Budget, OverBudget};
pub use chunk::{Chunk, HostChunk};
pub use formula::Formula;
pub use gather::{Gather, Room};
pub use hasher::{Hasher, Hashers, Sha2};
pub use kept::Content;
