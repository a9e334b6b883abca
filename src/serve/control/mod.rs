//! The control API on sockets: what only a server can do of it.

mod follow;
mod registries;
mod time;

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Response, StatusCode, request};
use tokio::sync::{mpsc, watch};

pub(super) use self::registries::Registries;
use super::{Options, SharedRegistry};
use crate::control::{Ask, Control, Reply, Task, Token, description, json, nothing};

/// How the control API is asked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ControlOptions {
    /// What whoever asks has to know. Required where others than this machine can reach the server.
    pub token: Option<Token>,
    /// Whether it can only be looked at what happens: for the page of the playground.
    pub is_read_only: bool,
}

/// Who is told once that somebody asked for a control API that is off.
#[derive(Clone)]
pub struct Hint(Arc<dyn Fn(&str) + Send + Sync>);

/// The control of one server.
#[derive(Debug)]
pub(super) struct Desk {
    control: Mutex<Control>,
    registry: SharedRegistry,
    /// How its server listens, for the next one.
    options: Options,
    registries: Arc<Registries>,
    ended: watch::Sender<bool>,
}

/// What a request for control is answered.
pub(super) enum Answered {
    Whole(Response<Bytes>),
    /// A head, and a body that goes on.
    Following(Response<()>, mpsc::Receiver<Bytes>),
}

impl Desk {
    pub(super) fn new(
        options: &Options,
        control: &ControlOptions,
        registry: SharedRegistry,
        registries: Arc<Registries>,
    ) -> Self {
        let clock = &options.clock;
        let token = control.token.clone();
        let mut rules = Control::new(&registry.lock(), clock.now(), time::mark(clock), token);
        if control.is_read_only {
            rules = rules.read_only();
        }
        Self {
            control: Mutex::new(rules),
            registry,
            options: options.clone(),
            registries,
            ended: watch::Sender::new(false),
        }
    }

    /// The server ends: who follows its calls is let go.
    pub(super) fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Ends all registries that were made.
    pub(super) fn end_others(&self) {
        self.registries.end();
    }

    pub(super) async fn answer(&self, head: &request::Parts, body: &[u8]) -> Answered {
        let clock = &self.options.clock;
        let target = head
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let ask = Ask {
            now: clock.now(),
            clock: time::mark(clock),
            method: &head.method,
            target,
            headers: &head.headers,
            body,
        };
        let reply = {
            let mut control = self.control.lock().unwrap_or_else(PoisonError::into_inner);
            control.handle(&mut self.registry.lock(), &ask)
        };
        Answered::Whole(match reply {
            Reply::Answer(answer, mark) => {
                if let Some(mark) = mark {
                    time::come_back_to(clock, mark);
                }
                answer
            }
            Reply::Task(Task::Follow { filter, events }) => {
                let (head, calls) =
                    follow::start(self.registry.clone(), filter, events, &self.ended);
                return Answered::Following(head, calls);
            }
            Reply::Task(Task::Describe) => description(),
            Reply::Task(Task::Reset) => self.reset(),
            Reply::Task(Task::Clock) => time::tell(clock),
            Reply::Task(Task::Advance(by)) => time::advance(clock, by, &self.registry),
            Reply::Task(Task::RunAll) => time::run_all(clock, &self.registry),
            Reply::Task(Task::Registries) => self.registries.list(),
            Reply::Task(Task::Registry(id)) => self.registries.look(id),
            Reply::Task(Task::Open) => self.open().await,
            Reply::Task(Task::Close(id)) => self.registries.close(id),
        })
    }

    fn reset(&self) -> Response<Bytes> {
        let clock = &self.options.clock;
        let control = self.control.lock().unwrap_or_else(PoisonError::into_inner);
        time::come_back_to(clock, control.start());
        let done = control.reset(clock.now(), &mut self.registry.lock());
        done.map_or_else(|refusal| *refusal, |()| nothing())
    }

    async fn open(&self) -> Response<Bytes> {
        let fork = {
            let registry = self.registry.lock();
            let mut fork = registry.fork();
            let mut settings = registry.settings().clone();
            // It is not the fork that is reached there.
            if settings.public_url.take().is_some() {
                drop(fork.configure(settings));
            }
            fork
        };
        let opened = self.registries.clone().open(&self.options, fork).await;
        opened.map_or_else(|refusal| refusal, |entry| json(StatusCode::CREATED, &entry))
    }
}

impl Hint {
    /// Calls `tell` with the hint, on the task that answers: it should be quick.
    pub fn new(tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(super) fn tell(&self, hint: &str) {
        (self.0)(hint);
    }
}

impl std::fmt::Debug for Hint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hint")
    }
}
