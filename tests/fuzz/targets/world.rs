//! A registry in use: requests on their way, writes being stored, forks and snapshots at hand.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use registrette::{
    Config, Exchange, Fetch, Outcome, Persist, Progress, Upstream,
    content::{Body, Chunk},
    spec::{Accept, Profile, Quirks, References, Timestamp},
    store::Snapshot,
};

use super::{
    answers::{self, Seen},
    ask::{self, Ask, Known},
    equal,
    input::Input,
    life::Life,
};

/// A request whose body is arriving.
struct Pending {
    ask: Ask,
    exchange: Exchange,
    rest: Bytes,
}

pub(super) struct World {
    life: Life,
    other: Option<Life>,
    now: u64,
    known: Known,
    pending: Vec<Pending>,
    /// With when each was decided: a session may expire while it is stored. And by whose rules.
    persists: Vec<(Ask, Timestamp, Quirks, Persist)>,
    snapshots: Vec<Snapshot>,
}

impl World {
    pub(super) fn new(input: &mut Input<'_>) -> Self {
        let mut config = Config::new(u64::from(input.byte()));
        config.journal = Some(if input.one_in(8) { 20 } else { 100_000 });
        config.durable = input.one_in(4);
        config.upstream = input.one_in(4).then(|| Upstream {
            default: Some("up".to_owned()),
            ..Upstream::default()
        });
        config.calls = input.pick(&[0, 10]);
        let settings = &mut config.settings;
        settings.quirks = quirks(input);
        settings.references =
            input.pick(&[References::Sparse, References::Lax, References::Strict]);
        settings.accept = input.pick(&[Accept::Lenient, Accept::Strict]);
        let limits = &mut settings.limits;
        (limits.sessions, limits.manifest, limits.blob) = (4, 1000, 4000);
        limits.total = input.pick(&[u64::MAX, 6000, 1000]);
        (limits.tags, limits.repositories) = (4, 4);
        Self {
            life: Life::new(config),
            other: None,
            now: 0,
            known: Known::default(),
            pending: Vec::new(),
            persists: Vec::new(),
            snapshots: Vec::new(),
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    /// Does one thing.
    pub(super) fn step(&mut self, input: &mut Input<'_>) {
        match input.below(20) {
            0 => self.now += 1000 * u64::from(input.byte()),
            1 => self.now += 15 * 60 * 1000 * u64::from(input.byte() % 8),
            2 => self.life.registry.tick(self.now()),
            3 => self.life.drain(),
            4 => self.turn(input),
            5 => self.configure(input),
            6 | 7 => drop(self.feed(input)),
            8 => self.finish(input),
            9 => self.settle(input),
            _ => self.ask(input),
        }
    }

    fn ask(&mut self, input: &mut Input<'_>) {
        let ask = ask::any(input, &mut self.known);
        let Some(request) = ask.request() else { return };
        let (head, rest) = request.into_parts();
        let exchange = self.life.registry.begin(self.now(), head);
        self.pending.push(Pending {
            ask,
            exchange,
            rest,
        });
        if input.one_in(4) && self.pending.len() < 4 {
            return;
        }
        // Most requests are not overtaken by others.
        let last = self.pending.len() - 1;
        self.pending.swap(0, last);
        while self.feed(input) {}
        self.finish(input);
    }

    /// Hands over a piece of a body; whether there is more of it.
    fn feed(&mut self, input: &mut Input<'_>) -> bool {
        let Some(Pending { exchange, rest, .. }) = self.pending.first_mut() else {
            return false;
        };
        let piece = 1 + rest.len() * input.below(5) / 4;
        let piece = rest.split_to(piece.min(rest.len()));
        exchange.body(Chunk::from(piece));
        if input.one_in(3) {
            let _ = exchange.work(3);
        }
        !rest.is_empty()
    }

    /// Finishes a request: whole, broken off, or not at all.
    fn finish(&mut self, input: &mut Input<'_>) {
        if self.pending.is_empty() {
            return;
        }
        let Pending {
            ask,
            mut exchange,
            rest,
        } = self.pending.remove(0);
        match input.below(12) {
            10 => return,
            11 => exchange.cut(),
            _ => exchange.body(Chunk::from(rest)),
        }
        if input.one_in(2) {
            while exchange.work(50) == Progress::More {}
        }
        self.outcome(input, ask, exchange);
        if self.pending.len() > 1 {
            self.pending.rotate_left(1);
        }
    }

    fn outcome(&mut self, input: &mut Input<'_>, ask: Ask, exchange: Exchange) {
        let rules = exchange.head().quirks().clone();
        match self.life.registry.finish(self.now(), exchange) {
            Outcome::Answer(answer) => self.answered(self.now(), &rules, &ask, answer),
            Outcome::Persist(persist) => {
                self.persists.push((ask, self.now(), rules, *persist));
                if self.persists.len() > 3 || !input.one_in(3) {
                    self.settle(input);
                }
            }
            Outcome::Fetch(fetch) => self.fetch(input, ask, *fetch),
        }
    }

    fn fetch(&mut self, input: &mut Input<'_>, ask: Ask, fetch: Fetch) {
        assert!(fetch.operation.target().starts_with("/v2/"));
        let (mut head, ()) = Response::new(()).into_parts();
        head.status = input.pick(&[
            StatusCode::OK,
            StatusCode::NOT_FOUND,
            StatusCode::BAD_GATEWAY,
        ]);
        if let Ok(media_type) = HeaderValue::from_str(input.pick(&ask::TYPES)) {
            head.headers.insert("content-type", media_type);
        }
        let mut exchange = self.life.registry.resume(self.now(), fetch, &head);
        exchange.body(Chunk::from(Bytes::copy_from_slice(input.bytes(100))));
        if input.one_in(5) {
            exchange.cut();
        }
        // A second question would be the upstream asking itself.
        self.outcome(input, ask, exchange);
    }

    /// Stores a write, or gives it up.
    fn settle(&mut self, input: &mut Input<'_>) {
        if self.persists.is_empty() {
            return;
        }
        let place = if input.one_in(4) {
            input.below(self.persists.len())
        } else {
            0
        };
        let (ask, at, rules, persist) = self.persists.remove(place);
        let registry = &mut self.life.registry;
        let now = Timestamp::from_millis(self.now);
        let answer = if input.one_in(5) {
            registry.discard(now, persist, "the disk is full")
        } else {
            registry.commit(now, persist)
        };
        self.answered(at, &rules, &ask, answer);
    }

    fn answered(&mut self, at: Timestamp, rules: &Quirks, ask: &Ask, answer: Response<Body>) {
        let seen = Seen::new(ask, answer);
        // What was said by other rules need not be so by these.
        if *rules == self.life.registry.settings().quirks {
            seen.holds(&self.life.registry, at, ask);
        }
        if let (202, Some(location)) = (seen.status, seen.header("location")) {
            self.known.sessions.push(answers::path(location).to_owned());
        }
    }

    /// Forks, changes sides, keeps a state or goes back to one.
    fn turn(&mut self, input: &mut Input<'_>) {
        let registry = &mut self.life.registry;
        match input.below(5) {
            0 => self.snapshots.push(registry.snapshot()),
            1 => {
                if let Some(snapshot) = self.snapshots.pop() {
                    // Only a full journal stands against it.
                    let _ = registry.restore(&snapshot);
                }
            }
            2 => {
                let _ = registry.reset();
            }
            3 => self.other = Some(self.life.fork()),
            _ => {
                self.leave();
                if let Some(other) = self.other.take() {
                    assert!(other.is_untouched());
                    std::mem::replace(&mut self.life, other).replayed(self.now());
                }
            }
        }
    }

    /// Ends all that is on its way.
    fn leave(&mut self) {
        self.pending.clear();
        for (ask, _, _, persist) in std::mem::take(&mut self.persists) {
            let answer = self.life.registry.discard(self.now(), persist, "it ends");
            Seen::new(&ask, answer);
        }
    }

    fn configure(&mut self, input: &mut Input<'_>) {
        let mut settings = self.life.registry.settings().clone();
        settings.quirks = quirks(input);
        settings.deletes = !input.one_in(4);
        let _ = self.life.registry.configure(settings);
    }

    /// Fails unless the journal tells the whole story, and unless all bytes are accounted for.
    pub(super) fn end(mut self, input: &mut Input<'_>) {
        self.leave();
        let now = self.now();
        if let Some(other) = self.other {
            assert!(other.is_untouched());
        }
        drop(self.snapshots);
        let mut registry = self.life.replayed(now);
        assert_eq!(registry.stats().bytes, equal::bytes_held(&registry));
        if input.one_in(2) {
            registry.reset().unwrap();
        } else {
            let mut settings = registry.settings().clone();
            (settings.deletes, settings.quirks) = (true, Quirks::default());
            registry.configure(settings).unwrap();
            equal::delete_all(&mut registry, now);
        }
        registry.take_changes();
        assert_eq!(registry.stats().bytes, 0);
    }
}

fn quirks(input: &mut Input<'_>) -> Quirks {
    match input.below(8) {
        0..=3 => Quirks::default(),
        4 | 5 => {
            let names: Vec<_> = Profile::names().collect();
            Profile::named(input.pick(&names))
                .unwrap()
                .quirks()
                .unwrap()
        }
        _ => {
            let mut quirks = Quirks::default();
            let names: Vec<_> = Quirks::names().collect();
            for _ in 0..3 {
                let value = input.pick(&[
                    serde_json::json!(true),
                    serde_json::json!(2),
                    serde_json::json!("https://x.example/{digest}{id}"),
                ]);
                let _ = quirks.set(input.pick(&names), &value);
            }
            quirks
        }
    }
}
