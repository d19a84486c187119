//! An authorization service as one would write it: it knows keys and clients, keeps a bucket for each client, and says
//! what to put into request and answer. One thread; no digest, so it does a little less than Tollgate.
//!
//! Fields by their numbers in `envoy/service/auth/v3/external_auth.proto` and `attribute_context.proto`.

use crate::chain::CLIENT_HEADER;
use bytes::Bytes;
use h2::RecvStream;
use h2::server::SendResponse;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::time::{Instant, interval, timeout};
use wasm_test::child::{Watched, free_port};
use wasm_test::protobuf::{Value, fields, put};
use wasm_test::workload::{CLIENTS, KEYS, client, client_of, key_of, limit_of};

/// The first argument of this program when it is to be the service; the port follows.
pub(crate) const ARGUMENT: &str = "authz-service";

/// A running service, in a process of its own. It ends when dropped.
pub(crate) struct Service {
    child: Watched,
    port: u16,
}

impl Service {
    /// Starts this program once more.
    pub(crate) async fn start(folder: &Path) -> Self {
        let port = free_port();
        let program = std::env::current_exe().expect("this program has a file");
        let arguments = [ARGUMENT.to_owned(), port.to_string()];
        let child = Watched::start(&program, &arguments, &[], folder, "authz");
        let listening = async {
            let mut asking = interval(Duration::from_millis(10));
            while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
                asking.tick().await;
            }
        };
        timeout(wasm_test::client::PATIENCE, listening).await.expect("the service listens in time");
        Self { child, port }
    }

    /// Where it takes calls, on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Processor time that it has used.
    pub(crate) fn cpu_time(&self) -> Duration {
        self.child.cpu_time()
    }
}

/// Serves until it is killed.
pub(crate) fn serve(port: u16) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address).await.expect("the port is free");
        let clients = Arc::new(Mutex::new(Clients::of_the_load()));
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(converse(socket, clients.clone()));
        }
    });
}

async fn converse(socket: TcpStream, clients: Arc<Mutex<Clients>>) {
    drop(socket.set_nodelay(true));
    let Ok(mut connection) = h2::server::handshake(socket).await else { return };
    while let Some(Ok((request, respond))) = connection.accept().await {
        tokio::spawn(answer(request, respond, clients.clone()));
    }
}

async fn answer(
    request: http::Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    clients: Arc<Mutex<Clients>>,
) -> Option<()> {
    let mut body = request.into_body();
    let mut message = Vec::new();
    while let Some(data) = body.data().await {
        let data = data.ok()?;
        body.flow_control().release_capacity(data.len()).ok()?;
        message.extend(data);
    }
    // gRPC puts five bytes before a message.
    let verdict = clients.lock().expect("no call panics").judge(message.get(5..)?);
    let length = u32::try_from(verdict.len()).ok()?.to_be_bytes();
    let head = http::Response::builder().header("content-type", "application/grpc").body(()).ok()?;
    let mut stream = respond.send_response(head, false).ok()?;
    stream.send_data(Bytes::from([&[0], &length[..], &verdict].concat()), false).ok()?;
    let mut trailers = http::HeaderMap::new();
    trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
    stream.send_trailers(trailers).ok()
}

struct Clients {
    by_key: HashMap<String, usize>,
    buckets: Vec<Bucket>,
}

struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Clients {
    fn of_the_load() -> Self {
        let now = Instant::now();
        let bucket = |number| Bucket { tokens: f64::from(limit_of(number).1), at: now };
        Self {
            by_key: (0..KEYS).map(|key| (key_of(key), client_of(key))).collect(),
            buckets: (0..CLIENTS).map(bucket).collect(),
        }
    }

    /// A CheckRequest in, a CheckResponse out.
    fn judge(&mut self, request: &[u8]) -> Vec<u8> {
        let Some(key) = api_key(request) else { return denied(401, "missing-api-key", &[]) };
        let Some(&number) = self.by_key.get(key) else { return denied(401, "invalid-api-key", &[]) };
        let (rate, burst) = limit_of(number);
        let bucket = &mut self.buckets[number];
        let now = Instant::now();
        let earned = (now - bucket.at).as_secs_f64() * f64::from(rate);
        bucket.tokens = f64::from(burst).min(bucket.tokens + earned);
        bucket.at = now;
        let admitted = bucket.tokens >= 1.0;
        if admitted {
            bucket.tokens -= 1.0;
        }
        let policy = format!("\"default\";q={rate};w=1");
        let left = format!("\"default\";r={};t=1", bucket.tokens as u64);
        let limit = [("ratelimit-policy", &policy[..]), ("ratelimit", &left[..])];
        if admitted { allowed(&client(number), &limit) } else { denied(429, "rate-limited", &limit) }
    }
}

/// `attributes.request.http.headers["x-api-key"]`.
fn api_key(request: &[u8]) -> Option<&str> {
    let http = [1, 4, 2].into_iter().try_fold(request, message)?;
    fields(http).into_iter().find_map(|field| match field {
        (3, Value::Bytes(entry)) if message(entry, 1) == Some(b"x-api-key") => {
            std::str::from_utf8(message(entry, 2)?).ok()
        }
        _ => None,
    })
}

/// A field of a message, of which there is one.
fn message(bytes: &[u8], wanted: u64) -> Option<&[u8]> {
    fields(bytes).into_iter().find_map(|field| match field {
        (number, Value::Bytes(value)) if number == wanted => Some(value),
        _ => None,
    })
}

fn allowed(client: &str, limit: &[(&str, &str)]) -> Vec<u8> {
    let mut response = Vec::new();
    put_header(&mut response, 2, CLIENT_HEADER, client);
    put(&mut response, 5, Value::Bytes(b"x-api-key"));
    for (name, value) in limit {
        put_header(&mut response, 6, name, value);
    }
    verdict(0, 3, &response)
}

fn denied(status: u64, name: &str, limit: &[(&str, &str)]) -> Vec<u8> {
    const PERMISSION_DENIED: u64 = 7;
    let mut code = Vec::new();
    put(&mut code, 1, Value::Number(status));
    let mut response = Vec::new();
    put(&mut response, 1, Value::Bytes(&code));
    put_header(&mut response, 2, "content-type", "application/problem+json");
    for (name, value) in limit {
        put_header(&mut response, 2, name, value);
    }
    let body = format!(r#"{{"type":"urn:problem:{name}","title":"{name}","status":{status}}}"#);
    put(&mut response, 3, Value::Bytes(body.as_bytes()));
    verdict(PERMISSION_DENIED, 2, &response)
}

fn verdict(code: u64, field: u64, response: &[u8]) -> Vec<u8> {
    let mut status = Vec::new();
    put(&mut status, 1, Value::Number(code));
    let mut verdict = Vec::new();
    put(&mut verdict, 1, Value::Bytes(&status));
    put(&mut verdict, field, Value::Bytes(response));
    verdict
}

/// A HeaderValueOption that replaces what is there.
fn put_header(message: &mut Vec<u8>, field: u64, name: &str, value: &str) {
    const OVERWRITE_IF_EXISTS_OR_ADD: u64 = 2;
    let mut header = Vec::new();
    put(&mut header, 1, Value::Bytes(name.as_bytes()));
    put(&mut header, 2, Value::Bytes(value.as_bytes()));
    let mut option = Vec::new();
    put(&mut option, 1, Value::Bytes(&header));
    put(&mut option, 3, Value::Number(OVERWRITE_IF_EXISTS_OR_ADD));
    put(message, field, Value::Bytes(&option));
}
