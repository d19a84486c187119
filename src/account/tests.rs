#![allow(clippy::arithmetic_side_effects)]

use super::*;
use crate::store::memory::MemoryStore;
use crate::store::{ATTEMPTS_MAX, Conflict, Version};
use crate::time::NANOS_PER_SECOND;

const START: UnixNanos = UnixNanos::from_seconds(1_800_000_000);
const RULE: BlockRule = BlockRule { violations: 10, window_s: 60, block_s: 300 };

fn tariff(rate: u64, burst: u64) -> Tariff {
    Tariff {
        quota: Quota::new(rate, burst).unwrap(),
        shadow: false,
        burst: BurstRule { requests: 5, window_nanos: NANOS_PER_SECOND },
        fleet: None,
    }
}

fn charge(store: &dyn Store, tariff: Tariff, now: UnixNanos) -> Charge {
    Account::open(store, 7).charge(tariff, None, now)
}

#[test]
fn a_request_costs_one_read_and_one_write() {
    let store = MemoryStore::default();
    charge(&store, tariff(10, 20), START);
    charge(&store, tariff(10, 20), START);
    assert_eq!((store.reads.get(), store.write_count()), (2, 2));
}

#[test]
fn a_refused_request_writes_nothing() {
    let store = MemoryStore::default();
    assert!(charge(&store, tariff(10, 1), START).answer.allowed);
    for _ in 0..100 {
        assert!(!charge(&store, tariff(10, 1), START).answer.allowed);
    }
    assert_eq!(store.write_count(), 1);
}

#[test]
fn shadow_lets_pass_and_still_counts() {
    let store = MemoryStore::default();
    let shadow = Tariff { shadow: true, ..tariff(10, 1) };
    let answers: Vec<Charge> = (0..7).map(|_| charge(&store, shadow, START)).collect();
    assert!(answers[0].answer.allowed && !answers[1].answer.allowed);
    assert_eq!(answers.iter().filter(|c| c.burst_began).count(), 1, "a burst is told once a window");
    assert!(answers[5].burst_began);
}

#[test]
fn a_burst_is_counted_anew_in_each_window() {
    let store = MemoryStore::default();
    let bursts = |at: UnixNanos| (0..20).filter(|_| charge(&store, tariff(10, 1000), at).burst_began).count();
    assert_eq!((bursts(START), bursts(START.plus(NANOS_PER_SECOND - 1))), (1, 0));
    assert_eq!(bursts(START.plus(NANOS_PER_SECOND)), 1);
}

#[test]
fn a_block_is_seen_by_the_next_request_and_ends() {
    let store = MemoryStore::default();
    let until = START.plus(300 * NANOS_PER_SECOND);
    Account::block_until(&store, 7, tariff(10, 20).quota, until, START);
    assert_eq!(Account::open(&store, 7).block(RULE, START), Some(300));
    assert_eq!(Account::open(&store, 7).block(RULE, until), None);
    assert_eq!(Account::open(&store, 8).block(RULE, START), None);
    assert_eq!(charge(&store, tariff(10, 20), until).answer.remaining, 19, "the bucket was kept");
}

#[test]
fn the_loser_of_every_race_is_refused_and_takes_nothing() {
    let store = MemoryStore::default();
    charge(&store, tariff(10, 20), START);
    store.conflicts.set(ATTEMPTS_MAX);
    let lost = charge(&store, tariff(10, 20), START);
    assert!(!lost.answer.allowed);
    assert_eq!(lost.answer.next_token_seconds(), 1);
    assert_eq!(charge(&store, tariff(10, 20), START).answer.remaining, 18);
}

#[test]
fn cells_of_any_bytes_are_fresh_accounts_or_valid_ones() {
    for junk in [&[][..], &[0xff; 35], &[0xff; 36], &[0xff; 1000], &[0; 36]] {
        let store = MemoryStore::default();
        charge(&store, tariff(10, 20), START);
        store.corrupt(junk);
        assert!(charge(&store, tariff(10, 20), START).answer.remaining < 20);
        Account::open(&store, 7).block(RULE, START);
    }
}

#[test]
fn a_forgotten_account_is_a_fresh_one_and_the_cell_holds_zeros() {
    let store = MemoryStore::default();
    assert!(!forget(&store, 7), "there is nothing to forget");
    charge(&store, tariff(10, 20), START);
    Account::block_until(&store, 7, tariff(10, 20).quota, START.plus(NANOS_PER_SECOND), START);
    assert!(forget(&store, 7));
    assert_eq!(store.read("k0000000000000007").unwrap().bytes, [0; 36]);
    assert_eq!(Account::open(&store, 7).block(RULE, START), None);
    assert_eq!(charge(&store, tariff(10, 20), START).answer.remaining, 19);
}

/// Another worker creates the account between this one's read and write.
struct Racing<'a>(&'a MemoryStore, Tariff);

impl Store for Racing<'_> {
    fn read(&self, cell: &str) -> Option<Snapshot> {
        let seen = self.0.read(cell);
        if seen.is_none() {
            charge(self.0, self.1, START);
        }
        seen
    }

    fn write(&self, cell: &str, bytes: &[u8], seen: Option<Version>) -> Result<(), Conflict> {
        self.0.write(cell, bytes, seen)
    }

    fn put(&self, cell: &str, bytes: &[u8]) {
        self.0.put(cell, bytes);
    }
}

#[test]
fn two_workers_that_create_an_account_share_it() {
    let store = MemoryStore::default();
    let second = charge(&Racing(&store, tariff(10, 20)), tariff(10, 20), START);
    assert_eq!(second.answer.remaining, 18, "the first worker's token is not forgotten");
}
