//! Changes as JSON, for a host that keeps a journal: bytes stand beside it, in parts.

mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;
