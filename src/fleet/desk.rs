//! What the requests of one worker want of the services, until somebody calls them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{Change, Circuit, Link};
use crate::time::{NANOS_PER_SECOND, UnixNanos};

/// Wants kept at most; those beyond are forgotten, and wanted again by later requests.
const WANTS_MAX: usize = 4_096;
/// After so long it is looked whether another Envoy blocked a key of a tenant, by a call of its
/// own...
const LOOK_INTERVAL_MAX_NANOS: u64 = NANOS_PER_SECOND / 4 * 3;
/// ... or along with another call for the tenant.
const LOOK_INTERVAL_MIN_NANOS: u64 = NANOS_PER_SECOND / 4;

/// Whether a request may wait for the service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Patience {
    /// It may.
    #[default]
    Waits,
    /// It did, for as long as it may.
    GaveUp,
}

/// What is wanted for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    /// Index of the service in the policy.
    pub service: u32,
    /// Index of the key in the policy.
    pub key: u32,
    /// The beginning of the key's digest: its account.
    pub account: u64,
    /// What is wanted.
    pub what: What,
}

/// What may be wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Tokens.
    Tokens {
        /// How many.
        hits: u32,
        /// Whether the answer is hardly in doubt.
        calm: bool,
    },
    /// How many blocks a tenant's keys had today.
    Look {
        /// Index of the tenant in the policy.
        tenant: u32,
    },
    /// Until when the key is blocked, if it is.
    BlockEnd {
        /// How many blocks there were when this was wanted.
        blocks: u32,
    },
    /// To tell the other Envoys that the key is blocked since then.
    Block {
        /// When it began.
        since: UnixNanos,
    },
}

/// One worker's wants, and what it knows of the services.
#[derive(Debug)]
pub struct Desk {
    circuits: RefCell<Vec<Circuit>>,
    wants: RefCell<Vec<Want>>,
    watches: RefCell<BTreeMap<u32, Watch>>,
}

/// What is known of the blocks of a tenant's keys.
#[derive(Debug, Clone, Copy, Default)]
struct Watch {
    looked_at: UnixNanos,
    blocks: Option<u32>,
}

impl Desk {
    /// A desk for so many services.
    pub fn new(services: usize) -> Self {
        Self {
            circuits: RefCell::new(vec![Circuit::default(); services]),
            wants: RefCell::default(),
            watches: RefCell::default(),
        }
    }

    /// How a service is doing.
    pub fn link(&self, service: u32, now: UnixNanos) -> Link {
        self.circuits.borrow().get(service as usize).map_or(Link::Down, |circuit| circuit.link(now))
    }

    /// Leaves a want.
    pub fn leave(&self, want: Want) {
        let mut wants = self.wants.borrow_mut();
        if wants.len() < WANTS_MAX {
            wants.push(want);
        }
    }

    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        self.wants.borrow().is_empty()
    }

    /// How many blocks a tenant's keys had today, where that is known.
    pub fn blocks(&self, tenant: u32) -> Option<u32> {
        self.watches.borrow().get(&tenant)?.blocks
    }

    /// Whether it is time to look for blocks of a tenant's keys; whoever asks does it then.
    pub fn must_look(&self, tenant: u32, now: UnixNanos) -> bool {
        self.is_look_due(tenant, LOOK_INTERVAL_MAX_NANOS, now)
    }

    /// The same for somebody who calls anyway.
    pub(super) fn may_look(&self, tenant: u32, now: UnixNanos) -> bool {
        self.is_look_due(tenant, LOOK_INTERVAL_MIN_NANOS, now)
    }

    fn is_look_due(&self, tenant: u32, interval_nanos: u64, now: UnixNanos) -> bool {
        let mut watches = self.watches.borrow_mut();
        let watch = watches.entry(tenant).or_default();
        let due = now.since(watch.looked_at) >= interval_nanos;
        if due {
            watch.looked_at = now;
        }
        due
    }

    pub(super) fn saw_blocks(&self, tenant: u32, blocks: u32) {
        self.watches.borrow_mut().entry(tenant).or_default().blocks = Some(blocks);
    }

    pub(super) fn take(&self) -> Vec<Want> {
        self.wants.take()
    }

    pub(super) fn called(&self, service: u32, timeout_nanos: u64, now: UnixNanos) {
        if let Some(circuit) = self.circuits.borrow_mut().get_mut(service as usize) {
            circuit.called(timeout_nanos, now);
        }
    }

    pub(super) fn ended(&self, service: u32, succeeded: bool, now: UnixNanos) -> Option<Change> {
        let mut circuits = self.circuits.borrow_mut();
        let circuit = circuits.get_mut(service as usize)?;
        if succeeded { circuit.succeeded(now) } else { circuit.failed(now) }
    }
}
