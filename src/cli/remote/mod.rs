//! Another registry, over HTTP: read as a source, and pushed to.

mod ask;
mod auth;
mod body;
mod client;
mod helper;
mod list;
mod location;
mod once;
mod pool;
mod push;
mod reading;
mod retry;

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header::ACCEPT};
use registrette::{
    archive::{Fault, Found, Pieces, Source, media_type_of},
    content::Sha2,
    spec::{Algorithm, Digest, MediaType, Reference, RepositoryName, Tag},
};
use tokio::runtime::Runtime;

use self::{ask::Ask, client::Client};
pub(super) use self::{
    list::raw_catalog,
    once::{Once, Question, Told},
    push::Pushed,
};
use super::{Mistake, end::Address};

/// Everything that a registry may have a manifest as.
pub(super) const ACCEPTED: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
                        application/vnd.docker.distribution.manifest.list.v2+json, \
                        application/vnd.docker.distribution.manifest.v2+json, */*;q=0.5";

/// The longest manifest that is read.
const MANIFEST: u64 = 4 << 20;

/// A registry over HTTP. It is asked from threads that wait; the runtime below does what is asynchronous.
pub(super) struct Remote {
    client: Client,
    runtime: Arc<Runtime>,
}

/// Where asynchronous things run.
pub(super) fn runtime() -> Result<Arc<Runtime>, Mistake> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let mistake = |fault| {
        Mistake(format!(
            "the system gives no threads: {fault}; end some programs and try again"
        ))
    };
    runtime.map(Arc::new).map_err(mistake)
}

impl Remote {
    pub(super) fn new(address: &Address, runtime: Arc<Runtime>) -> Result<Self, Mistake> {
        let _inside = runtime.enter();
        let client = Client::new(address)?;
        Ok(Self { client, runtime })
    }

    /// Wherever a URL leads.
    pub(super) fn at(url: &str) -> Result<Self, Mistake> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let address = Address {
            origin: format!("{scheme}://{host}"),
            host: host.to_owned(),
            repository: None,
            tag: None,
            digest: None,
        };
        Self::new(&address, runtime()?)
    }

    /// What is at a URL, piece by piece. Where it breaks off, the rest is asked for.
    pub(super) fn download(&self, url: &str) -> Result<Box<dyn Pieces + '_>, Fault> {
        let url = url.split('#').next().unwrap_or_default().to_owned();
        reading::whole(self, Ask::new(Method::GET, url, String::new()))
    }

    /// Whether both are the same registry.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.client.origin() == other.client.origin()
    }

    fn scope(repository: &RepositoryName, actions: &str) -> String {
        format!("repository:{repository}:{actions}")
    }

    fn get(&self, path: &str, repository: &RepositoryName) -> Ask {
        Ask::new(
            Method::GET,
            self.client.url(path),
            Self::scope(repository, "pull"),
        )
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Remote({})", self.client.origin())
    }
}

impl Source for Remote {
    fn repositories(&self) -> Result<Vec<RepositoryName>, Fault> {
        list::repositories(self)
    }

    fn tags(&self, repository: &RepositoryName) -> Result<Vec<Tag>, Fault> {
        list::tags(self, repository)
    }

    fn manifest(
        &self,
        repository: &RepositoryName,
        reference: &Reference,
    ) -> Result<Option<Found>, Fault> {
        let path = format!("/v2/{repository}/manifests/{reference}");
        let ask = self.get(&path, repository);
        let ask = ask.header(ACCEPT, HeaderValue::from_static(ACCEPTED));
        let answer = self.runtime.block_on(self.client.whole(&ask, MANIFEST))?;
        match answer.status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            status => return Err(answer.fault(&ask.url, status)),
        }
        let header = |name: HeaderName| answer.headers.get(name)?.to_str().ok();
        let media_type = header(http::header::CONTENT_TYPE).and_then(MediaType::parse);
        let media_type = media_type.filter(|kind| *kind != MediaType::OCTET_STREAM);
        let media_type = media_type.or_else(|| media_type_of(&answer.body));
        let media_type = media_type.ok_or_else(|| Fault::new(&ask.url, "it has no type"))?;
        let told = header(HeaderName::from_static("docker-content-digest"));
        let told = told.and_then(|told| Digest::parse(told).ok());
        let expected = match reference {
            Reference::Digest(digest) => Some(digest.clone()),
            Reference::Tag(_) => told,
        };
        let algorithm = expected
            .as_ref()
            .map_or(Algorithm::Sha256, Digest::algorithm);
        let digest = Sha2::digest(algorithm, &answer.body);
        match expected {
            Some(expected) if expected != digest => {
                let reason = format!("what came has the digest {digest}; expected {expected}");
                Err(Fault::new(ask.url, reason))
            }
            Some(_) | None => Ok(Some(Found {
                digest,
                media_type,
                bytes: answer.body,
            })),
        }
    }

    fn blob_length(
        &self,
        _repository: &RepositoryName,
        _digest: &Digest,
        expected: u64,
    ) -> Result<Option<u64>, Fault> {
        Ok(Some(expected))
    }

    fn blob(
        &self,
        repository: &RepositoryName,
        digest: &Digest,
        from: u64,
    ) -> Result<Box<dyn Pieces + '_>, Fault> {
        reading::blob(self, repository, digest, from)
    }

    fn untagged(&self, _repository: &RepositoryName) -> Result<Vec<Digest>, Fault> {
        // A registry does not list them.
        Ok(Vec::new())
    }

    fn referrers(
        &self,
        repository: &RepositoryName,
        subject: &Digest,
    ) -> Result<Vec<Digest>, Fault> {
        list::referrers(self, repository, subject)
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
