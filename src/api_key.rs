//! Keys by their digests: who a key belongs to, and when it is good.

mod block;
mod ring;
#[cfg(test)]
mod tests;

use crate::time::UnixSeconds;
pub use block::{Dates, KeyBlocks};
pub use ring::KeyRing;

/// A key of a tenant. Its plaintext is not here, nor anywhere else.
#[derive(Debug, Clone, Copy)]
pub struct ApiKey<'r> {
    /// What the configuration calls it.
    pub id: &'r str,
    /// Index of its tenant in the policy.
    pub tenant: u32,
    /// When it is good, and when its age is worth a word.
    pub validity: Validity,
}

/// When a key is good. `UnixSeconds(0)` and `UnixSeconds(u64::MAX)` stand for no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// When it was made, where that is known.
    pub created: Option<UnixSeconds>,
    /// The first second the key is good.
    pub not_before: UnixSeconds,
    /// The first second it is no longer.
    pub not_after: UnixSeconds,
    /// The second from which its clients are told to replace it.
    pub warn_from: UnixSeconds,
}

impl Validity {
    /// Works out when to warn: `warn_before_days` ahead of the key's end, or when it is
    /// older than `max_age_days`, whichever comes first.
    pub fn new(dates: Dates, aging: Aging) -> Self {
        let Dates { created, not_before, not_after } = dates;
        let near_end = not_after.map(|end| end.minus_days(aging.warn_before_days));
        let too_old = created.map(|made| made.plus_days(aging.max_age_days));
        Self {
            created,
            not_before: not_before.unwrap_or(UnixSeconds(0)),
            not_after: not_after.unwrap_or(UnixSeconds(u64::MAX)),
            warn_from: near_end.into_iter().chain(too_old).min().unwrap_or(UnixSeconds(u64::MAX)),
        }
    }

    /// What a client is told about this key's age: nothing while it is fresh.
    pub fn rotation(self, now: UnixSeconds) -> Option<Rotation> {
        (now >= self.warn_from).then_some(Rotation { deprecated: self.warn_from, sunset: self.end() })
    }

    /// When it ends, where it has an end.
    pub fn end(self) -> Option<UnixSeconds> {
        (self.not_after != UnixSeconds(u64::MAX)).then_some(self.not_after)
    }

    /// Its age in whole days, where it is known.
    pub fn age_days(self, now: UnixSeconds) -> Option<u64> {
        Some(now.days_since(self.created?))
    }

    /// Whole days until its end, where it has one; 0 when it is over.
    pub fn days_left(self, now: UnixSeconds) -> Option<u64> {
        Some(self.end()?.days_since(now))
    }
}

/// How old keys may get.
#[derive(Debug, Clone, Copy, Default)]
pub struct Aging {
    /// Age at which a key should be replaced.
    pub max_age_days: u32,
    /// How long before its end a key's clients are told.
    pub warn_before_days: u32,
}

/// A key that should be replaced: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// Since when it is deprecated.
    pub deprecated: UnixSeconds,
    /// When it ends, where it has an end.
    pub sunset: Option<UnixSeconds>,
}

impl Rotation {
    /// The value of `Deprecation`: a date of RFC 9651 section 3.3.7.
    pub fn deprecation_field(self) -> String {
        format!("@{}", self.deprecated.0)
    }

    /// The value of `Sunset`.
    pub fn sunset_field(self) -> Option<String> {
        self.sunset.map(UnixSeconds::to_http_date)
    }
}
