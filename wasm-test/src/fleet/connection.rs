//! A connection that asks fast: what it sends is written before, of what it gets the head alone is read.

use super::gate::STAMP;
use bytes::{Buf, BytesMut};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How many field lines an answer may have.
const FIELDS_MAX: usize = 64;

/// What matters of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    /// The status code.
    pub(super) status: u16,
    /// When Envoy took the request and when it gave the answer, since 1970.
    pub(super) judged: Option<(Duration, Duration)>,
    /// Whether Envoy closes the connection.
    closes: bool,
}

/// One HTTP/1.1 connection, opened anew where it was closed.
pub(super) struct Connection {
    address: SocketAddr,
    open: Option<(TcpStream, BytesMut)>,
}

impl Connection {
    pub(super) fn to(address: SocketAddr) -> Self {
        Self { address, open: None }
    }

    /// Sends a request, and waits for its whole answer.
    pub(super) async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        let (mut stream, mut buffer) = match self.open.take() {
            Some(open) => open,
            None => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                (stream, BytesMut::with_capacity(4096))
            }
        };
        stream.write_all(request).await?;
        let answer = read(&mut stream, &mut buffer).await?;
        if !answer.closes {
            self.open = Some((stream, buffer));
        }
        Ok(answer)
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut BytesMut) -> io::Result<Answer> {
    loop {
        if let Some((answer, bytes)) = parse(buffer)? {
            while buffer.len() < bytes {
                more(stream, buffer).await?;
            }
            buffer.advance(bytes);
            return Ok(answer);
        }
        more(stream, buffer).await?;
    }
}

async fn more(stream: &mut TcpStream, buffer: &mut BytesMut) -> io::Result<()> {
    match stream.read_buf(buffer).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

/// An answer and the number of its bytes, if its head is there.
fn parse(bytes: &[u8]) -> io::Result<Option<(Answer, usize)>> {
    let mut lines = [httparse::EMPTY_HEADER; FIELDS_MAX];
    let mut head = httparse::Response::new(&mut lines);
    let httparse::Status::Complete(head_bytes) = head.parse(bytes).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let value = |name: &str| {
        let line = head.headers.iter().find(|line| line.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(line.value).ok()
    };
    let body_bytes: usize = value("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let answer = Answer {
        status: head.code.unwrap_or_default(),
        judged: value(STAMP).and_then(judged),
        closes: value("connection") == Some("close"),
    };
    Ok(Some((answer, head_bytes + body_bytes)))
}

/// `1764000000.123456 1764000000.123999`
fn judged(stamp: &str) -> Option<(Duration, Duration)> {
    let moment = |text: &str| {
        let (seconds, microseconds) = text.split_once('.')?;
        let seconds = Duration::from_secs(seconds.parse().ok()?);
        Some(seconds + Duration::from_micros(microseconds.parse().ok()?))
    };
    let (taken, given) = stamp.split_once(' ')?;
    Some((moment(taken)?, moment(given)?))
}
