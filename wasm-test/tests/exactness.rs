//! A bucket over real time: one key, 50 requests a second, burst 50, two workers, several connections.
//!
//! Admitted must be within [ideal - 2, ideal + 1], where ideal = burst + rate x time. When within its exchange Envoy
//! judged a request cannot be seen from outside, so each bound uses the end of the exchange that is unfavourable to the
//! filter's excuse and not to its exactness: nobody can have been admitted by time that had not passed, and after a
//! refusal nobody can say that tokens were left lying.

use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Barrier;
use tokio::time::{Instant, MissedTickBehavior, interval};
use wasm_test::client::Http1;
use wasm_test::envoy::{Listener, Release, Stage};
use wasm_test::fixture::{development, key};
use wasm_test::message::{Request, Response};
use wasm_test::scenario::get;

const RATE: f64 = 50.0;
const BURST: f64 = 50.0;

/// Each connection asks this often: with eight of them, eight times as often as the rate allows.
const ASKING_INTERVAL: Duration = Duration::from_millis(20);

/// One request and its answer, by the client's clock.
#[derive(Clone, Copy)]
struct Attempt {
    sent: Instant,
    answered: Instant,
    admitted: bool,
}

#[test]
fn an_overloaded_bucket_admits_burst_and_rate_times_time() {
    let stage = stage();
    let address = stage.address();
    let attempts = stage.runtime.block_on(overload(address, 8, Duration::from_secs(5)));
    assert_exact(&attempts);
    both_workers_served(&stage);
}

#[test]
fn a_bucket_created_by_many_first_requests_at_once_is_as_exact() {
    let stage = stage();
    let address = stage.address();
    let attempts = stage.runtime.block_on(overload(address, 64, Duration::from_secs(2)));
    assert_exact(&attempts);
    both_workers_served(&stage);
}

fn stage() -> Stage {
    let limited =
        development().set("/rate_limit", json!({"requests_per_second": RATE as u32, "burst": BURST as u32}));
    let listener = Listener::new("exactness", &limited);
    let stage = Stage::set(Release::Newest, &[listener], &[], "exactness");
    stage.upstream.answer_with(Response::new(200));
    stage
}

/// So many connections, all with their first request at once, then each at its own pace.
async fn overload(address: SocketAddr, connections: usize, time: Duration) -> Vec<Attempt> {
    let at_once = Arc::new(Barrier::new(connections));
    let asking: Vec<_> =
        (0..connections).map(|_| tokio::spawn(ask(address, at_once.clone(), time))).collect();
    let mut attempts = Vec::new();
    for task in asking {
        attempts.extend(task.await.expect("no connection fails"));
    }
    attempts
}

async fn ask(address: SocketAddr, at_once: Arc<Barrier>, time: Duration) -> Vec<Attempt> {
    let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut connection = Http1::connect(address, source).await.expect("Envoy takes connections");
    let request: Request = get("/v1/acme/x").field("x-api-key", key("acme-live"));
    let mut attempts = Vec::new();
    at_once.wait().await;
    let end = Instant::now() + time;
    let mut asking = interval(ASKING_INTERVAL);
    asking.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while Instant::now() < end {
        asking.tick().await;
        let sent = Instant::now();
        let status = connection.send(&request).await.expect("an answer").status;
        assert!(matches!(status, 200 | 429), "{status}");
        attempts.push(Attempt { sent, answered: Instant::now(), admitted: status == 200 });
    }
    attempts
}

fn assert_exact(attempts: &[Attempt]) {
    let admitted = attempts.iter().filter(|attempt| attempt.admitted).count() as f64;
    let first_sent = attempts.iter().map(|attempt| attempt.sent).min().expect("attempts");
    let last_answered = attempts.iter().map(|attempt| attempt.answered).max().expect("attempts");
    let ideal = |from: Instant, to: Instant| BURST + RATE * to.duration_since(from).as_secs_f64();

    // The bucket is as old as its first request, which was judged after it was sent; the last was judged before it was
    // answered.
    let most = ideal(first_sent, last_answered);
    assert!(admitted <= most + 1.0, "{admitted} admitted, ideal {most:.2}");

    // When the last refusal was judged, not before it was sent, the bucket was empty.
    let first_answered = attempts.iter().map(|attempt| attempt.answered).min().expect("attempts");
    let refusals = attempts.iter().filter(|attempt| !attempt.admitted);
    let last_refused = refusals.map(|attempt| attempt.sent).max().expect("it was overloaded");
    let least = ideal(first_answered, last_refused);
    assert!(admitted >= least - 2.0, "{admitted} admitted, ideal {least:.2}");
    println!("{} attempts, {admitted} admitted, ideal {least:.2} to {most:.2}", attempts.len());
}

fn both_workers_served(stage: &Stage) {
    let served = stage.runtime.block_on(stage.envoy.connections_by_worker());
    assert!(served.len() == 2 && served.iter().all(|&connections| connections > 0), "{served:?}");
}
