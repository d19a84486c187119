//! Counts that were erased. The host's counters only grow, so what they stood at is kept in
//! a shared cell and taken off whatever is reported.

use super::{Counter, Meters, Series};
use crate::policy::Policy;
use crate::secret::Digest;
use crate::store::Store;

/// What a tenant's counters stood at when it was erased last, by the names of the counters: a
/// later configuration may number them otherwise.
#[derive(Default)]
pub(super) struct Erased(Vec<(u64, u64)>);

impl Erased {
    pub(super) fn of(policy: &Policy, tenant: Option<u32>, store: &dyn Store) -> Self {
        let bytes = cell(policy, tenant).and_then(|cell| store.read(&cell)).map(|cell| cell.bytes);
        Self(bytes.map(|bytes| pairs(&bytes)).unwrap_or_default())
    }

    /// What was counted since.
    pub(super) fn rest(&self, counter: Counter<'_>, counted: u64) -> u64 {
        if self.0.is_empty() {
            return counted;
        }
        let name = id(&counter.name());
        let erased = self.0.iter().find(|(erased, _)| *erased == name).map_or(0, |(_, value)| *value);
        counted.saturating_sub(erased)
    }
}

/// Lets a tenant's counts begin anew; how many counters that concerned.
pub fn erase(policy: &Policy, tenant: u32, meters: &dyn Meters, store: &dyn Store) -> usize {
    let erased = Erased::of(policy, Some(tenant), store);
    let mut bytes = Vec::new();
    let mut concerned = 0usize;
    for series in Series::of(policy.rules_of_tenant(Some(tenant))) {
        let counter = Counter { policy, tenant: Some(tenant), series };
        let counted = counter.read(meters);
        concerned = concerned.saturating_add(usize::from(erased.rest(counter, counted) > 0));
        if counted > 0 {
            bytes.extend_from_slice(&id(&counter.name()).to_be_bytes());
            bytes.extend_from_slice(&counted.to_be_bytes());
        }
    }
    if let Some(cell) = cell(policy, Some(tenant)).filter(|_| concerned > 0) {
        store.put(&cell, &bytes);
    }
    concerned
}

/// The tenant's cell: `e` and 16 hexadecimal digits of its id's digest.
fn cell(policy: &Policy, tenant: Option<u32>) -> Option<String> {
    Some(format!("e{:016x}", id(&policy.tenant(Some(tenant?))?.id)))
}

fn id(name: &str) -> u64 {
    Digest::of(name.as_bytes()).prefix()
}

fn pairs(bytes: &[u8]) -> Vec<(u64, u64)> {
    let (pairs, _) = bytes.as_chunks::<16>();
    let halves = |pair: &[u8; 16]| {
        let [a, b, c, d, e, f, g, h, value @ ..] = *pair;
        (u64::from_be_bytes([a, b, c, d, e, f, g, h]), u64::from_be_bytes(value))
    };
    pairs.iter().map(halves).collect()
}
