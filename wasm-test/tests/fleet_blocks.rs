//! A block of one Envoy's making holds in the other, and ends in both.

use serde_json::json;
use std::time::Duration;
use tokio::time::{interval, timeout};
use wasm_test::client;
use wasm_test::envoy::Listener;
use wasm_test::fixture::key;
use wasm_test::fleet::{AfterOverLimit, Clock, Fleet, Gate, distributed};
use wasm_test::message::{Request, Response};
use wasm_test::scenario::get;

const BLOCK_S: u64 = 5;
const VIOLATIONS: usize = 10;

/// How long a block may take to reach the other Envoy: a second by the promise, and as much again for a busy machine.
const TRAVEL_MAX: Duration = Duration::from_secs(2);

#[test]
fn a_block_travels_and_ends_in_both() {
    travels(AfterOverLimit::CountOthers);
}

#[test]
fn a_block_travels_where_the_service_stops_counting_after_over_limit() {
    travels(AfterOverLimit::CountNoOthers);
}

fn travels(after_over_limit: AfterOverLimit) {
    let names = ["acme-live".to_owned(), "acme-other".to_owned()];
    let configuration = distributed(200, &names)
        .set("/rate_limit/distributed/timeout_ms", json!(1_000))
        .set("/waf/block", json!({"violations": VIOLATIONS, "window_s": 60, "block_s": BLOCK_S}));
    let gate = Gate::Tollgate(Listener::new("tollgate", &configuration));
    let fleet = Fleet::start(&gate, after_over_limit, "blocks");
    fleet.runtime.block_on(async {
        let [here, there] = fleet.envoys.gates();
        let clock = Clock::of_this_machine();
        let ask = async |gate, name: &str| {
            client::send(gate, &get("/v1/acme/x").field("x-api-key", key(name))).await.expect("an answer")
        };
        // Both know the key before.
        assert_eq!(ask(here, "acme-live").await.status, 200);
        assert_eq!(ask(there, "acme-live").await.status, 200);
        let before = clock.now();
        for _ in 0..VIOLATIONS {
            assert_eq!(client::send(here, &violating()).await.expect("an answer").status, 422);
        }
        let blocked = clock.now();
        let refusal = ask(here, "acme-live").await;
        assert_eq!(refusal.problem().as_deref(), Some("blocked"), "{}", refusal.text());

        let refusal = timeout(TRAVEL_MAX, until_blocked(|| ask(there, "acme-live")))
            .await
            .expect("the block did not reach the other Envoy in time");
        let wait: u64 =
            refusal.fields.text("retry-after").expect("a block says how long").parse().expect("seconds");
        assert!(wait <= BLOCK_S, "blocked for {wait} s more");
        assert_eq!(ask(there, "acme-other").await.status, 200, "another key is blocked too");

        // The end lies between these two, in both Envoys.
        let (earliest, latest) =
            (before + Duration::from_secs(BLOCK_S), blocked + Duration::from_secs(BLOCK_S));
        let mut asking = interval(Duration::from_millis(50));
        while clock.now() < earliest.saturating_sub(CLOCKS_DIFFER) {
            for gate in [here, there] {
                let answer = ask(gate, "acme-live").await;
                // The answer may have come after the end.
                let early = clock.now() < earliest.saturating_sub(CLOCKS_DIFFER);
                assert!(
                    !early || answer.problem().as_deref() == Some("blocked"),
                    "it ended too early: {}",
                    answer.text()
                );
            }
            asking.tick().await;
        }
        clock
            .until(latest.as_secs(), Duration::from_nanos(u64::from(latest.subsec_nanos())) + CLOCKS_DIFFER)
            .await;
        for gate in [here, there] {
            let answer = ask(gate, "acme-live").await;
            assert_eq!(answer.status, 200, "it did not end: {}", answer.text());
        }
    });
}

/// A block is told to a fraction of its length.
const CLOCKS_DIFFER: Duration = Duration::from_millis(100);

async fn until_blocked<F: Future<Output = Response>>(ask: impl Fn() -> F) -> Response {
    let mut asking = interval(Duration::from_millis(50));
    loop {
        asking.tick().await;
        let answer = ask().await;
        if answer.problem().as_deref() == Some("blocked") {
            return answer;
        }
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

/// Text with more URLs than may be in it.
fn violating() -> Request {
    let text = (0..6).map(|number| format!("http://example.com/{number} ")).collect::<String>();
    Request { method: "POST".to_owned(), ..get("/v1/acme/x") }
        .field("x-api-key", key("acme-live"))
        .field("content-type", "text/plain")
        .body(text)
}
