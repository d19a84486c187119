//! Violations in a sliding window, and the blocks they lead to.
//!
//! A key's violations sit in a cell of its own, its block in its [`crate::account`]. Addresses
//! are unbounded, so theirs sit in tables of fixed size: violations may be forgotten when a
//! set of the table is full, blocks may not, so that a flood of addresses can neither grow
//! the tables nor unblock another address.

mod table;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use crate::ip::client_bits;
use crate::store::{self, Store, update};
use crate::time::{NANOS_PER_SECOND, UnixNanos};
use table::{Entry, Table};

/// Violations a rule may ask for at most; bounds what is remembered of one client.
pub const VIOLATIONS_MAX: u32 = 100;

/// When a client is blocked, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockRule {
    /// This many violations lead to a block.
    pub violations: u32,
    /// Within this many seconds.
    pub window_s: u32,
    /// It ends after this many seconds.
    pub block_s: u32,
}

impl BlockRule {
    fn window_nanos(self) -> u64 {
        u64::from(self.window_s).saturating_mul(NANOS_PER_SECOND)
    }

    fn block_nanos(self) -> u64 {
        u64::from(self.block_s).saturating_mul(NANOS_PER_SECOND)
    }

    /// Whole seconds that a block until `until` still lasts, rounded up; `None` when it is
    /// over. A block cannot last longer than the rule says, whatever the clock did meanwhile.
    pub fn seconds_left(self, until: UnixNanos, now: UnixNanos) -> Option<u64> {
        let left = until.since(now);
        (0 < left && left <= self.block_nanos()).then(|| left.div_ceil(NANOS_PER_SECOND))
    }
}

/// The moments of a client's violations, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Tally(Vec<UnixNanos>);

impl Tally {
    /// Adds one and forgets those outside the window; whether the rule's number is reached,
    /// and then the tally begins anew.
    fn add(&mut self, rule: BlockRule, now: UnixNanos) -> bool {
        let window = rule.window_nanos();
        // After a clock was set back, what lies more than a window ahead is not of this time.
        self.0.retain(|at| now.since(*at) < window && at.since(now) < window);
        self.0.push(now);
        let reached = self.0.len() >= rule.violations as usize;
        if reached {
            self.0.clear();
        }
        reached
    }

    fn newest(&self) -> UnixNanos {
        self.0.last().copied().unwrap_or_default()
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|at| at.0.to_be_bytes()).collect()
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let (moments, _) = bytes.as_chunks::<8>();
        let kept = moments.iter().take(VIOLATIONS_MAX as usize);
        Self(kept.map(|at| UnixNanos(u64::from_be_bytes(*at))).collect())
    }
}

/// Notes a violation of a key; until when the key is to be blocked, where this was one too
/// many. The caller writes the block into the key's account.
pub fn key_violation(store: &dyn Store, key: u64, rule: BlockRule, now: UnixNanos) -> Option<UnixNanos> {
    let cell = tally_cell(key);
    let reached = update(store, &cell, store.read(&cell), |bytes| {
        let mut tally = bytes.map(Tally::from_bytes).unwrap_or_default();
        let reached = tally.add(rule, now);
        (reached, Some(tally.to_bytes()))
    });
    // A tally that is so contended that it cannot be written is a flood: block.
    reached.unwrap_or(true).then(|| now.plus(rule.block_nanos()))
}

/// Forgets a key's violations; whether there were any.
pub fn forget_key(store: &dyn Store, key: u64) -> bool {
    store::forget(store, &tally_cell(key))
}

fn tally_cell(key: u64) -> String {
    store::cell_name('v', key, 16)
}

/// Notes a violation of an address, and blocks it where this was one too many; whether it did.
pub fn address_violation(store: &dyn Store, address: IpAddr, rule: BlockRule, now: UnixNanos) -> bool {
    let client = client_bits(address);
    let reached = TALLIES.update(store, client, |entries| {
        let mut entry = TALLIES.take_entry(entries, client, |e| Tally::from_bytes(&e.value).newest());
        let mut tally = Tally::from_bytes(&entry.value);
        let reached = tally.add(rule, now);
        entry.value = tally.to_bytes();
        entries.push(entry);
        reached
    });
    if reached != Ok(true) {
        return false;
    }
    let until = now.plus(rule.block_nanos());
    let blocked = BLOCKS.update(store, client, |entries| {
        entries.retain(|e| e.client != client && rule.seconds_left(block_end(e), now).is_some());
        let room = entries.len() < BLOCKS.ways;
        if room {
            entries.push(Entry { client, value: until.0.to_be_bytes().to_vec() });
        }
        room
    });
    blocked == Ok(true)
}

/// Whole seconds for which an address is still blocked, at least 1; `None` when it is not.
pub fn address_block(store: &dyn Store, address: IpAddr, rule: BlockRule, now: UnixNanos) -> Option<u64> {
    let client = client_bits(address);
    let entries = BLOCKS.read(store, client);
    let entry = entries.iter().find(|e| e.client == client)?;
    rule.seconds_left(block_end(entry), now)
}

/// Forgets the addresses whose violations and blocks are over.
pub fn sweep(store: &dyn Store, rule: BlockRule, now: UnixNanos) {
    TALLIES.retain(store, |e| now.since(Tally::from_bytes(&e.value).newest()) < rule.window_nanos());
    BLOCKS.retain(store, |e| rule.seconds_left(block_end(e), now).is_some());
}

/// 256 sets of 8 addresses that had violations lately.
const TALLIES: Table = Table { name: 'a', sets: 256, ways: 8, value_bytes_max: 8 * VIOLATIONS_MAX as usize };
/// 256 sets of 16 addresses that are blocked.
const BLOCKS: Table = Table { name: 'x', sets: 256, ways: 16, value_bytes_max: 8 };

fn block_end(entry: &Entry) -> UnixNanos {
    UnixNanos(entry.value.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes)))
}
