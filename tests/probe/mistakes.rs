//! What cannot be probed says why.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use crate::probed::probe;

#[track_caller]
fn refused(args: &[&str], words: &[&str]) {
    let output = probe(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{args:?}: {word:?} is not in {said}");
    }
    assert!(output.stdout.is_empty());
}

/// Answers everything with this, once.
fn answers(with: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        stream.write_all(with.as_bytes()).unwrap();
    });
    address.to_string()
}

#[test]
fn an_address_that_is_none() {
    refused(&["./folder"], &["./folder is a path", "HOST:PORT"]);
    refused(
        &["localhost:5000/app:v1"],
        &["names a repository", "--repository"],
    );
    refused(
        &["localhost:5000", "--repository", "NOT"],
        &["NOT", "is no name"],
    );
    refused(&["localhost:5000", "--under", "a"], &["--write"]);
}

#[test]
fn nobody_there() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    refused(&[&address], &[&address, "refused"]);
}

#[test]
fn something_that_is_no_registry() {
    let page = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    refused(&[&answers(page)], &["is no registry", "404"]);
    let page = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>";
    refused(&[&answers(page)], &["is no registry"]);
    let busy = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    refused(&[&answers(busy)], &["429", "later"]);
}
