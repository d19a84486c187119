//! The answer to `GET {path}/stats`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::erased::Erased;
use super::{Counter, Series};
use crate::api_key::ApiKey;
use crate::fleet::Outcome;
use crate::policy::{Policy, Surroundings};
use crate::time::UnixSeconds;

/// Everything that was counted, as JSON: in all, without a tenant, and by tenant.
pub fn report(policy: &Policy, around: &Surroundings<'_>) -> String {
    let now = around.now.seconds();
    let mut keys: BTreeMap<u32, Vec<Key<'_>>> = BTreeMap::new();
    for key in policy.watched_keys() {
        keys.entry(key.tenant).or_default().push(Key::of(key, now));
    }
    let mut total = Sums::default();
    let without_tenant = Sums::of(policy, None, around);
    total.add(&without_tenant);
    let mut tenants = BTreeMap::new();
    for (index, tenant) in (0..).zip(policy.tenants()) {
        let sums = Sums::of(policy, Some(index), around);
        total.add(&sums);
        tenants.insert(&*tenant.id, Tenant { sums, keys: keys.remove(&index).unwrap_or_default() });
    }
    let report = Report {
        now: now.to_rfc3339(),
        retention_hours: policy.audit().ring.retention_hours(),
        total,
        without_tenant,
        rate_limit_service: service_calls(policy, around),
        tenants,
    };
    // Serializing maps of strings and numbers cannot fail.
    serde_json::to_string(&report).unwrap_or_default()
}

#[derive(Serialize)]
struct Report<'p> {
    now: String,
    retention_hours: u64,
    total: Sums<'p>,
    without_tenant: Sums<'p>,
    rate_limit_service: Counts<'static>,
    tenants: BTreeMap<&'p str, Tenant<'p>>,
}

/// The calls to Rate Limit Services, by what came of them.
fn service_calls(policy: &Policy, around: &Surroundings<'_>) -> Counts<'static> {
    let count = |outcome: Outcome| {
        let counter = Counter { policy, tenant: None, series: Series::Called(outcome) };
        (outcome.name(), counter.read(around.meters))
    };
    let known = !policy.services().is_empty();
    Outcome::ALL.into_iter().filter(|_| known).map(count).filter(|(_, calls)| *calls > 0).collect()
}

#[derive(Serialize)]
struct Tenant<'p> {
    #[serde(flatten)]
    sums: Sums<'p>,
    keys: Vec<Key<'p>>,
}

/// Counts by name; those that are zero are left out.
type Counts<'p> = BTreeMap<&'p str, u64>;

#[derive(Default, Serialize)]
struct Sums<'p> {
    allowed: u64,
    denied: u64,
    aborted: u64,
    denied_by_reason: Counts<'p>,
    shadowed_by_reason: Counts<'p>,
    violations: Counts<'p>,
    blocks: u64,
    redactions: Counts<'p>,
    limited_by: Counts<'p>,
}

impl<'p> Sums<'p> {
    fn of(policy: &'p Policy, tenant: Option<u32>, around: &Surroundings<'_>) -> Self {
        let rules = policy.rules_of_tenant(tenant);
        let scanner = &rules.redaction.scanner;
        let erased = Erased::of(policy, tenant, around.store);
        let mut sums = Self::default();
        for series in Series::of(rules) {
            let counter = Counter { policy, tenant, series };
            let count = erased.rest(counter, counter.read(around.meters));
            if count == 0 {
                continue;
            }
            match series {
                Series::Allowed => sums.allowed = count,
                Series::Aborted => sums.aborted = count,
                Series::Blocked => sums.blocks = count,
                Series::Denied(reason) => {
                    sums.denied = sums.denied.saturating_add(count);
                    sums.denied_by_reason.insert(reason.name(), count);
                }
                Series::Shadowed(reason) => drop(sums.shadowed_by_reason.insert(reason.name(), count)),
                Series::Violation(violation) => drop(sums.violations.insert(violation.name(), count)),
                Series::LimitedBy(mode) => drop(sums.limited_by.insert(mode.name(), count)),
                // The services' calls are reported by themselves.
                Series::Called(_) => {}
                Series::Redacted(kind) => drop(sums.redactions.insert(scanner.kind_name(kind), count)),
            }
        }
        sums
    }

    fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.allowed, other.allowed),
            (&mut self.denied, other.denied),
            (&mut self.aborted, other.aborted),
            (&mut self.blocks, other.blocks),
        ];
        for (sum, count) in pairs {
            *sum = sum.saturating_add(count);
        }
        let pairs = [
            (&mut self.denied_by_reason, &other.denied_by_reason),
            (&mut self.shadowed_by_reason, &other.shadowed_by_reason),
            (&mut self.violations, &other.violations),
            (&mut self.redactions, &other.redactions),
            (&mut self.limited_by, &other.limited_by),
        ];
        for (sums, counts) in pairs {
            for (name, count) in counts {
                let sum = sums.entry(name).or_default();
                *sum = sum.saturating_add(*count);
            }
        }
    }
}

#[derive(Serialize)]
struct Key<'p> {
    id: &'p str,
    state: &'static str,
    age_days: Option<u64>,
    days_left: Option<u64>,
    not_after: Option<String>,
    replace: bool,
}

impl<'p> Key<'p> {
    fn of(key: ApiKey<'p>, now: UnixSeconds) -> Self {
        let validity = key.validity;
        let state = if now >= validity.not_after {
            "expired"
        } else if now < validity.not_before {
            "not-yet"
        } else {
            "live"
        };
        Self {
            id: key.id,
            state,
            age_days: validity.age_days(now),
            days_left: validity.days_left(now),
            not_after: validity.end().map(UnixSeconds::to_rfc3339),
            replace: validity.rotation(now).is_some(),
        }
    }
}
