//! The grammars once more, written another way.

fn is_alphanumeric(byte: &u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// Runs of letters and digits with one separator between each two.
fn is_component(mut text: &[u8]) -> bool {
    loop {
        let run = text.iter().take_while(|byte| is_alphanumeric(byte)).count();
        if run == 0 {
            return false;
        }
        text = &text[run..];
        let dashes = text.iter().take_while(|byte| **byte == b'-').count();
        let separator = match text {
            [] => return true,
            [b'_', b'_', ..] => 2,
            [b'_' | b'.', ..] => 1,
            _ => dashes,
        };
        text = &text[separator..];
        if separator == 0 {
            return false;
        }
    }
}

pub(super) fn is_name(text: &str) -> bool {
    text.split('/')
        .all(|component| is_component(component.as_bytes()))
}

pub(super) fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut chars = text.chars();
    chars.next().is_some_and(word)
        && chars.clone().count() < 128
        && chars.all(|c| word(c) || c == '.' || c == '-')
}

pub(super) fn is_digest(text: &str) -> bool {
    let hex = |digits: &str, length| {
        digits.len() == length && digits.chars().all(|c| "0123456789abcdef".contains(c))
    };
    match text.split_at_checked(7) {
        Some(("sha256:", digits)) => hex(digits, 64),
        Some(("sha512:", digits)) => hex(digits, 128),
        _ => false,
    }
}

pub(super) fn is_session(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.=".contains(c);
    !text.is_empty() && text.len() <= 128 && text.chars().all(fits)
}

/// Percent-decoding; nothing where an escape is broken or what comes out is no text.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        if !digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// A number of digits only, of any length; the largest there is where it is larger.
pub(super) fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    digits.then(|| {
        text.chars().fold(0_u64, |sum, digit| {
            let digit = u64::from(digit as u32 - '0' as u32);
            sum.saturating_mul(10).saturating_add(digit)
        })
    })
}

/// A query: every name with its value, as written.
pub(super) struct Pairs<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Pairs<'a> {
    pub(super) fn new(query: &'a str) -> Self {
        let pair = |pair: &'a str| match pair.find('=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, ""),
        };
        Self(query.split('&').map(pair).collect())
    }

    /// Every value of a name, decoded; an error for one that cannot be.
    pub(super) fn all(&self, name: &str) -> Vec<Result<String, ()>> {
        let named = self
            .0
            .iter()
            .filter(|(key, _)| decode(key).as_deref() == Some(name));
        named.map(|(_, value)| decode(value).ok_or(())).collect()
    }

    pub(super) fn first(&self, name: &str) -> Result<Option<String>, ()> {
        self.all(name).into_iter().next().transpose()
    }
}
