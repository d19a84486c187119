//! Whether a service is worth waiting for, as one worker has found it.

#[cfg(test)]
mod tests;

use super::GRACE_NANOS;
use crate::time::{NANOS_PER_SECOND, UnixNanos};

/// Calls in a row that fail before nobody waits for the service any more. One is not enough:
/// a service whose database came back fails once for every connection it had to it.
const FAILURES_MAX: u32 = 3;
/// Calls in a row that succeed before requests wait for it again, for the same reason.
const SUCCESSES_MIN: u32 = 3;
/// How long after a failure the service is tried again.
const RETRY_NANOS: u64 = NANOS_PER_SECOND / 5;

/// How a service is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// It answers.
    Up,
    /// It did not, and may be tried again; nobody should wait for it.
    Probing,
    /// It does not, and is left alone.
    Down,
}

/// What a call's end changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// From now on requests are judged without the service.
    Opened,
    /// From now on they wait for it again.
    Closed,
}

/// A circuit breaker: closed while calls succeed, open while they fail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Circuit {
    failures: u32,
    successes: u32,
    /// When the service may be tried again; `None` while the circuit is closed.
    retry_at: Option<UnixNanos>,
    /// Until then a trial is under way.
    trying_until: UnixNanos,
}

impl Circuit {
    /// How the service is doing.
    pub fn link(self, now: UnixNanos) -> Link {
        match self.retry_at {
            None => Link::Up,
            Some(at) if at <= now && self.trying_until <= now => Link::Probing,
            Some(_) => Link::Down,
        }
    }

    /// A call is under way. While the circuit is open, no other is begun before its end.
    pub fn called(&mut self, timeout_nanos: u64, now: UnixNanos) {
        if self.retry_at.is_some() {
            self.trying_until = now.plus(timeout_nanos).plus(GRACE_NANOS);
        }
    }

    /// A call succeeded.
    pub fn succeeded(&mut self, now: UnixNanos) -> Option<Change> {
        self.failures = 0;
        self.trying_until = UnixNanos(0);
        self.retry_at?;
        self.successes = self.successes.saturating_add(1);
        if self.successes < SUCCESSES_MIN {
            self.retry_at = Some(now);
            return None;
        }
        *self = Self::default();
        Some(Change::Closed)
    }

    /// A call failed.
    pub fn failed(&mut self, now: UnixNanos) -> Option<Change> {
        self.failures = self.failures.saturating_add(1);
        self.successes = 0;
        self.trying_until = UnixNanos(0);
        if self.retry_at.is_none() && self.failures < FAILURES_MAX {
            return None;
        }
        let opened = self.retry_at.is_none();
        self.retry_at = Some(now.plus(RETRY_NANOS));
        opened.then_some(Change::Opened)
    }
}
