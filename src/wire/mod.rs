//! Between HTTP and the vocabulary: heads, routes, operations, ranges, pages, header names, answers.

mod accept;
mod answer;
mod conditions;
mod head;
pub mod header;
mod note;
mod operation;
mod page;
mod parse;
mod percent;
mod query;
mod range;
mod route;

pub use accept::accepts;
pub(crate) use answer::acknowledged_range;
pub use answer::{Answer, CodeSent, error_answer, origin, other_origin};
pub use conditions::{Conditions, entity_tag};
pub use head::{AllowedOrigin, Directives, Facts, Head, Pass, Role, Scheme, Unparsed, User};
pub use note::{Happened, Sample};
pub use operation::Operation;
pub(crate) use operation::parse_method;
pub use page::{Page, renamed};
pub(crate) use percent::decode;
pub use percent::encode;
pub use query::form_values;
pub use range::{ByteRange, ChunkRange};
pub(crate) use route::OUTSIDE;
