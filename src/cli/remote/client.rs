//! Requests: sent again where that helps, with what the registry wants to see.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{AUTHORIZATION, LOCATION, USER_AGENT, WWW_AUTHENTICATE},
};
use hyper::body::Incoming;
use registrette::archive::Fault;
use tokio::time::sleep;

use super::{
    super::{Mistake, end::Address},
    ask::{Answer, Ask},
    auth::{Challenge, Kept, Login},
    body::{Broken, SentBody, collect, whole},
    header,
    location::resolve,
    pool::Pool,
    retry::{TRIES, is_passing, pause, retry_after},
};

/// How many redirects are followed.
const HOPS: usize = 5;

/// Asks one registry, and wherever it sends.
pub(super) struct Client {
    origin: String,
    pool: Pool,
    login: Login,
    /// What was granted, by scope.
    granted: Mutex<BTreeMap<String, HeaderValue>>,
}

impl Client {
    pub(super) fn new(address: &Address) -> Result<Self, Mistake> {
        Ok(Self {
            origin: address.origin.clone(),
            pool: Pool::to(&address.origin).map_err(Mistake)?,
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
            let sent = self.once(ask, ask.sent_body()).await;
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
        self.follow(ask, ask.sent_body()).await
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
        let shown = self.grants().get(&ask.scope).cloned();
        let first = self.send(ask, &ask.url, ask.sent_body(), logs_in);
        let answer = first.await?;
        if !logs_in || !self.is_known(ask, shown, &answer).await.unwrap_or(false) {
            return Ok(answer);
        }
        self.send(ask, &ask.url, ask.sent_body(), true).await
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
        let answer = self.send(&ask, &ask.url, ask.sent_body(), false);
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
            // Where it is sent, nobody is told who asks.
            let is_own = url.starts_with(&format!("{}/", self.origin));
            answer = self.send(ask, &url, whole(Bytes::new()), is_own).await?;
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
        self.pool.send(request).await
    }

    fn grants(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, HeaderValue>> {
        self.granted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
