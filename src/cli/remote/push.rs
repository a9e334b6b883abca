//! Pushing to a registry.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    thread,
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION},
};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use registrette::{
    archive::{Checked, Fault, Found, Pieces, Source},
    spec::{Digest, Reference, RepositoryName},
};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::{
    Remote,
    ask::{Answer, Ask},
    header,
    location::resolve,
    retry::{TRIES, is_passing, pause, retry_after},
};

/// The longest message that is read.
const MESSAGE: u64 = 1 << 20;

/// What became of a blob.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Pushed {
    Sent,
    Mounted,
    WasThere,
}

impl Remote {
    fn push(&self, method: Method, path: &str, repository: &RepositoryName) -> Ask {
        Ask::new(
            method,
            self.client.url(path),
            Self::scope(repository, "pull,push"),
        )
    }

    fn whole(&self, ask: &Ask) -> Result<Answer, Fault> {
        self.runtime.block_on(self.client.whole(ask, MESSAGE))
    }

    /// Pushes a blob, unless it is there or can be mounted.
    pub(in crate::cli) fn push_blob(
        &self,
        repository: &RepositoryName,
        (digest, size): (&Digest, u64),
        (source, from): (&dyn Source, &RepositoryName),
        may_mount: bool,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Pushed, Fault> {
        let head = self.push(
            Method::HEAD,
            &format!("/v2/{repository}/blobs/{digest}"),
            repository,
        );
        if self.whole(&head)?.status == StatusCode::OK {
            return Ok(Pushed::WasThere);
        }
        let mut attempt = 0;
        loop {
            let mount = format!("/v2/{repository}/blobs/uploads/?mount={digest}&from={from}");
            let path = if may_mount && from != repository {
                mount
            } else {
                format!("/v2/{repository}/blobs/uploads/")
            };
            let start = self.push(Method::POST, &path, repository);
            let started = self.whole(&start)?;
            let location = header(&started.headers, &LOCATION).map(|at| resolve(&start.url, at));
            let location = match (started.status, location) {
                (StatusCode::CREATED, _) => return Ok(Pushed::Mounted),
                (StatusCode::ACCEPTED, Some(location)) => location,
                (status, _) => return Err(started.fault(&start.url, status)),
            };
            let pieces = source.blob(from, digest, 0)?;
            let sent = self.send(
                &location,
                repository,
                (digest, size),
                Checked::new(pieces, digest, size),
                progress,
            )?;
            attempt += 1;
            let wait = match sent {
                Ok(answer) if answer.status == StatusCode::CREATED => return Ok(Pushed::Sent),
                Ok(answer) if !is_passing(answer.status) || attempt >= TRIES => {
                    return Err(answer.fault(&location, answer.status));
                }
                Ok(answer) => retry_after(&answer.headers),
                Err(reason) if attempt >= TRIES => return Err(Fault::new(location, reason)),
                Err(_) => None,
            };
            let wait = wait.unwrap_or_else(|| pause(attempt));
            self.runtime
                .block_on(async { tokio::time::sleep(wait).await });
        }
    }

    /// Sends a blob. The outer fault is the source's: sending it again would not help.
    fn send(
        &self,
        location: &str,
        repository: &RepositoryName,
        (digest, size): (&Digest, u64),
        mut content: Checked<'_>,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Result<Answer, String>, Fault> {
        let sign = if location.contains('?') { '&' } else { '?' };
        let ask = self.push(
            Method::PUT,
            &format!("{location}{sign}digest={digest}"),
            repository,
        );
        let ask = ask
            .header(
                CONTENT_TYPE,
                HeaderValue::from_static("application/octet-stream"),
            )
            .header(CONTENT_LENGTH, HeaderValue::from(size));
        let (pieces, frames) = channel(1);
        let body = Stream { frames, left: size }.boxed_unsync();
        // The source waits for what it reads, so it has this thread for itself.
        let (answer, fault) = thread::scope(|scope| {
            let sending = scope.spawn(|| self.runtime.block_on(self.client.stream(&ask, body)));
            let fault = feed(&mut content, &pieces, progress).err();
            drop(pieces);
            (sending.join(), fault)
        });
        if let Some(fault) = fault {
            return Err(fault);
        }
        let answer = match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(reason)) => return Ok(Err(reason)),
            Err(_) => return Ok(Err("the thread that sent it is gone".to_owned())),
        };
        let (head, body) = answer.into_parts();
        let body = self.runtime.block_on(body.collect());
        Ok(Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: body.map(|body| body.to_bytes()).unwrap_or_default(),
        }))
    }

    /// Pushes a manifest, unless it is there already, under that name, with those bytes.
    pub(in crate::cli) fn push_manifest(
        &self,
        repository: &RepositoryName,
        reference: &Reference,
        found: &Found,
    ) -> Result<Pushed, Fault> {
        let path = format!("/v2/{repository}/manifests/{reference}");
        let head = self.push(Method::HEAD, &path, repository);
        let head = head.header(
            http::header::ACCEPT,
            HeaderValue::from_static(super::ACCEPTED),
        );
        let there = self.whole(&head)?;
        let name = http::HeaderName::from_static("docker-content-digest");
        let digest = found.digest.to_string();
        if there.status == StatusCode::OK && header(&there.headers, &name) == Some(digest.as_str())
        {
            return Ok(Pushed::WasThere);
        }
        let mut put = self.push(Method::PUT, &path, repository);
        put.body = found.bytes.clone();
        if let Ok(kind) = HeaderValue::from_str(found.media_type.as_str()) {
            put = put.header(CONTENT_TYPE, kind);
        }
        let answer = self.whole(&put)?;
        match answer.status {
            StatusCode::CREATED | StatusCode::OK | StatusCode::ACCEPTED => {}
            status => return Err(answer.fault(&put.url, status)),
        }
        match header(&answer.headers, &name) {
            Some(told) if told != digest => {
                let reason = format!("it was kept as {told}; expected {digest}");
                Err(Fault::new(put.url, reason))
            }
            Some(_) | None => Ok(Pushed::Sent),
        }
    }
}

/// Hands over what a source gives, until nobody takes it any more.
fn feed(
    content: &mut Checked<'_>,
    pieces: &Sender<io::Result<Bytes>>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), Fault> {
    loop {
        let piece = match content.next() {
            Ok(Some(piece)) => piece,
            Ok(None) => return Ok(()),
            Err(fault) => {
                drop(pieces.blocking_send(Err(io::Error::other(fault.to_string()))));
                return Err(fault);
            }
        };
        progress(piece.len() as u64);
        if pieces.blocking_send(Ok(piece)).is_err() {
            return Ok(());
        }
    }
}

/// A body that comes from a source.
struct Stream {
    frames: Receiver<io::Result<Bytes>>,
    left: u64,
}

impl Body for Stream {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let frame = std::task::ready!(self.frames.poll_recv(cx));
        if let Some(Ok(bytes)) = &frame {
            self.left = self.left.saturating_sub(bytes.len() as u64);
        }
        Poll::Ready(frame.map(|frame| frame.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
