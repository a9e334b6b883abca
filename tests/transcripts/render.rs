//! An answer as text.

use registrette::{content::Sha2, spec::Algorithm};

use crate::{carriers::Answer, expand::Names};

/// What every answer has. It is only shown where it is otherwise.
const USUAL: [(&str, &str); 3] = [
    ("content-security-policy", "default-src 'none'"),
    ("docker-distribution-api-version", "registry/2.0"),
    ("x-content-type-options", "nosniff"),
];

/// A longer body is shown by its length and digest, unless it has a name.
const LONG: usize = 2500;

/// Names that are not written as their parts are: `ETag`, not `Etag`.
const SPELLED: [(&str, &str); 6] = [
    ("etag", "ETag"),
    ("docker-upload-uuid", "Docker-Upload-UUID"),
    ("oci-chunk-min-length", "OCI-Chunk-Min-Length"),
    ("oci-filters-applied", "OCI-Filters-Applied"),
    ("oci-subject", "OCI-Subject"),
    ("oci-tag", "OCI-Tag"),
];

/// The lines of an answer. Headers are sorted by name; values of the same name keep their order.
pub(crate) fn render(answer: &Answer, names: &Names) -> String {
    let mut lines = vec![format!("< {}", answer.status)];
    let mut headers: Vec<_> = answer.headers.iter().collect();
    headers.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    for (name, value) in headers {
        if !USUAL.contains(&(name.as_str(), value.as_str())) {
            lines.push(format!("< {}: {}", spelled(name), names.shorten(value)));
        }
    }
    for (name, _) in USUAL {
        match answer
            .headers
            .iter()
            .filter(|(known, _)| known == name)
            .count()
        {
            0 => lines.push(format!("< {} is missing", spelled(name))),
            1 => {}
            count => lines.push(format!("< {} comes {count} times", spelled(name))),
        }
    }
    let body = body(&answer.body, names);
    if !body.is_empty() {
        lines.extend([String::new(), body]);
    }
    lines.join("\n")
}

fn body(body: &[u8], names: &Names) -> String {
    if body.is_empty() {
        return String::new();
    }
    if let Some(name) = names.name_of(body) {
        return name;
    }
    let digest = || Sha2::digest(Algorithm::Sha256, body);
    match std::str::from_utf8(body) {
        Ok(text) if text.len() <= LONG && is_plain(text) => names.shorten(text),
        Ok(text) if text.len() <= LONG => format!("{{{{text {text:?}}}}}"),
        _ => format!("{{{{{} bytes, {}}}}}", body.len(), digest()),
    }
}

/// Whether a text reads back as it was.
fn is_plain(text: &str) -> bool {
    text.trim() == text
        && !text.contains("{{")
        && text.chars().all(|c| c == '\n' || !c.is_control())
        && text
            .lines()
            .all(|line| !line.starts_with(['<', '>', '@', '=', '#']))
}

fn spelled(name: &str) -> String {
    if let Some((_, spelled)) = SPELLED.iter().find(|(known, _)| *known == name) {
        return (*spelled).to_owned();
    }
    let parts = name.split('-').map(|part| {
        let (first, rest) = part.split_at(part.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    parts.collect::<Vec<_>>().join("-")
}
