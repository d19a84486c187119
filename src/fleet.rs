//! One limit over many Envoys, through the standard Rate Limit Service.
//!
//! The service (`envoyproxy/ratelimit`) counts in seconds aligned to the clock and says yes or
//! no. Asking it for every request would make each of them wait, so tokens are taken a
//! [`Lease`] at a time, spent by all workers of an Envoy, and fetched again before they run
//! out. What a request does not find there it is given on credit, or waits for. While the
//! service does not answer, a [`Circuit`] keeps requests from waiting for it, and
//! [`OnFailure`] says what they get instead.
//!
//! A request only leaves a [`Want`] at its worker's [`Desk`]; the adapter turns wants into
//! calls ([`calls`]) and hands what came of them to [`settle`].

mod blocks;
mod circuit;
mod desk;
mod errand;
mod lease;
mod message;
#[cfg(test)]
mod tests;

use std::num::NonZeroU32;

use crate::config::OnFailure;
use crate::time::NANOS_PER_SECOND;

pub use circuit::{Change, Circuit, Link};
pub use desk::{Desk, Patience, Want, What};
pub use errand::{Call, Outcome, calls, settle};
pub use lease::{Ask, Lease, Mode, Moment, Verdict};

/// A Rate Limit Service, as the adapter calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Envoy's cluster of it.
    pub cluster: Box<str>,
    /// The service's name for a set of limits.
    pub domain: Box<str>,
    /// How long an answer may take, nanoseconds.
    pub timeout_nanos: u64,
}

impl Service {
    /// The method to call (`envoy.service.ratelimit.v3`).
    pub const METHOD: (&'static str, &'static str) =
        ("envoy.service.ratelimit.v3.RateLimitService", "ShouldRateLimit");
    /// Longest name of a cluster, in bytes: in the message that names it to Envoy, every
    /// length must fit in one byte.
    pub const CLUSTER_BYTES_MAX: usize = 100;

    /// The service as Envoy's `GrpcService` (`envoy.config.core.v3`), serialized. The bytes are
    /// UTF-8, because all lengths are below 128. Envoy also takes a plain cluster name, but
    /// ends itself where that happens to parse as such a message.
    pub fn to_grpc_service(&self) -> String {
        message::grpc_service(&self.cluster)
    }
}

/// How a key's limit is shared with other Envoys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FleetRule {
    /// Index of the service in the policy.
    pub service: u32,
    /// Tokens taken at a time at most.
    pub lease_max: u32,
    /// What to do while the service does not answer.
    pub on_failure: OnFailure,
    /// How many Envoys share the limit.
    pub replicas: NonZeroU32,
}

/// A limit and how it is shared: what a [`Lease`] is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How the limit is shared.
    pub rule: FleetRule,
    /// Requests a second over all Envoys.
    pub rate: u32,
    /// Let pass what is over the limit, and never wait.
    pub shadow: bool,
}

impl Terms {
    /// One lease is at most this part of what each Envoy may expect of the limit, so that none
    /// sits on tokens that others could use.
    const SHARE_DIVISOR: u32 = 4;
    /// Requests in a hundred that may pass before the service was asked, over all Envoys.
    const CREDIT_PERCENT: u32 = 1;

    /// Tokens that one lease may hold.
    fn lease_max(self) -> u32 {
        let share = self.rate.div_ceil(self.rule.replicas.get().saturating_mul(Self::SHARE_DIVISOR));
        share.min(self.rule.lease_max).max(1)
    }

    /// Requests that may pass in a second before the service said that there is room: 1 % of
    /// the limit divided by all Envoys, and at least one.
    fn credit(self) -> u32 {
        let percent = self.rate.saturating_mul(Self::CREDIT_PERCENT) / 100;
        (percent / self.rule.replicas).max(1)
    }

    /// Requests a second that pass without the service.
    fn local_share(self) -> u32 {
        (self.rate / self.rule.replicas).max(1)
    }
}

/// What the service said of one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// The tokens asked for were there, and so many are left for all Envoys.
    Granted {
        /// `limit_remaining`.
        remaining: u32,
    },
    /// They were not; they are counted all the same.
    OverLimit,
}

/// How long after its timeout a call that was not answered counts as lost, should even Envoy
/// not say so.
const GRACE_NANOS: u64 = NANOS_PER_SECOND / 20;
