//! Connections, kept for the next request.

use std::{sync::OnceLock, time::Duration};

use http::{Request, Response, uri::Scheme};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{Connect, HttpConnector},
    },
    rt::TokioExecutor,
};
use tokio::time::timeout;

use super::body::{PATIENCE, SentBody, causes};

type SecurePool = Client<HttpsConnector<HttpConnector>, SentBody>;

/// How much of an answer is read at a time, in bytes. Each piece wakes two threads: with a third of it, a copy takes a
/// fifth more of the processor.
const PIECE: usize = 384 << 10;

/// Connections to one registry, and to wherever it sends.
pub(super) struct Pool {
    plain: Client<HttpConnector, SentBody>,
    /// Made when it is needed: whom the system trusts is a long list.
    secure: OnceLock<SecurePool>,
}

impl Pool {
    /// Connections to where an origin is.
    ///
    /// # Errors
    /// They are by TLS, and the system trusts nobody.
    pub(super) fn to(origin: &str) -> Result<Self, String> {
        let secure = OnceLock::new();
        if origin.starts_with("https:") {
            let _ = secure.set(secure_pool()?);
        }
        let plain = pool(tcp());
        Ok(Self { plain, secure })
    }

    /// Sends a request, and gives the answer when its head is there.
    ///
    /// # Errors
    /// No answer came.
    pub(super) async fn send(
        &self,
        request: Request<SentBody>,
    ) -> Result<Response<Incoming>, String> {
        let answer = if request.uri().scheme() == Some(&Scheme::HTTPS) {
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
}

fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(Duration::from_secs(15)));
    tcp
}

fn pool<C: Connect + Clone>(connector: C) -> Client<C, SentBody> {
    let mut builder = Client::builder(TokioExecutor::new());
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
