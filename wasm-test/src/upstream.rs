//! The API behind Envoy: a server that records what reaches it, to the byte.
//!
//! A refused request must not be seen here, not even a header. So a request is recorded as soon as its head is there,
//! and bytes are counted as they come off the socket, before anything is parsed.

mod counted;
mod remote;

pub use remote::{RemoteUpstream, serve_record};

use crate::message::{Fields, Response, Seen};
use bytes::Bytes;
use counted::Counted;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A recording server; HTTP/1.1 and HTTP/2 without TLS on one port. It stops when dropped.
pub struct Upstream {
    address: SocketAddr,
    recorder: Recorder,
    accepting: JoinHandle<()>,
}

/// What was recorded up to a moment; by default the beginning.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mark {
    requests: usize,
    bytes: u64,
}

/// What reached upstream since a [`Mark`].
#[derive(Clone, Debug)]
pub struct Record {
    /// Requests, in the order in which their heads came.
    pub requests: Vec<Seen>,
    /// Bytes off the sockets.
    pub bytes: u64,
}

impl Mark {
    /// The moment up to which this was recorded, if recording began at this mark.
    #[must_use]
    pub fn after(self, record: &Record) -> Self {
        Self { requests: self.requests + record.requests.len(), bytes: self.bytes + record.bytes }
    }
}

#[derive(Clone, Default)]
struct Recorder {
    seen: Arc<Mutex<Vec<SharedSeen>>>,
    bytes: Arc<AtomicU64>,
    answer: Arc<Mutex<Option<Response>>>,
    forgets: bool,
}

/// A request that is still arriving.
type SharedSeen = Arc<Mutex<Seen>>;

impl Upstream {
    /// Listens on a free port of 127.0.0.1. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn start() -> std::io::Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Listens on this address.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn start_at(address: SocketAddr) -> std::io::Result<Self> {
        Self::start_with(address, Recorder::default()).await
    }

    /// The same, but each request is forgotten once it is answered: to run for ever.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn start_forgetful_at(address: SocketAddr) -> std::io::Result<Self> {
        Self::start_with(address, Recorder { forgets: true, ..Recorder::default() }).await
    }

    async fn start_with(address: SocketAddr, recorder: Recorder) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(accept(listener, recorder.clone()));
        Ok(Self { address, recorder, accepting })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What to answer from now on. Until then, answers describe the request in JSON.
    pub fn answer_with(&self, answer: Response) {
        *lock(&self.recorder.answer) = Some(answer);
    }

    /// This moment, for [`Upstream::since`].
    pub fn mark(&self) -> Mark {
        Mark { requests: lock(&self.recorder.seen).len(), bytes: self.recorder.bytes.load(Ordering::SeqCst) }
    }

    /// What came since.
    pub fn since(&self, mark: Mark) -> Record {
        let seen = lock(&self.recorder.seen);
        let requests = seen.iter().skip(mark.requests).map(|seen| lock(seen).clone()).collect();
        Record { requests, bytes: self.recorder.bytes.load(Ordering::SeqCst) - mark.bytes }
    }

    /// All that came.
    pub fn record(&self) -> Record {
        self.since(Mark::default())
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Takes connections until the server is dropped. A connection that breaks, breaks; what came of it is recorded.
async fn accept(listener: TcpListener, recorder: Recorder) {
    while let Ok((socket, _)) = listener.accept().await {
        let recorder = recorder.clone();
        let counted = Counted::new(socket, recorder.bytes.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, recorder.clone()));
            let server = auto::Builder::new(TokioExecutor::new());
            drop(server.serve_connection_with_upgrades(TokioIo::new(counted), service).await);
        });
    }
}

type Answer = http::Response<http_body_util::combinators::BoxBody<Bytes, Infallible>>;

async fn answer(mut request: http::Request<Incoming>, recorder: Recorder) -> Result<Answer, Infallible> {
    let seen = recorder.record_head(&request);
    if request.headers().contains_key(http::header::UPGRADE) {
        lock(&seen).complete = true;
        tokio::spawn(echo(hyper::upgrade::on(&mut request)));
        let switch = Response::new(101).field("connection", "upgrade").field("upgrade", "websocket");
        return Ok(as_http(switch));
    }
    let mut body = request.into_body();
    let mut whole = true;
    while !body.is_end_stream() {
        match body.frame().await {
            Some(Ok(frame)) => record_frame(&mut lock(&seen), frame),
            Some(Err(_)) => {
                whole = false;
                break;
            }
            None => break,
        }
    }
    lock(&seen).complete = whole;
    let answer = lock(&recorder.answer).clone();
    Ok(as_http(answer.unwrap_or_else(|| description(&lock(&seen)))))
}

impl Recorder {
    fn record_head(&self, request: &http::Request<Incoming>) -> SharedSeen {
        let path = request.uri().path_and_query().map_or("", |path| path.as_str());
        let lines = request.headers().iter().filter(|(name, _)| *name != http::header::HOST);
        let seen = Arc::new(Mutex::new(Seen {
            method: request.method().to_string(),
            path: path.to_owned(),
            fields: lines.collect(),
            ..Seen::default()
        }));
        if !self.forgets {
            lock(&self.seen).push(seen.clone());
        }
        seen
    }
}

fn record_frame(seen: &mut Seen, frame: hyper::body::Frame<Bytes>) {
    match frame.into_data() {
        Ok(data) => seen.body.extend(data),
        Err(frame) => {
            if let Ok(trailers) = frame.into_trailers() {
                seen.trailers = Fields::from_iter(trailers.iter());
            }
        }
    }
}

/// After an upgrade, every byte comes back.
async fn echo(upgrade: hyper::upgrade::OnUpgrade) {
    if let Ok(stream) = upgrade.await {
        let (mut reading, mut writing) = tokio::io::split(TokioIo::new(stream));
        drop(tokio::io::copy(&mut reading, &mut writing).await);
    }
}

/// What was seen, for people who call with curl.
fn description(seen: &Seen) -> Response {
    let fields: Vec<_> = seen
        .fields
        .iter()
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value)))
        .collect();
    let text = serde_json::json!({
        "method": seen.method,
        "path": seen.path,
        "headers": fields,
        "body": String::from_utf8_lossy(&seen.body),
    });
    Response::new(200).field("content-type", "application/json").body(format!("{text:#}\n"))
}

fn as_http(answer: Response) -> Answer {
    let mut response = http::Response::builder().status(answer.status);
    for (name, value) in answer.fields.iter() {
        response = response.header(name, value);
    }
    let body = Full::new(Bytes::from(answer.body));
    let body = if answer.trailers.is_empty() {
        body.boxed()
    } else {
        let trailers = header_map(&answer.trailers);
        body.with_trailers(async move { Some(Ok(trailers)) }).boxed()
    };
    response.body(body).expect("a scenario answers with what HTTP allows")
}

fn header_map(fields: &Fields) -> http::HeaderMap {
    let line = |(name, value): (&str, &[u8])| {
        let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a name");
        (name, http::HeaderValue::from_bytes(value).expect("a value"))
    };
    fields.iter().map(line).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no recorder panics")
}
