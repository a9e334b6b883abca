//! A connection as a socket: how it ends.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};
use tokio_rustls::server::TlsStream;

use super::line::Line;

/// How much of what a client still sends is read after its connection was closed, and for how long.
const LINGER: (u64, Duration) = (16 << 20, Duration::from_secs(2));

/// A connection that ends as HTTP means it.
///
/// A socket that is closed with bytes unread resets the connection, and the reset overtakes the last answer: the client
/// that was still sending sees a broken connection and not the 413. This one ends its own side, then reads and drops up
/// to 16 MiB for up to 2 s. On a step [`Reset`](crate::content::Step::Reset) it resets at once.
#[derive(Debug)]
pub struct Socket {
    stream: Stream,
    line: Arc<Line>,
    /// The client sends no more.
    ended: bool,
    linger: Option<Linger>,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

#[derive(Debug)]
struct Linger {
    end: Pin<Box<Sleep>>,
    left: u64,
    scrap: Vec<u8>,
}

impl Socket {
    /// A connection in the clear.
    #[must_use]
    pub fn plain(stream: TcpStream) -> Self {
        Self::new(Stream::Plain(stream))
    }

    /// A connection over TLS.
    #[must_use]
    pub fn tls(stream: TlsStream<TcpStream>) -> Self {
        Self::new(Stream::Tls(Box::new(stream)))
    }

    fn new(stream: Stream) -> Self {
        Self {
            stream,
            line: Arc::default(),
            ended: false,
            linger: None,
        }
    }

    pub(super) fn line(&self) -> &Arc<Line> {
        &self.line
    }
}

impl Stream {
    /// The connection below TLS.
    fn tcp(&mut self) -> &mut TcpStream {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(tls) => tls.get_mut().0,
        }
    }
}

impl Linger {
    fn new() -> Self {
        let (left, time) = LINGER;
        Self {
            end: Box::pin(sleep(time)),
            left,
            scrap: vec![0; 64 << 10],
        }
    }

    fn poll(&mut self, tcp: &mut TcpStream, cx: &mut Context<'_>) -> Poll<()> {
        while self.end.as_mut().poll(cx).is_pending() {
            let mut scrap = ReadBuf::new(&mut self.scrap);
            let read = ready!(Pin::new(&mut *tcp).poll_read(cx, &mut scrap));
            let length = scrap.filled().len() as u64;
            if read.is_err() || length == 0 || self.left < length {
                break;
            }
            self.left = self.left.saturating_sub(length);
        }
        Poll::Ready(())
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_read(cx, buffer),
            Stream::Tls(tls) => Pin::new(tls).poll_read(cx, buffer),
        })?;
        if buffer.filled().len() > before {
            self.line.received();
        } else if buffer.remaining() > 0 {
            self.ended = true;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_write_vectored(cx, bytes),
            Stream::Tls(tls) => Pin::new(tls).poll_write_vectored(cx, bytes),
        })?;
        self.line.sent();
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(tcp) => tcp.is_write_vectored(),
            Stream::Tls(tls) => tls.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Stream::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.line.is_broken() {
            return Poll::Ready(Ok(()));
        }
        if this.linger.is_none() {
            ready!(match &mut this.stream {
                Stream::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
                Stream::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
            })?;
            if this.ended || !this.line.lingers() {
                return Poll::Ready(Ok(()));
            }
        }
        this.linger
            .get_or_insert_with(Linger::new)
            .poll(this.stream.tcp(), cx)
            .map(Ok)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.line.is_broken() {
            // Where that fails, the connection ends all the same, only less visibly.
            drop(self.stream.tcp().set_zero_linger());
        }
    }
}
