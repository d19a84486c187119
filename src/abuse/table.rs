//! A set-associative table in shared cells: a cell is a set, a set holds a few clients.

use crate::store::{Contended, Store, cell_name, update};
use crate::time::UnixNanos;

/// Shape of a table. Its cells are `<name><set, two hexadecimal digits>`.
pub(super) struct Table {
    pub(super) name: char,
    pub(super) sets: u64,
    pub(super) ways: usize,
    pub(super) value_bytes_max: usize,
}

/// What is known of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) client: u128,
    pub(super) value: Vec<u8>,
}

impl Table {
    /// The entries of the set the client belongs to.
    pub(super) fn read(&self, store: &dyn Store, client: u128) -> Vec<Entry> {
        store.read(&self.cell(client)).map(|cell| self.decode(&cell.bytes)).unwrap_or_default()
    }

    /// Changes the set the client belongs to.
    pub(super) fn update<T>(
        &self,
        store: &dyn Store,
        client: u128,
        mut step: impl FnMut(&mut Vec<Entry>) -> T,
    ) -> Result<T, Contended> {
        let cell = self.cell(client);
        update(store, &cell, store.read(&cell), |bytes| {
            let mut entries = bytes.map(|b| self.decode(b)).unwrap_or_default();
            let answer = step(&mut entries);
            entries.truncate(self.ways);
            (answer, Some(self.encode(&entries)))
        })
    }

    /// Takes the client's entry out of its set, or an empty one; a full set forgets the
    /// client that was quiet for longest to make room.
    pub(super) fn take_entry(
        &self,
        entries: &mut Vec<Entry>,
        client: u128,
        last_seen: impl Fn(&Entry) -> UnixNanos,
    ) -> Entry {
        if let Some(found) = entries.iter().position(|e| e.client == client) {
            return entries.swap_remove(found);
        }
        if entries.len() >= self.ways {
            let quietest = (0..).zip(entries.iter()).min_by_key(|(_, e)| last_seen(e)).map(|(i, _)| i);
            if let Some(quietest) = quietest {
                entries.swap_remove(quietest);
            }
        }
        Entry { client, value: Vec::new() }
    }

    /// Drops the entries that are not to be kept, in every set.
    pub(super) fn retain(&self, store: &dyn Store, keep: impl Fn(&Entry) -> bool) {
        for set in 0..self.sets {
            let cell = self.cell_of_set(set);
            let Some(seen) = store.read(&cell) else { continue };
            // A set that loses every race is being used, and looked at again with the next sweep.
            let _ = update(store, &cell, Some(seen), |bytes| {
                let mut entries = bytes.map(|b| self.decode(b)).unwrap_or_default();
                let before = entries.len();
                entries.retain(&keep);
                ((), (entries.len() < before).then(|| self.encode(&entries)))
            });
        }
    }

    fn cell(&self, client: u128) -> String {
        self.cell_of_set(mix(client).checked_rem(self.sets).unwrap_or(0))
    }

    fn cell_of_set(&self, set: u64) -> String {
        cell_name(self.name, set, 2)
    }

    /// Each entry: 16 bytes of client, two of length, the value.
    fn encode(&self, entries: &[Entry]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for entry in entries {
            let value = entry.value.get(..self.value_bytes_max).unwrap_or(&entry.value);
            bytes.extend_from_slice(&entry.client.to_be_bytes());
            bytes.extend_from_slice(&u16::try_from(value.len()).unwrap_or(0).to_be_bytes());
            bytes.extend_from_slice(value);
        }
        bytes
    }

    /// Whatever can be read of a set; anything else is dropped.
    fn decode(&self, mut bytes: &[u8]) -> Vec<Entry> {
        let mut entries = Vec::new();
        while let Some((client, rest)) = bytes.split_first_chunk::<16>() {
            let Some((length, rest)) = rest.split_first_chunk::<2>() else { break };
            let length = usize::from(u16::from_be_bytes(*length));
            let Some((value, rest)) = rest.split_at_checked(length) else { break };
            if entries.len() == self.ways || length > self.value_bytes_max {
                break;
            }
            entries.push(Entry { client: u128::from_be_bytes(*client), value: value.to_vec() });
            bytes = rest;
        }
        entries
    }
}

/// Spreads neighbouring addresses over the sets: the finalizer of SplitMix64 (Steele,
/// Lea, Flood 2014) over both halves.
fn mix(client: u128) -> u64 {
    let mut z = (client as u64) ^ ((client >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
