//! Whether a request is one that a rule is about.

use std::ops::Range;

use http::header::{RANGE, USER_AGENT};

use super::Match;
use crate::{
    spec::Glob,
    wire::{Head, Operation},
};

impl Match {
    pub(super) fn is_match(&self, head: &Head) -> bool {
        let operation = head.operation.as_ref().ok();
        let is_operation = |name| self.operations.iter().any(|glob| glob.is_match(name));
        let is_text = |glob: &Option<Glob>, text: Option<String>| {
            let glob = glob.as_ref();
            glob.is_none_or(|glob| text.is_some_and(|text| glob.is_match(&text)))
        };
        let header = |name| {
            let value = head.headers.get(name);
            value
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let repository = operation.and_then(Operation::repository);
        (self.operations.is_empty() || is_operation(head.operation_name()))
            && self
                .method
                .as_ref()
                .is_none_or(|method| head.method == *method)
            && is_text(
                &self.repository,
                repository.map(|name| name.as_str().to_owned()),
            )
            && is_text(&self.reference, operation.and_then(Operation::reference))
            && self.role.is_none_or(|role| head.facts.role == Some(role))
            && is_text(&self.media_type, head.facts.media_type.clone())
            && is_text(&self.client, header(USER_AGENT))
            && self.is_session(operation)
            && (self.range.as_ref())
                .is_none_or(|range| asks_for(header(RANGE).as_deref(), range, head.facts.size))
    }

    fn is_session(&self, operation: Option<&Operation>) -> bool {
        let session = operation.and_then(Operation::session);
        self.session
            .as_ref()
            .is_none_or(|wanted| session.is_some_and(|session| session.as_str() == wanted))
    }
}

/// Whether a `Range` asks for some of these bytes. One that cannot be read asks for all, as it does of the registry.
fn asks_for(header: Option<&str>, wanted: &Range<u64>, size: Option<u64>) -> bool {
    let range = header.and_then(|text| text.strip_prefix("bytes="));
    let Some((first, last)) = range.and_then(|range| range.split_once('-')) else {
        return true;
    };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) => first < wanted.end && last >= wanted.start,
        (Ok(first), Err(_)) => first < wanted.end,
        (Err(_), Ok(suffix)) => size.is_none_or(|size| size.saturating_sub(suffix) < wanted.end),
        (Err(_), Err(_)) => true,
    }
}
