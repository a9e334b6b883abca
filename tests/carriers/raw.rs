//! HTTP/1.1 by hand, so that nothing is made better on the way: one connection for each request, read to its end.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use super::{Answer, OF_THE_CONNECTION, Request};

/// Longer than any answer here takes, shorter than somebody waits for a test that hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// The length of the pieces of a chunked body: no power of two, so that no buffer ends where one does.
const PIECE: usize = 7919;

/// Sends a request, gives the answer to it.
pub(super) fn ask(address: SocketAddr, request: &Request) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    match send(&mut stream, request) {
        // An early answer: it is there to be read.
        Err(fault) if is_closed(&fault) => {}
        sent => sent?,
    }
    let mut received = Vec::new();
    match stream.read_to_end(&mut received) {
        Err(fault) if !is_closed(&fault) || received.is_empty() => return Err(fault),
        _ => {}
    }
    parse(&received, request.method == "HEAD").map_err(io::Error::other)
}

fn is_closed(fault: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset};
    [BrokenPipe, ConnectionReset].contains(&fault.kind())
}

fn send(stream: &mut TcpStream, request: &Request) -> io::Result<()> {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    for (name, value) in request.framed() {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    if !request.chunked {
        return stream.write_all(&request.body);
    }
    for piece in request.body.chunks(PIECE) {
        stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes())?;
        stream.write_all(piece)?;
        stream.write_all(b"\r\n")?;
    }
    stream.write_all(b"0\r\n\r\n")
}

/// Takes an answer apart, and holds its framing to what RFC 9112 (section 6.3) asks.
fn parse(received: &[u8], is_head: bool) -> Result<Answer, String> {
    let end = received.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = received.split_at(end.ok_or("no whole head came")? + 4);
    let head = String::from_utf8_lossy(head);
    let mut lines = head.trim_end().split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status: u16 = status
        .and_then(|status| status.parse().ok())
        .ok_or("no status came")?;
    let mut answer = Answer {
        status,
        ..Answer::default()
    };
    for line in lines {
        let (name, value) = line
            .split_once(": ")
            .ok_or_else(|| format!("a header without value: {line:?}"))?;
        answer
            .headers
            .push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let is_chunked = answer.header("transfer-encoding").is_some();
    let length = answer
        .header("content-length")
        .and_then(|length| length.parse().ok());
    answer.body = if is_head || status == 204 || status == 304 {
        body.to_vec()
    } else if is_chunked {
        unchunk(body)?
    } else {
        let length: usize = length.ok_or("neither a length nor chunks")?;
        if body.len() != length {
            return Err(format!("{} bytes came of {length}", body.len()));
        }
        body.to_vec()
    };
    answer
        .headers
        .retain(|(name, _)| !OF_THE_CONNECTION.contains(&name.as_str()));
    Ok(answer)
}

fn unchunk(mut rest: &[u8]) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n");
        let (size, after) = rest.split_at(end.ok_or("a chunk without its size")?);
        let size = String::from_utf8_lossy(size);
        let size = usize::from_str_radix(&size, 16).map_err(|fault| fault.to_string())?;
        let after = &after[2..];
        if size == 0 {
            return Ok(body);
        }
        let piece = after.get(..size).ok_or("a chunk was cut")?;
        body.extend_from_slice(piece);
        rest = after.get(size + 2..).ok_or("a chunk was cut")?;
    }
}
