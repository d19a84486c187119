//! A million requests from a hundred thousand addresses: `make soak`. The state they leave behind must stay under the
//! bound that README.md states, and Envoy's memory must not grow over the last half.

use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::interval;
use wasm_test::client::Http1;
use wasm_test::envoy::{Listener, Stage};
use wasm_test::fixture::{development, key};
use wasm_test::message::Peer;
use wasm_test::scenario::get;

const REQUESTS: u32 = 1_000_000;
const ADDRESSES: u32 = 100_000;
const CONNECTIONS: u32 = 16;
const PROGRESS_INTERVAL: Duration = Duration::from_secs(5);

/// What README.md says shared data takes at most, with the default ring.
const STATE_BYTES_MAX: u64 = 16 << 20;
/// Memory may waver by so much: allocators keep pages, and connections come and go.
const WAVERING_BYTES: u64 = 2 << 20;

fn main() -> ExitCode {
    let configuration = development()
        .set("/rate_limit", json!({"requests_per_second": 1_000_000, "burst": 1_000_000}))
        .set("/waf/burst/requests", json!(1_000_000));
    let listener =
        Listener { trusted_hops: 1, answers_itself: true, ..Listener::new("soak", &configuration) };
    let stage = Stage::of_workers(4, &[listener], "soak");
    let start = stage.envoy.resident_bytes();
    let next = Arc::new(AtomicU32::new(0));
    let clients: Vec<_> =
        (0..CONNECTIONS).map(|_| stage.runtime.spawn(ask(stage.address(), next.clone()))).collect();
    let half = stage.runtime.block_on(watch(&stage, &next));
    for client in clients {
        stage.runtime.block_on(client).expect("no client fails");
    }
    let end = stage.envoy.resident_bytes();
    let (grown, late) = (end.saturating_sub(start), end.saturating_sub(half));
    println!("{REQUESTS} requests from {ADDRESSES} addresses, 4 workers");
    println!("memory of Envoy: {} at the start, {} at half, {} at the end", mib(start), mib(half), mib(end));
    println!(
        "grown by {} in all (bound {}), by {} over the last half",
        mib(grown),
        mib(STATE_BYTES_MAX),
        mib(late)
    );
    let flat = late <= WAVERING_BYTES && grown <= STATE_BYTES_MAX;
    println!("{}", if flat { "flat" } else { "NOT FLAT" });
    if flat { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints how far it is; the memory when half was asked.
async fn watch(stage: &Stage, next: &AtomicU32) -> u64 {
    let mut half = None;
    let mut asking = interval(PROGRESS_INTERVAL);
    loop {
        asking.tick().await;
        let asked = next.load(Ordering::Relaxed).min(REQUESTS);
        let resident = stage.envoy.resident_bytes();
        eprintln!("{asked:>8} requests, Envoy holds {}", mib(resident));
        if asked >= REQUESTS / 2 {
            half.get_or_insert(resident);
        }
        if asked == REQUESTS {
            return half.unwrap_or(resident);
        }
    }
}

/// One client that speaks for all addresses in turn, as a trusted proxy does. Some of what it sends is refused: wrong
/// keys are counted against their address, and lead to blocks.
async fn ask(address: SocketAddr, next: Arc<AtomicU32>) {
    let mut connection =
        Http1::connect(address, IpAddr::V4(Ipv4Addr::LOCALHOST)).await.expect("Envoy takes connections");
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= REQUESTS {
            return;
        }
        let good = !number.is_multiple_of(4);
        let mut request =
            get("/v1/acme/x").field("x-api-key", if good { key("acme-live") } else { "x".into() });
        // Every address has ten turns, and a different mix of good and wrong keys.
        let client = number.wrapping_mul(7919) % ADDRESSES;
        request.peer = Peer::Forwarded(IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + client)));
        let answer = connection.send(&request).await.expect("an answer");
        assert!(matches!(answer.status, 200 | 401 | 403), "{} {}", answer.status, answer.text());
    }
}

fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
