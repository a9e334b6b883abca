//! `Chunk::Host`: content whose bytes the host keeps.

use std::{
    any::Any,
    ops::Range,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use registrette::{
    Config, Registry,
    content::{Chunk, HostChunk},
    spec::Timestamp,
};

use crate::{
    client::{Ask, Reply, at, sha256, sha512},
    day::day,
    host::answer,
};

/// The host's table of bytes: what it still keeps is what somebody still holds.
#[derive(Clone, Debug, Default)]
struct Table(Arc<Mutex<Vec<Option<Vec<u8>>>>>);

/// A row of the table; the bytes go with its last clone.
#[derive(Debug)]
struct Row {
    table: Table,
    place: usize,
    length: usize,
}

impl Table {
    fn keep(&self, bytes: &[u8]) -> Chunk {
        let mut rows = self.0.lock().unwrap();
        rows.push(Some(bytes.to_vec()));
        let row = Row {
            table: self.clone(),
            place: rows.len() - 1,
            length: bytes.len(),
        };
        Chunk::host(Arc::new(row))
    }

    fn live(&self) -> usize {
        self.0.lock().unwrap().iter().flatten().count()
    }

    /// Sends a request whose body stays with the host, in chunks of three bytes.
    fn send(&self, registry: &mut Registry, now: Timestamp, ask: &Ask) -> Reply {
        let mut exchange = registry.begin(now, ask.parts());
        for piece in ask.body.chunks(3) {
            if !exchange.is_answered() {
                exchange.body(self.keep(piece));
            }
        }
        answer(registry.finish(now, exchange))
    }
}

impl HostChunk for Row {
    fn len(&self) -> usize {
        self.length
    }

    fn read(&self, range: Range<usize>) -> Bytes {
        let rows = self.table.0.lock().unwrap();
        Bytes::copy_from_slice(&rows[self.place].as_ref().unwrap()[range])
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        self.table.0.lock().unwrap()[self.place] = None;
    }
}

fn registry() -> (Registry, Table) {
    (Registry::new(Config::new(7)), Table::default())
}

#[test]
fn a_whole_day_over_the_hosts_bytes() {
    let (mut registry, table) = registry();
    let mut plain = Registry::new(Config::new(7));
    let expected = day(|ask| ask.to(&mut plain));
    assert_eq!(day(|ask| table.send(&mut registry, at(0), &ask)), expected);
    crate::day::assert_equal(&plain, &registry);
    assert!(table.live() > 0);
    assert_eq!(registry.stats(), plain.stats());
    drop(registry);
    assert_eq!(table.live(), 0);
}

#[test]
fn ranges_come_out_of_the_hosts_bytes() {
    let (mut registry, table) = registry();
    table
        .send(&mut registry, at(0), &Ask::blob("app", "0123456789"))
        .is(201);
    assert_eq!(table.live(), 4);
    let get = |range: &str| {
        Ask::get(format!("/v2/app/blobs/{}", sha256("0123456789"))).header("range", range)
    };
    for (range, text) in [
        ("bytes=0-0", "0"),
        ("bytes=2-6", "23456"),
        ("bytes=-4", "6789"),
        ("bytes=5-", "56789"),
    ] {
        assert_eq!(get(range).to(&mut registry).is(206).text(), text);
    }
}

#[test]
fn an_answer_hands_the_hosts_own_chunk_back() {
    let (mut registry, table) = registry();
    table
        .send(&mut registry, at(0), &Ask::blob("app", "0123456789"))
        .is(201);
    let get =
        Ask::get(format!("/v2/app/blobs/{}", sha256("0123456789"))).header("range", "bytes=4-7");
    let answer = registry.handle(at(0), get.request());
    let rows = answer.body().steps.iter().map(|step| {
        let registrette::content::Step::Send(Chunk::Host {
            chunk,
            start,
            length,
        }) = step
        else {
            panic!("{step:?}")
        };
        let row: &Row = chunk.as_any().downcast_ref().unwrap();
        (row.place, *start, *length)
    });
    assert_eq!(rows.collect::<Vec<_>>(), [(1, 1, 2), (2, 0, 2)]);
}

#[test]
fn bytes_go_back_with_what_held_them() {
    let (mut registry, table) = registry();
    table
        .send(&mut registry, at(0), &Ask::blob("app", "0123456789"))
        .is(201);
    // Pushed again, the first bytes are kept and the second given back.
    table
        .send(&mut registry, at(0), &Ask::blob("app", "0123456789"))
        .is(201);
    table
        .send(&mut registry, at(0), &Ask::blob("other", "0123456789"))
        .is(201);
    assert_eq!(table.live(), 4);
    let get = format!("/v2/app/blobs/{}", sha256("0123456789"));
    let being_sent = registry.handle(at(0), Ask::get(&get).request());
    Ask::delete(&get).to(&mut registry).is(202);
    Ask::delete(get.replace("app", "other"))
        .to(&mut registry)
        .is(202);
    assert_eq!(table.live(), 4);
    assert_eq!(being_sent.into_body().bytes(), "0123456789");
    assert_eq!((table.live(), registry.stats().bytes), (0, 0));
}

#[test]
fn what_is_not_kept_is_given_back() {
    let (mut registry, table) = registry();
    table
        .send(
            &mut registry,
            at(0),
            &Ask::blob("app", "content").body("other"),
        )
        .is(400);
    assert_eq!(table.live(), 0);
    let mut exchange = registry.begin(at(0), Ask::blob("app", "content").parts());
    exchange.body(table.keep(b"con"));
    assert_eq!((table.live(), registry.stats().bytes), (1, 3));
    drop(exchange);
    assert_eq!((table.live(), registry.stats().bytes), (0, 0));
    let location = Ask::post("/v2/app/blobs/uploads/")
        .to(&mut registry)
        .location()
        .to_owned();
    table
        .send(
            &mut registry,
            at(0),
            &Ask::patch(&location).body("0123456789"),
        )
        .is(202);
    assert_eq!(table.live(), 4);
    Ask::delete(&location).to(&mut registry).is(204);
    assert_eq!(table.live(), 0);
    let location = Ask::post("/v2/app/blobs/uploads/")
        .to(&mut registry)
        .location()
        .to_owned();
    table
        .send(
            &mut registry,
            at(0),
            &Ask::patch(&location).body("0123456789"),
        )
        .is(202);
    registry.tick(at(3_600_000));
    assert_eq!(table.live(), 0);
}

#[test]
fn manifests_are_in_our_own_memory() {
    let (mut registry, table) = registry();
    table
        .send(
            &mut registry,
            at(0),
            &Ask::opaque("app", "v1", "a manifest"),
        )
        .is(201);
    assert_eq!(table.live(), 0);
    assert_eq!(
        Ask::get("/v2/app/manifests/v1")
            .to(&mut registry)
            .is(200)
            .text(),
        "a manifest"
    );
    assert_eq!(registry.stats().bytes, 10);
}

#[test]
fn a_longer_chunk_than_content_is_kept_in_is_cut_not_copied() {
    let (mut registry, table) = registry();
    let content = "0123456789abcdef".repeat(150_000);
    for digest in [sha256(&content), sha512(&content)] {
        let push = Ask::post(format!("/v2/app/blobs/uploads/?digest={digest}"));
        let mut exchange = registry.begin(at(0), push.parts());
        exchange.body(table.keep(content.as_bytes()));
        answer(registry.finish(at(0), exchange)).is(201);
        let get = Ask::get(format!("/v2/app/blobs/{digest}"));
        assert_eq!(get.to(&mut registry).is(200).text(), content);
        let range = get.header("range", "bytes=1048570-1048583");
        assert_eq!(
            range.to(&mut registry).is(206).text(),
            &content[1_048_570..=1_048_583]
        );
    }
    assert_eq!(
        (table.live(), registry.stats().bytes),
        (2, 2 * content.len() as u64)
    );
}
