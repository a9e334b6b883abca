//! The name somebody probably meant.

/// The candidate nearest to `text`, when one is near enough to be meant: at most a third of its letters differ, and
/// two that changed places count as one.
///
/// ```
/// use registrette::spec::nearest;
///
/// assert_eq!(nearest("ociservr", ["spec", "ociserver"]), Some("ociserver"));
/// assert_eq!(nearest("docker", ["spec", "ociserver"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if text.len() > LONGEST {
        return None;
    }
    let longest = text.len().max(3);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                distance(&text.to_ascii_lowercase(), &candidate.to_ascii_lowercase()),
                candidate,
            )
        })
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| distance.saturating_mul(3) <= longest)
        .map(|(_, candidate)| candidate)
}

/// What to tell of a name that is not known: the one that was probably meant, or all there are.
///
/// ```
/// use registrette::spec::did_you_mean;
///
/// assert_eq!(did_you_mean("flies", &["files", "layers"]), "did you mean \"files\"?");
/// assert_eq!(did_you_mean("x", &["files", "layers"]), "there are files, layers");
/// ```
#[must_use]
pub fn did_you_mean(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("did you mean {nearest:?}?"),
        None => format!("there are {}", known.join(", ")),
    }
}

/// What is wrong with a name that is not known.
pub(crate) fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    format!("no {what} {name:?}; {}", did_you_mean(name, known))
}

/// Nobody means a name by a text longer than this, in bytes.
const LONGEST: usize = 64;

/// How many letters to insert, remove, replace or swap with their neighbour (Damerau and Levenshtein), row by row.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut above = row.clone();
    let mut last = None;
    for (i, from) in a.chars().enumerate() {
        let mut left = i.saturating_add(1);
        let mut next = vec![left];
        let mut before = None;
        let cells = row.iter().zip(row.iter().skip(1)).zip(&above);
        for (to, ((diagonal, up), above)) in b.iter().zip(cells) {
            let replaced = diagonal.saturating_add(usize::from(from != *to));
            let swapped = match before {
                Some((letter, cost)) if letter == from && last == Some(*to) => cost,
                _ => usize::MAX,
            };
            left = replaced.min(left.min(*up).min(swapped).saturating_add(1));
            next.push(left);
            before = Some((*to, *above));
        }
        above = std::mem::replace(&mut row, next);
        last = Some(from);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, wanted) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("files", "flies", 1),
            ("imgae", "image", 1),
            ("kitten", "sitting", 3),
            ("ab", "ba", 1),
            ("abcd", "badc", 2),
            ("same", "same", 0),
            ("ociservr", "ociserver", 1),
        ] {
            assert_eq!(distance(a, b), wanted, "{a} {b}");
        }
    }
}
