//! The registry: parses once, asks for facts, runs the layers in their one order, hands to the handlers.

mod bed;
mod config;
mod dress;
mod durable;
mod exchange;
mod ids;
mod images;
mod journal;
mod making;
mod seed;
mod state;
mod upstream;

use bytes::Bytes;
use http::{Method, Request, Response, request::Parts};

pub use config::{Config, Upstream};
pub use durable::Persist;
pub use exchange::Exchange;
pub use seed::SeedError;
pub use state::{Stats, Swept};
pub use upstream::Fetch;

use self::{
    dress::dress,
    durable::{Durable, Reply},
    exchange::State,
    ids::Ids,
    upstream::Suspended,
};
use crate::{
    content::{Body, Budget, Chunk},
    handler::{self, Context, Intake, Plan},
    image::RandomImage,
    layer::{Auth, Faults, Flow, Lag, Layer, Log, RateLimit, Scenario},
    spec::{Error, Timestamp},
    store::{Change, Store},
    wire::{Head, Operation, error_answer},
};

/// A registry: all its state, and no I/O.
///
/// [`Registry::handle`] answers a request that is all there. An adapter that streams calls [`Registry::begin`], hands
/// the body to the [`Exchange`], and calls [`Registry::finish`].
///
/// ```
/// use bytes::Bytes;
/// use http::Request;
/// use registrette::{Config, Registry, spec::Timestamp};
///
/// let mut registry = Registry::new(Config::new(0));
/// let now = Timestamp::from_millis(0);
///
/// let digest = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
/// let push = Request::post(format!("/v2/app/blobs/uploads/?digest={digest}")).body(Bytes::from("foo"))?;
/// assert_eq!(registry.handle(now, push).status(), 201);
///
/// let pull = Request::get(format!("/v2/app/blobs/{digest}")).body(Bytes::new())?;
/// assert_eq!(registry.handle(now, pull).into_body().bytes(), "foo");
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug)]
pub struct Registry {
    config: Config,
    store: Store,
    budget: Budget,
    durable: Durable,
    ids: Ids,
    /// Counts restores: an exchange from before one has nothing to continue.
    epoch: u64,
    log: Log,
    faults: Faults,
    scenario: Scenario,
    auth: Auth,
    rate: RateLimit,
    lag: Lag,
    extra: Vec<Box<dyn Layer>>,
}

/// What a request comes to.
#[derive(Debug)]
pub enum Outcome {
    /// This answer.
    Answer(Response<Body>),
    /// A question to an upstream, to be gone on with by [`Registry::resume`].
    Fetch(Box<Fetch>),
    /// A write to be stored, to be gone on with by [`Registry::commit`] or [`Registry::discard`].
    Persist(Box<Persist>),
}

impl Registry {
    /// An empty registry.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            store: Store::new(
                config.settings.clone(),
                config.hashers.clone(),
                config.journal,
            ),
            budget: Budget::default(),
            durable: Durable::default(),
            ids: Ids::new(config.seed),
            epoch: 0,
            log: Log::new(config.calls, config.call_bodies),
            faults: Faults::new(config.seed),
            scenario: Scenario::new(config.scenarios.clone()),
            auth: Auth::new(config.auth.clone(), config.seed),
            rate: RateLimit::new(config.rate_limit.clone()),
            lag: Lag::default(),
            extra: Vec::new(),
            config,
        }
    }

    /// Answers a request that is all there. Where an upstream would be asked, what is missing is missing; what would
    /// be stored counts at once.
    pub fn handle(&mut self, now: Timestamp, request: Request<Bytes>) -> Response<Body> {
        let (head, body) = request.into_parts();
        let mut exchange = self.begin(now, head);
        if !body.is_empty() {
            exchange.body(Chunk::from(body));
        }
        match self.finish(now, exchange) {
            Outcome::Answer(answer) => answer,
            Outcome::Fetch(fetch) => {
                let Suspended {
                    head,
                    entered,
                    error,
                } = *fetch.suspended;
                let answer = error_answer(&error, head.quirks());
                self.unwind(now, &head, entered, answer)
            }
            Outcome::Persist(persist) => self.commit(now, *persist),
        }
    }

    /// Begins a request. The exchange may be answered already; else it wants the body.
    #[must_use]
    pub fn begin(&mut self, now: Timestamp, head: Parts) -> Exchange {
        let settings = self.store.settings().clone();
        let mut head = Head::new(now, head, &settings);
        if self.layers().any(|layer| layer.needs_facts())
            && let Ok(operation) = &head.operation
        {
            head.facts = handler::facts(&self.store, operation, now);
        }
        let mut entered = 0_usize;
        let mut early = None;
        for layer in self.layers() {
            entered = entered.saturating_add(1);
            if let Flow::Answer(answer) = layer.before(now, &mut head) {
                early = Some(State::Answered(answer));
                break;
            }
        }
        let state = match (early, head.extensions.remove::<RandomImage>()) {
            (Some(state), _) => state,
            (None, Some(image)) => self.make(&head, image),
            (None, None) => self.plan(now, &head),
        };
        let mut exchange = Exchange::new(head, entered, self.epoch, self.budget.clone());
        exchange.state = state;
        exchange.pending = self.auth.take_pending();
        if exchange.has_form() {
            exchange.grant = self.auth.grant();
        }
        exchange
    }

    fn plan(&self, now: Timestamp, head: &Head) -> State {
        if matches!(head.operation, Ok(Operation::Token)) && self.auth.gives_tokens() {
            return State::Receiving(Box::new(Intake::Form(Vec::new())));
        }
        let planned = head.operation.as_ref().map_err(Clone::clone);
        let planned =
            planned.and_then(|operation| handler::before(self.context(now, head), operation));
        match planned {
            Ok(Plan::Answer(answer)) => State::Answered(answer),
            Ok(Plan::Receive(intake)) => State::Receiving(intake),
            Err(error)
                if self.config.upstream.is_some()
                    && upstream::is_missing(&error)
                    && is_pull(head) =>
            {
                State::Missing(error)
            }
            Err(error) => State::Answered(Box::new(error_answer(&error, head.quirks()))),
        }
    }

    /// Finishes a request whose body is all there, or is not needed.
    pub fn finish(&mut self, now: Timestamp, exchange: Exchange) -> Outcome {
        let lengths = exchange.check_length();
        let Exchange {
            mut head,
            received,
            entered,
            epoch,
            state,
            suspended,
            pending,
            grant,
            ..
        } = exchange;
        head.body_bytes = received;
        if let Some(mut pending) = pending {
            if !pending.check.run() {
                return Outcome::Answer(self.unwind(now, &head, entered, *pending.refusal));
            }
            self.auth.remember(&pending);
        }
        if let State::Receiving(intake) = &state
            && let Intake::Form(form) = &**intake
        {
            let answer = match lengths {
                Ok(()) => self.auth.token(now, &head, Some(form), grant),
                Err(error) => error_answer(&error, head.quirks()),
            };
            return Outcome::Answer(self.unwind(now, &head, entered, answer));
        }
        let decided = match state {
            State::Answered(answer) => {
                return Outcome::Answer(self.unwind(now, &head, entered, *answer));
            }
            State::Missing(error) => return self.ask_upstream(now, head, entered, error),
            State::Making(work) => {
                let answer = match self.keep_made(&head, *work) {
                    Ok(()) => self.answer_again(now, &head),
                    Err(error) => error_answer(&error, head.quirks()),
                };
                return Outcome::Answer(self.unwind(now, &head, entered, answer));
            }
            State::Receiving(_) if epoch != self.epoch => Err(Error::Restored),
            State::Receiving(intake) => lengths.and_then(|()| match &suspended {
                Some(_) => Ok((self.fetched(now, &head, *intake)?, Reply::Again)),
                None => {
                    let operation = head.operation.as_ref().map_err(Clone::clone)?;
                    let decision = handler::after(self.context(now, &head), operation, *intake)?;
                    Ok((decision.changes, Reply::Ready(Box::new(decision.answer))))
                }
            }),
        };
        match decided.map_err(|error| {
            if suspended.is_some() {
                upstreams_fault(error)
            } else {
                error
            }
        }) {
            Ok((changes, reply)) => self.change(now, head, entered, changes, reply),
            Err(error) => {
                let answer = error_answer(&error, head.quirks());
                Outcome::Answer(self.unwind(now, &head, entered, answer))
            }
        }
    }

    fn change(
        &mut self,
        now: Timestamp,
        head: Head,
        entered: usize,
        changes: Vec<Change>,
        reply: Reply,
    ) -> Outcome {
        let changes = if head.directives.drop_write {
            Vec::new()
        } else {
            changes
        };
        let repository = (head.operation.as_ref().ok()).and_then(Operation::repository);
        // What changes nothing may still rest on a write that is not stored yet.
        let rests = !head.directives.drop_write
            && repository.is_some_and(|repository| self.durable.is_open_on(repository));
        let done = if self.config.durable && (rests || !changes.is_empty()) {
            match self.durable.open(&self.store, repository, &changes) {
                Ok((ticket, waits_for)) => {
                    return Outcome::Persist(Box::new(Persist {
                        ticket,
                        waits_for,
                        changes,
                        head,
                        entered,
                        reply,
                    }));
                }
                Err(error) => Err(error),
            }
        } else {
            self.store.commit(changes)
        };
        let answer = match (done, reply) {
            (Err(error), _) => error_answer(&error, head.quirks()),
            (Ok(()), Reply::Ready(answer)) => *answer,
            (Ok(()), Reply::Again) => self.answer_again(now, &head),
        };
        Outcome::Answer(self.unwind(now, &head, entered, answer))
    }

    fn ask_upstream(
        &mut self,
        now: Timestamp,
        head: Head,
        entered: usize,
        error: Error,
    ) -> Outcome {
        let upstream = self.config.upstream.as_ref();
        let operation = head.operation.as_ref().ok();
        let question = upstream
            .zip(operation)
            .and_then(|(upstream, operation)| upstream::question(upstream, &head, operation));
        match question {
            Some((host, operation)) => {
                let suspended = Box::new(Suspended {
                    head,
                    entered,
                    error,
                });
                Outcome::Fetch(Box::new(Fetch {
                    host,
                    operation,
                    suspended,
                }))
            }
            None => {
                let answer = error_answer(&error, head.quirks());
                Outcome::Answer(self.unwind(now, &head, entered, answer))
            }
        }
    }

    /// Answers a request once more, that waited for something to arrive.
    fn answer_again(&self, now: Timestamp, head: &Head) -> Response<Body> {
        match self.plan(now, head) {
            State::Answered(answer) => *answer,
            State::Missing(error) => error_answer(&error, head.quirks()),
            State::Receiving(_) | State::Making(_) => error_answer(&Error::NotFound, head.quirks()),
        }
    }

    /// Takes an answer out through exactly the layers that its request entered, and puts on it what every answer has.
    fn unwind(
        &mut self,
        now: Timestamp,
        head: &Head,
        entered: usize,
        mut answer: Response<Body>,
    ) -> Response<Body> {
        let not_entered = self.layers().count().saturating_sub(entered);
        let inner = entered.saturating_sub(1);
        for layer in self.layers().rev().skip(not_entered).take(inner) {
            layer.after(now, head, &mut answer);
        }
        dress(head, &mut answer);
        if head.method == Method::HEAD {
            answer
                .body_mut()
                .steps
                .retain(|step| !matches!(step, crate::content::Step::Send(_)));
        }
        // The first of the layers, after all that is done to an answer: what it records is what the client gets.
        self.log.after(now, head, &mut answer);
        answer
    }

    /// The layers, outermost first.
    fn layers(&mut self) -> impl DoubleEndedIterator<Item = &mut dyn Layer> {
        // The log stands outside everything: it records what the client saw.
        let log: &mut dyn Layer = &mut self.log;
        // Faults are the network's and the server's: they happen to who may ask and to who may not.
        let faults: &mut dyn Layer = &mut self.faults;
        // Scenarios are failures too, with names of their own: a fault can happen to one, and nobody needs a password to
        // see a server fail. What they only make is given out by who stands further in.
        let scenario: &mut dyn Layer = &mut self.scenario;
        // Layers of an embedder stand next to the handlers: they see what the others let through.
        let extra = self
            .extra
            .iter_mut()
            .map(|layer| -> &mut dyn Layer { &mut **layer });
        // Who may ask is decided before anything that knows who asks.
        let auth: &mut dyn Layer = &mut self.auth;
        // Rates are counted for who was let in, by their names.
        let rate: &mut dyn Layer = &mut self.rate;
        // What is not there yet is missing to who was let in, and counted as a pull.
        let lag: &mut dyn Layer = &mut self.lag;
        [log, faults, scenario, auth, rate, lag]
            .into_iter()
            .chain(extra)
    }

    fn context<'a>(&'a self, now: Timestamp, head: &'a Head) -> Context<'a> {
        // Reads see what is committed; writes are decided against what will be.
        let is_read = matches!(head.method, Method::GET | Method::HEAD | Method::OPTIONS);
        let store = if is_read {
            &self.store
        } else {
            self.durable.pending(&self.store)
        };
        Context {
            store,
            budget: &self.budget,
            head,
            now,
            next_session: &self.ids,
        }
    }
}

fn is_pull(head: &Head) -> bool {
    use crate::wire::Operation::{PullBlob, PullManifest};
    matches!(head.operation, Ok(PullBlob { .. } | PullManifest { .. }))
}

/// What was wrong with a fetched body is the upstream's fault, not the client's.
fn upstreams_fault(error: Error) -> Error {
    if matches!(
        error,
        Error::Full { .. } | Error::UpstreamFailed { .. } | Error::Restored
    ) {
        return error;
    }
    Error::UpstreamFailed {
        reason: error.to_string(),
    }
}
