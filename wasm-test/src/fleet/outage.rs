//! A part of the fleet dies under load and comes back.

use super::{Attempt, Clock, Fleet, Load, Outcome, Pace, Requests, Seconds, Victim};
use std::ops::Range;
use std::time::Duration;
use tokio::time::interval;

/// How often is looked by what requests are judged.
const LOOKING_INTERVAL: Duration = Duration::from_millis(100);

/// How long it lasts, in whole seconds of the machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct OutagePlan {
    /// Before.
    pub before: u64,
    /// Without the victim.
    pub without: u64,
    /// After its return.
    pub after: u64,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Outage {
    /// All that was asked.
    pub attempts: Vec<Attempt>,
    /// The same by the second.
    pub seconds: Seconds,
    /// Full seconds before.
    pub before: Range<u64>,
    /// Full seconds without the victim.
    pub without: Range<u64>,
    /// Full seconds after; in the first of them it is started.
    pub after: Range<u64>,
    /// When it was started again.
    pub returned: Duration,
    /// When the service answered again.
    pub answered: Duration,
    /// When requests were judged by the fleet again, where the filter tells that.
    pub joined: Option<Duration>,
}

impl Fleet {
    /// Kills a part under load and starts it again.
    ///
    /// # Panics
    /// When it does not start again.
    pub fn outage(&mut self, victim: Victim, plan: OutagePlan, requests: &Requests, pace: Pace) -> Outage {
        let clock = Clock::of_this_machine();
        let start = clock.next_second();
        let killed = start + plan.before;
        let back = killed + plan.without;
        let end = back + plan.after;
        let gates = self.envoys.gates();
        let runtime = self.runtime.handle().clone();
        let (attempts, [returned, answered], joined) = runtime.block_on(async {
            let time = Duration::from_secs(end + 1).saturating_sub(clock.now());
            let load = Load::begin(clock, gates, requests, pace, time);
            clock.until(killed, Duration::ZERO).await;
            self.kill(victim);
            clock.until(back, Duration::ZERO).await;
            self.start_again(victim).await;
            let returned = clock.now();
            let (answered, joined) = tokio::join!(self.service.answers_again(), self.joins(clock, end));
            (load.finish().await, [returned, clock.at(answered)], joined)
        });
        let seconds = Seconds::of(&attempts);
        Outage {
            attempts,
            seconds,
            before: start..killed,
            without: killed..back,
            after: back..end,
            returned,
            answered,
            joined,
        }
    }

    /// Looks until requests are judged by the fleet twice in a row; when that began. None where nobody tells, or it does
    /// not come about before that second.
    async fn joins(&self, clock: Clock, end: u64) -> Option<Duration> {
        let mut looking = interval(LOOKING_INTERVAL);
        let mut before = self.envoys.modes().await;
        let mut since = None;
        while clock.now().as_secs() < end {
            looking.tick().await;
            let (modes, now) = (self.envoys.modes().await, clock.now());
            let joined = modes.since(before).is_by_fleet();
            before = modes;
            match (joined, since) {
                (true, Some(_)) => return since,
                (true, None) => since = Some(now),
                (false, _) => since = None,
            }
        }
        None
    }
}

impl Outage {
    /// How many requests ended so.
    pub fn count(&self, what: impl Fn(Outcome) -> bool) -> usize {
        self.attempts.iter().filter(|attempt| what(attempt.outcome)).count()
    }

    /// What was certainly let through in each of these seconds.
    pub fn admitted(&self, seconds: Range<u64>) -> Vec<u64> {
        seconds.map(|second| self.seconds.second(second).at_least()).collect()
    }

    /// The most in any second.
    pub fn highest(&self) -> u64 {
        self.admitted(self.before.start..self.after.end).into_iter().max().unwrap_or_default()
    }

    /// From the service's first answer to the beginning of the first second from which on every one holds the limit: at
    /// most a hundredth over, at most three under.
    pub fn recovered_after(&self, limit: u64) -> Option<Duration> {
        let holds = |second: &u64| {
            let second = self.seconds.second(*second);
            second.at_least() * 100 <= limit * 101 && second.at_most() * 100 >= limit * 97
        };
        let first = (self.answered.as_secs() + 1..self.after.end).rev().take_while(holds).last()?;
        Some(Duration::from_secs(first).saturating_sub(self.answered))
    }
}
