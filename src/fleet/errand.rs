//! From wants to calls, and from what came of a call back to the accounts of the keys.

use std::borrow::Cow;

use super::blocks::Slice;
use super::desk::{Desk, Want, What};
use super::message::{self, Descriptor, Status, Unit};
use super::{Change, Counted, Lease, Link};
use crate::account::Account;
use crate::api_key::ApiKey;
use crate::policy::{Policy, Surroundings};
use crate::stats;
use crate::tenant::Tenant;
use crate::time::UnixNanos;

/// A call to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Index of the service in the policy.
    pub service: u32,
    /// The `RateLimitRequest`, serialized.
    pub message: Vec<u8>,
    asked_at: UnixNanos,
    parts: Vec<(Want, Part)>,
}

/// What one descriptor of a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Tokens { hits: u32 },
    Look { tenant: u32 },
    BlockEnd { slice: Slice, blocks: u32 },
    Told,
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it; see `name`")]
pub enum Outcome {
    Ok,
    OverLimit,
    Failed,
    Timeout,
    Misconfigured,
    Malformed,
}

impl Outcome {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 6] =
        [Self::Ok, Self::OverLimit, Self::Failed, Self::Timeout, Self::Misconfigured, Self::Malformed];

    /// Its name in metrics: every token was there; some were not; the call failed; it took too
    /// long; the service knows no such domain, or counts nothing; the answer is not one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::OverLimit => "over_limit",
            Self::Failed => "failed",
            Self::Timeout => "timeout",
            Self::Misconfigured => "misconfigured",
            Self::Malformed => "malformed",
        }
    }

    /// Whether the service did what it is for.
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Ok | Self::OverLimit)
    }
}

/// Turns all that is wanted now into calls.
pub fn calls(policy: &Policy, desk: &Desk, now: UnixNanos) -> Vec<Call> {
    let mut calls = Vec::new();
    // The call that more wants may join, for each service.
    let mut open: Vec<(u32, Draft<'_>)> = Vec::new();
    for want in desk.take() {
        let Some((key, tenant)) = policy.key_and_tenant(want.key) else { continue };
        if desk.link(want.service, now) == Link::Down {
            continue;
        }
        if !may_share(want.what) {
            calls.extend(Draft::of(want, key, tenant, desk, now).finish(policy, desk, now));
            continue;
        }
        match open.iter_mut().find(|(service, _)| *service == want.service) {
            None => open.push((want.service, Draft::of(want, key, tenant, desk, now))),
            Some((_, draft)) => {
                draft.add(want, key, tenant, desk, now);
                if draft.is_full() {
                    calls.extend(std::mem::take(draft).finish(policy, desk, now));
                }
            }
        }
    }
    calls.extend(open.into_iter().filter_map(|(_, draft)| draft.finish(policy, desk, now)));
    calls
}

/// Where one limit of a call is over, the service may be set to leave the others uncounted
/// (`STOP_CACHE_KEY_INCREMENT_WHEN_OVERLIMIT`). So only those share a call that hardly can be,
/// and those that only read.
fn may_share(what: What) -> bool {
    match what {
        What::Tokens { calm, .. } => calm,
        What::Look { .. } | What::BlockEnd { .. } => true,
        What::Block { .. } => false,
    }
}

/// A call that is being put together.
#[derive(Default)]
struct Draft<'p> {
    descriptors: Vec<Descriptor<'p>>,
    parts: Vec<(Want, Part)>,
}

impl<'p> Draft<'p> {
    fn of(want: Want, key: ApiKey<'p>, tenant: &'p Tenant, desk: &Desk, now: UnixNanos) -> Self {
        let mut draft = Self::default();
        draft.add(want, key, tenant, desk, now);
        draft
    }

    fn add(&mut self, want: Want, key: ApiKey<'p>, tenant: &'p Tenant, desk: &Desk, now: UnixNanos) {
        let length_s = tenant.rules.block.block_s;
        match want.what {
            What::Tokens { hits, .. } => {
                let limit = (limit(tenant), Unit::Second);
                self.push(want, Part::Tokens { hits }, names(key, tenant), limit, hits);
                if !tenant.rules.waf_shadow && desk.may_look(key.tenant, now) {
                    self.look(want, key.tenant, tenant);
                }
            }
            What::Look { tenant: index } => {
                self.look(want, index, tenant);
            }
            What::BlockEnd { blocks } => {
                let slice = Slice::of(length_s, now);
                for slice in [slice.before(), slice] {
                    let part = Part::BlockEnd { slice, blocks };
                    self.push(want, part, begun(key, tenant, slice), UNREACHABLE, 0);
                }
            }
            What::Block { since } => {
                let slice = Slice::of(length_s, since);
                self.push(want, Part::Told, begun(key, tenant, slice), UNREACHABLE, slice.mark(since));
                self.push(want, Part::Told, told(tenant), UNREACHABLE, 1);
            }
        }
    }

    fn look(&mut self, want: Want, index: u32, tenant: &'p Tenant) {
        self.push(want, Part::Look { tenant: index }, told(tenant), UNREACHABLE, 0);
    }

    /// Whether the next want might be one too many.
    fn is_full(&self) -> bool {
        const DESCRIPTORS_PER_WANT_MAX: usize = 2;
        self.descriptors.len().saturating_add(DESCRIPTORS_PER_WANT_MAX) > message::DESCRIPTORS_MAX
    }

    fn push(&mut self, want: Want, part: Part, entries: Entries<'p>, limit: (u32, Unit), hits: u32) {
        self.parts.push((want, part));
        self.descriptors.push(Descriptor { entries, limit, hits });
    }

    fn finish(self, policy: &Policy, desk: &Desk, now: UnixNanos) -> Option<Call> {
        let service = self.parts.first()?.0.service;
        let called = policy.services().get(service as usize)?;
        desk.called(service, called.timeout_nanos, now);
        let message = message::request(&called.domain, &self.descriptors);
        Some(Call { service, message, asked_at: now, parts: self.parts })
    }
}

type Entries<'p> = Vec<(&'static str, Cow<'p, str>)>;

/// A limit that nothing is ever over.
const UNREACHABLE: (u32, Unit) = (u32::MAX, Unit::Day);

/// The counter of a key's requests.
fn names<'p>(key: ApiKey<'p>, tenant: &'p Tenant) -> Entries<'p> {
    vec![("tenant", Cow::from(&*tenant.id)), ("key", Cow::from(key.id))]
}

/// The counter of the blocks that a tenant's keys had today.
fn told(tenant: &Tenant) -> Entries<'_> {
    vec![("tenant", Cow::from(&*tenant.id)), ("blocks", Cow::from("today"))]
}

/// The counter of where in a slice a block of a key began.
fn begun<'p>(key: ApiKey<'p>, tenant: &'p Tenant, slice: Slice) -> Entries<'p> {
    let mut entries = names(key, tenant);
    entries.push(("block", Cow::from(slice.name())));
    entries
}

fn limit(tenant: &Tenant) -> u32 {
    u32::try_from(tenant.rules.tariff.quota.rate()).unwrap_or(u32::MAX)
}

/// Takes in what came of a call: the answer's bytes, or `None` where there is none. What it
/// was, and what that changed.
pub fn settle(
    policy: &Policy,
    desk: &Desk,
    call: &Call,
    answer: Option<&[u8]>,
    around: &Surroundings<'_>,
) -> (Outcome, Option<Change>) {
    let read = read(policy, call, answer, around.now);
    let outcome = match &read {
        Ok(statuses) if statuses.iter().any(|status| status.over_limit) => Outcome::OverLimit,
        Ok(_) => Outcome::Ok,
        Err(outcome) => *outcome,
    };
    stats::count_call(policy, outcome, around.meters);
    let change = desk.ended(call.service, outcome.is_success(), around.now);
    match read {
        Ok(statuses) => call.book(policy, desk, &statuses, around),
        Err(_) => call.give_up(policy, around),
    }
    (outcome, change)
}

/// The statuses, one for each part of the call.
fn read(policy: &Policy, call: &Call, answer: Option<&[u8]>, now: UnixNanos) -> Result<Vec<Status>, Outcome> {
    let Some(answer) = answer else {
        let timeout = policy.services().get(call.service as usize).map_or(0, |service| service.timeout_nanos);
        let late = now.since(call.asked_at) >= timeout;
        return Err(if late { Outcome::Timeout } else { Outcome::Failed });
    };
    let statuses = message::response(answer).ok_or(Outcome::Malformed)?;
    if statuses.len() != call.parts.len() {
        return Err(Outcome::Malformed);
    }
    // Nothing was counted: the service does not know the domain, or was told not to limit.
    let counted = statuses.iter().all(|status| status.has_limit);
    if counted { Ok(statuses) } else { Err(Outcome::Misconfigured) }
}

impl Call {
    fn book(&self, policy: &Policy, desk: &Desk, statuses: &[Status], around: &Surroundings<'_>) {
        let tokens = self.parts.iter().filter(|(_, part)| matches!(part, Part::Tokens { .. })).count();
        // Where several keys share a call and one is over, the others may not have been
        // counted; so their requests are counted with their next call.
        let in_doubt = tokens > 1 && statuses.iter().any(|status| status.over_limit);
        for ((want, part), status) in self.parts.iter().zip(statuses) {
            match *part {
                Part::Tokens { .. } if in_doubt && !status.over_limit => self.release(policy, want, around),
                Part::Tokens { hits } => self.book_tokens(policy, want, hits, *status, around),
                Part::Look { tenant } => desk.saw_blocks(tenant, count(*status)),
                Part::BlockEnd { slice, blocks } => {
                    block(policy, want, slice.block_end(count(*status)), around);
                    change(policy, want, around, |lease| lease.see_blocks(blocks, self.asked_at));
                }
                Part::Told => {}
            }
        }
    }

    fn book_tokens(
        &self,
        policy: &Policy,
        want: &Want,
        hits: u32,
        status: Status,
        around: &Surroundings<'_>,
    ) {
        let counted = if status.over_limit {
            Counted::OverLimit
        } else {
            Counted::Granted { remaining: status.remaining }
        };
        change(policy, want, around, |lease| lease.settle(hits, counted, self.asked_at));
    }

    fn give_up(&self, policy: &Policy, around: &Surroundings<'_>) {
        for (want, part) in &self.parts {
            if matches!(part, Part::Tokens { .. } | Part::BlockEnd { .. }) {
                self.release(policy, want, around);
            }
        }
    }

    fn release(&self, policy: &Policy, want: &Want, around: &Surroundings<'_>) {
        change(policy, want, around, |lease| lease.give_up(self.asked_at));
    }
}

/// What a counter stands at whose limit is never reached.
fn count(status: Status) -> u32 {
    u32::MAX.saturating_sub(status.remaining)
}

fn change(policy: &Policy, want: &Want, around: &Surroundings<'_>, step: impl Fn(Lease) -> Lease) {
    if let Some((_, tenant)) = policy.key_and_tenant(want.key) {
        let quota = tenant.rules.tariff.quota;
        Account::change_lease(around.store, want.account, quota, around.now, step);
    }
}

/// A block that another Envoy made is this one's too.
fn block(policy: &Policy, want: &Want, end: Option<UnixNanos>, around: &Surroundings<'_>) {
    let end = end.filter(|end| *end > around.now);
    if let (Some(end), Some((_, tenant))) = (end, policy.key_and_tenant(want.key)) {
        let quota = tenant.rules.tariff.quota;
        Account::block_until(around.store, want.account, quota, end, around.now);
    }
}
