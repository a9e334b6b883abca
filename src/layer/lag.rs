//! Read-after-write lag: what was pushed is not there for everybody at once.

use http::{Response, StatusCode};

use super::{Flow, Layer};
use crate::{
    content::Body,
    spec::{RepositoryName, Timestamp},
    wire::{Head, Operation, header::CONTENT_DIGEST},
};

/// Remembers what was pushed a short time ago, and has pulls of it find nothing; idle unless a quirk asks for it.
#[derive(Clone, Debug, Default)]
pub struct Lag {
    hidden: Vec<Hidden>,
}

#[derive(Clone, Debug)]
struct Hidden {
    repository: RepositoryName,
    reference: String,
    /// From when on it can be pulled.
    until: Timestamp,
}

impl Hidden {
    fn is(&self, repository: &RepositoryName, reference: &str) -> bool {
        self.repository == *repository && self.reference == reference
    }
}

/// How much is remembered.
const MOST: usize = 10_000;

impl Lag {
    /// Forgets what was pushed: all of it is there.
    pub fn clear(&mut self) {
        self.hidden.clear();
    }
}

impl Layer for Lag {
    fn before(&mut self, now: Timestamp, head: &mut Head) -> Flow {
        if self.hidden.is_empty() || head.quirks().read_lag_ms.is_none() {
            return Flow::Next;
        }
        self.hidden.retain(|hidden| now < hidden.until);
        let pulled = match &head.operation {
            Ok(Operation::PullBlob { repository, digest }) => {
                Some((repository, digest.to_string()))
            }
            Ok(Operation::PullManifest {
                repository,
                reference,
            }) => Some((repository, reference.to_string())),
            _ => None,
        };
        head.directives.unseen = pulled.is_some_and(|(repository, reference)| {
            let mut hidden = self.hidden.iter();
            hidden.any(|hidden| hidden.is(repository, &reference))
        });
        Flow::Next
    }

    fn after(&mut self, now: Timestamp, head: &Head, answer: &mut Response<Body>) {
        let Some(lag) = head.quirks().read_lag_ms else {
            return;
        };
        let repository = head.operation.as_ref().ok().and_then(Operation::repository);
        let Some(repository) = repository.filter(|_| answer.status() == StatusCode::CREATED) else {
            return;
        };
        let until = now.after(std::time::Duration::from_millis(lag));
        let digest = answer.headers().get(CONTENT_DIGEST);
        let digest = digest.and_then(|digest| digest.to_str().ok());
        let named = head.operation.as_ref().ok().and_then(Operation::reference);
        for reference in digest.map(str::to_owned).into_iter().chain(named) {
            if self.hidden.len() < MOST {
                self.hidden
                    .retain(|hidden| !hidden.is(repository, &reference));
                self.hidden.push(Hidden {
                    repository: repository.clone(),
                    reference,
                    until,
                });
            }
        }
    }

    fn fork(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}
