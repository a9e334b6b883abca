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

/// Holes stand for the bytes of the layer: an archive of 2 GiB and more that takes no room.
#[test]
fn an_archive_of_2_gib_is_catalogued_in_little_memory() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name).display().to_string();
    let seeds = r#"{ "ref": "big:v1", "image": { "files": { "a": "1" } } }"#;
    fs::write(scratch.path().join("seeds.json"), seeds).unwrap();
    let server = Server::start(&["--load", &at("seeds.json")]);
    run(&["copy", &server.at("big:v1"), &at("big.tar")]);
    let mut archive = fs::read(at("big.tar")).unwrap();
    archive.truncate(archive.len() - 1024);
    let length = 2048 * MIB + 512;
    let mut header = vec![0; 512];
    header[..4].copy_from_slice(b"hole");
    header[124..136].copy_from_slice(format!("{length:011o}\0").as_bytes());
    header[148..156].copy_from_slice(b"        ");
    header[156] = b'0';
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    archive.extend_from_slice(&header);
    let whole = archive.len() as u64 + length + 1024;
    fs::write(at("big.tar"), archive).unwrap();
    let file = fs::OpenOptions::new().write(true).open(at("big.tar"));
    file.unwrap().set_len(whole).unwrap();
    let listed = peak_of(&["catalog", &at("big.tar")]);
    assert!(listed < 50 * MIB, "catalog held {listed} bytes");
    assert_eq!(
        run(&["catalog", &at("big.tar")]),
        run(&["catalog", &server.host])
    );
}
