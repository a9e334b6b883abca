//! Registries on ports of their own, for workers that must not meet.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json as value};
use tokio::sync::oneshot;

use super::{
    super::{Options, Server, SharedRegistry},
    time,
};
use crate::{
    Registry,
    control::{MOST_REGISTRIES, fault, json, nothing},
};

/// All that were made, whoever asked for them.
#[derive(Debug, Default)]
pub(in super::super) struct Registries(Mutex<Running>);

#[derive(Debug, Default)]
struct Running {
    last: u64,
    open: BTreeMap<u64, Open>,
}

#[derive(Debug)]
struct Open {
    url: String,
    #[expect(dead_code, reason = "its drop is what ends the server")]
    stop: oneshot::Sender<()>,
}

impl Registries {
    pub(super) fn list(&self) -> Response<Bytes> {
        let running = self.running();
        let entries = running.open.iter().map(|(id, open)| entry(*id, &open.url));
        json(StatusCode::OK, &entries.collect())
    }

    pub(super) fn look(&self, id: u64) -> Response<Bytes> {
        match self.running().open.get(&id) {
            Some(open) => json(StatusCode::OK, &entry(id, &open.url)),
            None => absent(id),
        }
    }

    /// Puts a registry on a free port of the same address.
    ///
    /// # Errors
    /// The answer that says why not.
    pub(super) async fn open(
        self: Arc<Self>,
        options: &Options,
        registry: Registry,
    ) -> Result<Value, Response<Bytes>> {
        if self.running().open.len() >= MOST_REGISTRIES {
            let sentence = format!("there are {MOST_REGISTRIES} registries; end some");
            return Err(fault(StatusCode::TOO_MANY_REQUESTS, &sentence));
        }
        let mut options = options.clone();
        options.address.set_port(0);
        options.clock = time::fork(&options.clock);
        let registry = SharedRegistry::new(registry);
        let server = Server::bind_among(options, registry, self.clone()).await;
        let server = server.map_err(|error| {
            let sentence = format!("no port for another registry: {error}");
            fault(StatusCode::TOO_MANY_REQUESTS, &sentence)
        })?;
        let (stop, stopped) = oneshot::channel();
        let url = server.url();
        let mut running = self.running();
        running.last = running.last.saturating_add(1);
        let id = running.last;
        let answer = entry(id, &url);
        running.open.insert(id, Open { url, stop });
        drop(running);
        tokio::spawn(server.run(async { drop(stopped.await) }));
        Ok(answer)
    }

    pub(super) fn close(&self, id: u64) -> Response<Bytes> {
        self.running()
            .open
            .remove(&id)
            .map_or_else(|| absent(id), |_| nothing())
    }

    pub(super) fn end(&self) {
        self.running().open.clear();
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn entry(id: u64, url: &str) -> Value {
    value!({ "id": id, "url": url, "control": format!("{url}/_control") })
}

fn absent(id: u64) -> Response<Bytes> {
    fault(StatusCode::NOT_FOUND, &format!("there is no registry {id}"))
}
