//! What is large is not held: images in processes of far less memory.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    process::Stdio,
    thread,
    time::Duration,
};

use crate::process::{Server, command, run, text};

const SIZE: u64 = 400 << 20;

/// A mebibyte is the unit of all this.
const MIB: u64 = 1 << 20;

/// The most memory that a process ever had, in bytes; `None` when it is gone.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    Some(kib << 10)
}

/// Runs it to its end, and gives its peak.
fn peak_of(args: &[&str]) -> u64 {
    let mut child = command(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = peak(child.id()).unwrap_or(most).max(most);
        thread::sleep(Duration::from_millis(5));
    }
    assert!(child.wait().unwrap().success(), "{args:?}");
    most
}

/// Pulls a blob and forgets it.
fn pull(server: &Server, digest: &str) -> u64 {
    let mut stream = TcpStream::connect(&server.host).unwrap();
    let ask = format!(
        "GET /v2/big/blobs/{digest} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(ask.as_bytes()).unwrap();
    let (mut length, mut buffer) = (0_u64, vec![0; 1 << 20]);
    loop {
        match stream.read(&mut buffer).unwrap() {
            0 => return length,
            read => length += read as u64,
        }
    }
}

#[test]
fn a_virtual_layer_is_served_copied_and_catalogued_in_little_memory() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name).display().to_string();
    let seeds = format!(
        r#"{{ "ref": "big:v1", "image": {{ "files": {{ "big.bin": {{ "virtual": {SIZE} }} }} }} }}"#
    );
    fs::write(scratch.path().join("seeds.json"), seeds).unwrap();
    let server = Server::start(&["--load", &at("seeds.json")]);
    let tar = at("big.tar");
    let copied = peak_of(&["copy", &server.at("big:v1"), &tar]);
    assert!(copied < 100 * MIB, "copy held {copied} bytes");
    assert!(fs::metadata(&tar).unwrap().len() > SIZE);
    let listed = peak_of(&["catalog", &tar]);
    assert!(listed < 50 * MIB, "catalog held {listed} bytes");
    let layout = at("layout");
    let unpacked = peak_of(&["copy", &tar, &layout]);
    assert!(unpacked < 100 * MIB, "copy held {unpacked} bytes");
    assert_eq!(run(&["catalog", &tar]), run(&["catalog", &server.host]));
    let blobs = fs::read_dir(scratch.path().join("layout/blobs/sha256")).unwrap();
    let mut largest = blobs
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.metadata().unwrap().len() > SIZE);
    let digest = format!(
        "sha256:{}",
        text(largest.next().unwrap().file_name().as_ref())
    );
    assert!(pull(&server, &digest) > SIZE);
    let served = peak(server.id()).unwrap();
    assert!(served < 100 * MIB, "serve held {served} bytes");
}
