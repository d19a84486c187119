//! What is remembered of one key between its requests, in one shared cell: its bucket, its
//! burst, its block, and what the Envoy holds of a limit that it shares with others. One read
//! and one write serve a request.

#[cfg(test)]
mod tests;

use crate::abuse::BlockRule;
use crate::fleet::{Ask, FleetRule, Lease, Moment, Terms, Verdict};
use crate::rate_limit::{Answer, Bucket, Quota};
use crate::store::{self, Snapshot, Store, update};
use crate::time::UnixNanos;

/// More than this many requests in a window is a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BurstRule {
    /// Requests that are still none.
    pub requests: u32,
    /// Length of the window, nanoseconds.
    pub window_nanos: u64,
}

/// What a request is charged by.
#[derive(Debug, Clone, Copy)]
pub struct Tariff {
    /// The key's limit.
    pub quota: Quota,
    /// Let pass when the bucket is empty.
    pub shadow: bool,
    /// When a burst is a violation.
    pub burst: BurstRule,
    /// How the limit is shared with other Envoys; `None`: each has its own.
    pub fleet: Option<FleetRule>,
}

/// What came of charging a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// What the bucket said, or what is left over all Envoys where that is less.
    pub answer: Answer,
    /// Whether this request is the one that made a burst of its window.
    pub burst_began: bool,
    /// What was said of the limit over all Envoys, where it came to that.
    pub fleet: Option<Verdict>,
    /// What is to be asked of the service: the account says that somebody does.
    pub ask: Option<Ask>,
}

impl Charge {
    /// Only the bucket spoke.
    const fn of(answer: Answer) -> Self {
        Self { answer, burst_began: false, fleet: None, ask: None }
    }
}

/// One key's account, as read at the start of a request.
pub struct Account<'a> {
    store: &'a dyn Store,
    cell: String,
    seen: Option<Snapshot>,
}

impl<'a> Account<'a> {
    /// Reads the account of the key whose digest begins with `key`. It is named by the
    /// credential and not by its place in the configuration, so it survives every update.
    pub fn open(store: &'a dyn Store, key: u64) -> Self {
        let cell = cell(key);
        let seen = store.read(&cell);
        Self { store, cell, seen }
    }

    /// Whole seconds for which the key is still blocked; `None` when it is not.
    pub fn block(&self, rule: BlockRule, now: UnixNanos) -> Option<u64> {
        let state = self.seen.as_ref().and_then(|cell| State::from_bytes(&cell.bytes))?;
        rule.seconds_left(state.blocked_until, now)
    }

    /// Takes a token and counts the request. A request that loses every race for the cell is
    /// refused: it could not be booked. `fleet` is given where the limit is shared.
    pub fn charge(&mut self, tariff: Tariff, fleet: Option<(Terms, Moment)>, now: UnixNanos) -> Charge {
        let charge = update(self.store, &self.cell, self.seen.take(), |bytes| {
            let before = State::of(bytes, tariff.quota, now);
            let (charge, after) = before.charge(tariff, fleet, now);
            (charge, after.map(State::to_bytes))
        });
        charge.unwrap_or(LOST)
    }

    /// Changes what the Envoy holds of a limit that it shares. Where every race for the cell
    /// is lost, tokens are: fewer pass than might, never more.
    pub fn change_lease(
        store: &'a dyn Store,
        key: u64,
        quota: Quota,
        now: UnixNanos,
        step: impl Fn(Lease) -> Lease,
    ) {
        let Self { cell, seen, .. } = Self::open(store, key);
        let _ = update(store, &cell, seen, |bytes| {
            let before = State::of(bytes, quota, now);
            let lease = step(before.lease);
            ((), (lease != before.lease).then(|| State { lease, ..before }.to_bytes()))
        });
    }

    /// Blocks the key.
    pub fn block_until(store: &'a dyn Store, key: u64, quota: Quota, until: UnixNanos, now: UnixNanos) {
        let Self { cell, seen, .. } = Self::open(store, key);
        // Whoever keeps this from being written is of the same flood, and is counted again.
        let _ = update(store, &cell, seen, |bytes| {
            let after = State { blocked_until: until, ..State::of(bytes, quota, now) };
            ((), Some(after.to_bytes()))
        });
    }
}

/// Forgets a key's bucket, burst and block; whether there was anything. Zeros read as a bucket
/// that was last used so long ago that it is full.
pub fn forget(store: &dyn Store, key: u64) -> bool {
    store::forget(store, &cell(key))
}

fn cell(key: u64) -> String {
    store::cell_name('k', key, 16)
}

/// The answer to a request that lost every race: ask again in a second.
const LOST: Charge = Charge::of(Answer { allowed: false, remaining: 0, next_token_nanos: 1 });

/// Requests since a window began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct BurstWindow {
    began: UnixNanos,
    requests: u32,
}

impl BurstWindow {
    fn count(self, rule: BurstRule, now: UnixNanos) -> (Self, bool) {
        let over = now < self.began || now.since(self.began) >= rule.window_nanos;
        let window = if over { Self { began: now, requests: 0 } } else { self };
        let requests = window.requests.saturating_add(1);
        (Self { requests, ..window }, requests == rule.requests.saturating_add(1))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    bucket: Bucket,
    burst: BurstWindow,
    blocked_until: UnixNanos,
    lease: Lease,
}

impl State {
    /// Without a lease, which only shared limits need.
    const BYTES: usize = 36;
    const BYTES_LEASED: usize = Self::BYTES + Lease::BYTES;

    fn of(bytes: Option<&[u8]>, quota: Quota, now: UnixNanos) -> Self {
        let fresh = Self {
            bucket: Bucket::full(quota, now),
            burst: BurstWindow::default(),
            blocked_until: UnixNanos(0),
            lease: Lease::default(),
        };
        bytes.and_then(Self::from_bytes).unwrap_or(fresh)
    }

    /// One request: first the bucket, which shapes bursts, then the limit over all Envoys. What
    /// that refuses costs no token of the bucket.
    fn charge(
        self,
        tariff: Tariff,
        fleet: Option<(Terms, Moment)>,
        now: UnixNanos,
    ) -> (Charge, Option<Self>) {
        let (answer, bucket) = self.bucket.take(tariff.quota, now);
        if !answer.allowed && !tariff.shadow {
            let kept = bucket.must_be_kept_after(self.bucket);
            return (Charge::of(answer), kept.then_some(Self { bucket, ..self }));
        }
        let mut charge = Charge::of(answer);
        let mut lease = self.lease;
        if let Some((terms, moment)) = fleet {
            let (verdict, taken, ask) = self.lease.take(terms, moment);
            lease = taken;
            charge = Charge { fleet: Some(verdict), ask, ..charge };
            let passes = matches!(verdict, Verdict::Pass(_));
            charge.answer = answer.at_most(passes, lease.remaining(terms), now);
            if !passes && !tariff.shadow {
                return (charge, ask.is_some().then_some(Self { lease, ..self }));
            }
        }
        let (burst, burst_began) = self.burst.count(tariff.burst, now);
        charge.burst_began = burst_began;
        (charge, Some(Self { bucket, burst, lease, ..self }))
    }

    fn to_bytes(self) -> Vec<u8> {
        let leased = self.lease != Lease::default();
        let mut bytes = Vec::with_capacity(if leased { Self::BYTES_LEASED } else { Self::BYTES });
        bytes.extend_from_slice(&self.bucket.to_bytes());
        bytes.extend_from_slice(&self.burst.began.0.to_be_bytes());
        bytes.extend_from_slice(&self.burst.requests.to_be_bytes());
        bytes.extend_from_slice(&self.blocked_until.0.to_be_bytes());
        if leased {
            bytes.extend_from_slice(&self.lease.to_bytes());
        }
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (bucket, rest) = bytes.split_first_chunk::<16>()?;
        let (began, rest) = rest.split_first_chunk::<8>()?;
        let (requests, rest) = rest.split_first_chunk::<4>()?;
        let (blocked_until, rest) = rest.split_first_chunk::<8>()?;
        Some(Self {
            bucket: Bucket::from_bytes(*bucket),
            burst: BurstWindow {
                began: UnixNanos(u64::from_be_bytes(*began)),
                requests: u32::from_be_bytes(*requests),
            },
            blocked_until: UnixNanos(u64::from_be_bytes(*blocked_until)),
            lease: Lease::from_bytes(rest),
        })
    }
}
