//! A small host: it streams bodies, asks upstreams and stores writes, all in memory.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use registrette::{
    Config, Exchange, Fetch, Outcome, Persist, Progress, Registry, Upstream, content::Chunk,
    spec::Timestamp,
};

use crate::client::{Ask, Reply};

/// Begins a request and hands over its body in pieces.
pub(crate) fn begin(registry: &mut Registry, now: Timestamp, ask: &Ask, piece: usize) -> Exchange {
    let mut exchange = registry.begin(now, ask.parts());
    feed(&mut exchange, &ask.body, piece);
    exchange
}

/// Hands over a body in pieces, as far as it is wanted.
pub(crate) fn feed(exchange: &mut Exchange, body: &Bytes, piece: usize) {
    for piece in body.chunks(piece.max(1)) {
        if !exchange.is_answered() {
            exchange.body(Chunk::from(body.slice_ref(piece)));
        }
    }
}

/// Does all work, so much at a time; gives how often it was asked to.
pub(crate) fn work(exchange: &mut Exchange, budget: u64) -> usize {
    let mut times = 1;
    while exchange.work(budget) == Progress::More {
        times += 1;
    }
    times
}

/// Sends a request in small pieces, worked off in small slices.
pub(crate) fn stream(registry: &mut Registry, now: Timestamp, ask: &Ask) -> Reply {
    let mut exchange = begin(registry, now, ask, 3);
    work(&mut exchange, 2);
    answer(registry.finish(now, exchange))
}

#[track_caller]
pub(crate) fn answer(outcome: Outcome) -> Reply {
    match outcome {
        Outcome::Answer(answer) => Reply::of(answer),
        Outcome::Fetch(fetch) => panic!("asks an upstream: {fetch:?}"),
        Outcome::Persist(persist) => panic!("wants to be stored: {persist:?}"),
    }
}

/// A write on its way to the store.
#[track_caller]
pub(crate) fn persist(registry: &mut Registry, now: Timestamp, ask: &Ask) -> Persist {
    let exchange = begin(registry, now, ask, usize::MAX);
    match registry.finish(now, exchange) {
        Outcome::Persist(persist) => *persist,
        Outcome::Answer(answer) => panic!("answered: {:?}", Reply::of(answer)),
        Outcome::Fetch(fetch) => panic!("asks an upstream: {fetch:?}"),
    }
}

/// Sends a request; what it writes is stored at once.
pub(crate) fn store(registry: &mut Registry, now: Timestamp, ask: &Ask) -> Reply {
    let exchange = begin(registry, now, ask, usize::MAX);
    match registry.finish(now, exchange) {
        Outcome::Persist(persist) => Reply::of(registry.commit(now, *persist)),
        other @ (Outcome::Answer(_) | Outcome::Fetch(_)) => answer(other),
    }
}

/// What a bad upstream, or the way to it, does to an answer.
#[derive(Clone, Copy)]
pub(crate) enum Tamper {
    Nothing,
    /// Other bytes of the same length.
    Bytes,
    /// The second half never comes.
    Cut,
    Status(StatusCode),
    /// Says another digest than that of the bytes.
    Digest(&'static str),
}

/// A registry before upstreams, each of them a registry in the same process.
pub(crate) struct Mirror {
    pub(crate) local: Registry,
    pub(crate) upstreams: BTreeMap<String, Registry>,
    pub(crate) tamper: Tamper,
    /// What was asked of whom.
    pub(crate) asked: Vec<String>,
}

impl Mirror {
    pub(crate) fn new(upstream: Upstream, hosts: &[&str]) -> Self {
        Self::with(
            Config {
                upstream: Some(upstream),
                ..Config::new(1)
            },
            hosts,
        )
    }

    pub(crate) fn with(config: Config, hosts: &[&str]) -> Self {
        let upstreams = hosts
            .iter()
            .map(|host| ((*host).to_owned(), Registry::new(Config::new(2))));
        let upstreams = upstreams.collect();
        Self {
            local: Registry::new(config),
            upstreams,
            tamper: Tamper::Nothing,
            asked: Vec::new(),
        }
    }

    /// Before the upstream that everything is asked of.
    pub(crate) fn of_one() -> Self {
        let upstream = Upstream {
            default: Some("up".to_owned()),
            ..Upstream::default()
        };
        Self::new(upstream, &["up"])
    }

    pub(crate) fn upstream(&mut self, host: &str) -> &mut Registry {
        self.upstreams.get_mut(host).unwrap()
    }

    /// Sends a request, asking upstreams and storing writes as often as it takes.
    pub(crate) fn ask(&mut self, ask: &Ask) -> Reply {
        let now = Timestamp::default();
        let mut exchange = begin(&mut self.local, now, ask, 5);
        loop {
            match self.local.finish(now, exchange) {
                Outcome::Answer(answer) => return Reply::of(answer),
                Outcome::Persist(persist) => return Reply::of(self.local.commit(now, *persist)),
                Outcome::Fetch(fetch) => exchange = self.fetch(*fetch),
            }
        }
    }

    fn fetch(&mut self, fetch: Fetch) -> Exchange {
        let now = Timestamp::default();
        let target = fetch.operation.target();
        self.asked.push(format!("{}{target}", fetch.host));
        let upstream = self.upstreams.get_mut(&fetch.host).unwrap();
        let (mut head, body) = upstream
            .handle(now, Ask::get(target).request())
            .into_parts();
        let mut body = body.bytes().to_vec();
        match self.tamper {
            Tamper::Nothing => {}
            Tamper::Bytes => body.iter_mut().for_each(|byte| *byte ^= 1),
            Tamper::Cut => body.truncate(body.len() / 2),
            Tamper::Status(status) => head.status = status,
            Tamper::Digest(digest) => {
                head.headers
                    .insert("docker-content-digest", HeaderValue::from_static(digest));
            }
        }
        let mut exchange = self.local.resume(now, fetch, &head);
        feed(&mut exchange, &Bytes::from(body), 4);
        if matches!(self.tamper, Tamper::Cut) {
            exchange.cut();
        }
        exchange
    }
}
