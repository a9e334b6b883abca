//! Journals as text: what a host writes to disk and reads again.

use registrette::{Config, Registry, content::Chunk};

use crate::{
    client::Ask,
    day::{assert_equal, day},
};

fn journaled() -> Registry {
    Registry::new(Config {
        journal: Some(1000),
        ..Config::new(7)
    })
}

/// Takes what changed to another registry, as text.
fn carry(from: &mut Registry, to: &mut Registry) {
    let mut parts: Vec<Chunk> = Vec::new();
    let mut keep = |chunk: &Chunk| {
        parts.push(chunk.clone());
        parts.len() - 1
    };
    if let Some(journal) = from.take_journal(&mut keep) {
        to.replay(&journal, parts).unwrap();
    }
}

#[test]
fn a_day_is_the_same_after_each_request() {
    let (mut registry, mut copy) = (journaled(), Registry::new(Config::new(7)));
    day(|ask| {
        let reply = ask.to(&mut registry);
        carry(&mut registry, &mut copy);
        reply
    });
    assert_equal(&registry, &copy);
    assert!(copy.stats().bytes > 0);
}

#[test]
fn a_restore_takes_away_what_came_since() {
    let (mut registry, mut copy) = (journaled(), Registry::new(Config::new(7)));
    day(|ask| ask.to(&mut registry));
    let snapshot = registry.snapshot();
    Ask::opaque("late", "one", "one").to(&mut registry).is(201);
    carry(&mut registry, &mut copy);
    registry.restore(&snapshot).unwrap();
    carry(&mut registry, &mut copy);
    assert_equal(&registry, &copy);
    registry.reset().unwrap();
    carry(&mut registry, &mut copy);
    assert_equal(&registry, &copy);
    assert_eq!(copy.stats().bytes, 0);
}

#[test]
fn settings_stay_with_who_starts_the_registry() {
    let mut registry = journaled();
    let mut settings = registry.settings().clone();
    settings.deletes = false;
    registry.configure(settings).unwrap();
    assert_eq!(registry.take_journal(&mut |_| 0), None);
}

#[test]
fn what_is_no_journal_is_refused_in_words() {
    let open =
        r#"{"do":"open","number":0,"repository":"a","session":"s","algorithm":"sha256","at":1}"#;
    for (journal, wanted) in [
        ("nothing".to_owned(), "expected"),
        ("{}".to_owned(), "expected"),
        ("[{}]".to_owned(), "change 0: it has no do"),
        (r#"[{"do":"fly"}]"#.to_owned(), "there is no change \"fly\""),
        (r#"[{"do":"cancel"}]"#.to_owned(), "it has no session"),
        (r#"[{"do":"cancel","session":"s"}]"#.to_owned(), "change 0"),
        (open.replace("sha256", "md5"), "algorithm is \"md5\""),
        (open.replace("\"a\"", "\"A\""), "repository is \"A\""),
        (open.replace("\"number\":0,", ""), "it has no number"),
        (
            r#"[{"do":"append","session":"s","parts":[0],"at":1}]"#.to_owned(),
            "there is no part 0",
        ),
        (
            r#"[{"do":"blob","repository":"a","digest":"sha256:1"}]"#.to_owned(),
            "digest is",
        ),
    ] {
        let journal = if journal.starts_with("{\"do") {
            format!("[{journal}]")
        } else {
            journal
        };
        let said = Registry::new(Config::new(7))
            .replay(&journal, Vec::new())
            .unwrap_err();
        assert!(said.contains(wanted), "{journal}: {said}");
    }
}
