//! Requests: sent again where that helps, with what the registry wants to see.

use std::{
    collections::BTreeMap,
    error::Error,
    io,
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{AUTHORIZATION, LOCATION, RETRY_AFTER, USER_AGENT, WWW_AUTHENTICATE},
};
use http_body_util::{BodyExt, Empty, Full, combinators::UnsyncBoxBody};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{
        Client as Pool,
        connect::{Connect, HttpConnector},
    },
    rt::TokioExecutor,
};
use registrette::archive::Fault;
use tokio::time::{sleep, timeout};

use super::{
    super::{Mistake, end::Address},
    auth::{Challenge, Kept, Login},
    header,
};

/// A body to send.
pub(super) type SentBody = UnsyncBoxBody<Bytes, io::Error>;

/// How often a request is sent.
const TRIES: u32 = 6;

/// How long the first answer is waited for, and the next piece of a body.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// The longest time that a registry may ask to wait.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// How many redirects are followed.
const HOPS: usize = 5;

/// Connections to one registry, and to wherever it sends.
pub(super) struct Client {
    origin: String,
    plain: Pool<HttpConnector, SentBody>,
    /// Made when it is needed: whom the system trusts is a long list.
    secure: OnceLock<SecurePool>,
    login: Login,
    /// What was granted, by scope.
    granted: Mutex<BTreeMap<String, HeaderValue>>,
}

type SecurePool = Pool<HttpsConnector<HttpConnector>, SentBody>;

/// How much of an answer is read at a time, in bytes. Each piece wakes two threads: with a third of it, a copy takes a
/// fifth more of the processor.
const PIECE: usize = 384 << 10;

fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(Duration::from_secs(15)));
    tcp
}

fn pool<C: Connect + Clone>(connector: C) -> Pool<C, SentBody> {
    let mut builder = Pool::builder(TokioExecutor::new());
    builder.http1_max_buf_size(PIECE).build(connector)
}

/// Connections by TLS, to whom the system trusts.
fn secure_pool() -> Result<SecurePool, String> {
    let roots = HttpsConnectorBuilder::new().with_native_roots();
    let roots = roots.map_err(|fault| {
        format!("the system has no certificates to trust: {fault}; SSL_CERT_FILE can name some")
    })?;
    Ok(pool(
        roots.https_or_http().enable_http1().wrap_connector(tcp()),
    ))
}

/// A request that can be sent more than once.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) scope: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Ask {
    pub(super) fn new(method: Method, url: String, scope: String) -> Self {
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        Self {
            method,
            url,
            scope,
            headers,
            body,
        }
    }

    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

impl Answer {
    /// What went wrong, in the registry's own words.
    pub(super) fn fault(&self, url: &str, status: StatusCode) -> Fault {
        let said = String::from_utf8_lossy(&self.body);
        let said: String = said.trim().chars().take(300).collect();
        let colon = if said.is_empty() { "" } else { ": " };
        Fault::new(url, format!("{status}{colon}{said}"))
    }
}

impl Client {
    pub(super) fn new(address: &Address) -> Result<Self, Mistake> {
        let secure = OnceLock::new();
        if address.origin.starts_with("https:") {
            let _ = secure.set(secure_pool().map_err(Mistake)?);
        }
        Ok(Self {
            origin: address.origin.clone(),
            plain: pool(tcp()),
            secure,
            login: Login::of(&address.host),
            granted: Mutex::default(),
        })
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// The URL of a path, or of a URL that the registry gave.
    pub(super) fn url(&self, target: &str) -> String {
        if target.starts_with('/') {
            format!("{}{target}", self.origin)
        } else {
            target.to_owned()
        }
    }

    /// Sends a request, as often as it takes, and reads the answer to its end.
    ///
    /// # Errors
    /// No answer came, or one of more than `limit` bytes.
    pub(super) async fn whole(&self, ask: &Ask, limit: u64) -> Result<Answer, Fault> {
        let mut last = None;
        for attempt in 0..TRIES {
            let answer = self.ask(ask).await?;
            let (head, mut body) = answer.into_parts();
            match collect(&mut body, limit).await {
                Ok(body) => {
                    return Ok(Answer {
                        status: head.status,
                        headers: head.headers,
                        body,
                    });
                }
                Err(Broken::TooLong) => {
                    let reason = format!("the answer is longer than {limit} bytes");
                    return Err(Fault::new(&ask.url, reason));
                }
                Err(Broken::Off(reason)) => last = Some(reason),
            }
            sleep(pause(attempt)).await;
        }
        Err(Fault::new(&ask.url, last.unwrap_or_default()))
    }

    /// Sends a request, as often as it takes, and gives the answer when its head is there.
    ///
    /// # Errors
    /// No answer came.
    pub(super) async fn ask(&self, ask: &Ask) -> Result<Response<Incoming>, Fault> {
        let mut attempt = 0;
        loop {
            let body = Full::new(ask.body.clone()).map_err(|never| match never {});
            let sent = self.once(ask, body.boxed_unsync()).await;
            attempt += 1;
            let wait = match &sent {
                Ok(answer) if is_passing(answer.status()) => retry_after(answer.headers()),
                Ok(_) => return sent.map_err(|reason| Fault::new(&ask.url, reason)),
                Err(_) => None,
            };
            if attempt >= TRIES {
                return sent.map_err(|reason| Fault::new(&ask.url, reason));
            }
            sleep(wait.unwrap_or_else(|| pause(attempt))).await;
        }
    }

    /// Sends a request once; where the registry asks who it is, logs in and sends it again.
    async fn once(&self, ask: &Ask, body: SentBody) -> Result<Response<Incoming>, String> {
        let shown = self.grants().get(&ask.scope).cloned();
        let answer = self.follow(ask, body).await?;
        if !self.is_known(ask, shown, &answer).await? {
            return Ok(answer);
        }
        let body = Full::new(ask.body.clone()).map_err(|never| match never {});
        self.follow(ask, body.boxed_unsync()).await
    }

    /// Sends a body that cannot be sent again by itself.
    ///
    /// # Errors
    /// No answer came, or the registry wanted another login: it has it now, and the body is to be sent again.
    pub(super) async fn stream(
        &self,
        ask: &Ask,
        body: SentBody,
    ) -> Result<Response<Incoming>, String> {
        let shown = self.grants().get(&ask.scope).cloned();
        let answer = self.follow(ask, body).await?;
        if self.is_known(ask, shown, &answer).await? {
            return Err("the login had ended".to_owned());
        }
        Ok(answer)
    }

    /// Sends a request once and follows nothing; where the registry asks who it is, and that is to be told, sends it
    /// again with the login.
    ///
    /// # Errors
    /// No answer came.
    pub(super) async fn unfollowed(
        &self,
        ask: &Ask,
        logs_in: bool,
    ) -> Result<Response<Incoming>, String> {
        let body = || Full::new(ask.body.clone()).map_err(|never| match never {});
        let shown = self.grants().get(&ask.scope).cloned();
        let first = self.send(ask, &ask.url, body().boxed_unsync(), logs_in);
        let answer = first.await?;
        if !logs_in || !self.is_known(ask, shown, &answer).await.unwrap_or(false) {
            return Ok(answer);
        }
        self.send(ask, &ask.url, body().boxed_unsync(), true).await
    }

    /// Logs in where an answer asks for it; whether there is something new to show now.
    async fn is_known(
        &self,
        ask: &Ask,
        shown: Option<HeaderValue>,
        answer: &Response<Incoming>,
    ) -> Result<bool, String> {
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(false);
        }
        let asked = answer.headers().get_all(WWW_AUTHENTICATE).iter();
        let asked = asked.filter_map(|value| value.to_str().ok());
        let Some(challenge) = asked.flat_map(Challenge::parse).next() else {
            return Ok(false);
        };
        let Some(granted) = self.log_in(&challenge, &ask.scope).await? else {
            return Ok(false);
        };
        let is_new = shown.as_ref() != Some(&granted);
        self.grants().insert(ask.scope.clone(), granted);
        Ok(is_new)
    }

    /// What the registry wants to see: the password, or a token for it.
    async fn log_in(
        &self,
        challenge: &Challenge,
        scope: &str,
    ) -> Result<Option<HeaderValue>, String> {
        let Challenge::Bearer { .. } = challenge else {
            return self.login.basic();
        };
        let kept = self.login.kept()?;
        let ask = match &kept {
            Some(Kept::IdentityToken(token)) => challenge.exchange(scope, token),
            Some(Kept::Password(_)) | None => challenge.question(scope),
        };
        let Some(mut ask) = ask else {
            return Ok(None);
        };
        if let Some(Kept::Password(basic)) = kept {
            ask = ask.header(AUTHORIZATION, basic);
        }
        let body = Full::new(ask.body.clone()).map_err(|never| match never {});
        let answer = self.send(&ask, &ask.url, body.boxed_unsync(), false);
        let answer = answer.await?;
        let status = answer.status();
        let mut body = answer.into_body();
        let text = collect(&mut body, 1 << 20).await;
        let text = text.map_err(|_| "the token cannot be read".to_owned())?;
        if !status.is_success() {
            let said: String = String::from_utf8_lossy(&text).chars().take(200).collect();
            return Err(format!(
                "{} gives no token: {status}: {}",
                ask.url,
                said.trim()
            ));
        }
        Challenge::token(&text)
            .map(Some)
            .ok_or_else(|| format!("{} answers no token", ask.url))
    }

    async fn follow(&self, ask: &Ask, body: SentBody) -> Result<Response<Incoming>, String> {
        let mut url = ask.url.clone();
        let mut answer = self.send(ask, &url, body, true).await?;
        let may_move = matches!(ask.method, Method::GET | Method::HEAD);
        for _ in 0..HOPS {
            let status = answer.status();
            if !may_move || !status.is_redirection() || status == StatusCode::NOT_MODIFIED {
                return Ok(answer);
            }
            let Some(location) = header(answer.headers(), &LOCATION) else {
                return Ok(answer);
            };
            url = resolve(&url, location);
            let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
            // Where it is sent, nobody is told who asks.
            let is_own = url.starts_with(&format!("{}/", self.origin));
            answer = self.send(ask, &url, body, is_own).await?;
        }
        Err("it redirects without end".to_owned())
    }

    async fn send(
        &self,
        ask: &Ask,
        url: &str,
        body: SentBody,
        is_own: bool,
    ) -> Result<Response<Incoming>, String> {
        let uri: Uri = url.parse().map_err(|_| format!("{url:?} is no URL"))?;
        let mut request = Request::new(body);
        *request.method_mut() = ask.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = ask.headers.clone();
        let agent = concat!("registrette/", env!("CARGO_PKG_VERSION"));
        request
            .headers_mut()
            .insert(USER_AGENT, HeaderValue::from_static(agent));
        let granted = self.grants().get(&ask.scope).cloned();
        if let Some(granted) = granted.filter(|_| is_own && url.starts_with(&self.origin)) {
            request.headers_mut().insert(AUTHORIZATION, granted);
        }
        let answer = if url.starts_with("https:") {
            self.secure()?.request(request)
        } else {
            self.plain.request(request)
        };
        match timeout(PATIENCE.saturating_mul(10), answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(fault)) => Err(causes(&fault)),
            Err(_) => Err("no answer came".to_owned()),
        }
    }

    fn secure(&self) -> Result<&SecurePool, String> {
        if let Some(pool) = self.secure.get() {
            return Ok(pool);
        }
        let pool = secure_pool()?;
        Ok(self.secure.get_or_init(|| pool))
    }

    fn grants(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, HeaderValue>> {
        self.granted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a body did not come.
enum Broken {
    TooLong,
    Off(String),
}

/// All of a body.
///
/// # Errors
/// It broke off, or is longer than `limit` bytes.
pub(super) async fn collected(body: &mut Incoming, limit: u64) -> Result<Bytes, String> {
    collect(body, limit).await.map_err(|broken| match broken {
        Broken::TooLong => format!("the answer is longer than {limit} bytes"),
        Broken::Off(reason) => reason,
    })
}

async fn collect(body: &mut Incoming, limit: u64) -> Result<Bytes, Broken> {
    let mut all = BytesMut::new();
    while let Some(piece) = piece(body).await.map_err(Broken::Off)? {
        if (all.len() + piece.len()) as u64 > limit {
            return Err(Broken::TooLong);
        }
        all.extend_from_slice(&piece);
    }
    Ok(all.freeze())
}

/// The next piece of a body.
pub(super) async fn piece(body: &mut Incoming) -> Result<Option<Bytes>, String> {
    loop {
        match timeout(PATIENCE, body.frame()).await {
            Err(_) => return Err(format!("nothing came for {} seconds", PATIENCE.as_secs())),
            Ok(None) => return Ok(None),
            Ok(Some(Err(fault))) => return Err(causes(&fault)),
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// Whether it may go better the next time.
pub(super) fn is_passing(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
        || status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED
}

/// How long to wait, where the registry says so.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = header(headers, &RETRY_AFTER)?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

/// How long to wait, where it does not.
pub(super) fn pause(attempt: u32) -> Duration {
    Duration::from_millis(100).saturating_mul(2_u32.saturating_pow(attempt.min(6)))
}

/// A `Location`, seen from where it was given.
pub(super) fn resolve(base: &str, location: &str) -> String {
    if location.contains("://") {
        return location.to_owned();
    }
    let start = base.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = base.split_at(start);
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    if let Some(other) = location.strip_prefix("//") {
        return format!("{scheme}{other}");
    }
    if location.starts_with('/') {
        return format!("{scheme}{host}{location}");
    }
    let path = base.split('?').next().unwrap_or_default();
    let folder = path.rfind('/').map_or(path, |at| &path[..=at]);
    format!("{folder}{location}")
}

/// A fault with what it comes from.
fn causes(fault: &dyn Error) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_resolved() {
        let base = "https://a.test:1/v2/app/blobs/uploads/?x=1";
        for (location, wanted) in [
            ("https://b.test/c", "https://b.test/c"),
            ("/v2/c?d", "https://a.test:1/v2/c?d"),
            ("//b.test/c", "https://b.test/c"),
            ("c", "https://a.test:1/v2/app/blobs/uploads/c"),
        ] {
            assert_eq!(resolve(base, location), wanted);
        }
    }
}
