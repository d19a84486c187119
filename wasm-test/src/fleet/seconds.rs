//! What was let through in each second of the clock that the service counts by.
//!
//! When within its stay in Envoy a request was judged cannot be seen from outside. Envoy stamps when it took it and when
//! it answered. Where both lie in one second, the request belongs there; else it is of either, and each claim is judged
//! by the reading that is against it: "no more than" must fail only on what is certain, so a second is over its limit if
//! those that are certainly of it are; "no less than" counts all that may be of it.

#[cfg(test)]
mod tests;

use super::load::{Attempt, Outcome};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Requests of one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Second {
    /// Let through, certainly in this second, by each Envoy.
    pub admitted: [u64; 2],
    /// Let through in this second or the one before or after.
    pub on_the_edge: u64,
    /// Answered 429 or 403.
    pub refused: u64,
    /// Answered 5xx.
    pub failed: u64,
    /// Answered in no way, or with what was not expected at all.
    pub lost: u64,
}

/// All seconds of a run, by their number since 1970.
#[derive(Clone, Debug, Default)]
pub struct Seconds {
    seconds: BTreeMap<u64, Second>,
    /// First and last second that a request on the edge may be of.
    edges: Vec<(u64, u64)>,
}

impl Second {
    /// At least so many were let through.
    pub fn at_least(&self) -> u64 {
        self.admitted.iter().sum()
    }

    /// At most so many were let through.
    pub fn at_most(&self) -> u64 {
        self.at_least() + self.on_the_edge
    }
}

impl Seconds {
    /// Of these attempts.
    pub fn of(attempts: &[Attempt]) -> Self {
        let mut seconds = Self::default();
        for attempt in attempts {
            seconds.count(attempt);
        }
        seconds
    }

    fn count(&mut self, attempt: &Attempt) {
        // Without a stamp there is only the client's own clock.
        let (taken, given) = attempt.judged.unwrap_or((attempt.sent, attempt.sent + attempt.latency));
        let (first, last) = (taken.as_secs(), given.as_secs());
        match attempt.outcome {
            Outcome::Answered(200) if first == last => self.at(first).admitted[attempt.gate] += 1,
            Outcome::Answered(200) => {
                (first..=last).for_each(|second| self.at(second).on_the_edge += 1);
                self.edges.push((first, last));
            }
            Outcome::Answered(403 | 429) => self.at(last).refused += 1,
            Outcome::Answered(500..=599) => self.at(last).failed += 1,
            Outcome::Answered(_) | Outcome::Broke | Outcome::Hung => self.at(last).lost += 1,
        }
    }

    fn at(&mut self, second: u64) -> &mut Second {
        self.seconds.entry(second).or_default()
    }

    /// One second; nothing happened in those that are not known.
    pub fn second(&self, number: u64) -> Second {
        self.seconds.get(&number).copied().unwrap_or_default()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, Second)> {
        self.seconds.iter().map(|(number, second)| (*number, *second))
    }

    /// The seconds that load was on for all of.
    ///
    /// # Panics
    /// When there are none.
    pub fn full(&self) -> RangeInclusive<u64> {
        let (first, last) = (self.seconds.keys().next(), self.seconds.keys().next_back());
        let (first, last) = (first.expect("a second") + 1, last.expect("a second") - 1);
        assert!(first <= last, "the load was on for no full second");
        first..=last
    }

    /// The sum of these, each request once; on the edge is who came or left at either end.
    pub fn sum(&self, range: RangeInclusive<u64>) -> Second {
        let mut sum = Second::default();
        for (_, second) in self.seconds.range(range.clone()) {
            sum.admitted[0] += second.admitted[0];
            sum.admitted[1] += second.admitted[1];
            sum.refused += second.refused;
            sum.failed += second.failed;
            sum.lost += second.lost;
        }
        for (first, last) in &self.edges {
            match (range.contains(first), range.contains(last)) {
                // Of which Envoy it was is not asked of sums.
                (true, true) => sum.admitted[0] += 1,
                (false, false) => {}
                _ => sum.on_the_edge += 1,
            }
        }
        sum
    }
}
