//! A stand-in for the rate limit service that fails in every way a real one might.

use crate::protobuf::{Value, fields, put};
use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A service that answers as it is told. It stops when dropped.
pub struct FakeService {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

/// How it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As the real one with enough left.
    Ok,
    /// As the real one when the limit is reached.
    OverLimit,
    /// OK after this time.
    Late(Duration),
    /// Never.
    Silent,
    /// Takes the call and resets its stream.
    Reset,
    /// Closes the connection with the call on it.
    Close,
    /// OK without `current_limit`, as the real one does for a domain it does not know.
    NoLimit,
    /// A gRPC status other than 0, without a message.
    GrpcStatus(u8),
    /// An HTTP status other than 200.
    HttpStatus(u16),
    /// These bytes for a message.
    Message(Vec<u8>),
    /// OK, with fewer statuses than were asked for.
    TooFewStatuses,
}

/// One descriptor of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The domain of the call.
    pub domain: String,
    /// Key and value of each entry.
    pub entries: Vec<(String, String)>,
    /// How many hits are added: the descriptor's own, else the call's.
    pub hits: u64,
    /// Requests and unit (1: second) of the limit that is sent along.
    pub limit: Option<(u64, u64)>,
}

struct State {
    manner: Manner,
    asked: Vec<Vec<Asked>>,
}

/// What its limit says: the unit `SECOND`.
const SECOND: u64 = 1;

impl FakeService {
    /// Listens on a free port. Must be called within a runtime.
    ///
    /// # Panics
    /// When there is none.
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let state = Arc::new(Mutex::new(State { manner, asked: Vec::new() }));
        let accepting = tokio::spawn(accept(listener, state.clone()));
        Self { address, state, accepting }
    }

    /// Where it takes calls.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers so from now on.
    pub fn turn(&self, manner: Manner) {
        lock(&self.state).manner = manner;
    }

    /// What was asked so far, call by call.
    pub fn asked(&self) -> Vec<Vec<Asked>> {
        lock(&self.state).asked.clone()
    }
}

impl Drop for FakeService {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>) {
    while let Ok((socket, _)) = listener.accept().await {
        tokio::spawn(serve(socket, state.clone()));
    }
}

/// One connection; it ends with the other side, or with the first call that is to end it.
async fn serve(socket: TcpStream, state: Arc<Mutex<State>>) {
    let Ok(mut connection) = h2::server::handshake(socket).await else { return };
    while let Some(Ok((request, respond))) = connection.accept().await {
        if lock(&state).manner == Manner::Close {
            return;
        }
        tokio::spawn(answer(request, respond, state.clone()));
    }
}

async fn answer(
    request: http::Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    state: Arc<Mutex<State>>,
) -> Option<()> {
    let asked = descriptors(&whole(request.into_body()).await?);
    let count = asked.len();
    let manner = {
        let mut state = lock(&state);
        state.asked.push(asked);
        state.manner.clone()
    };
    match manner {
        Manner::Ok => send(&mut respond, 200, 0, Some(response(OK, count, true))),
        Manner::OverLimit => send(&mut respond, 200, 0, Some(response(OVER_LIMIT, count, true))),
        Manner::NoLimit => send(&mut respond, 200, 0, Some(response(OK, count, false))),
        Manner::TooFewStatuses => {
            send(&mut respond, 200, 0, Some(response(OK, count.saturating_sub(1), true)))
        }
        Manner::Message(bytes) => send(&mut respond, 200, 0, Some(bytes)),
        Manner::GrpcStatus(status) => send(&mut respond, 200, status, None),
        Manner::HttpStatus(status) => send(&mut respond, status, 0, None),
        Manner::Late(time) => {
            tokio::time::sleep(time).await;
            send(&mut respond, 200, 0, Some(response(OK, count, true)))
        }
        Manner::Silent => std::future::pending().await,
        Manner::Reset | Manner::Close => {
            respond.send_reset(Reason::INTERNAL_ERROR);
            Some(())
        }
    }
}

async fn whole(mut body: RecvStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(data) = body.data().await {
        let data = data.ok()?;
        body.flow_control().release_capacity(data.len()).ok()?;
        bytes.extend(data);
    }
    Some(bytes)
}

/// An answer as gRPC frames it: a message behind its length, and a status in the trailers.
fn send(respond: &mut SendResponse<Bytes>, status: u16, grpc: u8, message: Option<Vec<u8>>) -> Option<()> {
    let head = http::Response::builder().status(status).header("content-type", "application/grpc");
    let mut stream = respond.send_response(head.body(()).ok()?, false).ok()?;
    if let Some(message) = message {
        let length = u32::try_from(message.len()).ok()?.to_be_bytes();
        stream.send_data(Bytes::from([&[0], &length[..], &message].concat()), false).ok()?;
    }
    let mut trailers = http::HeaderMap::new();
    trailers.insert("grpc-status", http::HeaderValue::from(u16::from(grpc)));
    stream.send_trailers(trailers).ok()
}

const OK: u64 = 1;
const OVER_LIMIT: u64 = 2;

/// A RateLimitResponse with this code for each of so many descriptors.
fn response(code: u64, count: usize, with_limit: bool) -> Vec<u8> {
    const LIMIT: u64 = 1_000_000;
    let mut limit = Vec::new();
    put(&mut limit, 1, Value::Number(LIMIT));
    put(&mut limit, 2, Value::Number(SECOND));
    let mut until_reset = Vec::new();
    put(&mut until_reset, 1, Value::Number(1));
    let mut status = Vec::new();
    put(&mut status, 1, Value::Number(code));
    if with_limit {
        put(&mut status, 2, Value::Bytes(&limit));
        put(&mut status, 3, Value::Number(if code == OK { LIMIT / 2 } else { 0 }));
        put(&mut status, 4, Value::Bytes(&until_reset));
    }
    let mut response = Vec::new();
    put(&mut response, 1, Value::Number(code));
    for _ in 0..count {
        put(&mut response, 2, Value::Bytes(&status));
    }
    response
}

/// The descriptors of a RateLimitRequest, behind the five bytes with which gRPC frames it.
fn descriptors(framed: &[u8]) -> Vec<Asked> {
    let message = fields(framed.get(5..).expect("a message"));
    let bytes = |field: u64| {
        message.iter().filter_map(move |(number, value)| match value {
            Value::Bytes(bytes) if *number == field => Some(*bytes),
            _ => None,
        })
    };
    let domain = bytes(1).next().map(text).unwrap_or_default();
    let hits = message.iter().find_map(|(number, value)| match value {
        Value::Number(hits) if *number == 3 => Some(*hits),
        _ => None,
    });
    bytes(2).map(|descriptor| asked(descriptor, &domain, hits.unwrap_or(1))).collect()
}

fn asked(descriptor: &[u8], domain: &str, hits: u64) -> Asked {
    let mut asked = Asked { domain: domain.to_owned(), hits, ..Asked::default() };
    for field in fields(descriptor) {
        match field {
            (1, Value::Bytes(entry)) => {
                let entry = fields(entry);
                let part = |field| match entry.iter().find(|(number, _)| *number == field) {
                    Some((_, Value::Bytes(bytes))) => text(bytes),
                    _ => String::new(),
                };
                asked.entries.push((part(1), part(2)));
            }
            (2, Value::Bytes(limit)) => {
                let limit = fields(limit);
                let part = |field| match limit.iter().find(|(number, _)| *number == field) {
                    Some((_, Value::Number(number))) => *number,
                    _ => 0,
                };
                asked.limit = Some((part(1), part(2)));
            }
            // A google.protobuf.UInt64Value; an empty one is 0.
            (3, Value::Bytes(hits)) => {
                asked.hits = match fields(hits).first() {
                    Some((_, Value::Number(hits))) => *hits,
                    _ => 0,
                };
            }
            _ => {}
        }
    }
    asked
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("no call panics with the state in hand")
}
