//! One request, one answer: nothing sent again, nothing followed.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;
use tokio::{
    runtime::Runtime,
    time::{sleep, timeout},
};

use super::{
    super::{Mistake, end::Address},
    ask::Ask,
    body::collected,
    client::Client,
};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest answer that is read.
const LONGEST: u64 = 8 << 20;

/// A registry that is asked one thing at a time, and seen as it is.
pub(in crate::cli) struct Once {
    client: Client,
    runtime: Arc<Runtime>,
    host: String,
}

/// A request.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Question {
    pub(in crate::cli) method: Method,
    /// A path, or a URL that the registry gave.
    pub(in crate::cli) target: String,
    /// What a token for it is good for.
    pub(in crate::cli) scope: String,
    pub(in crate::cli) headers: Vec<(&'static str, String)>,
    pub(in crate::cli) body: Bytes,
}

/// What came back.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Told {
    pub(in crate::cli) status: u16,
    pub(in crate::cli) headers: HeaderMap,
    pub(in crate::cli) body: Bytes,
}

impl Question {
    pub(in crate::cli) fn new(method: Method, target: impl Into<String>, scope: &str) -> Self {
        Self {
            method,
            target: target.into(),
            scope: scope.to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    pub(in crate::cli) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(in crate::cli) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }
}

impl Told {
    pub(in crate::cli) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; `null`, if it is none.
    pub(in crate::cli) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The code of its first error.
    pub(in crate::cli) fn code(&self) -> String {
        let json = self.json();
        let code = json.pointer("/errors/0/code").and_then(Value::as_str);
        code.unwrap_or_default().to_owned()
    }

    pub(in crate::cli) fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(in crate::cli) fn is_refused(&self) -> bool {
        self.status >= 400
    }

    pub(in crate::cli) fn is_html(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default();
        kind.starts_with("text/html")
    }
}

impl Once {
    pub(in crate::cli) fn new(address: &Address) -> Result<Self, Mistake> {
        let runtime = super::runtime()?;
        let _inside = runtime.enter();
        let client = Client::new(address)?;
        let host = address.host.clone();
        Ok(Self {
            client,
            runtime: Arc::clone(&runtime),
            host,
        })
    }

    /// `http://127.0.0.1:5000`.
    pub(in crate::cli) fn origin(&self) -> &str {
        self.client.origin()
    }

    /// `127.0.0.1:5000`.
    pub(in crate::cli) fn host(&self) -> &str {
        &self.host
    }

    /// Waits.
    pub(in crate::cli) fn wait(&self, time: Duration) {
        self.runtime.block_on(async { sleep(time).await });
    }

    /// Asks; logs in where that is asked for and there is a login.
    ///
    /// # Errors
    /// No answer came, or none that can be read.
    pub(in crate::cli) fn ask(&self, question: &Question) -> Result<Told, Mistake> {
        self.sent(question, true)
    }

    /// Asks as somebody whom nobody knows.
    ///
    /// # Errors
    /// As for [`Once::ask`].
    pub(in crate::cli) fn ask_unknown(&self, question: &Question) -> Result<Told, Mistake> {
        self.sent(question, false)
    }

    fn sent(&self, question: &Question, logs_in: bool) -> Result<Told, Mistake> {
        let url = self.client.url(&question.target);
        let scope = if logs_in { &question.scope } else { "" };
        let mut ask = Ask::new(question.method.clone(), url.clone(), scope.to_owned());
        for (name, value) in &question.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                ask = ask.header(HeaderName::from_static(name), value);
            }
        }
        ask.body = question.body.clone();
        let asked = async {
            let answer = self.client.unfollowed(&ask, logs_in).await?;
            let (head, mut body) = answer.into_parts();
            let body = collected(&mut body, LONGEST).await?;
            Ok::<_, String>(Told {
                status: head.status.as_u16(),
                headers: head.headers,
                body,
            })
        };
        // A timer begins inside the runtime.
        let answer = self
            .runtime
            .block_on(async { timeout(PATIENCE, asked).await });
        let fault = |reason: &str| Mistake(format!("{} {url}: {reason}", question.method));
        match answer {
            Ok(Ok(told)) => Ok(told),
            Ok(Err(reason)) => Err(fault(&reason)),
            Err(_) => Err(fault(&format!(
                "no answer came in {} seconds; is it the right address?",
                PATIENCE.as_secs()
            ))),
        }
    }
}
