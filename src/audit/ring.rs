//! Audit records in shared cells of fixed number: all workers write to one ring, and the
//! oldest record is overwritten by the newest. A busy worker takes some numbers at once, so
//! that most of its records cost one write.
//!
//! | cell | content |
//! |---|---|
//! | `r` | number of the next record, and how many slots were ever used |
//! | `rs` | when expired slots were looked for last, and up to where |
//! | `r0000` to `rffff` | one record: when, its number, its tenant, its line |
//!
//! A slot that expired or was erased holds zeros.

use std::cell::Cell;

use crate::store::{Snapshot, Store, cell_name, update};
use crate::time::{NANOS_PER_SECOND, UnixNanos};

/// Records one answer holds at most.
pub const ANSWER_RECORDS_MAX: usize = 10_000;
/// Bytes of records one answer holds at most; the newest are kept.
const ANSWER_BYTES_MAX: usize = 4 << 20;
/// Slots that one sweep looks at, but at least a 16th of all.
const SWEEP_SLOTS_MIN: u32 = 1024;
/// Time between two sweeps over all workers.
const SWEEP_EVERY_NANOS: u64 = 60 * NANOS_PER_SECOND;

const HEAD: &str = "r";
const SWEEP: &str = "rs";

/// Numbers a worker takes at once: this part of the ring at most...
const CLAIM_SHARE: u32 = 64;
/// ... and no more than these. So many of the oldest records may outlive newer ones, for each
/// worker.
const CLAIM_MAX: u32 = 16;
/// A claim is given up after so long; a worker that used it up before takes twice as many.
const CLAIM_NANOS: u64 = NANOS_PER_SECOND / 10;

/// The numbers that one worker took for records to come.
#[derive(Debug, Default)]
pub struct Claim(Cell<Numbers>);

#[derive(Debug, Clone, Copy, Default)]
struct Numbers {
    next: u64,
    left: u32,
    /// How many were taken, and when.
    taken: u32,
    at: UnixNanos,
}

/// Where audit records are kept.
#[derive(Debug, Clone, Copy)]
pub struct Ring {
    capacity: u32,
    retention_nanos: u64,
}

/// Which records to read.
#[derive(Debug, Clone, Copy)]
pub struct Query<'q> {
    /// Of this tenant only.
    pub tenant: Option<&'q str>,
    /// Not older than this.
    pub since: Option<UnixNanos>,
    /// So many of the newest, at most [`ANSWER_RECORDS_MAX`].
    pub limit: usize,
}

impl Ring {
    /// A ring of `capacity` records, at least one and at most 65 536, kept for `retention_s`.
    pub fn new(capacity: u32, retention_s: u64) -> Self {
        Self {
            capacity: capacity.clamp(1, 1 << 16),
            retention_nanos: retention_s.saturating_mul(NANOS_PER_SECOND),
        }
    }

    /// How long records are kept, in whole hours.
    pub fn retention_hours(self) -> u64 {
        self.retention_nanos / (3600 * NANOS_PER_SECOND)
    }

    /// Adds a record in place of the oldest. One that loses every race for its number is not
    /// kept: so many others were written meanwhile that it would be overwritten at once.
    pub fn append(self, store: &dyn Store, claim: &Claim, tenant: Option<&str>, line: &str, now: UnixNanos) {
        if let Some(number) = self.number(store, claim, now) {
            let slot = Slot { at: now, number, tenant: tenant.unwrap_or_default(), line };
            store.put(&cell(self.slot(number)), &slot.to_bytes());
        }
    }

    /// The number of the next record of a worker.
    fn number(self, store: &dyn Store, claim: &Claim, now: UnixNanos) -> Option<u64> {
        let held = claim.0.get();
        let lately = held.at <= now && now.since(held.at) < CLAIM_NANOS;
        let numbers = if lately && held.left > 0 {
            held
        } else {
            let most = (self.capacity / CLAIM_SHARE).clamp(1, CLAIM_MAX);
            let count = if lately { held.taken.saturating_mul(2).clamp(1, most) } else { 1 };
            Numbers { next: self.take(store, count)?, left: count, taken: count, at: now }
        };
        let (next, left) = (numbers.next.wrapping_add(1), numbers.left.saturating_sub(1));
        claim.0.set(Numbers { next, left, ..numbers });
        Some(numbers.next)
    }

    /// Takes `count` numbers; the first of them.
    fn take(self, store: &dyn Store, count: u32) -> Option<u64> {
        let first = update(store, HEAD, store.read(HEAD), |bytes| {
            let head = Head::of(bytes);
            let next = head.next.wrapping_add(u64::from(count));
            let last_slot = self.slot(next.wrapping_sub(1));
            // Where the numbers go round the ring, all slots are used.
            let used =
                if last_slot < self.slot(head.next) { self.capacity } else { last_slot.saturating_add(1) };
            (head.next, Some(Head { next, slots_used: head.slots_used.max(used) }.to_bytes()))
        });
        first.ok()
    }

    /// The lines of the records asked for, oldest first; none that expired.
    pub fn read(self, store: &dyn Store, query: Query<'_>, now: UnixNanos) -> Vec<String> {
        let next = Head::read(store).next;
        let limit = query.limit.min(ANSWER_RECORDS_MAX);
        let mut found: Vec<(UnixNanos, u64, String)> = Vec::new();
        let mut bytes = 0usize;
        // From the newest back, so that what does not fit is the oldest.
        for back in 1..=u64::from(self.capacity).min(next) {
            let Some(snapshot) = store.read(&cell(self.slot(next.wrapping_sub(back)))) else { continue };
            let Some(slot) = Slot::from_bytes(&snapshot.bytes) else { continue };
            if self.is_expired(slot.at, now) || !query.wants(&slot) {
                continue;
            }
            bytes = bytes.saturating_add(slot.line.len());
            if found.len() >= limit || bytes > ANSWER_BYTES_MAX {
                break;
            }
            found.push((slot.at, slot.number, slot.line.to_owned()));
        }
        found.sort_unstable_by_key(|(at, number, _)| (*at, *number));
        found.into_iter().map(|(_, _, line)| line).collect()
    }

    /// Fills the slots of a tenant's records with zeros; how many there were.
    pub fn erase(self, store: &dyn Store, tenant: &str) -> usize {
        let slots = 0..Head::read(store).slots_used;
        slots.filter(|slot| clear(store, *slot, |found| found.tenant == tenant)).count()
    }

    /// Fills slots with zeros that hold an expired record, or that a smaller ring has no use
    /// for. Does nothing if another worker did lately, and returns `false`; else looks at some
    /// of the slots, so that many calls reach all.
    pub fn sweep(self, store: &dyn Store, now: UnixNanos) -> bool {
        let slots_used = Head::read(store).slots_used;
        let share = (slots_used / 16).max(SWEEP_SLOTS_MIN);
        let turn = update(store, SWEEP, store.read(SWEEP), |bytes| {
            let sweep = Sweep::of(bytes);
            if now.since(sweep.last) < SWEEP_EVERY_NANOS && sweep.last <= now {
                return (None, None);
            }
            let from = if sweep.from < slots_used { sweep.from } else { 0 };
            let to = from.saturating_add(share).min(slots_used);
            (Some(from..to), Some(Sweep { last: now, from: to }.to_bytes()))
        });
        let Ok(Some(slots)) = turn else { return false };
        for slot in slots {
            clear(store, slot, |found| slot >= self.capacity || self.is_expired(found.at, now));
        }
        true
    }

    /// The slot of a record.
    fn slot(self, number: u64) -> u32 {
        let slot = number.checked_rem(u64::from(self.capacity)).unwrap_or_default();
        u32::try_from(slot).unwrap_or_default()
    }

    fn is_expired(self, at: UnixNanos, now: UnixNanos) -> bool {
        now.since(at) > self.retention_nanos
    }
}

impl Query<'_> {
    fn wants(&self, slot: &Slot<'_>) -> bool {
        let of_tenant = self.tenant.is_none_or(|tenant| tenant == slot.tenant);
        of_tenant && self.since.is_none_or(|since| slot.at >= since)
    }
}

/// Fills a slot with zeros if its record is one to go; whether it was.
fn clear(store: &dyn Store, slot: u32, goes: impl Fn(&Slot<'_>) -> bool) -> bool {
    let cell = cell(slot);
    let Some(seen) = store.read(&cell) else { return false };
    // A slot that is written meanwhile is looked at again.
    let cleared = update(store, &cell, Some(seen), |bytes| {
        let bytes = bytes.unwrap_or_default();
        let clear = Slot::from_bytes(bytes).is_some_and(|found| goes(&found));
        (clear, clear.then(|| vec![0; bytes.len()]))
    });
    cleared == Ok(true)
}

fn cell(slot: u32) -> String {
    cell_name('r', u64::from(slot), 4)
}

#[derive(Default)]
struct Head {
    next: u64,
    slots_used: u32,
}

impl Head {
    fn read(store: &dyn Store) -> Self {
        let bytes = store.read(HEAD).map(|Snapshot { bytes, .. }| bytes);
        Self::of(bytes.as_deref())
    }

    fn of(bytes: Option<&[u8]>) -> Self {
        bytes.and_then(Self::from_bytes).unwrap_or_default()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (next, rest) = bytes.split_first_chunk::<8>()?;
        let slots_used = rest.first_chunk::<4>()?;
        Some(Self {
            next: u64::from_be_bytes(*next),
            slots_used: u32::from_be_bytes(*slots_used).min(1 << 16),
        })
    }

    fn to_bytes(&self) -> Vec<u8> {
        [&self.next.to_be_bytes()[..], &self.slots_used.to_be_bytes()].concat()
    }
}

#[derive(Default)]
struct Sweep {
    last: UnixNanos,
    from: u32,
}

impl Sweep {
    fn of(bytes: Option<&[u8]>) -> Self {
        bytes.and_then(Self::from_bytes).unwrap_or_default()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (last, rest) = bytes.split_first_chunk::<8>()?;
        let from = rest.first_chunk::<4>()?;
        Some(Self { last: UnixNanos(u64::from_be_bytes(*last)), from: u32::from_be_bytes(*from) })
    }

    fn to_bytes(&self) -> Vec<u8> {
        [&self.last.0.to_be_bytes()[..], &self.from.to_be_bytes()].concat()
    }
}

/// One record as it is kept.
struct Slot<'a> {
    at: UnixNanos,
    number: u64,
    /// Empty where none is known.
    tenant: &'a str,
    line: &'a str,
}

impl<'a> Slot<'a> {
    fn to_bytes(&self) -> Vec<u8> {
        let tenant_bytes = u8::try_from(self.tenant.len()).unwrap_or_default();
        let tenant = self.tenant.get(..usize::from(tenant_bytes)).unwrap_or_default();
        let mut bytes = Vec::with_capacity(self.line.len().saturating_add(tenant.len()).saturating_add(17));
        bytes.extend_from_slice(&self.at.0.to_be_bytes());
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.push(tenant_bytes);
        bytes.extend_from_slice(tenant.as_bytes());
        bytes.extend_from_slice(self.line.as_bytes());
        bytes
    }

    /// `None` for zeros, and for what no slot is.
    fn from_bytes(bytes: &'a [u8]) -> Option<Self> {
        let (at, rest) = bytes.split_first_chunk::<8>()?;
        let (number, rest) = rest.split_first_chunk::<8>()?;
        let (tenant_bytes, rest) = rest.split_first()?;
        let (tenant, line) = rest.split_at_checked(usize::from(*tenant_bytes))?;
        let at = UnixNanos(u64::from_be_bytes(*at));
        let slot = Self {
            at,
            number: u64::from_be_bytes(*number),
            tenant: std::str::from_utf8(tenant).ok()?,
            line: std::str::from_utf8(line).ok()?,
        };
        (at != UnixNanos(0)).then_some(slot)
    }
}
