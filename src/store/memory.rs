//! A store for tests: Envoy's rules, and conflicts on demand.

#![allow(clippy::arithmetic_side_effects)]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::{Conflict, Snapshot, Store, Version};

/// Cells in memory. `conflicts` makes that many of the next writes fail as if another
/// worker had written in between.
#[derive(Default)]
pub(crate) struct MemoryStore {
    cells: RefCell<BTreeMap<String, Snapshot>>,
    writes: Cell<u32>,
    pub(crate) conflicts: Cell<usize>,
    pub(crate) reads: Cell<usize>,
}

impl MemoryStore {
    /// How many cells there are.
    pub(crate) fn cell_count(&self) -> usize {
        self.cells.borrow().len()
    }

    /// How many writes were taken.
    pub(crate) fn write_count(&self) -> u32 {
        self.writes.get()
    }

    /// Whether these bytes stand in any cell.
    pub(crate) fn holds(&self, bytes: &[u8]) -> bool {
        self.cells.borrow().values().any(|cell| cell.bytes.windows(bytes.len()).any(|found| found == bytes))
    }

    /// Puts bytes of any kind where a cell is.
    pub(crate) fn corrupt(&self, bytes: &[u8]) {
        for cell in self.cells.borrow_mut().values_mut() {
            cell.bytes = bytes.to_vec();
        }
    }
}

impl Store for MemoryStore {
    fn read(&self, cell: &str) -> Option<Snapshot> {
        self.reads.set(self.reads.get() + 1);
        self.cells.borrow().get(cell).cloned()
    }

    fn write(&self, cell: &str, bytes: &[u8], seen: Option<Version>) -> Result<(), Conflict> {
        if self.conflicts.get() > 0 {
            self.conflicts.set(self.conflicts.get() - 1);
            return Err(Conflict);
        }
        let mut cells = self.cells.borrow_mut();
        if cells.get(cell).map(|cell| cell.version) != seen {
            return Err(Conflict);
        }
        self.writes.set(self.writes.get() + 1);
        cells.insert(cell.into(), Snapshot { bytes: bytes.to_vec(), version: Version(self.writes.get()) });
        Ok(())
    }

    fn put(&self, cell: &str, bytes: &[u8]) {
        self.writes.set(self.writes.get() + 1);
        let snapshot = Snapshot { bytes: bytes.to_vec(), version: Version(self.writes.get()) };
        self.cells.borrow_mut().insert(cell.into(), snapshot);
    }
}
