//! Pull-through: what is not here is asked of another registry.

use http::{Response, StatusCode, header::CONTENT_TYPE, response};

use super::{Exchange, Outcome, Registry, Upstream, exchange::State};
use crate::{
    content::Body,
    handler::{self, Intake},
    spec::{Error, MediaType, Reference, RepositoryName, Timestamp},
    wire::{Head, Operation, header::CONTENT_DIGEST},
};

/// A question to an upstream, for the host to ask.
///
/// The host sends `GET {operation.target()}` to `host` and hands the head of the answer to [`Registry::resume`], its
/// body to the exchange it gets there. Dropped, it leaves no trace.
#[derive(Debug)]
pub struct Fetch {
    /// Whom to ask: host, or host and port.
    pub host: String,
    /// What to ask for: a blob or a manifest, in the upstream's repository.
    pub operation: Operation,
    pub(super) suspended: Box<Suspended>,
}

/// A request that waits for an upstream.
#[derive(Debug)]
pub(super) struct Suspended {
    pub(super) head: Head,
    pub(super) entered: usize,
    pub(super) error: Error,
}

impl Upstream {
    /// Whom to ask for a repository, and by which name.
    fn resolve(&self, name: &RepositoryName, ns: Option<&str>) -> Option<(String, RepositoryName)> {
        if let Some(host) = ns {
            return is_authority(host).then(|| (self.host(host), name.clone()));
        }
        if let Some((first, rest)) = name.as_str().split_once('/') {
            let is_host =
                first.contains('.') || first == "localhost" || self.aliases.contains_key(first);
            if let (true, Ok(rest)) = (is_host, RepositoryName::parse(rest)) {
                return Some((self.host(first), rest));
            }
        }
        Some((self.host(self.default.as_deref()?), name.clone()))
    }

    fn host(&self, host: &str) -> String {
        self.aliases
            .get(host)
            .map_or(host, String::as_str)
            .to_owned()
    }
}

/// Whether a client's word for a host is no more than that: it becomes part of a URL.
fn is_authority(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b))
}

/// What to ask for in place of an operation that found nothing.
pub(super) fn question(
    upstream: &Upstream,
    head: &Head,
    operation: &Operation,
) -> Option<(String, Operation)> {
    let ns = head.query("ns").filter(|ns| !ns.is_empty());
    let resolve = |name| upstream.resolve(name, ns.as_deref());
    if let Operation::PullBlob { repository, digest } = operation {
        let (host, repository) = resolve(repository)?;
        return Some((
            host,
            Operation::PullBlob {
                repository,
                digest: digest.clone(),
            },
        ));
    }
    let Operation::PullManifest {
        repository,
        reference,
    } = operation
    else {
        return None;
    };
    let (host, repository) = resolve(repository)?;
    Some((
        host,
        Operation::PullManifest {
            repository,
            reference: reference.clone(),
        },
    ))
}

/// Whether an error says that something is not here.
pub(super) fn is_missing(error: &Error) -> bool {
    matches!(
        error,
        Error::BlobUnknown { .. } | Error::ManifestUnknown { .. } | Error::NameUnknown { .. }
    )
}

impl Registry {
    /// Finishes a request for a host that stores nothing and asks nobody: what is to be kept is kept at once, and a
    /// question to an upstream is answered as one that failed, by 502.
    #[must_use]
    pub fn settle(&mut self, now: Timestamp, mut exchange: Exchange) -> Response<Body> {
        loop {
            match self.finish(now, exchange) {
                Outcome::Answer(answer) => return answer,
                Outcome::Persist(persist) => return self.commit(now, *persist),
                Outcome::Fetch(fetch) => {
                    let mut head = Response::new(());
                    *head.status_mut() = StatusCode::BAD_GATEWAY;
                    exchange = self.resume(now, *fetch, &head.into_parts().0);
                }
            }
        }
    }

    /// Goes on with a request that asked an upstream, given the head of what the upstream answered.
    ///
    /// What comes back is an ordinary exchange, a push of what was missing: hand it the body, then finish it.
    #[must_use]
    pub fn resume(&mut self, _now: Timestamp, fetch: Fetch, answer: &response::Parts) -> Exchange {
        let Suspended {
            head,
            entered,
            error,
        } = *fetch.suspended;
        let mut exchange = Exchange::new(head.clone(), entered, self.epoch, self.budget.clone());
        if answer.status == StatusCode::NOT_FOUND {
            exchange.fail(&error);
            return exchange;
        }
        exchange.suspended = Some(Box::new(Suspended {
            head,
            entered,
            error,
        }));
        if answer.status != StatusCode::OK {
            exchange.fail(&Error::UpstreamFailed {
                reason: format!("it answered {}", answer.status),
            });
            return exchange;
        }
        let media_type = answer
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let intake = handler::intake_of(
            &self.store,
            &fetch.operation,
            media_type.and_then(MediaType::parse),
        );
        exchange.state = State::Receiving(Box::new(intake));
        // The upstream's own word for a tag's digest is held against the bytes.
        let said = answer
            .headers
            .get(CONTENT_DIGEST)
            .and_then(|value| value.to_str().ok());
        exchange
            .head
            .extensions
            .insert(Said(said.map(str::to_owned)));
        exchange
    }

    /// The changes that a fetched body makes.
    pub(super) fn fetched(
        &self,
        now: Timestamp,
        head: &Head,
        intake: Intake,
    ) -> Result<Vec<crate::store::Change>, Error> {
        let operation = head.operation.as_ref().map_err(Clone::clone)?;
        let decision = handler::after_fetch(self.context(now, head), operation, intake)?;
        let said = head
            .extensions
            .get::<Said>()
            .and_then(|Said(said)| said.clone());
        let got = decision
            .answer
            .headers()
            .get(CONTENT_DIGEST)
            .and_then(|value| value.to_str().ok());
        let by_tag = matches!(
            operation,
            Operation::PullManifest {
                reference: Reference::Tag(_),
                ..
            }
        );
        match (said.as_deref(), got) {
            (Some(said), Some(got)) if by_tag && said != got && said.starts_with("sha256:") => {
                Err(Error::UpstreamFailed {
                    reason: format!("it said {said} and sent {got}"),
                })
            }
            _ => Ok(decision.changes),
        }
    }
}

/// The `Docker-Content-Digest` of an upstream's answer.
#[derive(Clone)]
struct Said(Option<String>);
