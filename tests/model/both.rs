//! A registry and its model, doing the same.

use bytes::Bytes;
use registrette::{Config, Outcome, Registry, content::Chunk};

use crate::{
    client::{Ask, Reply, at, sha256},
    op::{By, Op, Way},
    reference::{Model, Session},
    universe::{CONTENTS, Known, MANIFESTS, digest},
};

/// A registry, what it should be, and where its sessions are.
pub(crate) struct Both {
    pub(crate) registry: Registry,
    pub(crate) model: Model,
    pub(crate) locations: Vec<String>,
    pub(crate) now: u64,
    /// How many requests were sent; every other one comes in pieces.
    sent: usize,
}

impl Both {
    pub(crate) fn new(config: Config) -> Self {
        Self::of(Registry::new(config))
    }

    fn of(registry: Registry) -> Self {
        Self {
            registry,
            model: Model::default(),
            locations: Vec::new(),
            now: 0,
            sent: 0,
        }
    }

    pub(crate) fn fork(&self) -> Self {
        Self {
            model: self.model.clone(),
            locations: self.locations.clone(),
            now: self.now,
            ..Self::of(self.registry.fork())
        }
    }

    pub(crate) fn run_all(&mut self, ops: &[Op]) {
        for op in ops {
            self.run(op);
        }
    }

    /// Sends a request, every other one in pieces of a few bytes.
    pub(crate) fn send(&mut self, ask: &Ask) -> Reply {
        self.sent += 1;
        if self.sent.is_multiple_of(2) {
            return ask.send(&mut self.registry, at(self.now));
        }
        let mut exchange = self.registry.begin(at(self.now), ask.parts());
        for piece in ask.body.chunks(1 + self.sent % 7) {
            exchange.body(Chunk::from(Bytes::copy_from_slice(piece)));
        }
        let _ = exchange.work(4);
        match self.registry.finish(at(self.now), exchange) {
            Outcome::Answer(answer) => Reply::of(answer),
            other @ (Outcome::Fetch(_) | Outcome::Persist(_)) => panic!("{other:?}"),
        }
    }

    /// Sends a request that has this status.
    #[track_caller]
    fn wants(&mut self, status: u16, ask: &Ask) -> Reply {
        let reply = self.send(ask);
        assert_eq!(reply.status, status, "{ask:?}\n{reply:?}");
        reply
    }

    pub(crate) fn run(&mut self, op: &Op) {
        match op {
            Op::Blob {
                name,
                content,
                way,
                is_sha512,
                is_wrong,
            } => {
                let digest = digest(if *is_wrong { "else" } else { content }, *is_sha512);
                self.push(name, content, *way, &digest);
            }
            Op::Mount {
                name,
                content,
                from,
            } => self.mount(name, content, *from),
            Op::DeleteBlob { name, content } => {
                let digest = sha256(content);
                let blobs = self
                    .model
                    .repositories
                    .get_mut(name)
                    .map(|it| &mut it.blobs);
                let is_there = blobs.is_some_and(|blobs| blobs.remove(&digest).is_some());
                self.delete(is_there, format!("/v2/{name}/blobs/{digest}"));
            }
            Op::Manifest { name, number, by } => self.manifest(name, *number, by),
            Op::Whole { name, number, tag } => {
                self.needs(name, *number);
                self.manifest(name, *number, &By::Tag(tag));
            }
            Op::DeleteManifest { name, number } => {
                let digest = sha256(&MANIFESTS[*number].text);
                let repository = self.model.repositories.get_mut(name);
                let is_there = repository.is_some_and(|it| it.remove_manifest(&digest));
                self.delete(is_there, format!("/v2/{name}/manifests/{digest}"));
            }
            Op::DeleteTag { name, tag } => {
                let repository = self.model.repositories.get_mut(name);
                let is_there = repository.is_some_and(|it| it.tags.remove(tag).is_some());
                self.delete(is_there, format!("/v2/{name}/manifests/{tag}"));
            }
            Op::Open { name } => {
                self.open(name);
            }
            Op::Chunk {
                session,
                content,
                offset,
            } => self.chunk(*session, content, *offset),
            Op::Close {
                session,
                content,
                is_wrong,
            } => {
                let known = self.model.sessions.get(*session);
                let whole = known
                    .map(|known| known.content.clone() + content)
                    .unwrap_or_default();
                let digest = sha256(if *is_wrong { "else" } else { whole.as_str() });
                self.close(*session, content, &digest);
            }
            Op::Cancel { session } => self.cancel(*session),
            Op::Wait { minutes } => self.now += minutes * 60 * 1000,
            Op::Tick => self.registry.tick(at(self.now)),
        }
    }

    #[track_caller]
    fn delete(&mut self, is_there: bool, target: String) {
        self.wants(if is_there { 202 } else { 404 }, &Ask::delete(target));
    }

    fn push(&mut self, name: &'static str, content: &'static str, way: Way, digest: &str) {
        if let Way::Post = way {
            let target = format!("/v2/{name}/blobs/uploads/?digest={digest}");
            let is_right = [false, true].map(|is_512| crate::universe::digest(content, is_512));
            let is_right = is_right.contains(&digest.to_owned());
            self.wants(
                if is_right { 201 } else { 400 },
                &Ask::post(target).body(content),
            );
            if is_right {
                let blobs = &mut self.model.repository(name).blobs;
                blobs.insert(digest.to_owned(), content.to_owned());
            }
            return;
        }
        let session = self.open(name);
        match way {
            Way::Post | Way::Put => self.close(session, content, digest),
            Way::Patch => {
                self.chunk(session, content, None);
                self.close(session, "", digest);
            }
            Way::Chunks => {
                let (first, second) = content.split_at(content.len() / 2);
                self.chunk(session, first, Some(7));
                self.chunk(session, first, Some(0));
                self.chunk(session, first, Some(0));
                let begun = self.model.sessions[session].content.len();
                self.chunk(session, second, Some(begun + 1));
                self.close(session, second, digest);
            }
        }
    }

    fn open(&mut self, name: &'static str) -> usize {
        let start = Ask::post(format!("/v2/{name}/blobs/uploads/"));
        let location = self.wants(202, &start).location().to_owned();
        self.opened(name, location)
    }

    fn opened(&mut self, name: &'static str, location: String) -> usize {
        assert!(
            !self.locations.contains(&location),
            "an id is given twice: {location}"
        );
        self.locations.push(location);
        self.model.sessions.push(Session::new(name, self.now));
        self.locations.len() - 1
    }

    fn chunk(&mut self, session: usize, content: &str, offset: Option<usize>) {
        let Some(known) = self.model.sessions.get_mut(session) else {
            return;
        };
        let patch = Ask::patch(&self.locations[session]).body(content.to_owned());
        // A range is never empty.
        let offset = offset.filter(|_| !content.is_empty());
        let patch = match offset {
            Some(first) => patch.header(
                "content-range",
                format!("{first}-{}", first + content.len() - 1),
            ),
            None => patch,
        };
        let length = known.content.len();
        let status = match offset {
            _ if !known.is_open(self.now) => 404,
            Some(offset) if offset != length => 416,
            _ => {
                known.content.push_str(content);
                known.touched = self.now;
                202
            }
        };
        let range = format!("0-{}", known.content.len().saturating_sub(1));
        let reply = self.wants(status, &patch);
        if status != 404 {
            assert_eq!(reply.header("range"), Some(range.as_str()));
        }
    }

    fn close(&mut self, session: usize, content: &str, digest: &str) {
        let Some(known) = self.model.sessions.get_mut(session) else {
            return;
        };
        let put = Ask::put(format!("{}?digest={digest}", self.locations[session]));
        let whole = known.content.clone() + content;
        let is_right = [false, true].map(|is_512| crate::universe::digest(&whole, is_512));
        let status = match is_right.contains(&digest.to_owned()) {
            _ if !known.is_open(self.now) => 404,
            false => 400,
            true => {
                known.is_closed = true;
                let name = known.name;
                let blobs = &mut self.model.repository(name).blobs;
                blobs.insert(digest.to_owned(), whole);
                201
            }
        };
        self.wants(status, &put.body(content.to_owned()));
    }

    fn cancel(&mut self, session: usize) {
        let Some(known) = self.model.sessions.get_mut(session) else {
            return;
        };
        let status = if known.is_open(self.now) { 204 } else { 404 };
        known.is_closed = true;
        let delete = Ask::delete(&self.locations[session]);
        self.wants(status, &delete);
    }

    fn mount(&mut self, name: &'static str, content: &str, from: Option<&'static str>) {
        let digest = sha256(content);
        let is_held = match from {
            Some(from) => self.model.blob(from, &digest).is_some(),
            None => self.model.is_held_anywhere(&digest),
        };
        let from = from.map(|from| format!("&from={from}")).unwrap_or_default();
        let mount = Ask::post(format!("/v2/{name}/blobs/uploads/?mount={digest}{from}"));
        if is_held {
            self.wants(201, &mount);
            self.model
                .repository(name)
                .blobs
                .insert(digest, content.to_owned());
        } else {
            let location = self.wants(202, &mount).location().to_owned();
            self.opened(name, location);
        }
    }

    /// Pushes what a manifest needs.
    fn needs(&mut self, name: &'static str, number: usize) {
        for (digest, is_manifest) in &MANIFESTS[number].needs {
            if *is_manifest {
                let is_it = |known: &Known| sha256(&known.text) == *digest;
                let needed = MANIFESTS.iter().position(is_it).unwrap();
                self.needs(name, needed);
                let by = By::Digest {
                    is_sha512: false,
                    tags: Vec::new(),
                };
                self.manifest(name, needed, &by);
            } else {
                let content = CONTENTS.iter().find(|content| sha256(content) == *digest);
                self.push(name, content.unwrap(), Way::Post, digest);
            }
        }
    }

    fn manifest(&mut self, name: &'static str, number: usize, by: &By) {
        let known = &MANIFESTS[number];
        let (stored, reference, tags) = match by {
            By::Tag(tag) => (sha256(&known.text), (*tag).to_owned(), vec![*tag]),
            By::Digest { is_sha512, tags } => {
                let digest = digest(&known.text, *is_sha512);
                let query: Vec<_> = tags.iter().map(|tag| format!("tag={tag}")).collect();
                (
                    digest.clone(),
                    format!("{digest}?{}", query.join("&")),
                    tags.clone(),
                )
            }
            By::WrongDigest => (String::new(), sha256("else"), Vec::new()),
        };
        let put = Ask::manifest(name, &reference, known.media_type, &known.text);
        if stored.is_empty() || !self.model.is_complete(name, known) {
            self.wants(400, &put);
            return;
        }
        let reply = self.wants(201, &put);
        assert_eq!(reply.header("docker-content-digest"), Some(stored.as_str()));
        assert_eq!(reply.header("oci-subject"), known.subject.as_deref());
        let repository = self.model.repository(name);
        repository.manifests.insert(stored.clone(), number);
        repository
            .tags
            .extend(tags.into_iter().map(|tag| (tag, stored.clone())));
    }
}
