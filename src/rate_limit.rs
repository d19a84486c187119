//! Token buckets in integers.
//!
//! A bucket holds up to `burst` tokens and gains `rate` of them a second; a request takes
//! one. The level is counted in billionths of a token, so that a nanosecond adds exactly
//! `rate` units: nothing is rounded, and nothing drifts however often the bucket is asked.
//! The names are those of Envoy's `TokenBucket` (`envoy.type.v3`) and of the IETF draft.

pub mod fields;
#[cfg(test)]
mod tests;

use crate::time::{NANOS_PER_SECOND, UnixNanos};

/// Largest rate, tokens a second.
pub const RATE_MAX: u64 = 1_000_000;
/// Largest bucket, tokens. Counted in billionths, this keeps all arithmetic in 64 bits.
pub const BURST_MAX: u64 = 10_000_000;

/// Units of level in one token.
const UNITS_PER_TOKEN: u64 = NANOS_PER_SECOND;

/// How far the clock may lie behind the bucket without being taken as set back. Workers
/// read the clock at different moments of one request, so a little is usual.
const CLOCK_SKEW_MAX_NANOS: u64 = NANOS_PER_SECOND;

/// How often one key may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    rate: u64,
    burst: u64,
}

impl Quota {
    /// What a key has where nothing else is configured: 10 a second, 20 at once.
    pub const DEFAULT: Self = Self { rate: 10, burst: 20 };

    /// `rate` tokens a second into a bucket of `burst`; `None` when either is zero or
    /// beyond [`RATE_MAX`] or [`BURST_MAX`].
    pub const fn new(rate: u64, burst: u64) -> Option<Self> {
        let valid = 0 < rate && rate <= RATE_MAX && 0 < burst && burst <= BURST_MAX;
        if valid { Some(Self { rate, burst }) } else { None }
    }

    /// Tokens a second.
    pub const fn rate(self) -> u64 {
        self.rate
    }

    /// Tokens the bucket holds.
    pub const fn burst(self) -> u64 {
        self.burst
    }

    const fn capacity_units(self) -> u64 {
        self.burst.saturating_mul(UNITS_PER_TOKEN)
    }

    /// Nanoseconds until `units` have flowed in, rounded up.
    const fn nanos_for(self, units: u64) -> u64 {
        units.div_ceil(self.rate)
    }
}

/// A bucket at the moment it was last changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    level_units: u64,
    refilled_at: UnixNanos,
}

/// What the bucket says to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Whether the request may pass.
    pub allowed: bool,
    /// Whole tokens left after it.
    pub remaining: u64,
    /// Nanoseconds until there is a whole token more; 0 when the bucket is full.
    pub next_token_nanos: u64,
}

impl Bucket {
    /// A bucket that nobody has used.
    pub const fn full(quota: Quota, now: UnixNanos) -> Self {
        Self { level_units: quota.capacity_units(), refilled_at: now }
    }

    /// Takes one token if there is one. The bucket that comes back is to be kept where
    /// it differs in more than the refill that any later request would compute again:
    /// see [`Self::must_be_kept_after`].
    pub fn take(self, quota: Quota, now: UnixNanos) -> (Answer, Self) {
        let filled = self.refill(quota, now);
        let left = filled.level_units.checked_sub(UNITS_PER_TOKEN);
        let after = Self { level_units: left.unwrap_or(filled.level_units), ..filled };
        let answer = Answer {
            allowed: left.is_some(),
            remaining: after.level_units / UNITS_PER_TOKEN,
            next_token_nanos: after.nanos_until_next_token(quota),
        };
        (answer, after)
    }

    /// Whether a refusal changed the bucket for good: the clock was set back, and the
    /// bucket must begin to count from the new time.
    pub fn must_be_kept_after(self, before: Self) -> bool {
        self.refilled_at < before.refilled_at
    }

    /// The bytes kept in shared state.
    pub fn to_bytes(self) -> [u8; 16] {
        ((u128::from(self.level_units) << 64) | u128::from(self.refilled_at.0)).to_be_bytes()
    }

    /// The reverse of [`Self::to_bytes`].
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let [level_units, refilled_at] = split(u128::from_be_bytes(bytes));
        Self { level_units, refilled_at: UnixNanos(refilled_at) }
    }

    /// A clock that jumps ahead fills the bucket once; one that steps back neither adds
    /// tokens nor keeps the bucket waiting for the old time to come round again.
    fn refill(self, quota: Quota, now: UnixNanos) -> Self {
        let capacity = quota.capacity_units();
        let level_units = self.level_units.min(capacity);
        if now < self.refilled_at {
            let set_back = self.refilled_at.since(now) > CLOCK_SKEW_MAX_NANOS;
            return Self { level_units, refilled_at: if set_back { now } else { self.refilled_at } };
        }
        let missing = capacity.saturating_sub(level_units);
        // Capped before the multiplication, which then cannot overflow.
        let elapsed = now.since(self.refilled_at).min(quota.nanos_for(missing));
        let gained = elapsed.saturating_mul(quota.rate).min(missing);
        Self { level_units: level_units.saturating_add(gained), refilled_at: now }
    }

    fn nanos_until_next_token(self, quota: Quota) -> u64 {
        if self.level_units >= quota.capacity_units() {
            return 0;
        }
        let into_token = self.level_units % UNITS_PER_TOKEN;
        quota.nanos_for(UNITS_PER_TOKEN.saturating_sub(into_token))
    }
}

fn split(both: u128) -> [u64; 2] {
    [(both >> 64) as u64, both as u64]
}

impl Answer {
    /// This answer where only so many tokens are left in this second over all Envoys, and
    /// where the request passes only if that is so there too. More come with the next second.
    pub fn at_most(self, passes: bool, remaining: u64, now: UnixNanos) -> Self {
        let allowed = self.allowed && passes;
        if allowed && self.remaining <= remaining {
            return self;
        }
        let into_second = now.0 % NANOS_PER_SECOND;
        let next_token_nanos = NANOS_PER_SECOND.saturating_sub(into_second).max(self.next_token_nanos);
        Self { allowed, remaining: self.remaining.min(remaining), next_token_nanos }
    }

    /// Whole seconds until there is a token more, rounded up.
    pub const fn next_token_seconds(self) -> u64 {
        self.next_token_nanos.div_ceil(NANOS_PER_SECOND)
    }
}
