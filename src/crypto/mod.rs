//! What authentication needs crates for, feature `auth`: passwords that are hashed.

mod htpasswd;

pub use htpasswd::htpasswd;
