//! The service, then Redis, is killed in the middle of an overload and comes back after five seconds.

use super::contender::{Contender, requests};
use super::{BOTH, progress, title};
use serde_json::{Value, json};
use std::time::Duration;
use wasm_test::fleet::{AfterOverLimit, Clock, Fleet, Load, Outcome, Pace, Seconds, Victim};

const LIMIT: u32 = 200;
const CONNECTIONS: usize = 16;

/// Seconds of the load: before, without the victim, after.
const BEFORE: u64 = 4;
const WITHOUT: u64 = 5;
const AFTER: u64 = 6;

pub(super) fn measure() -> Value {
    title(
        "200/s, overloaded; the victim is killed for 5 s. Admitted in each second: before | without | after",
        "                  victim   5xx  broken  hung  highest  back after",
    );
    let mut rows = Vec::new();
    for contender in BOTH {
        let gate = contender.gate(LIMIT, &["acme-live".to_owned()]);
        let mut fleet = Fleet::start(&gate, AfterOverLimit::CountOthers, "numbers-outage");
        for victim in [Victim::Service, Victim::Redis] {
            progress(&format!("{}, {victim:?} dies, {} s", contender.name(), BEFORE + WITHOUT + AFTER));
            rows.push(row(&mut fleet, contender, victim));
        }
    }
    Value::Array(rows)
}

fn row(fleet: &mut Fleet, contender: Contender, victim: Victim) -> Value {
    let clock = Clock::of_this_machine();
    let start = clock.next_second();
    let (killed, back) = (start + BEFORE, start + BEFORE + WITHOUT);
    let end = back + AFTER;
    let time = Duration::from_secs(end + 1) - clock.now();
    let gates = fleet.envoys.gates();
    let pace = Pace::AsFastAsAnswered { connections: CONNECTIONS };
    let Fleet { runtime, service, redis, .. } = fleet;
    let (attempts, returned) = runtime.block_on(async {
        let load = Load::begin(clock, gates, &requests(&["acme-live".to_owned()]), pace, time);
        clock.until(killed, Duration::ZERO).await;
        match victim {
            Victim::Service => service.kill(),
            Victim::Redis => redis.kill(),
        }
        clock.until(back, Duration::ZERO).await;
        match victim {
            Victim::Service => service.start_again().await,
            Victim::Redis => redis.start_again().await,
        }
        let returned = clock.now();
        (load.finish().await, returned)
    });
    let seconds = Seconds::of(&attempts);
    let each: Vec<_> = (start..end).map(|second| seconds.second(second).at_least()).collect();
    let highest = each.iter().max().copied().unwrap_or_default();
    let count = |what: fn(Outcome) -> bool| attempts.iter().filter(|attempt| what(attempt.outcome)).count();
    let failed = count(|outcome| matches!(outcome, Outcome::Answered(500..)));
    let broke = count(|outcome| outcome == Outcome::Broke);
    let hung = count(|outcome| outcome == Outcome::Hung);
    let recovered = recovered_after(&seconds, returned, end);
    println!(
        "  {:<14} {:>8} {failed:>5} {broke:>7} {hung:>5} {highest:>8}  {}",
        contender.name(),
        format!("{victim:?}"),
        recovered.map_or("not at all".to_owned(), |seconds| format!("{seconds:.1} s"))
    );
    let (before, rest) = each.split_at(BEFORE as usize);
    let (without, after) = rest.split_at(WITHOUT as usize);
    println!("      {before:?} | {without:?} | {after:?}");
    json!({"contender": contender.name(), "victim": format!("{victim:?}"), "limit": LIMIT, "failed": failed,
        "broken": broke, "hung": hung, "highest": highest, "recovered_after_s": recovered, "before": before,
        "without": without, "after": after})
}

/// How long after its return the first second began from which on every one holds the limit again: at most 1 % over and
/// 3 % under.
fn recovered_after(seconds: &Seconds, returned: Duration, end: u64) -> Option<f64> {
    let holds = |second: u64| {
        let second = seconds.second(second);
        let limit = u64::from(LIMIT);
        second.at_least() * 100 <= limit * 101 && second.at_most() * 100 >= limit * 97
    };
    let first = (returned.as_secs() + 1..end).rev().take_while(|second| holds(*second)).last()?;
    Some(first as f64 - returned.as_secs_f64())
}
