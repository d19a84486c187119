//! Ten thousand keys, each about once a second, over both Envoys.

use super::contender::{Contender, requests};
use super::{progress, title};
use serde_json::{Value, json};
use std::time::Duration;
use wasm_test::fleet::{AfterOverLimit, Clock, Fleet, Load, Outcome, Pace};

const KEYS: usize = 10_000;
const TIME: Duration = Duration::from_secs(10);
const CONNECTIONS: usize = 64;
const LIMIT: u32 = 10;

pub(super) fn measure() -> Value {
    title(
        "10 000 keys of 10/s, each asked for once a second over both Envoys",
        "                  requests/s  admitted  calls/request  Redis/request   µs of Envoy  service  Redis  p50 ms  p99 ms",
    );
    let keys: Vec<_> = (0..KEYS).map(|number| format!("key-{number}")).collect();
    let contenders = [Contender::Open, Contender::Tollgate, Contender::EnvoysOwn];
    Value::Array(contenders.into_iter().map(|contender| row(contender, &keys)).collect())
}

fn row(contender: Contender, keys: &[String]) -> Value {
    progress(&format!("{}, {KEYS} keys, {} s", contender.name(), TIME.as_secs()));
    let fleet = Fleet::start(&contender.gate(LIMIT, keys), AfterOverLimit::CountOthers, "numbers-keys");
    let requests = requests(keys);
    let pace = Pace::PerSecond { requests: KEYS as f64, connections: CONNECTIONS };
    let load = async |time| {
        Load::begin(Clock::of_this_machine(), fleet.envoys.gates(), &requests, pace, time).finish().await
    };
    let (attempts, calls, operations, cpu) = fleet.runtime.block_on(async {
        // The first round of keys is not like any other: nothing is known of them yet.
        load(Duration::from_secs(2)).await;
        let before = figures(&fleet).await;
        let attempts = load(TIME).await;
        let after = figures(&fleet).await;
        let cpu: Vec<_> = after.2.iter().zip(before.2).map(|(after, before)| after - before).collect();
        (attempts, after.0 - before.0, after.1 - before.1, cpu)
    });
    let count = attempts.len() as f64;
    let admitted = attempts.iter().filter(|attempt| attempt.is_admitted()).count() as f64;
    let failed =
        attempts.iter().filter(|attempt| !matches!(attempt.outcome, Outcome::Answered(200 | 429))).count();
    let mut latencies: Vec<_> = attempts.iter().map(|attempt| attempt.latency.as_secs_f64() * 1e3).collect();
    latencies.sort_by(f64::total_cmp);
    let (p50, p99) = (super::quantile(&latencies, 0.5), super::quantile(&latencies, 0.99));
    let [envoy, service, redis] = [0, 1, 2].map(|index: usize| cpu[index] * 1e6 / count);
    println!(
        "  {:<16} {:>11.0} {:>7.1} % {:>14.3} {:>14.3} {envoy:>13.1} {service:>8.1} {redis:>6.1} {p50:>7.2} {p99:>7.2}",
        contender.name(),
        count / TIME.as_secs_f64(),
        admitted / count * 100.0,
        calls as f64 / count,
        operations as f64 / count,
    );
    json!({"contender": contender.name(), "keys": KEYS, "requests": count, "admitted": admitted, "failed": failed,
        "calls": calls, "redis_operations": operations, "envoy_us": envoy, "service_us": service,
        "redis_us": redis, "p50_ms": p50, "p99_ms": p99})
}

/// Calls, operations, and seconds of processor time of Envoys, service and Redis.
async fn figures(fleet: &Fleet) -> (u64, u64, [f64; 3]) {
    let cpu = [fleet.envoys.cpu_seconds(), fleet.service.cpu_seconds(), fleet.redis.cpu_seconds()];
    (fleet.envoys.calls().await.iter().sum(), fleet.redis.operations().await, cpu)
}
