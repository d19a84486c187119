#![allow(clippy::arithmetic_side_effects)]

use super::memory::MemoryStore;
use super::*;

fn count_up(store: &MemoryStore) -> Result<u8, Contended> {
    update(store, "cell", store.read("cell"), |bytes| {
        let next = bytes.map_or(0, |b| b[0]) + 1;
        (next, Some(vec![next]))
    })
}

#[test]
fn each_update_sees_the_one_before() {
    let store = MemoryStore::default();
    assert_eq!((count_up(&store), count_up(&store), count_up(&store)), (Ok(1), Ok(2), Ok(3)));
}

#[test]
fn a_conflict_is_tried_again_on_fresh_state() {
    let store = MemoryStore::default();
    let stale = store.read("cell");
    count_up(&store).unwrap();
    let answer = update(&store, "cell", stale, |bytes| (bytes.map(<[u8]>::to_vec), Some(vec![9])));
    assert_eq!(answer, Ok(Some(vec![1])), "the second try saw the other worker's write");
}

#[test]
fn the_loser_of_many_conflicts_changes_nothing() {
    let store = MemoryStore::default();
    count_up(&store).unwrap();
    store.conflicts.set(ATTEMPTS_MAX);
    assert_eq!(count_up(&store), Err(Contended));
    assert_eq!(store.read("cell").unwrap().bytes, [1]);
    store.conflicts.set(ATTEMPTS_MAX - 1);
    assert_eq!(count_up(&store), Ok(2));
}

#[test]
fn keeping_nothing_writes_nothing() {
    let store = MemoryStore::default();
    assert_eq!(update(&store, "cell", None, |_| (7, None)), Ok(7));
    assert_eq!(store.write_count(), 0);
}

#[test]
fn names_of_cells_are_what_format_strings_would_write() {
    for number in [0, 1, 0xabc, 0x1234_5678_9abc_def0, u64::MAX] {
        assert_eq!(cell_name('k', number, 16), format!("k{number:016x}"));
        assert_eq!(cell_name('r', number & 0xffff, 4), format!("r{:04x}", number & 0xffff));
    }
}
