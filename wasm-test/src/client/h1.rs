//! HTTP/1.1 by hand.

use super::{Stream, broken, connect, forwarded_for, in_time};
use crate::message::{Fields, Request, Response};
use std::io;
use std::net::{IpAddr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};

/// How many field lines an answer may have.
const FIELDS_MAX: usize = 128;

/// How long the head of an answer may be, and a line of its body's framing.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// One connection.
pub struct Http1 {
    stream: BufReader<Box<dyn Stream>>,
}

impl Http1 {
    /// Connects from an address of this machine.
    ///
    /// # Errors
    /// When there is no connection.
    pub async fn connect(address: SocketAddr, source: IpAddr) -> io::Result<Self> {
        Ok(Self::over(connect(address, source).await?))
    }

    /// On a connection that is there.
    pub fn over(stream: impl Stream + 'static) -> Self {
        Self { stream: BufReader::new(Box::new(stream)) }
    }

    /// Sends a request and reads its answer. The connection can be used again, unless the answer closed it.
    ///
    /// # Errors
    /// When there is no whole answer in time.
    pub async fn send(&mut self, request: &Request) -> io::Result<Response> {
        in_time(async {
            // A refusal may come, and the connection close, while the body is still being sent.
            let mut unsent = self.write(&head_of(request)).await;
            for piece in pieces_of(request) {
                if unsent.is_ok() {
                    unsent = self.write(&piece).await;
                }
            }
            match (self.read_answer(request.method == "HEAD").await, unsent) {
                (Ok(answer), _) => Ok(answer),
                (Err(unanswered), Ok(())) => Err(unanswered),
                (Err(_), Err(unsent)) => Err(unsent),
            }
        })
        .await
    }

    /// Reads bytes as they are.
    ///
    /// # Errors
    /// When the connection closes before there are so many.
    pub async fn read(&mut self, bytes: usize) -> io::Result<Vec<u8>> {
        let mut read = vec![0; bytes];
        in_time(self.stream.read_exact(&mut read)).await?;
        Ok(read)
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    /// When the connection is closed.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Reads one answer; interim ones (1xx but for 101) are skipped. The answer to `HEAD` has no body.
    ///
    /// # Errors
    /// When the connection closes before the answer is whole, or what comes is not HTTP/1.1.
    pub async fn read_answer(&mut self, head_only: bool) -> io::Result<Response> {
        loop {
            let head = self.read_until(b"\r\n\r\n").await?;
            let mut answer = parse_head(&head)?;
            match answer.status {
                100 | 102..=199 => {}
                101 | 204 | 304 => return Ok(answer),
                _ if head_only => return Ok(answer),
                _ => {
                    self.read_body(&mut answer).await?;
                    return Ok(answer);
                }
            }
        }
    }

    async fn read_body(&mut self, answer: &mut Response) -> io::Result<()> {
        if answer.fields.text("transfer-encoding").is_some_and(|coding| coding.ends_with("chunked")) {
            return self.read_chunks(answer).await;
        }
        match answer.fields.text("content-length") {
            Some(length) => {
                answer.body = vec![0; length.parse().map_err(broken)?];
                self.stream.read_exact(&mut answer.body).await?;
            }
            None => {
                self.stream.read_to_end(&mut answer.body).await?;
            }
        }
        Ok(())
    }

    async fn read_chunks(&mut self, answer: &mut Response) -> io::Result<()> {
        loop {
            let line = self.read_until(b"\r\n").await?;
            let digits = line.split(|byte| matches!(byte, b';' | b'\r')).next().unwrap_or_default();
            let size = usize::from_str_radix(&String::from_utf8_lossy(digits), 16).map_err(broken)?;
            if size == 0 {
                break;
            }
            let start = answer.body.len();
            answer.body.resize(start + size, 0);
            self.stream.read_exact(&mut answer.body[start..]).await?;
            self.read_until(b"\r\n").await?;
        }
        loop {
            let line = self.read_until(b"\r\n").await?;
            let Some(colon) = line.iter().position(|&byte| byte == b':') else { return Ok(()) };
            let value = line[colon + 1..].trim_ascii();
            answer.trailers.push(&String::from_utf8_lossy(&line[..colon]), value);
        }
    }

    async fn read_until(&mut self, end: &[u8]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(end) {
            if bytes.len() == HEAD_BYTES_MAX {
                return Err(broken("the head of an answer does not end"));
            }
            bytes.push(self.stream.read_u8().await?);
        }
        Ok(bytes)
    }
}

/// A request as it is written onto the socket.
pub fn bytes_of(request: &Request) -> Vec<u8> {
    [head_of(request), pieces_of(request).concat()].concat()
}

fn head_of(request: &Request) -> Vec<u8> {
    let mut head =
        format!("{} {} HTTP/1.1\r\nhost: {}\r\n", request.method, request.target, request.authority);
    if let Some(client) = forwarded_for(request) {
        head.push_str(&format!("x-forwarded-for: {client}\r\n"));
    }
    let mut head = head.into_bytes();
    write_fields(&mut head, &request.fields);
    write_fields(&mut head, &request.framing());
    head.extend(b"\r\n");
    head
}

/// The pieces of the body as they are written: as they are, or each as a chunk.
fn pieces_of(request: &Request) -> Vec<Vec<u8>> {
    if !request.chunked {
        return request.body.clone();
    }
    let chunk = |piece: &Vec<u8>| [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
    let mut pieces: Vec<_> = request.body.iter().filter(|piece| !piece.is_empty()).map(chunk).collect();
    let mut end = b"0\r\n".to_vec();
    write_fields(&mut end, &request.trailers);
    end.extend(b"\r\n");
    pieces.push(end);
    pieces
}

fn write_fields(bytes: &mut Vec<u8>, fields: &Fields) {
    for (name, value) in fields.iter() {
        bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
}

fn parse_head(head: &[u8]) -> io::Result<Response> {
    let mut lines = [httparse::EMPTY_HEADER; FIELDS_MAX];
    let mut parsed = httparse::Response::new(&mut lines);
    parsed.parse(head).map_err(broken)?;
    let status = parsed.code.ok_or_else(|| broken("an answer without a status"))?;
    let fields = parsed.headers.iter().map(|line| (line.name, line.value)).collect();
    Ok(Response { fields, ..Response::new(status) })
}
