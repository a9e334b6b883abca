//! In process: the calls that an adapter makes.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, request::Parts};
use registrette::{
    Config, Exchange, Outcome, Progress, Registry,
    content::{Body, Step},
    spec::Timestamp,
};

use super::{Answer, Carrier, OF_THE_CONNECTION, Request};

/// A moment well after the epoch, so that nothing is at zero.
const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// Hands each request over in one piece, by `Registry::handle`.
#[derive(Debug)]
pub(crate) struct Whole {
    registry: Registry,
    now: Timestamp,
}

impl Carrier for Whole {
    fn start(config: Config) -> Self {
        Self {
            registry: Registry::new(config),
            now: START,
        }
    }

    fn send(&mut self, request: &Request) -> Answer {
        let Some(head) = head(request) else {
            return refused();
        };
        let body = Bytes::from(request.body.clone());
        let request = http::Request::from_parts(head, body);
        answer(self.registry.handle(self.now, request))
    }

    fn with(&mut self, act: &mut dyn FnMut(&mut Registry)) {
        act(&mut self.registry);
    }

    fn advance(&mut self, time: Duration) -> bool {
        self.now = self.now.after(time);
        true
    }
}

/// Streams each body in uneven pieces, and lets it be worked on in slices.
#[derive(Debug)]
pub(crate) struct Streamed(Whole);

impl Carrier for Streamed {
    fn start(config: Config) -> Self {
        Self(Whole::start(config))
    }

    fn send(&mut self, request: &Request) -> Answer {
        let Some(head) = head(request) else {
            return refused();
        };
        let Whole { registry, now } = &mut self.0;
        let mut exchange = registry.begin(*now, head);
        stream(&mut exchange, &request.body);
        while exchange.work(1000) == Progress::More {}
        match registry.finish(*now, exchange) {
            Outcome::Answer(given) => answer(given),
            Outcome::Persist(persist) => answer(registry.commit(*now, *persist)),
            Outcome::Fetch(_) => panic!("a registry without an upstream asked one"),
        }
    }

    fn with(&mut self, act: &mut dyn FnMut(&mut Registry)) {
        self.0.with(act);
    }

    fn advance(&mut self, time: Duration) -> bool {
        self.0.advance(time)
    }
}

/// Pieces of 1, 2, 4, … bytes and of one less each, empty ones between: no boundary falls where another does.
fn stream(exchange: &mut Exchange, body: &[u8]) {
    let mut rest = body;
    let mut size = 1;
    while !rest.is_empty() && !exchange.is_answered() {
        let (piece, later) = rest.split_at(size.min(rest.len()));
        exchange.body(Bytes::copy_from_slice(piece));
        exchange.body(Bytes::new());
        rest = later;
        size = if size % 2 == 1 {
            size + 1
        } else {
            size * 2 - 1
        };
    }
}

/// The head as an HTTP parser gives it; `None` where the parser refuses it.
fn head(request: &Request) -> Option<Parts> {
    let mut head = http::Request::builder()
        .method(request.method.as_str())
        .uri(request.target.as_str());
    for (name, value) in request.framed() {
        head = head.header(name, value);
    }
    Some(head.body(()).ok()?.into_parts().0)
}

/// What an HTTP server answers to what is no request.
fn refused() -> Answer {
    Answer {
        status: 400,
        ..Answer::default()
    }
}

/// An answer with no effects on the wire, but for what it waits before its head: that is shown as a header.
fn answer(answer: Response<Body>) -> Answer {
    let (mut head, mut body) = answer.into_parts();
    if let [Step::Wait(time)] = body.before.as_slice() {
        let millis = HeaderValue::try_from(format!("{}ms", time.as_millis()));
        head.headers
            .extend(millis.map(|millis| (HeaderName::from_static("waits"), millis)));
        body.before.clear();
    }
    let only_bytes = body.steps.iter().all(|step| matches!(step, Step::Send(_)));
    assert!(
        only_bytes && body.before.is_empty(),
        "an ordinary answer does something else than send bytes"
    );
    let headers = head.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), value.into_owned())
    });
    Answer {
        status: head.status.as_u16(),
        headers: headers
            .filter(|(name, _)| !OF_THE_CONNECTION.contains(&name.as_str()))
            .collect(),
        body: body.bytes().to_vec(),
    }
}
