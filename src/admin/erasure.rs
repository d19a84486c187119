//! Everything that is kept of a tenant, forgotten.

use serde::Serialize;

use crate::audit::{AuditRules, erasure_line};
use crate::policy::{Policy, Surroundings};
use crate::{abuse, account, stats};

#[derive(Serialize)]
struct Answer<'p> {
    tenant: &'p str,
    erased: Erased,
}

#[derive(Serialize)]
struct Erased {
    audit_records: usize,
    counters: usize,
    violations: usize,
    buckets: usize,
}

/// Erases a tenant's records, counts, violations and buckets, with the blocks in them; what
/// was erased, as JSON. Leaves a record of its own.
pub(super) fn erase(policy: &Policy, tenant: u32, around: &Surroundings<'_>) -> String {
    let id = policy.tenant(Some(tenant)).map_or("", |tenant| &tenant.id);
    let AuditRules { ring, claim, .. } = policy.audit();
    let mut erased = Erased {
        audit_records: ring.erase(around.store, id),
        counters: stats::erase(policy, tenant, around.meters, around.store),
        violations: 0,
        buckets: 0,
    };
    for key in policy.key_prefixes(tenant) {
        erased.violations =
            erased.violations.saturating_add(usize::from(abuse::forget_key(around.store, key)));
        erased.buckets = erased.buckets.saturating_add(usize::from(account::forget(around.store, key)));
    }
    ring.append(around.store, claim, None, &erasure_line(id, around.now), around.now);
    // Serializing strings and numbers cannot fail.
    serde_json::to_string(&Answer { tenant: id, erased }).unwrap_or_default()
}
