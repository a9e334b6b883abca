//! Blobs as they come.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header::RANGE};
use hyper::body::Incoming;
use registrette::{
    archive::{Fault, Pieces},
    spec::{Digest, RepositoryName},
};

use super::{
    Remote,
    ask::{Answer, Ask},
    body::piece,
    retry::pause,
};

/// How often in a row a body may break off before it is given up.
const TRIES: u32 = 6;

/// A blob on its way. Where it breaks off, the rest is asked for.
struct Reading<'a> {
    remote: &'a Remote,
    ask: Ask,
    body: Option<Incoming>,
    at: u64,
    broken: u32,
}

pub(super) fn blob<'a>(
    remote: &'a Remote,
    repository: &RepositoryName,
    digest: &Digest,
    from: u64,
) -> Result<Box<dyn Pieces + 'a>, Fault> {
    let ask = remote.get(&format!("/v2/{repository}/blobs/{digest}"), repository);
    begun(remote, ask, from)
}

/// What an answer has, from its start.
pub(super) fn whole(remote: &Remote, ask: Ask) -> Result<Box<dyn Pieces + '_>, Fault> {
    begun(remote, ask, 0)
}

fn begun(remote: &Remote, ask: Ask, from: u64) -> Result<Box<dyn Pieces + '_>, Fault> {
    let mut reading = Reading {
        remote,
        ask,
        body: None,
        at: from,
        broken: 0,
    };
    reading.begin()?;
    Ok(Box::new(reading))
}

impl Reading<'_> {
    fn begin(&mut self) -> Result<(), Fault> {
        let mut ask = self.ask.clone();
        if self.at > 0
            && let Ok(range) = HeaderValue::from_str(&format!("bytes={}-", self.at))
        {
            ask = ask.header(RANGE, range);
        }
        let client = &self.remote.client;
        let answer = self.remote.runtime.block_on(client.ask(&ask))?;
        let status = answer.status();
        self.body = Some(answer.into_body());
        match status {
            StatusCode::PARTIAL_CONTENT => Ok(()),
            // It knows no ranges: what is there already is read past.
            StatusCode::OK => self.skip(),
            status => {
                let mut said = Vec::new();
                while let Ok(Some(more)) = self.read()
                    && said.len() < 1000
                {
                    said.extend_from_slice(&more);
                }
                let (headers, body) = Default::default();
                let answer = Answer {
                    status,
                    headers,
                    body,
                };
                let answer = Answer {
                    body: said.into(),
                    ..answer
                };
                Err(answer.fault(&self.ask.url, status))
            }
        }
    }

    fn skip(&mut self) -> Result<(), Fault> {
        let mut left = self.at;
        while left > 0 {
            let read = self
                .read()
                .map_err(|reason| Fault::new(&self.ask.url, reason))?;
            let Some(piece) = read else {
                return Err(Fault::new(
                    &self.ask.url,
                    format!("it ends before byte {}", self.at),
                ));
            };
            let length = piece.len() as u64;
            if length > left {
                self.at -= left;
                return Err(Fault::new(&self.ask.url, "it knows no ranges"));
            }
            left -= length;
        }
        Ok(())
    }

    fn read(&mut self) -> Result<Option<Bytes>, String> {
        match &mut self.body {
            Some(body) => self.remote.runtime.block_on(piece(body)),
            None => Ok(None),
        }
    }
}

impl Pieces for Reading<'_> {
    fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            match self.read() {
                Ok(piece) => {
                    self.broken = 0;
                    self.at += piece.as_ref().map_or(0, |piece| piece.len() as u64);
                    return Ok(piece);
                }
                Err(reason) => {
                    self.broken += 1;
                    if self.broken >= TRIES {
                        let reason = format!("it stops after {} bytes: {reason}", self.at);
                        return Err(Fault::new(&self.ask.url, reason));
                    }
                    let wait = pause(self.broken);
                    self.remote
                        .runtime
                        .block_on(async { tokio::time::sleep(wait).await });
                    self.begin()?;
                }
            }
        }
    }
}
