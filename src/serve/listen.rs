//! A server on a socket.

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use super::{
    Clock, ControlOptions, Guard, Hint, Log, Service, SharedRegistry, Socket, TimeOuts, Tls, Ui,
    control::{Desk, Registries},
    service,
    watch::watch,
};

/// How a server listens.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where; port 0 takes a free one.
    pub address: SocketAddr,
    /// The names it goes by on loopback, besides addresses, `localhost` and names below that.
    pub hosts: Vec<String>,
    /// The origins whose pages may ask, besides its own.
    pub origins: Vec<String>,
    /// Whether `X-Forwarded-Proto` and `X-Forwarded-Host` say what its own origin is.
    pub trust_forwarded: bool,
    /// The certificate, where it speaks TLS.
    pub tls: Option<Tls>,
    /// How long clients are waited for.
    pub time_outs: TimeOuts,
    /// How many connections there may be at a time; the next ones wait in the kernel.
    pub connections: usize,
    /// Who is told of each request.
    pub log: Option<Log>,
    /// Whether there is a control API, under `/_control/`.
    pub control: Option<ControlOptions>,
    /// The playground, which is served under `/ui/`.
    pub ui: Option<Ui>,
    /// Who is told when somebody asks for it and there is none.
    pub hint: Option<Hint>,
    /// The time it goes by. A clone of it moves it.
    pub clock: Clock,
}

/// A server that listens. It answers while [`run`](Self::run) runs.
///
/// ```
/// use registrette::{Config, Registry, serve::{Options, Server, SharedRegistry}};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let registry = SharedRegistry::new(Registry::new(Config::new(0)));
/// let options = Options { address: ([127, 0, 0, 1], 0).into(), ..Options::default() };
/// let server = Server::bind(options, registry).await?;
/// println!("{}", server.url());
/// server.run(async { /* until then */ }).await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    registry: SharedRegistry,
    reception: Reception,
    connections: usize,
    desk: Option<Arc<Desk>>,
    /// The others end with it.
    is_first: bool,
    clock: Clock,
}

/// Why a server does not listen.
#[derive(Debug)]
pub enum BindError {
    /// Somebody else listens there.
    Taken(SocketAddr),
    /// The address cannot be listened on.
    Address(SocketAddr, io::Error),
    /// An option makes no sense; the sentence says why.
    Option(String),
}

/// What every connection gets.
#[derive(Clone, Debug)]
struct Reception {
    service: Service,
    tls: Option<Tls>,
    time_outs: TimeOuts,
    protocols: Arc<auto::Builder<TokioExecutor>>,
}

/// The largest block of headers over HTTP/2, in bytes, as HTTP/2 counts: more than the registry takes, so that it is the
/// registry that refuses.
const HTTP2_HEADERS: u32 = 128 << 10;

/// How often the registry is told the time without a request.
const TICK: Duration = Duration::from_secs(1);

/// How long to wait when the system has no socket left.
const NO_SOCKET_LEFT: Duration = Duration::from_millis(50);

impl Default for Options {
    /// `127.0.0.1:5000`, for who asks from this machine.
    fn default() -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 5000).into(),
            hosts: Vec::new(),
            origins: Vec::new(),
            trust_forwarded: false,
            tls: None,
            time_outs: TimeOuts::default(),
            connections: 4096,
            log: None,
            control: None,
            ui: None,
            hint: None,
            clock: Clock::default(),
        }
    }
}

impl Options {
    /// Whether only this machine can reach it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.address.ip().to_canonical().is_loopback()
    }

    fn guard(&self) -> Result<Guard, String> {
        let mut guard = if self.is_loopback() {
            Guard::loopback()
        } else {
            Guard::open()
        };
        if self.tls.is_some() {
            guard = guard.https();
        }
        if self.trust_forwarded {
            guard = guard.trust_forwarded();
        }
        guard = self
            .hosts
            .iter()
            .try_fold(guard, |guard, host| guard.host(host))?;
        self.origins
            .iter()
            .try_fold(guard, |guard, origin| guard.origin(origin))
    }
}

impl Server {
    /// Listens. From here on clients can connect; they wait until the server runs.
    ///
    /// # Errors
    /// [`BindError`] says what to change.
    pub async fn bind(options: Options, registry: SharedRegistry) -> Result<Self, BindError> {
        let mut server = Self::bind_among(options, registry, Arc::default()).await?;
        server.is_first = true;
        Ok(server)
    }

    /// The same for one of several, of which control knows.
    pub(super) async fn bind_among(
        options: Options,
        registry: SharedRegistry,
        registries: Arc<Registries>,
    ) -> Result<Self, BindError> {
        if let (Some(ControlOptions { token: None, .. }), false) =
            (&options.control, options.is_loopback())
        {
            let sentence = "others than this machine can reach the control API here; give it a token by --control-token TOKEN";
            return Err(BindError::Option(sentence.to_owned()));
        }
        let desk = options.control.as_ref().map(|control| {
            let desk = Desk::new(&options, control, registry.clone(), registries);
            Arc::new(desk)
        });
        let mut service = service(registry.clone())
            .clocked(options.clock.clone())
            .guarded(options.guard().map_err(BindError::Option)?);
        if options.tls.is_some() {
            service = service.https();
        }
        if let Some(ui) = options.ui {
            service = service.showing(ui);
        }
        if let Some(log) = options.log {
            service = service.logged(log);
        }
        match (&desk, options.hint) {
            (Some(desk), _) => service = service.controlled(desk.clone()),
            (None, Some(hint)) => service = service.hinting(hint),
            (None, None) => {}
        }
        let fault = |fault: io::Error| {
            let is_taken = fault.kind() == io::ErrorKind::AddrInUse;
            if is_taken {
                BindError::Taken(options.address)
            } else {
                BindError::Address(options.address, fault)
            }
        };
        let listener = TcpListener::bind(options.address).await.map_err(fault)?;
        let address = listener.local_addr().map_err(fault)?;
        let mut protocols = auto::Builder::new(TokioExecutor::new()).title_case_headers(true);
        protocols.http2().max_header_list_size(HTTP2_HEADERS);
        let reception = Reception {
            service,
            tls: options.tls,
            time_outs: options.time_outs,
            protocols: Arc::new(protocols),
        };
        Ok(Self {
            listener,
            address,
            registry,
            reception,
            connections: options.connections,
            desk,
            is_first: false,
            clock: options.clock,
        })
    }

    /// Where it listens, with the port it was given.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The URL that a client on this machine asks.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.reception.tls.is_some() {
            "https"
        } else {
            "http"
        };
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        format!("{scheme}://{address}")
    }

    /// What clients call an image here: `127.0.0.1:5000/demo/app:v1` of `demo/app:v1`.
    #[must_use]
    pub fn image_ref(&self, image: &str) -> String {
        let url = self.url();
        let host = url.split_once("://").map_or(&*url, |(_, host)| host);
        format!("{host}/{image}")
    }

    /// Answers until `shutdown` is done; then lets running requests end, for as long as
    /// [`TimeOuts::stop`] says. Dropping the future breaks all connections off.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self {
            listener,
            registry,
            reception,
            connections,
            desk,
            is_first,
            clock,
            ..
        } = self;
        let mut shutdown = pin!(shutdown);
        let (stop, stopped) = watch::channel(false);
        let seats = Arc::new(Semaphore::new(connections));
        let mut running = JoinSet::new();
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let arrival = async {
                // A semaphore that nobody closes always has a permit to come.
                let seat = seats.clone().acquire_owned().await.ok();
                (seat, accept(&listener).await)
            };
            tokio::select! {
                (seat, stream) = arrival => {
                    let reception = reception.clone();
                    let mut stopped = stopped.clone();
                    running.spawn(async move {
                        // Both are what the server waits for, and a sender that is gone has stopped, too.
                        let stop = async move { drop(stopped.wait_for(|stopped| *stopped).await) };
                        reception.receive(stream, stop).await;
                        drop(seat);
                    });
                }
                _ = tick.tick() => {
                    registry.lock().tick(clock.now());
                    while running.try_join_next().is_some() {}
                }
                () = &mut shutdown => break,
            }
        }
        drop(listener);
        stop.send_replace(true);
        if let Some(desk) = desk {
            desk.end();
            if is_first {
                desk.end_others();
            }
        }
        let rest = async { while running.join_next().await.is_some() {} };
        drop(timeout(reception.time_outs.stop, rest).await);
    }
}

/// The next connection.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(fault) if is_of_the_client(&fault) => {}
            // Out of descriptors: some connection has to end first.
            Err(_) => sleep(NO_SOCKET_LEFT).await,
        }
    }
}

/// Whether it was only that connection that failed.
fn is_of_the_client(fault: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    [
        ConnectionAborted,
        ConnectionRefused,
        ConnectionReset,
        Interrupted,
    ]
    .contains(&fault.kind())
}

impl Reception {
    async fn receive(self, stream: TcpStream, stop: impl Future<Output = ()>) {
        // Without it an answer in two writes waits for the client's acknowledgement. It only fails on a dead socket.
        drop(stream.set_nodelay(true));
        let socket = match &self.tls {
            None => Socket::plain(stream),
            Some(tls) => match timeout(self.time_outs.head, tls.acceptor().accept(stream)).await {
                Ok(Ok(stream)) => Socket::tls(stream),
                Ok(Err(_)) | Err(_) => return,
            },
        };
        let line = socket.line().clone();
        let service = self.service.on(&socket);
        let connection = self
            .protocols
            .serve_connection(TokioIo::new(socket), service);
        watch(connection, line, self.time_outs, stop).await;
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(address) => write!(f, "{address} is taken: another program listens there"),
            Self::Address(address, fault) => write!(f, "{address} cannot be listened on: {fault}"),
            Self::Option(sentence) => f.write_str(sentence),
        }
    }
}

impl std::error::Error for BindError {}
