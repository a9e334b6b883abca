//! htpasswd files, as distribution takes them: lines of `NAME:HASH`, the hash bcrypt's.

use std::{fmt, sync::Arc};

use crate::layer::{Password, PasswordHash};

/// A hash of bcrypt.
#[derive(Clone)]
struct Bcrypt(String);

impl fmt::Debug for Bcrypt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bcrypt")
    }
}

impl PasswordHash for Bcrypt {
    fn is(&self, password: &str) -> bool {
        bcrypt::verify(password, &self.0).unwrap_or(false)
    }
}

/// The costs that a hash may have: twice as long for each. More would keep a registry for tests from answering.
const COSTS: std::ops::RangeInclusive<u32> = 4..=12;

/// Reads an htpasswd file. Empty lines, and those that start with `#`, say nothing.
///
/// # Errors
/// A sentence that says which line is wrong, and why.
///
/// ```
/// let line = "alice:$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\n";
/// assert_eq!(registrette::crypto::htpasswd(line)?.len(), 1);
/// let wrong = registrette::crypto::htpasswd("alice:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=");
/// assert!(wrong.unwrap_err().starts_with("line 1: "));
/// # Ok::<(), String>(())
/// ```
pub fn htpasswd(text: &str) -> Result<Vec<(String, Password)>, String> {
    let mut users = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fault = |fault: String| format!("line {}: {fault}", at.saturating_add(1));
        let (name, hash) = line
            .split_once(':')
            .ok_or_else(|| fault("it is not NAME:HASH".to_owned()))?;
        check(hash).map_err(|reason| fault(format!("the password of {name:?} {reason}")))?;
        let password = Password::Hashed(Arc::new(Bcrypt(hash.to_owned())));
        if users.iter().any(|(known, _)| known == name) {
            return Err(fault(format!("{name:?} is there twice")));
        }
        users.push((name.to_owned(), password));
    }
    Ok(users)
}

fn check(hash: &str) -> Result<(), String> {
    let is_bcrypt = ["$2y$", "$2a$", "$2b$"]
        .iter()
        .any(|mark| hash.starts_with(mark));
    let parts: Option<bcrypt::HashParts> =
        hash.parse().ok().filter(|_| is_bcrypt && hash.len() == 60);
    let Some(parts) = parts else {
        return Err(
            "is not hashed by bcrypt; make the line with: htpasswd -nbB NAME PASSWORD".to_owned(),
        );
    };
    let cost = parts.get_cost();
    if COSTS.contains(&cost) {
        return Ok(());
    }
    Err(format!(
        "has the cost {cost}; {} to {} are taken, such as by: htpasswd -nbB -C 10 NAME PASSWORD",
        COSTS.start(),
        COSTS.end()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_held_against_its_hash() {
        let hash = bcrypt::hash("secret", 4).unwrap();
        let file = format!("# users\n\n  alice:{hash}  \n");
        let users = htpasswd(&file).unwrap();
        let [(_, Password::Hashed(password))] = users.as_slice() else {
            panic!("{users:?}");
        };
        assert!(password.is("secret"));
        assert!(!password.is("wrong"));
    }

    #[test]
    fn what_is_wrong_is_told_by_line() {
        let good = bcrypt::hash("x", 4).unwrap();
        let slow = good.replacen("$04$", "$13$", 1);
        for (text, wanted) in [
            ("alice", "line 1: it is not NAME:HASH"),
            (
                "\nalice:secret",
                "line 2: the password of \"alice\" is not hashed by bcrypt",
            ),
            ("alice:$apr1$x$y", "is not hashed by bcrypt"),
            ("alice:$2y$05$short", "is not hashed by bcrypt"),
            (&format!("alice:{slow}"), "has the cost 13; 4 to 12"),
            (
                &format!("a:{good}\na:{good}"),
                "line 2: \"a\" is there twice",
            ),
        ] {
            let fault = htpasswd(text).unwrap_err();
            assert!(fault.contains(wanted), "{fault}");
            assert!(!fault.contains("secret"), "{fault}");
        }
    }
}
