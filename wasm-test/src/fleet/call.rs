//! A call to the service as an Envoy makes it.

use crate::protobuf::{Value, put};
use bytes::Bytes;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

const METHOD: &str = "http://ratelimit/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";

/// Waits until the service answers within [`PROMPT`]; the moment. A service whose Redis came back may need seconds to
/// find that out: its connections to it are tried again at growing intervals, of up to 4 s.
pub(super) async fn answers_again(address: SocketAddr) -> Instant {
    let mut trying = interval(Duration::from_millis(20));
    loop {
        trying.tick().await;
        let one = round_trips(address, 1, Duration::from_millis(1));
        if let Ok(Ok(_)) = timeout(PROMPT, one).await {
            return Instant::now();
        }
    }
}

/// Longer than calls take, shorter than anybody would wait for one.
const PROMPT: Duration = Duration::from_millis(50);

/// How long calls take, one after another on one connection, each at its tick.
pub(super) async fn round_trips(
    address: SocketAddr,
    calls: usize,
    pace: Duration,
) -> io::Result<Vec<Duration>> {
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let (mut streams, connection) = h2::client::handshake(socket).await.map_err(io::Error::other)?;
    let driver = tokio::spawn(async move { drop(connection.await) });
    let message = framed(&request("round-trips"));
    let mut ticking = interval(pace);
    ticking.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut times = Vec::with_capacity(calls);
    for _ in 0..calls {
        ticking.tick().await;
        let start = Instant::now();
        let head =
            http::Request::post(METHOD).header("content-type", "application/grpc").header("te", "trailers");
        let head = head.body(()).map_err(io::Error::other)?;
        let (answer, mut body) = streams.send_request(head, false).map_err(io::Error::other)?;
        body.send_data(message.clone(), true).map_err(io::Error::other)?;
        let mut answer = answer.await.map_err(io::Error::other)?.into_body();
        while let Some(data) = answer.data().await {
            let data = data.map_err(io::Error::other)?;
            answer.flow_control().release_capacity(data.len()).map_err(io::Error::other)?;
        }
        let trailers = answer.trailers().await.map_err(io::Error::other)?;
        let status = trailers.as_ref().and_then(|trailers| trailers.get("grpc-status"));
        if status.is_none_or(|status| status != "0") {
            return Err(io::Error::other(format!("the service answered {status:?}")));
        }
        times.push(start.elapsed());
    }
    driver.abort();
    Ok(times)
}

/// A RateLimitRequest for one hit of a tenant of this name, of which there may be many.
fn request(tenant: &str) -> Vec<u8> {
    let mut entry = Vec::new();
    put(&mut entry, 1, Value::Bytes(b"tenant"));
    put(&mut entry, 2, Value::Bytes(tenant.as_bytes()));
    let mut limit = Vec::new();
    put(&mut limit, 1, Value::Number(1_000_000));
    put(&mut limit, 2, Value::Number(1));
    let mut descriptor = Vec::new();
    put(&mut descriptor, 1, Value::Bytes(&entry));
    put(&mut descriptor, 2, Value::Bytes(&limit));
    let mut request = Vec::new();
    put(&mut request, 1, Value::Bytes(b"tollgate"));
    put(&mut request, 2, Value::Bytes(&descriptor));
    request
}

/// A message as gRPC sends it: not compressed, behind its length.
fn framed(message: &[u8]) -> Bytes {
    let length = u32::try_from(message.len()).expect("a small message").to_be_bytes();
    Bytes::from([&[0], &length[..], message].concat())
}
