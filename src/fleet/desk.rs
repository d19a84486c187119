//! What the requests of one worker want of the services, until somebody calls them.

use std::cell::RefCell;

use super::{Ask, Change, Circuit, Link};
use crate::time::UnixNanos;

/// Wants kept at most; those beyond are forgotten, and wanted again by later requests.
const WANTS_MAX: usize = 4_096;

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
    /// Tokens, or a look whether the key was blocked elsewhere.
    Ask(Ask),
    /// When a block that was found ends.
    BlockEnd,
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
}

impl Desk {
    /// A desk for so many services.
    pub fn new(services: usize) -> Self {
        Self { circuits: RefCell::new(vec![Circuit::default(); services]), wants: RefCell::default() }
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
