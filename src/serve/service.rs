//! The registry as a service of hyper.

use std::{
    pin::Pin,
    sync::{Arc, MutexGuard, Once},
    task::{Context, Poll},
};

use bytes::BytesMut;
use http::{Request, Response, header::EXPECT, request};
use http_body::Body as _;
use hyper::body::Incoming;

use super::{
    Hint, SharedRegistry, Ui,
    answer::{self, AnswerBody, BrokenOff},
    clock::Clock,
    control::{Answered, Desk},
    early::Unread,
    line::{Flight, Line},
    log::{Log, Record},
    receive::{self, Received},
    socket::Socket,
};
use crate::{
    Exchange, Progress, Registry,
    content::Body,
    control::{Control, HINT, LONGEST_BODY, body_too_large},
    guard::{Guard, Refusal, check_head},
    wire::{AllowedOrigin, Scheme},
};

/// What one request is answered.
type Answer = Result<Response<AnswerBody>, BrokenOff>;

/// How much is computed under the lock for a request without a body, in bytes: as good as nothing.
const LITTLE: u64 = 64 << 10;

/// A registry, as hyper calls it: one clone for each connection.
///
/// It must be called inside a tokio runtime with timers. Nobody is refused unless there is a [`guard`](Self::guarded).
#[derive(Clone, Debug)]
pub struct Service {
    shared: Arc<Shared>,
    line: Option<Arc<Line>>,
}

#[derive(Clone, Debug)]
struct Shared {
    registry: SharedRegistry,
    clock: Clock,
    guard: Option<Guard>,
    log: Option<Log>,
    control: Option<Arc<Desk>>,
    ui: Option<Ui>,
    hint: Option<(Hint, Arc<Once>)>,
    is_https: bool,
}

/// The answer to come.
#[derive(Debug)]
pub struct Answering(State);

enum State {
    /// Most requests have no body, and are answered when they are asked.
    Ready(Option<Response<AnswerBody>>),
    Later(Pin<Box<dyn Future<Output = Answer> + Send>>),
}

/// What follows a request through to its answer.
struct Course {
    clock: Clock,
    flight: Option<Flight>,
    record: Option<Box<Record>>,
}

/// Makes the registry a service for your own hyper.
///
/// ```
/// use hyper::server::conn::http1;
/// use hyper_util::rt::TokioIo;
/// use registrette::{Config, Registry, serve::{SharedRegistry, Socket, service}};
/// use tokio::net::TcpListener;
///
/// async fn serve(listener: TcpListener) -> std::io::Result<()> {
///     let registry = SharedRegistry::new(Registry::new(Config::new(0)));
///     loop {
///         // The socket is what lets a client that is still sending see an early answer.
///         let socket = Socket::plain(listener.accept().await?.0);
///         let service = service(registry.clone()).on(&socket);
///         let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
///         tokio::spawn(async move { drop(connection.await) });
///     }
/// }
/// ```
#[must_use]
pub fn service(registry: SharedRegistry) -> Service {
    Service {
        shared: Arc::new(Shared {
            registry,
            clock: Clock::default(),
            guard: None,
            log: None,
            control: None,
            ui: None,
            hint: None,
            is_https: false,
        }),
        line: None,
    }
}

impl Service {
    /// Only these may ask.
    #[must_use]
    pub fn guarded(mut self, guard: Guard) -> Self {
        Arc::make_mut(&mut self.shared).guard = Some(guard);
        self
    }

    /// Time passes by this clock, not by the system's.
    #[must_use]
    pub fn clocked(mut self, clock: Clock) -> Self {
        Arc::make_mut(&mut self.shared).clock = clock;
        self
    }

    /// Every request is told to this log.
    #[must_use]
    pub fn logged(mut self, log: Log) -> Self {
        Arc::make_mut(&mut self.shared).log = Some(log);
        self
    }

    /// The connections are TLS: absolute URLs start with `https`.
    #[must_use]
    pub fn https(mut self) -> Self {
        Arc::make_mut(&mut self.shared).is_https = true;
        self
    }

    /// What is under `/_control/` goes to this desk.
    pub(super) fn controlled(mut self, desk: Arc<Desk>) -> Self {
        Arc::make_mut(&mut self.shared).control = Some(desk);
        self
    }

    /// What is under `/ui/`, and the page at `/`, is the playground.
    pub(super) fn showing(mut self, ui: Ui) -> Self {
        Arc::make_mut(&mut self.shared).ui = Some(ui);
        self
    }

    /// Who is told, once, that what is under `/_control/` is not there.
    pub(super) fn hinting(mut self, hint: Hint) -> Self {
        Arc::make_mut(&mut self.shared).hint = Some((hint, Arc::new(Once::new())));
        self
    }

    /// The service of that one connection.
    #[must_use]
    pub fn on(&self, socket: &Socket) -> Self {
        Self {
            shared: self.shared.clone(),
            line: Some(socket.line().clone()),
        }
    }
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response<AnswerBody>;
    type Error = BrokenOff;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Answering {
        let (mut head, body) = request.into_parts();
        let is_http2 = head.version >= http::Version::HTTP_2;
        let course = Course {
            clock: self.shared.clock.clone(),
            flight: self.line.as_ref().map(|line| line.request(is_http2)),
            record: self.shared.log.as_ref().map(|log| log.record(&head)),
        };
        // From here on, `Some` is a body that somebody has to read, or leave unread.
        let body = (!body.is_end_stream()).then(|| {
            let expects = head.headers.contains_key(EXPECT);
            Unread::new(body, is_http2, expects)
        });
        match self.shared.admit(&mut head) {
            Ok(None) => {}
            Ok(Some(answer)) => return course.early(answer, body),
            Err(refusal) => return course.early(refusal.answer(), body),
        }
        if let Some(answer) = self.shared.ui.as_ref().and_then(|ui| ui.answer(&head)) {
            return course.early(answer, body);
        }
        if Control::is_for(head.uri.path()) {
            match &self.shared.control {
                Some(desk) => return Answering::later(course.control(desk.clone(), head, body)),
                None => self.shared.hint(),
            }
        }
        if let Some(registry) = self.shared.registry.try_lock() {
            return course.begin(&self.shared, registry, head, body);
        }
        let shared = self.shared.clone();
        Answering::later(async move {
            let registry = shared.registry.turn().await;
            course.begin(&shared, registry, head, body).await
        })
    }
}

impl Shared {
    /// Whether the request may be asked at all; what a browser asks beforehand is answered here.
    fn admit(&self, head: &mut request::Parts) -> Result<Option<Response<Body>>, Refusal> {
        check_head(head)?;
        if let Some(guard) = &self.guard {
            guard.check(head)?;
            if let Some(answer) = guard.preflight(head) {
                return Ok(Some(answer));
            }
            if let Some(origin) = guard.shares_with(head) {
                head.extensions.insert(AllowedOrigin(origin));
            }
        }
        if self.is_https {
            head.extensions.insert(Scheme::Https);
        }
        Ok(None)
    }

    fn hint(&self) {
        if let Some((hint, once)) = &self.hint {
            once.call_once(|| hint.tell(HINT));
        }
    }
}

impl Course {
    /// Begins an exchange, and ends it where nothing has to be awaited.
    fn begin(
        self,
        shared: &Arc<Shared>,
        mut registry: MutexGuard<'_, Registry>,
        head: request::Parts,
        body: Option<Unread>,
    ) -> Answering {
        let now = self.clock.now();
        let mut exchange = registry.begin(now, head);
        let Some(body) = body else {
            return match exchange.work(LITTLE) {
                Progress::Done => {
                    let answer = registry.settle(now, exchange);
                    drop(registry);
                    self.end(answer)
                }
                Progress::More => {
                    drop(registry);
                    Answering::later(self.work(shared.clone(), Box::new(exchange)))
                }
            };
        };
        if exchange.is_answered() {
            let answer = registry.settle(now, exchange);
            drop(registry);
            return self.early(answer, Some(body));
        }
        drop(registry);
        Answering::later(self.receive(shared.clone(), Box::new(exchange), body))
    }

    /// Answers a request for control.
    async fn control(self, desk: Arc<Desk>, head: request::Parts, body: Option<Unread>) -> Answer {
        let mut taken = BytesMut::new();
        if let Some(mut body) = body {
            while let Some(frame) = body.next().await {
                // Of a body that broke off nobody knows what it would have said.
                let frame = frame.map_err(|_| BrokenOff)?;
                taken.extend_from_slice(&frame);
                if taken.len() > LONGEST_BODY {
                    let mut answer = body_too_large().map(Body::from);
                    body.leave(&mut answer, self.flight.as_ref()).await;
                    return self.finish(answer).await;
                }
            }
        }
        match desk.answer(&head, &taken).await {
            Answered::Whole(answer) => self.finish(answer.map(Body::from)).await,
            Answered::Following(head, calls) => {
                Ok(AnswerBody::follow(head, calls, self.flight, self.record))
            }
        }
    }

    /// The answer, with nothing left to read.
    fn end(self, answer: Response<Body>) -> Answering {
        if answer.body().before.is_empty() {
            let pace = answer::pace(&answer, &self.clock);
            return Answering(State::Ready(Some(AnswerBody::take(
                answer,
                pace,
                self.flight,
                self.record,
            ))));
        }
        Answering::later(self.finish(answer))
    }

    /// The answer to a request that still sends.
    fn early(self, mut answer: Response<Body>, body: Option<Unread>) -> Answering {
        let Some(body) = body else {
            return self.end(answer);
        };
        if body.is_worth_reading() {
            return Answering::later(async move {
                body.leave(&mut answer, self.flight.as_ref()).await;
                self.finish(answer).await
            });
        }
        body.leave_now(&mut answer, self.flight.as_ref());
        self.end(answer)
    }

    async fn finish(self, mut answer: Response<Body>) -> Answer {
        let mut pace = answer::pace(&answer, &self.clock);
        let before = std::mem::take(&mut answer.body_mut().before);
        answer::before(before, pace.as_deref_mut(), self.flight.as_ref()).await?;
        Ok(AnswerBody::take(answer, pace, self.flight, self.record))
    }

    async fn settle(&self, shared: &Shared, exchange: Exchange) -> Response<Body> {
        let mut registry = shared.registry.turn().await;
        registry.settle(self.clock.now(), exchange)
    }

    async fn work(self, shared: Arc<Shared>, exchange: Box<Exchange>) -> Answer {
        let exchange = receive::work(exchange).await?;
        let answer = self.settle(&shared, *exchange).await;
        self.finish(answer).await
    }

    async fn receive(
        self,
        shared: Arc<Shared>,
        exchange: Box<Exchange>,
        mut body: Unread,
    ) -> Answer {
        let Received { exchange, is_whole } = receive::receive(exchange, &mut body).await?;
        let mut answer = self.settle(&shared, *exchange).await;
        if !is_whole {
            body.leave(&mut answer, self.flight.as_ref()).await;
        }
        self.finish(answer).await
    }
}

impl Answering {
    fn later(answer: impl Future<Output = Answer> + Send + 'static) -> Self {
        Self(State::Later(Box::pin(answer)))
    }
}

impl Future for Answering {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        match &mut self.0 {
            State::Ready(answer) => answer
                .take()
                .map_or(Poll::Pending, |answer| Poll::Ready(Ok(answer))),
            State::Later(answer) => answer.as_mut().poll(cx),
        }
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ready(_) => "Ready",
            Self::Later(_) => "Later",
        })
    }
}
