//! The runs: what is kept, then what a seed makes of it.

use std::{fs, path::Path};

use crate::targets;

/// How many inputs are made for each target.
const MADE: u32 = 2000;
/// The longest of them, in bytes.
const LONGEST: usize = 600;

/// A generator of numbers, good enough to make inputs (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// The inputs that are kept for a target, in order.
fn kept(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()));
    let mut kept: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.display().to_string(), fs::read(&path).unwrap())
        })
        .collect();
    kept.sort();
    kept
}

/// A new input: a kept one with a few bytes changed, two of them joined, or bytes of no origin.
fn make(numbers: &mut Numbers, kept: &[(String, Vec<u8>)]) -> Vec<u8> {
    let some = |numbers: &mut Numbers| match kept.len() {
        0 => Vec::new(),
        count => kept[numbers.below(count)].1.clone(),
    };
    let mut made = match numbers.below(4) {
        0 => (0..numbers.below(LONGEST))
            .map(|_| numbers.next() as u8)
            .collect(),
        1 => {
            let (mut first, second) = (some(numbers), some(numbers));
            first.truncate(numbers.below(first.len() + 1));
            first.extend(&second[numbers.below(second.len() + 1)..]);
            first
        }
        _ => some(numbers),
    };
    made.truncate(LONGEST);
    for _ in 0..numbers.below(6) {
        if !made.is_empty() {
            let place = numbers.below(made.len());
            made[place] = numbers.next() as u8;
        }
    }
    made
}

fn run(target: &str, body: fn(&[u8])) {
    let kept = kept(target);
    assert!(!kept.is_empty(), "nothing is kept for {target}");
    let check = |what: &str, data: &[u8]| {
        if let Err(fault) = std::panic::catch_unwind(|| body(data)) {
            eprintln!("{target} fails on {what}: {data:?}");
            std::panic::resume_unwind(fault);
        }
    };
    for (path, data) in &kept {
        check(path, data);
    }
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for number in 0..MADE {
        let data = make(&mut numbers, &kept);
        check(&format!("made input {number}"), &data);
    }
}

#[test]
fn exchanges() {
    run("exchanges", targets::exchanges::run);
}

#[test]
fn requests() {
    run("requests", targets::requests::run);
}

#[test]
fn words() {
    run("words", targets::words::run);
}

#[test]
fn json() {
    run("json", targets::json::run);
}

#[test]
fn control() {
    run("control", targets::control::run);
}

#[cfg(feature = "hyper")]
#[test]
fn server() {
    run("server", targets::server::run);
}
