//! From wants to calls, and from what came of a call back to the accounts of the keys.

use std::borrow::Cow;

use super::blocks::Slice;
use super::desk::{Desk, Want, What};
use super::message::{self, Descriptor, Status, Unit};
use super::{Ask, Change, Counted, Link};
use crate::account::Account;
use crate::api_key::ApiKey;
use crate::policy::{Policy, Surroundings};
use crate::stats;
use crate::tenant::Tenant;
use crate::time::UnixNanos;

/// Keys asked for in one call at most. Only those that hardly can be over their limits share a
/// call: where one is, the service may be set to leave the others uncounted
/// (`STOP_CACHE_KEY_INCREMENT_WHEN_OVERLIMIT`).
const KEYS_PER_CALL_MAX: usize = message::DESCRIPTORS_MAX / 2;

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
    Look,
    BlockSlice(Slice),
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
    // The call that more calm keys may join, for each service.
    let mut open: Vec<(u32, Draft<'_>)> = Vec::new();
    for want in desk.take() {
        let Some((key, tenant)) = policy.key_and_tenant(want.key) else { continue };
        if desk.link(want.service, now) == Link::Down {
            continue;
        }
        if !matches!(want.what, What::Ask(Ask { calm: true, .. })) {
            calls.extend(Draft::of(want, key, tenant, now).finish(policy, desk, now));
            continue;
        }
        let place = open.iter().position(|(service, _)| *service == want.service);
        let joined = place.and_then(|place| open.get_mut(place));
        match joined {
            None => open.push((want.service, Draft::of(want, key, tenant, now))),
            Some((_, draft)) => {
                draft.add(want, key, tenant, now);
                if draft.keys >= KEYS_PER_CALL_MAX {
                    let full = std::mem::take(draft);
                    calls.extend(full.finish(policy, desk, now));
                }
            }
        }
    }
    calls.extend(open.into_iter().filter_map(|(_, draft)| draft.finish(policy, desk, now)));
    calls
}

/// A call that is being put together.
#[derive(Default)]
struct Draft<'p> {
    keys: usize,
    descriptors: Vec<Descriptor<'p>>,
    parts: Vec<(Want, Part)>,
}

impl<'p> Draft<'p> {
    fn of(want: Want, key: &'p ApiKey, tenant: &'p Tenant, now: UnixNanos) -> Self {
        let mut draft = Self::default();
        draft.add(want, key, tenant, now);
        draft
    }

    fn add(&mut self, want: Want, key: &'p ApiKey, tenant: &'p Tenant, now: UnixNanos) {
        let length_s = tenant.rules.block.block_s;
        self.keys = self.keys.saturating_add(1);
        match want.what {
            What::Ask(ask) => {
                if ask.hits > 0 {
                    let limit = (limit(tenant), Unit::Second);
                    self.push(want, Part::Tokens { hits: ask.hits }, names(key, tenant), limit, ask.hits);
                }
                if ask.looks {
                    self.push(want, Part::Look, told(key, tenant), UNREACHABLE, 0);
                }
            }
            What::BlockEnd => {
                let slice = Slice::of(length_s, now);
                for slice in [slice, slice.before()] {
                    self.push(want, Part::BlockSlice(slice), begun(key, tenant, slice), UNREACHABLE, 0);
                }
            }
            What::Block { since } => {
                let slice = Slice::of(length_s, since);
                self.push(want, Part::Told, begun(key, tenant, slice), UNREACHABLE, slice.mark(since));
                self.push(want, Part::Told, told(key, tenant), UNREACHABLE, 1);
            }
        }
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
fn names<'p>(key: &'p ApiKey, tenant: &'p Tenant) -> Entries<'p> {
    vec![("tenant", Cow::from(&*tenant.id)), ("key", Cow::from(&*key.id))]
}

/// The counter of how often a block of a key was told of today.
fn told<'p>(key: &'p ApiKey, tenant: &'p Tenant) -> Entries<'p> {
    let mut entries = names(key, tenant);
    entries.push(("blocks", Cow::from("today")));
    entries
}

/// The counter of where in a slice a block of a key began.
fn begun<'p>(key: &'p ApiKey, tenant: &'p Tenant, slice: Slice) -> Entries<'p> {
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
        let mut block_end = None;
        for ((want, part), status) in self.parts.iter().zip(statuses) {
            match *part {
                Part::Tokens { .. } if in_doubt && !status.over_limit => self.release(policy, want, around),
                Part::Tokens { hits } => self.book_tokens(policy, want, hits, *status, around),
                Part::Look => self.book_look(policy, desk, want, *status, around),
                Part::BlockSlice(slice) => {
                    block_end = block_end.max(slice.block_end(count(*status)));
                    if let Some(end) = block_end.filter(|end| *end > around.now) {
                        block(policy, want, end, around);
                    }
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
        change(policy, want, around, |lease| ((), lease.settle(hits, counted, self.asked_at)));
    }

    fn book_look(
        &self,
        policy: &Policy,
        desk: &Desk,
        want: &Want,
        status: Status,
        around: &Surroundings<'_>,
    ) {
        let tokenless = matches!(want.what, What::Ask(Ask { hits: 0, .. }));
        let new = change(policy, want, around, |lease| {
            let lease = if tokenless { lease.give_up(self.asked_at) } else { lease };
            lease.see_blocks(count(status))
        });
        if new == Some(true) {
            desk.leave(Want { what: What::BlockEnd, ..*want });
        }
    }

    fn give_up(&self, policy: &Policy, around: &Surroundings<'_>) {
        for (want, part) in &self.parts {
            if matches!(part, Part::Tokens { .. } | Part::Look) {
                self.release(policy, want, around);
            }
        }
    }

    fn release(&self, policy: &Policy, want: &Want, around: &Surroundings<'_>) {
        change(policy, want, around, |lease| ((), lease.give_up(self.asked_at)));
    }
}

/// What a counter stands at whose limit is never reached.
fn count(status: Status) -> u32 {
    u32::MAX.saturating_sub(status.remaining)
}

fn change<T>(
    policy: &Policy,
    want: &Want,
    around: &Surroundings<'_>,
    step: impl Fn(super::Lease) -> (T, super::Lease),
) -> Option<T> {
    let quota = policy.key_and_tenant(want.key)?.1.rules.tariff.quota;
    Account::change_lease(around.store, want.account, quota, around.now, step)
}

/// A block that another Envoy made is this one's too.
fn block(policy: &Policy, want: &Want, end: UnixNanos, around: &Surroundings<'_>) {
    if let Some((_, tenant)) = policy.key_and_tenant(want.key) {
        let quota = tenant.rules.tariff.quota;
        Account::block_until(around.store, want.account, quota, end, around.now);
    }
}
