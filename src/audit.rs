//! What happened to a request, as data: noted while it is judged, booked when it is over.
//!
//! A [`Trail`] goes along with a request and collects what becomes known. When the request is
//! over, [`book`] counts it ([`crate::stats`]) and writes its audit record: one line of JSON
//! without personal data, for the access log and for the [`Ring`] that the admin calls read.

mod record;
mod ring;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use crate::config::Records;
use crate::denial::{Denial, Reason};
use crate::fleet::{Mode, Want, What};
use crate::ip;
use crate::policy::{Policy, Subject, Surroundings};
use crate::redact::RedactionCounts;
use crate::request::Head;
use crate::stats;
use crate::tenant::Rules;
use crate::waf::TextCounts;

pub use record::{RECORD_BYTES_MAX, RECORD_FIELDS, erasure_line};
pub use ring::{ANSWER_RECORDS_MAX, Claim, Query, Ring};

/// What is known of a request and what was noted about it.
#[derive(Debug, Default)]
pub struct Trail {
    /// The client's address, where a rule asked for it; inside, `None` where it has none.
    client: Option<Option<IpAddr>>,
    /// Index of the key it was admitted by or refused for.
    pub key: Option<u32>,
    /// What came of it.
    pub verdict: Verdict,
    /// By what it was judged, where its limit is shared with other Envoys.
    pub limited_by: Option<Mode>,
    /// What would have been refused if its rule were not in shadow mode.
    pub shadowed: Vec<Denial>,
    /// What was counted against the key or the address.
    pub violations: Vec<Violation>,
    /// Blocks that these violations led to.
    pub blocks: u32,
    /// How much its text holds.
    pub counts: TextCounts,
    /// What was replaced in the request and in its answer.
    pub redactions: RedactionCounts,
    /// Bytes of its body.
    pub body_bytes: usize,
    /// The status of the answer.
    pub status: Option<u16>,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Verdict {
    /// None was reached before the client left.
    #[default]
    Pending,
    /// It went to the upstream.
    Allowed,
    /// It was refused, or its answer was withheld.
    Denied(Denial),
}

/// What counts against a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Violation {
    /// An API key that is not good.
    RejectedKey,
    /// An admin key that is not good.
    AdminKey,
    /// More requests at once than a client needs.
    Burst,
    /// Too many characters.
    TextTooLong,
    /// Too many URLs.
    TooManyUrls,
    /// Too many phone numbers.
    TooManyPhones,
}

impl Violation {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 6] = [
        Self::RejectedKey,
        Self::AdminKey,
        Self::Burst,
        Self::TextTooLong,
        Self::TooManyUrls,
        Self::TooManyPhones,
    ];

    /// Its name in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RejectedKey => "rejected-key",
            Self::AdminKey => "admin-key",
            Self::Burst => "burst",
            Self::TextTooLong => "text-too-long",
            Self::TooManyUrls => "too-many-urls",
            Self::TooManyPhones => "too-many-phones",
        }
    }

    /// The violation that a text refused for this reason is, if it is one.
    pub const fn of_text(denial: Denial) -> Option<Self> {
        match denial.reason() {
            Reason::TextTooLong => Some(Self::TextTooLong),
            Reason::TooManyUrls => Some(Self::TooManyUrls),
            Reason::TooManyPhones => Some(Self::TooManyPhones),
            _ => None,
        }
    }
}

impl Trail {
    /// The client's address, asked of the host at most once.
    pub fn address(&mut self, around: &Surroundings<'_>) -> Option<IpAddr> {
        let ask = || ip::parse_source(&around.downstream.source_address()?);
        *self.client.get_or_insert_with(ask)
    }

    /// Counts a violation against `subject`, and blocks it where it was one too many.
    pub fn note_violation(
        &mut self,
        violation: Violation,
        subject: Subject,
        rules: &Rules,
        around: &Surroundings<'_>,
    ) {
        self.violations.push(violation);
        let blocked = subject.note_violation(rules, around);
        self.blocks = self.blocks.saturating_add(u32::from(blocked));
        if blocked && !rules.waf_shadow {
            self.tell_others(subject, rules, around);
        }
    }

    /// Where a key's limit is shared with other Envoys, its blocks are too.
    fn tell_others(&self, subject: Subject, rules: &Rules, around: &Surroundings<'_>) {
        if let (Subject::Key(account), Some(key), Some(fleet)) = (subject, self.key, rules.tariff.fleet) {
            let what = What::Block { since: around.now };
            around.desk.leave(Want { service: fleet.service, key, account, what });
        }
    }
}

/// What is recorded, and for how long.
#[derive(Debug)]
pub struct AuditRules {
    /// Which requests.
    pub records: Records,
    /// Where the records are kept.
    pub ring: Ring,
    /// This worker's next places there.
    pub claim: Claim,
}

impl AuditRules {
    fn wants(&self, trail: &Trail) -> bool {
        match self.records {
            Records::All => true,
            Records::Denied => trail.verdict != Verdict::Allowed || !trail.shadowed.is_empty(),
            Records::Off => false,
        }
    }
}

/// Counts a request that is over and keeps its record; the record's line, where there is one.
/// `head` is the head as the client sent it.
pub fn book(policy: &Policy, trail: &mut Trail, head: Head<'_>, around: &Surroundings<'_>) -> Option<String> {
    stats::count(policy, trail, around.meters);
    let rules = policy.audit();
    if !rules.wants(trail) {
        return None;
    }
    let line = record::line(policy, trail, head, around);
    let tenant = policy.tenant_of(trail).map(|tenant| &*tenant.id);
    rules.ring.append(around.store, &rules.claim, tenant, &line, around.now);
    Some(line)
}
