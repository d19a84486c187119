//! What is remembered of one key between its requests, in one shared cell: its bucket, its
//! burst and its block. One read and one write serve a request.

#[cfg(test)]
mod tests;

use crate::abuse::BlockRule;
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
}

/// What came of charging a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// What the bucket said.
    pub answer: Answer,
    /// Whether this request is the one that made a burst of its window.
    pub burst_began: bool,
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
    /// refused: it could not be booked.
    pub fn charge(&mut self, tariff: Tariff, now: UnixNanos) -> Charge {
        let charge = update(self.store, &self.cell, self.seen.take(), |bytes| {
            let before = State::of(bytes, tariff.quota, now);
            let (answer, bucket) = before.bucket.take(tariff.quota, now);
            if !answer.allowed && !tariff.shadow {
                let kept = bucket.must_be_kept_after(before.bucket);
                let after = kept.then(|| State { bucket, ..before }.to_bytes());
                return (Charge { answer, burst_began: false }, after);
            }
            let (burst, burst_began) = before.burst.count(tariff.burst, now);
            let after = State { bucket, burst, ..before };
            (Charge { answer, burst_began }, Some(after.to_bytes()))
        });
        charge.unwrap_or(LOST)
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
    format!("k{key:016x}")
}

/// The answer to a request that lost every race: ask again in a second.
const LOST: Charge =
    Charge { answer: Answer { allowed: false, remaining: 0, next_token_nanos: 1 }, burst_began: false };

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
}

impl State {
    const BYTES: usize = 36;

    fn of(bytes: Option<&[u8]>, quota: Quota, now: UnixNanos) -> Self {
        let fresh = Self {
            bucket: Bucket::full(quota, now),
            burst: BurstWindow::default(),
            blocked_until: UnixNanos(0),
        };
        bytes.and_then(Self::from_bytes).unwrap_or(fresh)
    }

    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::BYTES);
        bytes.extend_from_slice(&self.bucket.to_bytes());
        bytes.extend_from_slice(&self.burst.began.0.to_be_bytes());
        bytes.extend_from_slice(&self.burst.requests.to_be_bytes());
        bytes.extend_from_slice(&self.blocked_until.0.to_be_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (bucket, rest) = bytes.split_first_chunk::<16>()?;
        let (began, rest) = rest.split_first_chunk::<8>()?;
        let (requests, rest) = rest.split_first_chunk::<4>()?;
        let blocked_until = rest.first_chunk::<8>()?;
        Some(Self {
            bucket: Bucket::from_bytes(*bucket),
            burst: BurstWindow {
                began: UnixNanos(u64::from_be_bytes(*began)),
                requests: u32::from_be_bytes(*requests),
            },
            blocked_until: UnixNanos(u64::from_be_bytes(*blocked_until)),
        })
    }
}
