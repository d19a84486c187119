//! What audit records cost a request: `make record-cost`.
//!
//! One Envoy with one worker and three listeners that differ in `audit.records` only: all requests leave a record, none
//! do, and none do once more, which shows how much of a difference is noise. Rounds are interleaved, and the figure is
//! Envoy's own processor time, so that a busy machine disturbs little.

use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use wasm_test::client::Http1;
use wasm_test::envoy::{Listener, Stage};
use wasm_test::fixture::{development, key};
use wasm_test::message::Request;
use wasm_test::scenario::get;

const ROUNDS: usize = 15;
const REQUESTS: usize = 10_000;
const CONNECTIONS: usize = 4;

fn main() {
    let contenders = [("with records", "all"), ("without", "off"), ("without, again", "off")];
    let listeners = contenders.map(|(name, records)| listener(name, records));
    let mut stage = Stage::of_workers(1, &listeners, "record-cost");
    let mut costs = [const { Vec::new() }; 3];
    for round in 0..=ROUNDS {
        for (listener, costs) in listeners.iter().zip(&mut costs) {
            stage.turn_to(&listener.name);
            let before = stage.envoy.cpu_seconds();
            stage.runtime.block_on(load(stage.address()));
            let used = (stage.envoy.cpu_seconds() - before) * 1e6 / (REQUESTS * CONNECTIONS) as f64;
            // The first round warms up.
            if round > 0 {
                costs.push(used);
            }
        }
        eprint!("\rround {round} of {ROUNDS}");
    }
    eprintln!();
    println!(
        "CPU of Envoy a request, one worker, GET with a key, µs: median (lowest to highest) of {ROUNDS} rounds"
    );
    let medians = costs.map(|mut costs| {
        costs.sort_by(f64::total_cmp);
        (costs[ROUNDS / 2], costs[0], costs[ROUNDS - 1])
    });
    for ((name, _), (median, lowest, highest)) in contenders.iter().zip(medians) {
        println!("  {name:16} {median:6.2} ({lowest:.2} to {highest:.2})");
    }
    println!("a record costs {:.2} µs", medians[0].0 - (medians[1].0 + medians[2].0) / 2.0);
}

fn listener(name: &str, records: &str) -> Listener {
    let configuration = development()
        .set("/audit", json!({"records": records}))
        .set("/rate_limit", json!({"requests_per_second": 1_000_000, "burst": 1_000_000}))
        .set("/waf/burst/requests", json!(1_000_000));
    Listener { answers_itself: true, ..Listener::new(name, &configuration) }
}

async fn load(address: SocketAddr) {
    let asking: Vec<_> = (0..CONNECTIONS).map(|_| tokio::spawn(ask(address))).collect();
    for task in asking {
        task.await.expect("no connection fails");
    }
}

async fn ask(address: SocketAddr) {
    let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut connection = Http1::connect(address, source).await.expect("Envoy takes connections");
    let request: Request = get("/v1/acme/orders/42?page=2")
        .field("user-agent", "orders/1.4 (linux)")
        .field("x-api-key", key("acme-live"));
    for _ in 0..REQUESTS {
        let answer = connection.send(&request).await.expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}
