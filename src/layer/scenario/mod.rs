//! Scenarios: repositories below `broken/` that fail, wait, or hold images of any size, without anything set up.

mod answer;
mod options;
mod plot;

use std::fmt;

use http::{
    Response,
    header::{CONTENT_LENGTH, LINK},
};

pub use self::options::Scenarios;
use self::plot::Plot;
use super::{Flow, Layer};
use crate::{
    content::{Body, Step},
    image::RandomImage,
    spec::{Digest, Timestamp},
    wire::{Head, Operation},
};

/// The scenarios of a registry; idle when there are none.
///
/// It says what is to be made; the registry makes it, once it is known that the request was let in.
#[derive(Clone)]
pub struct Scenario {
    options: Option<Scenarios>,
    /// The digests of the layers of large images: to find them out takes long, also after a reset.
    remembered: Vec<(RandomImage, Vec<Digest>)>,
}

/// From how many bytes on an image is remembered, and how many are.
const LARGE: u64 = 1 << 20;
const REMEMBERED: usize = 32;

impl Scenario {
    /// Scenarios like this; without options, none.
    #[must_use]
    pub fn new(options: Option<Scenarios>) -> Self {
        Self {
            options,
            remembered: Vec::new(),
        }
    }

    /// The digests of the layers of an image, where they are known.
    pub(crate) fn remembered(&self, image: &RandomImage) -> Vec<Digest> {
        let found = self.remembered.iter().find(|(known, _)| known == image);
        found.map_or_else(Vec::new, |(_, digests)| digests.clone())
    }

    pub(crate) fn remember(&mut self, image: RandomImage, digests: Vec<Digest>) {
        if image.bytes() < LARGE || self.remembered.iter().any(|(known, _)| *known == image) {
            return;
        }
        if self.remembered.len() >= REMEMBERED {
            self.remembered.remove(0);
        }
        self.remembered.push((image, digests));
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scenario")
    }
}

impl Layer for Scenario {
    fn before(&mut self, _: Timestamp, head: &mut Head) -> Flow {
        if self.options.is_none() {
            return Flow::Next;
        }
        let answer = match Plot::of(head) {
            Plot::None => return Flow::Next,
            Plot::Fail(status) => answer::fail(&status),
            Plot::Wait(time) => answer::wait(time.as_deref()),
            Plot::Take => {
                head.directives.unchecked = true;
                return Flow::Next;
            }
            Plot::Make(tag) => match plot::image(&tag) {
                Ok(image) => {
                    head.extensions.insert(image);
                    return Flow::Next;
                }
                Err(missing) => answer::error(400, "BAD_REQUEST", missing),
            },
        };
        Flow::Answer(Box::new(answer))
    }

    fn after(&mut self, _: Timestamp, head: &Head, answer: &mut Response<Body>) {
        let Some(options) = &self.options else {
            return;
        };
        if !matches!(head.operation, Ok(Operation::ListRepositories { .. })) {
            return;
        }
        if let Some(count) = options
            .catalog_repositories
            .filter(|_| answer.status().is_success())
        {
            let body = answer::catalog(count);
            let headers = answer.headers_mut();
            headers.insert(CONTENT_LENGTH, body.len().into());
            headers.remove(LINK);
            *answer.body_mut() = body;
        }
        if !options.catalog_delay.is_zero() {
            let wait = Step::Wait(options.catalog_delay);
            answer.body_mut().before.insert(0, wait);
        }
    }

    fn needs_facts(&self) -> bool {
        self.options.is_some()
    }

    fn fork(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}
