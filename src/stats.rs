//! What is counted, under which names, and the sums that the admin calls report.
//!
//! The counters are the host's: Envoy keeps one for each name over all workers, so a sum over
//! workers is read, not computed. A counter's name carries its labels, which the tag rules of
//! the shipped bootstrap turn into labels of Prometheus:
//! `tollgate_requests_total_tenant=.=acme;.;_decision=.=denied;.;_reason=.=blocked;.;`.
//! All labels come from the configuration, or from this program.

mod erased;
#[cfg(test)]
pub(crate) mod memory;
mod report;
#[cfg(test)]
mod tests;

use crate::audit::{Trail, Verdict, Violation};
use crate::denial::Reason;
use crate::fleet::{Mode, Outcome};
use crate::policy::Policy;
use crate::redact::RedactionCounts;
use crate::scan::EntityKind;
use crate::tenant::Rules;
use crate::time::UnixSeconds;

pub use erased::erase;
pub use report::report;

/// The reason of a request whose client left before there was a verdict.
pub const INCOMPLETE: &str = "incomplete";
/// Stands for the tenant where none is known; no tenant has such an id.
pub const NO_TENANT: &str = "-";

/// The host's counters. The first use of a slot may cost much, every later one little.
pub trait Meters {
    /// Adds to a counter, which `name` names.
    fn add(&self, slot: usize, name: &dyn Fn() -> String, by: u64);
    /// The sum over all workers.
    fn read(&self, slot: usize, name: &dyn Fn() -> String) -> u64;
}

/// One thing that is counted for a tenant, or for all requests without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    /// Requests that went to the upstream.
    Allowed,
    /// Requests whose client left before there was a verdict.
    Aborted,
    /// Blocks.
    Blocked,
    /// Requests refused.
    Denied(Reason),
    /// Requests that a rule in shadow mode would have refused.
    Shadowed(Reason),
    /// Violations.
    Violation(Violation),
    /// Requests judged by a limit that is shared with other Envoys, by what.
    LimitedBy(Mode),
    /// Calls to Rate Limit Services, by what came of them; they are nobody's.
    Called(Outcome),
    /// Pieces of personal data replaced.
    Redacted(EntityKind),
}

const REASONS: usize = Reason::ALL.len();
const VIOLATIONS: usize = Violation::ALL.len();
const DENIED_FROM: usize = 3;
const SHADOWED_FROM: usize = DENIED_FROM + REASONS;
const VIOLATION_FROM: usize = SHADOWED_FROM + REASONS;
const LIMITED_BY_FROM: usize = VIOLATION_FROM + VIOLATIONS;
const REDACTED_FROM: usize = LIMITED_BY_FROM + Mode::ALL.len();
const CALLED_FROM: usize = REDACTED_FROM + RedactionCounts::KINDS;
/// How many series a tenant has.
const SERIES: usize = CALLED_FROM + Outcome::ALL.len();

impl Series {
    /// The series that there are by these rules.
    fn of(rules: &Rules) -> impl Iterator<Item = Self> {
        Self::all(rules.redaction.scanner.custom().len(), rules.tariff.fleet.is_some())
    }

    /// The series that there are with so many custom patterns, and with a limit that is shared
    /// or not.
    fn all(custom_patterns: usize, shared: bool) -> impl Iterator<Item = Self> {
        let modes = Mode::ALL.into_iter().filter(move |_| shared);
        let kinds = RedactionCounts::kinds().take(RedactionCounts::BUILT_IN.saturating_add(custom_patterns));
        [Self::Allowed, Self::Aborted, Self::Blocked]
            .into_iter()
            .chain(Reason::ALL.map(Self::Denied))
            .chain(Reason::ALL.map(Self::Shadowed))
            .chain(Violation::ALL.map(Self::Violation))
            .chain(modes.map(Self::LimitedBy))
            .chain(kinds.map(Self::Redacted))
    }

    fn index(self) -> usize {
        match self {
            Self::Allowed => 0,
            Self::Aborted => 1,
            Self::Blocked => 2,
            Self::Denied(reason) => DENIED_FROM.saturating_add(reason as usize),
            Self::Shadowed(reason) => SHADOWED_FROM.saturating_add(reason as usize),
            Self::Violation(violation) => VIOLATION_FROM.saturating_add(violation as usize),
            Self::LimitedBy(mode) => LIMITED_BY_FROM.saturating_add(mode as usize),
            Self::Called(outcome) => CALLED_FROM.saturating_add(outcome as usize),
            Self::Redacted(kind) => REDACTED_FROM.saturating_add(RedactionCounts::index(kind).unwrap_or(0)),
        }
    }
}

/// One counter: a series of a tenant, by its index in the policy.
#[derive(Clone, Copy)]
struct Counter<'p> {
    policy: &'p Policy,
    tenant: Option<u32>,
    series: Series,
}

impl Counter<'_> {
    fn add(self, meters: &dyn Meters, by: u64) {
        if by > 0 {
            meters.add(self.slot(), &|| self.name(), by);
        }
    }

    fn read(self, meters: &dyn Meters) -> u64 {
        meters.read(self.slot(), &|| self.name())
    }

    fn slot(self) -> usize {
        let row = self.tenant.map_or(0, |index| (index as usize).saturating_add(1));
        row.saturating_mul(SERIES).saturating_add(self.series.index())
    }

    fn name(self) -> String {
        let tenant = self.policy.tenant(self.tenant).map_or(NO_TENANT, |tenant| &tenant.id);
        let name = |metric, labels: &[(&str, &str)]| name(metric, tenant, labels);
        let requests =
            |decision, reason| name("tollgate_requests_total", &[("decision", decision), ("reason", reason)]);
        match self.series {
            Series::Allowed => requests("allowed", "ok"),
            Series::Aborted => requests("aborted", INCOMPLETE),
            Series::Denied(reason) => requests("denied", reason.name()),
            Series::Shadowed(reason) => name("tollgate_shadowed_total", &[("reason", reason.name())]),
            Series::Violation(violation) => name("tollgate_violations_total", &[("kind", violation.name())]),
            Series::Blocked => name("tollgate_blocks_total", &[]),
            Series::LimitedBy(mode) => name("tollgate_ratelimit_judged_total", &[("mode", mode.name())]),
            Series::Called(outcome) => {
                labelled("tollgate_ratelimit_service_total", &[("outcome", outcome.name())])
            }
            Series::Redacted(kind) => {
                let scanner = &self.policy.rules_of_tenant(self.tenant).redaction.scanner;
                name("tollgate_redactions_total", &[("entity", scanner.kind_name(kind))])
            }
        }
    }
}

/// A metric's name with its labels, of which the tenant is the first.
fn name(metric: &str, tenant: &str, labels: &[(&str, &str)]) -> String {
    labelled(metric, &[&[("tenant", tenant)], labels].concat())
}

fn labelled(metric: &str, labels: &[(&str, &str)]) -> String {
    let mut name = String::from(metric);
    for (label, value) in labels {
        for part in ["_", label, "=.=", value, ";.;"] {
            name.push_str(part);
        }
    }
    name
}

/// Counts a request that is over.
pub fn count(policy: &Policy, trail: &Trail, meters: &dyn Meters) {
    let tenant = policy.tenant_index_of(trail);
    let add = |series, by| Counter { policy, tenant, series }.add(meters, by);
    let verdict = match trail.verdict {
        Verdict::Allowed => Series::Allowed,
        Verdict::Pending => Series::Aborted,
        Verdict::Denied(denial) => Series::Denied(denial.reason()),
    };
    add(verdict, 1);
    trail.shadowed.iter().for_each(|denial| add(Series::Shadowed(denial.reason()), 1));
    trail.violations.iter().for_each(|violation| add(Series::Violation(*violation), 1));
    add(Series::Blocked, u64::from(trail.blocks));
    trail.limited_by.into_iter().for_each(|mode| add(Series::LimitedBy(mode), 1));
    trail.redactions.by_kind().for_each(|(kind, by)| add(Series::Redacted(kind), u64::from(by)));
}

/// Counts a call to a Rate Limit Service.
pub fn count_call(policy: &Policy, outcome: Outcome, meters: &dyn Meters) {
    Counter { policy, tenant: None, series: Series::Called(outcome) }.add(meters, 1);
}

/// The gauges of the keys that are worth watching, with their values: age in days, and days
/// until the end.
pub fn key_gauges(policy: &Policy, now: UnixSeconds) -> impl Iterator<Item = (String, u64)> {
    policy.watched_keys().flat_map(move |key| {
        let tenant = policy.tenant(Some(key.tenant)).map_or(NO_TENANT, |tenant| &*tenant.id);
        let gauge =
            move |metric, value: Option<u64>| Some((name(metric, tenant, &[("key", key.id)]), value?));
        [
            gauge("tollgate_key_age_days", key.validity.age_days(now)),
            gauge("tollgate_key_days_left", key.validity.days_left(now)),
        ]
        .into_iter()
        .flatten()
    })
}
