#![allow(clippy::arithmetic_side_effects)]

use std::net::Ipv4Addr;

use super::*;
use crate::store::memory::MemoryStore;

const SECOND: u64 = NANOS_PER_SECOND;
const RULE: BlockRule = BlockRule { violations: 10, window_s: 60, block_s: 300 };
const START: UnixNanos = UnixNanos::from_seconds(1_800_000_000);

fn address(n: u32) -> IpAddr {
    Ipv4Addr::from(n).into()
}

fn violate(store: &MemoryStore, who: IpAddr, times: usize, now: UnixNanos) -> usize {
    (0..times).filter(|_| address_violation(store, who, RULE, now)).count()
}

#[test]
fn the_tenth_violation_within_a_minute_blocks() {
    let store = MemoryStore::default();
    let who = address(1);
    assert_eq!(violate(&store, who, 9, START), 0);
    assert_eq!(address_block(&store, who, RULE, START), None);
    assert_eq!(violate(&store, who, 1, START.plus(59 * SECOND)), 1);
    assert_eq!(address_block(&store, who, RULE, START.plus(59 * SECOND)), Some(300));
    assert_eq!(address_block(&store, address(2), RULE, START.plus(59 * SECOND)), None);
}

#[test]
fn the_window_slides() {
    let store = MemoryStore::default();
    let who = address(1);
    for i in 0..100 {
        // One every seven seconds: never ten within sixty.
        assert_eq!(violate(&store, who, 1, START.plus(i * 7 * SECOND)), 0, "{i}");
    }
}

#[test]
fn a_block_ends_by_itself() {
    let store = MemoryStore::default();
    let who = address(1);
    violate(&store, who, 10, START);
    assert_eq!(address_block(&store, who, RULE, START.plus(300 * SECOND - 1)), Some(1));
    assert_eq!(address_block(&store, who, RULE, START.plus(300 * SECOND)), None);
    assert_eq!(violate(&store, who, 1, START.plus(300 * SECOND)), 0, "and counting starts anew");
}

#[test]
fn a_clock_set_back_does_not_make_a_block_longer() {
    let store = MemoryStore::default();
    violate(&store, address(1), 10, START);
    let back = UnixNanos(START.0 - 86_400 * SECOND);
    assert_eq!(address_block(&store, address(1), RULE, back), None);
    assert_eq!(violate(&store, address(1), 10, back), 1);
    assert_eq!(address_block(&store, address(1), RULE, back), Some(300));
}

#[test]
fn a_flood_of_addresses_unblocks_nobody_and_grows_nothing() {
    let store = MemoryStore::default();
    violate(&store, address(1), 10, START);
    for n in 2..20_000 {
        violate(&store, address(n), 10, START.plus(1));
    }
    assert!(address_block(&store, address(1), RULE, START.plus(2)).is_some());
    assert!(store.cell_count() <= 512, "{}", store.cell_count());
}

#[test]
fn keys_are_counted_like_addresses() {
    let store = MemoryStore::default();
    for _ in 0..9 {
        assert_eq!(key_violation(&store, 7, RULE, START), None);
    }
    assert_eq!(key_violation(&store, 8, RULE, START), None);
    assert_eq!(key_violation(&store, 7, RULE, START), Some(START.plus(300 * SECOND)));
}

#[test]
fn cells_of_any_bytes_are_survived() {
    for junk in [&[][..], &[0xff; 17], &[0xff; 4096], &[0; 18]] {
        let store = MemoryStore::default();
        violate(&store, address(1), 10, START);
        key_violation(&store, 7, RULE, START);
        store.corrupt(junk);
        address_block(&store, address(1), RULE, START);
        violate(&store, address(1), 10, START);
        key_violation(&store, 7, RULE, START);
    }
}

#[test]
fn addresses_are_forgotten_when_what_they_did_is_over() {
    let store = MemoryStore::default();
    let (quiet, blocked) = (address(1), address(2));
    violate(&store, quiet, 1, START);
    violate(&store, blocked, 10, START);
    let known = |who: IpAddr| store.holds(&client_bits(who).to_be_bytes());
    sweep(&store, RULE, START.plus(59 * SECOND));
    assert!(known(quiet) && known(blocked));
    sweep(&store, RULE, START.plus(60 * SECOND));
    assert!(!known(quiet) && known(blocked), "a block outlives the violations that led to it");
    assert!(address_block(&store, blocked, RULE, START.plus(60 * SECOND)).is_some());
    sweep(&store, RULE, START.plus(300 * SECOND));
    assert!(!known(blocked));
}
