//! The limit that both gates share, with and without the service that counts.

use super::containers::docker;
use super::gate::ComposedGate;
use super::{Judge, say};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinHandle;
use wasm_test::fleet::{Clock, Load, Outcome, Pace, Requests, Second};
use wasm_test::message::Response;
use wasm_test::scenario::{Backend, get};
use wasm_test::tour::Keys;

/// acme's limit in the shipped file, over both gates.
const LIMIT: u64 = 100;
/// What a gate allows by itself: the limit divided by `replicas`.
const SHARE: u64 = LIMIT / 2;
/// Requests a second that are made.
const OFFERED: Pace = Pace::PerSecond { requests: 300.0, connections: 48 };
/// Over the limit at most, while all parts are there: a hundredth.
const MOST: u64 = LIMIT + LIMIT / 100;
/// What must at least have had a chance to pass in a second, on a machine that is busy.
const PLENTY: u64 = LIMIT / 2;
/// So long after a second its last answers have come.
const SETTLED: Duration = Duration::from_millis(300);
/// Within so many seconds the service is asked again, once its container was started: it must start, be found by name
/// and answer three times.
const RECOVERY_SECONDS_MAX: u64 = 15;
/// No load goes on longer.
const LOAD_SECONDS_MAX: u64 = 180;

/// Plays all of it.
pub(crate) fn play(gate: &mut ComposedGate, keys: &Keys, judge: &mut Judge) -> Result<(), String> {
    // The last of the tour told the upstream what to answer; and what was spent then is of a second that is over.
    let request = get("/v1/acme/orders").field("x-api-key", &keys.acme_2026);
    gate.exchange(&request, &Response::new(200)).map(drop)?;
    let requests = Requests::with_keys("/v1/acme/orders", [&keys.acme_2026]);
    let runtime = gate.runtime.handle().clone();
    let gates = gate.gates;
    let [a, _] = gates;

    let mut admitted = runtime.block_on(over_both(gates, &requests, judge));
    admitted += runtime.block_on(without_the_service(a, &requests, judge))?;
    let reached = gate.reached_upstream()?.requests.len();
    judge.that(reached == admitted, &format!("{admitted} were admitted, {reached} reached the upstream"));
    Ok(())
}

/// Asks both for more than the limit; how many were admitted.
async fn over_both(gates: [SocketAddr; 2], requests: &Requests, judge: &mut Judge) -> usize {
    const SECONDS: u64 = 5;
    let clock = Clock::of_this_machine();
    let start = clock.next_second();
    let mut run = Run::begin(clock, gates, requests, start + SECONDS);
    let mut seconds = Vec::new();
    for second in start..start + SECONDS {
        seconds.push(run.second(second, "both asked").await);
    }
    let highest = highest(&seconds);
    let sum: u64 = seconds.iter().map(Second::at_most).sum();
    judge.that(highest <= MOST, &format!("at most {MOST} in any second: {highest}"));
    judge.that(sum >= PLENTY * SECONDS, &format!("and not much less: {} on average", sum / SECONDS));
    judge.that(
        seconds.iter().all(|second| second.admitted.iter().all(|&admitted| admitted > 0)),
        "each gate gets a part of it",
    );
    run.finish(judge).await
}

/// Asks one gate for more than the limit, while the service's container is killed and started again. Whether the service
/// is asked, Redis tells: how fast the machine is does not matter to that.
async fn without_the_service(
    gate: SocketAddr,
    requests: &Requests,
    judge: &mut Judge,
) -> Result<usize, String> {
    const WITH: u64 = 3;
    const WITHOUT: u64 = 4;
    const AFTER: u64 = 2;
    let clock = Clock::of_this_machine();
    let start = clock.next_second();
    let kill = start + WITH;
    // It is stopped before; killing and starting take their time.
    let longest = start + LOAD_SECONDS_MAX;
    let mut run = Run::begin(clock, [gate, gate], requests, longest);

    let mut with = Vec::new();
    let counted_before = counted()?;
    for second in start..kill {
        with.push(run.second(second, "one asked").await);
    }
    let counted_with = counted()? - counted_before;
    let killing = docker_in_background(&["compose", "kill", "ratelimit"]);
    let mut killed = vec![run.second(kill, "the service is killed").await];
    ended(killing).await?;
    let gone = clock.next_second();
    for second in kill + 1..gone {
        killed.push(run.second(second, "the service is killed").await);
    }
    let mut without = Vec::new();
    let counted_before = counted()?;
    for second in gone..gone + WITHOUT {
        without.push(run.second(second, "without the service").await);
    }
    let counted_without = counted()? - counted_before;
    let starting = docker_in_background(&["compose", "start", "ratelimit"]);
    let back = gone + WITHOUT;
    let mut returning = Vec::new();
    let mut recovered = None;
    for second in back..back + RECOVERY_SECONDS_MAX {
        returning.push(run.second(second, "the service is started").await);
        if counted()? > counted_before + counted_without {
            recovered = Some(second - back);
            break;
        }
    }
    ended(starting).await?;
    let mut after = Vec::new();
    let next = clock.next_second();
    for second in next..next + AFTER {
        after.push(run.second(second, "with the service").await);
    }

    judge.that(highest(&with) <= MOST, &format!("with the service at most {MOST}: {}", highest(&with)));
    judge.that(counted_with > 0, &format!("and it counts: {counted_with} times in {WITH} s"));
    judge.that(counted_without == 0, &format!("killed it does not: {counted_without}"));
    let bound = LIMIT * 3 / 2;
    let between = highest(&[killed, returning].concat());
    judge.that(between <= bound, &format!("while it is killed or started, at most {bound}: {between}"));
    let most = SHARE + SHARE / 10;
    judge.that(
        highest(&without) <= most,
        &format!("without it a gate goes on with its share, at most {most}: {}", highest(&without)),
    );
    let least = without.iter().map(Second::at_most).min().unwrap_or_default();
    judge.that(least > SHARE / 2, &format!("and not much less: {least}"));
    judge.that(
        recovered.is_some(),
        &format!("it counts again, {recovered:?} s after the container was started"),
    );
    let least = after.iter().map(Second::at_most).min().unwrap_or_default();
    judge.that(
        highest(&after) <= MOST && least > 0,
        &format!("and lets {least} to {} pass in a second", highest(&after)),
    );
    Ok(run.finish(judge).await)
}

/// How often the service has counted, as Redis knows it.
fn counted() -> Result<u64, String> {
    let figures = docker(&["compose", "exec", "-T", "redis", "redis-cli", "info", "commandstats"])?;
    let calls =
        figures.lines().find_map(|line| line.strip_prefix("cmdstat_incrby:calls=")?.split(',').next());
    calls.map_or(Ok(0), |calls| calls.parse().map_err(|_| format!("Redis counts {calls} calls")))
}

fn highest(seconds: &[Second]) -> u64 {
    seconds.iter().map(Second::at_least).max().unwrap_or_default()
}

/// Load that is looked at second by second.
struct Run {
    clock: Clock,
    load: Load,
}

impl Run {
    /// Until that second at most.
    fn begin(clock: Clock, gates: [SocketAddr; 2], requests: &Requests, end: u64) -> Self {
        let time = Duration::from_secs(end).saturating_sub(clock.now());
        Self { clock, load: Load::begin(clock, gates, requests, OFFERED, time) }
    }

    /// Waits until a second is over; what it was.
    async fn second(&mut self, second: u64, what: &str) -> Second {
        self.clock.until(second + 1, SETTLED).await;
        let seen = self.load.seconds().second(second);
        let Second { admitted: [a, b], on_the_edge, refused, failed, lost } = seen;
        say(&format!(
            "         {what:<22} admitted {:>3} ({a:>3} + {b:>3}, {on_the_edge} on the edge), refused {refused:>3}, 5xx {failed}, lost {lost}",
            a + b
        ));
        seen
    }

    /// Ends the load; nobody may have been failed. How many were admitted.
    async fn finish(self, judge: &mut Judge) -> usize {
        let attempts = self.load.stop().await;
        let bad = attempts.iter().filter(|attempt| !matches!(attempt.outcome, Outcome::Answered(200 | 429)));
        let bad: Vec<_> = bad.map(|attempt| format!("{:?}", attempt.outcome)).collect();
        judge.all(&format!("each of {} requests was answered 200 or 429", attempts.len()), &bad);
        attempts.iter().filter(|attempt| attempt.is_admitted()).count()
    }
}

fn docker_in_background(arguments: &'static [&'static str]) -> JoinHandle<Result<String, String>> {
    tokio::task::spawn_blocking(move || docker(arguments))
}

async fn ended(running: JoinHandle<Result<String, String>>) -> Result<(), String> {
    running.await.map_err(|error| error.to_string())?.map(drop)
}
