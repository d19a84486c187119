//! Load: a fixed number of HTTP/1.1 connections, on each of which the next request follows the answer.
//!
//! What is sent is written before, and of what comes the head is parsed and the body skipped, so that the load costs
//! less than what it is put on.

use super::{PATIENCE, broken};
use bytes::{Buf, Bytes, BytesMut};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// How many field lines an answer may have.
const FIELDS_MAX: usize = 64;

/// Connections that stay open from one trial to the next.
pub struct ClosedLoop {
    connections: Vec<Connection>,
    next: Arc<AtomicUsize>,
}

/// What came of a trial.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// How long each answer took, from the first byte written to the last one read.
    pub latencies: Vec<Duration>,
    /// How often each status came.
    pub statuses: BTreeMap<u16, usize>,
    /// How long all of it took.
    pub time: Duration,
}

impl ClosedLoop {
    /// Opens so many connections.
    ///
    /// # Errors
    /// When one cannot be opened.
    pub async fn connect(address: SocketAddr, connections: usize) -> io::Result<Self> {
        let mut opened = Vec::with_capacity(connections);
        for _ in 0..connections {
            opened.push(Connection::open(address).await?);
        }
        Ok(Self { connections: opened, next: Arc::default() })
    }

    /// Makes at least so many requests, these in turn; where the trial before ended, this one goes on.
    ///
    /// # Errors
    /// When a connection breaks or closes, or an answer does not come in time.
    pub async fn run(&mut self, requests: &Arc<[Bytes]>, count: usize) -> io::Result<Trial> {
        let start = Instant::now();
        let share = count.div_ceil(self.connections.len());
        let asking: Vec<_> = self
            .connections
            .drain(..)
            .map(|connection| tokio::spawn(connection.ask(requests.clone(), self.next.clone(), share)))
            .collect();
        let mut trial = Trial::default();
        for task in asking {
            let (connection, part) = task.await.map_err(io::Error::other)??;
            self.connections.push(connection);
            trial.latencies.extend(part.latencies);
            for (status, count) in part.statuses {
                *trial.statuses.entry(status).or_default() += count;
            }
        }
        trial.time = start.elapsed();
        Ok(trial)
    }
}

struct Connection {
    stream: TcpStream,
    unread: BytesMut,
}

impl Connection {
    async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, unread: BytesMut::with_capacity(32 * 1024) })
    }

    async fn ask(
        mut self,
        requests: Arc<[Bytes]>,
        next: Arc<AtomicUsize>,
        count: usize,
    ) -> io::Result<(Self, Trial)> {
        let mut trial = Trial { latencies: Vec::with_capacity(count), ..Trial::default() };
        for _ in 0..count {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let sent = Instant::now();
            self.stream.write_all(&requests[number % requests.len()]).await?;
            let late = |_| io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {PATIENCE:?}"));
            let status = timeout(PATIENCE, self.read()).await.map_err(late)??;
            trial.latencies.push(sent.elapsed());
            *trial.statuses.entry(status).or_default() += 1;
        }
        Ok((self, trial))
    }

    /// Reads a whole answer; its status.
    async fn read(&mut self) -> io::Result<u16> {
        let head = loop {
            match parse(&self.unread)? {
                Some(head) => break head,
                None => self.more().await?,
            }
        };
        self.skip(head.bytes).await?;
        match head.framing {
            Framing::Length(bytes) => self.skip(bytes).await?,
            Framing::Chunks => self.skip_chunks().await?,
        }
        Ok(head.status)
    }

    /// Chunks to the last, which is empty; none of those measured has trailers.
    async fn skip_chunks(&mut self) -> io::Result<()> {
        loop {
            let line = loop {
                match self.unread.windows(2).position(|pair| pair == b"\r\n") {
                    Some(end) => break self.unread.split_to(end + 2),
                    None => self.more().await?,
                }
            };
            let digits = std::str::from_utf8(&line).map_err(broken)?.trim_end();
            let bytes = usize::from_str_radix(digits, 16).map_err(broken)?;
            self.skip(bytes + 2).await?;
            if bytes == 0 {
                return Ok(());
            }
        }
    }

    async fn skip(&mut self, bytes: usize) -> io::Result<()> {
        while self.unread.len() < bytes {
            self.more().await?;
        }
        self.unread.advance(bytes);
        Ok(())
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.unread).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

struct Head {
    status: u16,
    bytes: usize,
    framing: Framing,
}

enum Framing {
    Length(usize),
    Chunks,
}

/// The head of an answer, if all of it is there.
fn parse(bytes: &[u8]) -> io::Result<Option<Head>> {
    let mut lines = [httparse::EMPTY_HEADER; FIELDS_MAX];
    let mut head = httparse::Response::new(&mut lines);
    let httparse::Status::Complete(head_bytes) = head.parse(bytes).map_err(broken)? else { return Ok(None) };
    let value = |name: &str| {
        let line = head.headers.iter().find(|line| line.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(line.value).ok()
    };
    if value("connection") == Some("close") {
        return Err(broken(format!("the answer {} closes the connection", head.code.unwrap_or_default())));
    }
    let framing = match value("content-length") {
        Some(length) => Framing::Length(length.parse().map_err(broken)?),
        None if value("transfer-encoding") == Some("chunked") => Framing::Chunks,
        None => Framing::Length(0),
    };
    Ok(Some(Head { status: head.code.unwrap_or_default(), bytes: head_bytes, framing }))
}
