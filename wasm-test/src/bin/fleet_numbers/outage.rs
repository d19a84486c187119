//! The service, then Redis, is killed in the middle of an overload and comes back after five seconds.

use super::contender::{Contender, requests};
use super::{BOTH, progress, title};
use serde_json::{Value, json};
use std::time::Duration;
use wasm_test::fleet::{AfterOverLimit, Fleet, OutagePlan, Outcome, Pace, Victim};

const LIMIT: u32 = 200;
const OVERLOAD: Pace = Pace::AsFastAsAnswered { connections: 16 };
const PLAN: OutagePlan = OutagePlan { before: 4, without: 5, after: 8 };

pub(super) fn measure() -> Value {
    title(
        "200/s, overloaded; the victim is killed for 5 s. Admitted in each second: before | without | after",
        "                  victim   5xx  broken  hung  highest  service answers after  then exact after  then asked after",
    );
    let mut rows = Vec::new();
    for contender in BOTH {
        let gate = contender.gate(LIMIT, &["acme-live".to_owned()]);
        let mut fleet = Fleet::start(&gate, AfterOverLimit::CountOthers, "numbers-outage");
        for victim in [Victim::Service, Victim::Redis] {
            let seconds = PLAN.before + PLAN.without + PLAN.after;
            progress(&format!("{}, {victim:?} dies, {seconds} s", contender.name()));
            rows.push(row(&mut fleet, contender, victim));
        }
    }
    Value::Array(rows)
}

fn row(fleet: &mut Fleet, contender: Contender, victim: Victim) -> Value {
    let outage = fleet.outage(victim, PLAN, &requests(&["acme-live".to_owned()]), OVERLOAD);
    let failed = outage.count(|outcome| matches!(outcome, Outcome::Answered(500..)));
    let broke = outage.count(|outcome| outcome == Outcome::Broke);
    let hung = outage.count(|outcome| outcome == Outcome::Hung);
    let answered = (outage.answered - outage.returned).as_secs_f64();
    let recovered = outage.recovered_after(u64::from(LIMIT)).map(|time| time.as_secs_f64());
    let joined = outage.joined.map(|joined| joined.saturating_sub(outage.answered).as_secs_f64());
    let told = |time: Option<f64>| time.map_or("-".to_owned(), |seconds| format!("{seconds:.1} s"));
    println!(
        "  {:<14} {:>8} {failed:>5} {broke:>7} {hung:>5} {:>8} {:>22} {:>17} {:>17}",
        contender.name(),
        format!("{victim:?}"),
        outage.highest(),
        format!("{answered:.1} s"),
        told(recovered),
        told(joined),
    );
    let [before, without, after] =
        [&outage.before, &outage.without, &outage.after].map(|range| outage.admitted(range.clone()));
    println!("      {before:?} | {without:?} | {after:?}");
    json!({"contender": contender.name(), "victim": format!("{victim:?}"), "limit": LIMIT, "failed": failed,
        "broken": broke, "hung": hung, "highest": outage.highest(), "service_answers_after_s": answered, "recovered_after_s": recovered, "asked_after_s": joined,
        "before": before, "without": without, "after": after,
        "longest_ms": longest(&outage.attempts.iter().map(|attempt| attempt.latency).collect::<Vec<_>>())})
}

/// The longest that anybody waited for an answer.
fn longest(latencies: &[Duration]) -> f64 {
    latencies.iter().max().map_or(0.0, |longest| longest.as_secs_f64() * 1e3)
}
