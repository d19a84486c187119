//! One key over both Envoys, asked as fast as it is answered; and the calls this costs, beside a moderate load.

use super::contender::{Contender, requests};
use super::{BOTH, progress, title};
use serde_json::{Value, json};
use std::time::Duration;
use wasm_test::fleet::{AfterOverLimit, Attempt, Clock, Fleet, Load, Pace, Seconds};

const TIME: Duration = Duration::from_secs(12);
const CONNECTIONS: usize = 16;

pub(super) fn measure() -> Value {
    title(
        "One key, two Envoys, two workers each. Admitted in each full second: lowest, highest, sum over the limit's",
        "                    limit  load             lowest highest    sum  calls/admitted  calls/s  refused/s",
    );
    let mut rows = Vec::new();
    for limit in [200, 10] {
        for contender in BOTH {
            rows.extend(rows_of(contender, limit));
        }
    }
    Value::Array(rows)
}

fn rows_of(contender: Contender, limit: u32) -> Vec<Value> {
    let keys = ["acme-live".to_owned()];
    let label = format!("numbers-overload-{limit}");
    let fleet = Fleet::start(&contender.gate(limit, &keys), AfterOverLimit::CountOthers, &label);
    let overload = Pace::AsFastAsAnswered { connections: CONNECTIONS };
    let half = Pace::PerSecond { requests: f64::from(limit) / 2.0, connections: CONNECTIONS };
    let loads = [("overload", overload), ("half the limit", half)];
    loads
        .map(|(load, pace)| {
            progress(&format!("{}, {limit}/s, {load}, {} s", contender.name(), TIME.as_secs()));
            row(&fleet, contender, limit, load, pace)
        })
        .to_vec()
}

fn row(fleet: &Fleet, contender: Contender, limit: u32, load: &str, pace: Pace) -> Value {
    let requests = requests(&["acme-live".to_owned()]);
    let (attempts, calls) = fleet.runtime.block_on(async {
        let before = fleet.envoys.calls().await;
        let attempts = Load::begin(Clock::of_this_machine(), fleet.envoys.gates(), &requests, pace, TIME);
        let attempts = attempts.finish().await;
        let after = fleet.envoys.calls().await;
        (attempts, after.iter().sum::<u64>() - before.iter().sum::<u64>())
    });
    let seconds = Seconds::of(&attempts);
    let full = seconds.full();
    let count = full.clone().count() as u64;
    let lowest = full.clone().map(|second| seconds.second(second).at_most()).min().unwrap_or_default();
    let highest = full.clone().map(|second| seconds.second(second).at_least()).max().unwrap_or_default();
    let sum = seconds.sum(full.clone());
    let admitted = attempts.iter().filter(|attempt| attempt.is_admitted()).count();
    let of_limit = sum.at_most() as f64 / (u64::from(limit) * count) as f64;
    let calls_each = calls as f64 / admitted as f64;
    println!(
        "  {:<16} {limit:>5}/s  {load:<15} {lowest:>8} {highest:>7}  {:>5.1} %  {calls_each:>14.3} {:>8.0} {:>10.0}",
        contender.name(),
        of_limit * 100.0,
        calls as f64 / TIME.as_secs_f64(),
        sum.refused as f64 / count as f64,
    );
    if load == "overload" {
        let each: Vec<_> = full.map(|second| seconds.second(second)).collect();
        let each = each.iter().map(|second| match second.on_the_edge {
            0 => second.at_least().to_string(),
            _ => format!("{}-{}", second.at_least(), second.at_most()),
        });
        println!("      in each second: {}", each.collect::<Vec<_>>().join(" "));
    }
    json!({
        "contender": contender.name(), "limit": limit, "load": load, "seconds": count,
        "admitted_lowest": lowest, "admitted_highest": highest, "admitted_of_limit": of_limit,
        "calls": calls, "admitted": admitted, "calls_per_admitted": calls_each,
        "refused": sum.refused, "failed": sum.failed, "lost": sum.lost, "latency": latencies(&attempts),
    })
}

/// Of refused requests: what an overload costs those that cause it.
fn latencies(attempts: &[Attempt]) -> Value {
    let mut sorted: Vec<_> = attempts.iter().map(|attempt| attempt.latency.as_secs_f64() * 1e3).collect();
    sorted.sort_by(f64::total_cmp);
    json!({"p50_ms": super::quantile(&sorted, 0.5), "p99_ms": super::quantile(&sorted, 0.99)})
}
