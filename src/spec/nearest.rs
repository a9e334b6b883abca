//! The name somebody probably meant.

/// The candidate nearest to `text`, when one is near enough to be meant: at most a third of its letters differ.
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

/// Nobody means a name by a text longer than this, in bytes.
const LONGEST: usize = 64;

/// How many letters to insert, remove or replace (Levenshtein), row by row.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i.saturating_add(1);
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let replaced = diagonal.saturating_add(usize::from(from != *to));
            diagonal = *cell;
            left = replaced
                .min(left.saturating_add(1))
                .min(diagonal.saturating_add(1));
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i.saturating_add(1);
        }
    }
    row.last().copied().unwrap_or_default()
}
