//! What a limit adds to the time of a request, beside a call to the service.

use super::contender::{Contender, requests};
use super::{progress, quantile, title};
use serde_json::{Value, json};
use std::time::Duration;
use wasm_test::fleet::{AfterOverLimit, Clock, Fleet, Load, Pace};

const LIMIT: u32 = 200;
const TIME: Duration = Duration::from_secs(20);
const ROUNDS: usize = 2;

/// Half the limit: nobody is refused.
const PACE: Pace = Pace::PerSecond { requests: 100.0, connections: 8 };

pub(super) fn measure() -> Value {
    title(
        "Time of a request at half of 200/s, in ms; what is added to the same Envoys without a limit",
        "                         p50      p99   added p50  added p99",
    );
    let keys = ["acme-live".to_owned()];
    let contenders = [Contender::Open, Contender::Tollgate, Contender::EnvoysOwn];
    let fleets = contenders.map(|contender| {
        Fleet::start(&contender.gate(LIMIT, &keys), AfterOverLimit::CountOthers, "numbers-latency")
    });
    let mut latencies = [const { Vec::new() }; 3];
    let mut service = Vec::new();
    for round in 1..=ROUNDS {
        for ((contender, fleet), latencies) in contenders.iter().zip(&fleets).zip(&mut latencies) {
            progress(&format!("round {round} of {ROUNDS}: {}, {} s", contender.name(), TIME.as_secs()));
            latencies.extend(round_of(fleet));
        }
        progress(&format!("round {round} of {ROUNDS}: the service's own round trip"));
        service.extend(round_trips(&fleets[0]));
    }
    let [open, ..] = latencies.clone().map(quantiles);
    let mut rows = Vec::new();
    for (contender, latencies) in contenders.iter().zip(latencies) {
        let (p50, p99) = quantiles(latencies);
        let (added_p50, added_p99) = (p50 - open.0, p99 - open.1);
        println!("  {:<16} {p50:>10.3} {p99:>8.3} {added_p50:>11.3} {added_p99:>10.3}", contender.name());
        rows.push(json!({"contender": contender.name(), "p50_ms": p50, "p99_ms": p99,
            "added_p50_ms": added_p50, "added_p99_ms": added_p99}));
    }
    let (p50, p99) = quantiles(service);
    println!("  {:<16} {p50:>10.3} {p99:>8.3}", "one call");
    rows.push(json!({"contender": "one call to the service", "p50_ms": p50, "p99_ms": p99}));
    Value::Array(rows)
}

fn quantiles(mut latencies: Vec<f64>) -> (f64, f64) {
    latencies.sort_by(f64::total_cmp);
    (quantile(&latencies, 0.5), quantile(&latencies, 0.99))
}

fn round_of(fleet: &Fleet) -> Vec<f64> {
    let requests = requests(&["acme-live".to_owned()]);
    let attempts = fleet.runtime.block_on(async {
        Load::begin(Clock::of_this_machine(), fleet.envoys.gates(), &requests, PACE, TIME).finish().await
    });
    assert!(attempts.iter().all(|attempt| attempt.is_admitted()), "somebody was refused at half the limit");
    attempts.iter().map(|attempt| attempt.latency.as_secs_f64() * 1e3).collect()
}

/// Calls to the service as an Envoy makes them, at the same pace, by a client of this harness.
fn round_trips(fleet: &Fleet) -> Vec<f64> {
    const CALLS: usize = 1_000;
    let times = fleet.runtime.block_on(fleet.service.round_trips(CALLS, Duration::from_millis(10)));
    times.iter().map(|time| time.as_secs_f64() * 1e3).collect()
}
