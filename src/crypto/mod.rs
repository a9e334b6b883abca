//! What authentication needs crates for, feature `auth`: passwords that are hashed, tokens that are signed.

mod foreign;
mod htpasswd;
mod jwt;
mod key;
mod own;

pub use foreign::Foreign;
pub use htpasswd::htpasswd;
pub use own::Jwt;
