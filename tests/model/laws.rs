//! What holds after any sequence of operations.

use proptest::{prelude::*, test_runner::Config as Cases};
use registrette::{Config, Registry, content::Chunk, store::Change};

use crate::{
    both::Both,
    client::at,
    day::{assert_equal, assert_no_dangling_tag},
    op::{Op, ops},
};

const SEED: u64 = 7;

fn cases() -> Cases {
    Cases {
        failure_persistence: None,
        ..Cases::with_cases(60)
    }
}

fn after(ops: &[Op]) -> Both {
    let mut both = Both::new(Config {
        journal: Some(10_000),
        ..Config::new(SEED)
    });
    both.run_all(ops);
    both
}

/// The change as a host that keeps no hashers would keep it.
fn without_hasher(mut change: Change) -> Change {
    if let Change::AppendUpload { hasher, .. } = &mut change {
        *hasher = None;
    }
    change
}

/// The registry that a dump of this one makes.
fn dumped(registry: &Registry) -> Registry {
    let mut parts: Vec<Chunk> = Vec::new();
    let mut keep = |chunk: &Chunk| {
        parts.push(chunk.clone());
        parts.len() - 1
    };
    let journal = registry.dump_journal(&mut keep);
    let mut made = Registry::new(Config::new(SEED));
    made.replay(&journal, parts).unwrap();
    made
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn every_answer_is_the_models(ops in ops(50)) {
        let mut both = after(&ops);
        both.agree();
    }

    #[test]
    fn a_journal_makes_the_registry_again(ops in ops(50)) {
        let mut both = after(&ops);
        let mut copy = Registry::new(Config::new(SEED));
        let mut plain = Registry::new(Config::new(SEED));
        // One change more is one prefix more.
        for change in both.registry.take_changes() {
            copy.apply(change.clone()).unwrap();
            assert_no_dangling_tag(&copy);
            plain.apply(without_hasher(change)).unwrap();
        }
        assert_equal(&both.registry, &copy);
        assert_equal(&both.registry, &plain);
        // The copy is as good as the first: it goes on in its place.
        both.registry = plain;
        both.run_all(&ops);
        both.agree();
    }

    #[test]
    fn a_journal_as_text_makes_the_registry_again(ops in ops(50), until in 0_usize..50) {
        let mut both = Both::new(Config { journal: Some(10_000), ..Config::new(SEED) });
        let mut copy = Registry::new(Config::new(SEED));
        for (number, op) in ops.iter().enumerate() {
            both.run(op);
            let mut parts: Vec<Chunk> = Vec::new();
            let mut keep = |chunk: &Chunk| { parts.push(chunk.clone()); parts.len() - 1 };
            // From some moment on what is written is all there is, and not what changed.
            let journal = if number < until {
                both.registry.take_journal(&mut keep)
            } else {
                both.registry.take_changes();
                Some(both.registry.dump_journal(&mut keep))
            };
            if let Some(journal) = journal {
                copy.replay(&journal, parts).unwrap();
            }
        }
        if until >= ops.len() {
            assert_equal(&both.registry, &copy);
        }
        // How often a session was appended to is not in a dump, and nobody sees it.
        assert_equal(&dumped(&both.registry), &dumped(&copy));
        both.registry = copy;
        both.run_all(&ops);
        both.agree();
    }

    #[test]
    fn what_happens_to_a_fork_happens_to_it_alone(
        before in ops(25), here in ops(15), there in ops(15),
    ) {
        let mut one = after(&before);
        let mut other = one.fork();
        let base = one.registry.snapshot();
        one.run_all(&here);
        assert!(other.registry.diff(&base).is_empty());
        other.run_all(&there);
        one.agree();
        other.agree();
    }

    #[test]
    fn a_snapshot_is_come_back_to(before in ops(25), between in ops(15), then in ops(15)) {
        let mut both = after(&before);
        let (snapshot, kept) = (both.registry.snapshot(), both.fork());
        both.run_all(&between);
        both.registry.restore(&snapshot).unwrap();
        assert!(both.registry.diff(&snapshot).is_empty());
        // Time goes on all the same.
        (both.model, both.locations) = (kept.model, kept.locations);
        both.agree();
        both.run_all(&then);
        both.agree();
    }

    #[test]
    fn a_reset_leaves_nothing(ops in ops(30)) {
        let mut both = after(&ops);
        both.registry.reset().unwrap();
        both.registry.take_changes();
        prop_assert_eq!(both.registry.stats().bytes, 0);
        assert_equal(&both.registry, &Registry::new(Config::new(SEED)));
    }

    #[test]
    fn an_answer_does_not_depend_on_ticks(ops in ops(40)) {
        let mut often = Both::new(Config::new(SEED));
        for op in &ops {
            often.run(op);
            often.registry.tick(at(often.now));
        }
        often.agree();
    }
}
