//! Words: names, tags, digests, references, session ids, ranges, media types, `Accept`, each against its grammar.

use http::{HeaderMap, HeaderValue, header::ACCEPT};
use registrette::{
    spec::{Digest, MediaType, Quirks, Reference, RepositoryName, SessionId, Tag, nearest},
    wire::{ByteRange, ChunkRange, Conditions, Operation, accepts, encode},
};

use super::{ask::TYPES, input::Input, oracle};

pub(crate) fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let kind = input.below(8);
    let text = String::from_utf8_lossy(input.rest());
    match kind {
        0 => name(&text),
        1 => tag(&text),
        2 => digest(&text),
        3 => byte_range(&text),
        4 => chunk_range(&text),
        5 => accept(&text),
        6 => escape(&text),
        _ => media_type(&text),
    }
}

/// Whether it is taken is as the grammar says; what is taken is written as it was read.
fn agree<T: ToString, E: std::fmt::Display>(text: &str, read: Result<T, E>, wanted: bool) {
    match read {
        Ok(read) => assert_eq!((read.to_string().as_str(), wanted), (text, true)),
        Err(error) => {
            assert!(!wanted, "{text}: {error}");
            assert!(error.to_string().len() < 1000, "an error quotes one line");
        }
    }
}

fn name(text: &str) {
    agree(text, RepositoryName::parse(text), oracle::is_name(text));
    agree(text, SessionId::parse(text), oracle::is_session(text));
}

fn tag(text: &str) {
    agree(text, Tag::parse(text), oracle::is_tag(text));
    let wanted = oracle::is_tag(text) || oracle::is_digest(text);
    agree(text, Reference::parse(text), wanted);
}

fn digest(text: &str) {
    // Whatever hex digits there are, also as a digest of the right length.
    let mut digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    digits.extend(std::iter::repeat_n('0', 128));
    let made = [
        format!("sha256:{}", &digits[..64]),
        format!("sha512:{}", &digits[..128]),
    ];
    for text in made.iter().map(String::as_str).chain([text]) {
        let read = Digest::parse(text);
        if let Ok(digest) = &read {
            assert!(oracle::is_tag(&digest.referrers_tag()));
            assert_eq!(digest.hex().len(), digest.algorithm().hex_length());
        }
        agree(text, read, oracle::is_digest(text));
    }
}

fn byte_range(text: &str) {
    let range = ByteRange::parse(text);
    for length in [0, 1, 11, u64::MAX] {
        let Some(Ok(bytes)) = range.map(|range| range.resolve(length)) else {
            continue;
        };
        assert!(
            bytes.start < bytes.end && bytes.end <= length,
            "{text} of {length}"
        );
    }
    let plain = text
        .strip_prefix("bytes=")
        // Blanks around it are passed over.
        .map(str::trim)
        .and_then(|range| range.split_once('-'));
    let Some((first, last)) = plain.filter(|_| !text.contains(',') && text.trim() == text) else {
        return;
    };
    let wanted = match (oracle::number(first), oracle::number(last)) {
        (Some(first), Some(last)) => ByteRange::Bounded(first, last),
        (Some(first), None) if last.is_empty() => ByteRange::Offset(first),
        (None, Some(last)) if first.is_empty() => ByteRange::Suffix(last),
        _ => ByteRange::Malformed,
    };
    assert_eq!(range, Some(wanted), "{text}");
}

fn chunk_range(text: &str) {
    let numbers = text.split_once('-').and_then(|(first, last)| {
        let (first, last) = (oracle::number(first)?, oracle::number(last)?);
        let length = (u128::from(last) + 1).checked_sub(u128::from(first))?;
        Some((
            first,
            u64::try_from(length).ok().filter(|length| *length > 0)?,
        ))
    });
    let read = ChunkRange::parse(text).ok();
    assert_eq!(
        read.map(|range| (range.first, range.length)),
        numbers,
        "{text}"
    );
}

fn accept(text: &str) {
    let Ok(value) = HeaderValue::from_str(text) else {
        return;
    };
    let mut headers = HeaderMap::from_iter([(ACCEPT, value.clone())]);
    let digest = Digest::sha256([7; 32]);
    for name in [http::header::IF_MATCH, http::header::IF_NONE_MATCH] {
        headers.insert(name, value.clone());
    }
    let known = text.contains(&digest.to_string()) || text.contains('*');
    assert!(
        known || !Conditions::of(&headers).is_known(&digest),
        "{text}"
    );
    for media_type in TYPES.iter().filter_map(|text| MediaType::parse(text)) {
        let named = text.to_ascii_lowercase().contains(media_type.as_str()) || text.contains("/*");
        let accepted = accepts(&headers, &media_type);
        assert!(named || !accepted, "{text} names {media_type}");
        // Naming it once more, without a weight, makes it welcome.
        let mut more = headers.clone();
        more.append(ACCEPT, HeaderValue::from_str(media_type.as_str()).unwrap());
        assert!(accepts(&more, &media_type), "{text}");
    }
}

fn escape(text: &str) {
    let escaped = encode(text);
    assert_eq!(oracle::decode(&escaped).as_deref(), Some(text));
    let target = format!("/v2/_catalog?n=1&last={escaped}").parse().unwrap();
    let (get, none) = (http::Method::GET, HeaderMap::new());
    let read = Operation::parse(&get, &target, &none, &Default::default()).unwrap();
    let Operation::ListRepositories { page } = read else {
        panic!("{read:?}")
    };
    assert_eq!(page.last.unwrap_or_default(), text);
    let names: Vec<_> = Quirks::names().collect();
    assert!(nearest(text, names.iter().copied()).is_none_or(|found| names.contains(&found)));
}

fn media_type(text: &str) {
    let Some(media_type) = MediaType::parse(text) else {
        return;
    };
    let read = media_type.as_str();
    assert!(text.contains(read) && !read.contains([' ', ';']));
    assert!(HeaderValue::from_str(read).is_ok());
    assert_eq!(MediaType::parse(read), Some(media_type.clone()));
    let is_page = read.eq_ignore_ascii_case("text/html") || read.ends_with("+xml");
    assert!(
        media_type.is_active() || !is_page,
        "a browser would run {read}"
    );
}
