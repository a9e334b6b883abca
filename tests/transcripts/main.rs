//! Transcripts: requests and their answers as text, one behaviour in each file, played in process and over a socket.
//!
//! `UPDATE=1 cargo test --test transcripts` writes the answers as they are; read the difference before it is kept.
//! What a file may say stands in `README.md` beside the files.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that fails says so"
)]

#[path = "../carriers/mod.rs"]
mod carriers;
mod coverage;
mod expand;
mod play;
mod render;
mod setting;
mod syntax;

use std::{env, fs, path::PathBuf};

use carriers::{Streamed, Whole};
use coverage::Coverage;
use play::{Played, play};
use syntax::Transcript;

/// A file of this folder, as it stands.
struct File {
    name: String,
    path: PathBuf,
    text: String,
}

#[test]
fn in_process() {
    let mut coverage = Coverage::default();
    let mut failures = Vec::new();
    for file in files() {
        let transcript =
            Transcript::parse(&file.text).unwrap_or_else(|fault| panic!("{}: {fault}", file.name));
        let whole = play::<Whole>(&transcript);
        if env::var_os("UPDATE").is_some() && whole.text != file.text {
            println!("{} updated", file.name);
            fs::write(&file.path, &whole.text).expect("the file can be written");
        } else {
            failures.extend(differences(&file, &file.text, &whole, "whole"));
        }
        failures.extend(differences(
            &file,
            &whole.text,
            &play::<Streamed>(&transcript),
            "streamed",
        ));
        coverage.add(&transcript, whole);
    }
    println!("{}", coverage.summary());
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    coverage.assert_whole();
}

#[cfg(feature = "hyper")]
#[test]
fn over_a_socket() {
    let mut failures = Vec::new();
    let mut skipped = Vec::new();
    let mut played = 0;
    for file in files() {
        let transcript =
            Transcript::parse(&file.text).unwrap_or_else(|fault| panic!("{}: {fault}", file.name));
        if transcript.moves_the_clock() {
            skipped.push(file.name);
            continue;
        }
        let socket = play::<carriers::Socket>(&transcript);
        failures.extend(differences(&file, &file.text, &socket, "socket"));
        played += 1;
    }
    println!(
        "{played} played, {} skipped for they move the clock: {}",
        skipped.len(),
        skipped.join(" ")
    );
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert!(
        skipped.len() <= 11,
        "nearly all transcripts can be played over a socket"
    );
}

/// The transcripts, in order of their names.
fn files() -> Vec<File> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let only = env::var("ONLY").unwrap_or_default();
    let entries = fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("an entry can be read").path());
    let mut files: Vec<File> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "http")
        })
        .map(|path| File {
            name: path
                .file_stem()
                .expect("a file has a name")
                .to_string_lossy()
                .into_owned(),
            text: fs::read_to_string(&path).expect("a transcript is text"),
            path,
        })
        .filter(|file| file.name.contains(&only))
        // Signed tokens need crates.
        .filter(|file| cfg!(feature = "auth") || !file.name.starts_with("jwt-"))
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!files.is_empty(), "no transcript has {only:?} in its name");
    files
}

/// What differs between what is expected and what was played: the first lines of it.
fn differences(file: &File, expected: &str, played: &Played, carrier: &str) -> Vec<String> {
    let mut faults: Vec<String> = played
        .faults
        .iter()
        .map(|(line, fault)| format!("{}.http:{line} ({carrier})\n  {fault}", file.name))
        .collect();
    let (mut wanted, mut got) = (expected.lines(), played.text.lines());
    let mut number = 0;
    loop {
        number += 1;
        let (wanted, got) = (wanted.next(), got.next());
        if wanted.is_none() && got.is_none() {
            return faults;
        }
        if wanted != got {
            let [wanted, got] = [wanted, got].map(|line| line.unwrap_or("the end"));
            faults.push(format!(
                "{}.http:{number} ({carrier})\n  wanted {wanted}\n  got    {got}",
                file.name
            ));
            return faults;
        }
    }
}
