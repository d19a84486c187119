//! Shared data with Envoy's exact rules for compare-and-swap, and with another worker that the test can send in between.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

/// Cells by key, as all VMs of one `vm_id` share them (proxy-wasm-cpp-host, shared_data.cc).
///
/// - One counter numbers all writes of all keys; it begins at 1 and skips 0 when it wraps.
/// - A write with number 0 is unconditional.
/// - A write to a key that is not there succeeds whatever the number, so "create if absent" cannot be said.
/// - Nothing can be deleted.
#[derive(Default)]
pub struct SharedData {
    cells: HashMap<Vec<u8>, Cell>,
    last_number: u32,
    interference: Option<Interference>,
}

struct Cell {
    value: Vec<u8>,
    number: u32,
}

/// Gets the cells, and the key that is about to be written.
type AnotherWorker = dyn FnMut(&mut SharedData, &[u8]) + Send;

/// What another worker does just before a write of this one.
struct Interference {
    writes_left: usize,
    act: Box<AnotherWorker>,
}

/// The write lost: the cell was written since it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteRefused;

impl SharedData {
    /// The value of a cell and the number of its last write.
    pub fn read(&self, key: &[u8]) -> Option<(&[u8], u32)> {
        self.cells.get(key).map(|cell| (cell.value.as_slice(), cell.number))
    }

    /// Writes a cell.
    ///
    /// # Errors
    /// When `number` is neither 0 nor that of the cell's last write.
    pub fn write(&mut self, key: &[u8], value: &[u8], number: u32) -> Result<(), WriteRefused> {
        self.let_another_worker_act(key);
        if let Some(cell) = self.cells.get(key)
            && number != 0
            && number != cell.number
        {
            return Err(WriteRefused);
        }
        let number = self.next_number();
        self.cells.insert(key.to_vec(), Cell { value: value.to_vec(), number });
        Ok(())
    }

    /// Before each of the next `writes`, another worker writes the same cell: `act` gets the cells and the key.
    pub fn interfere(&mut self, writes: usize, act: impl FnMut(&mut SharedData, &[u8]) + Send + 'static) {
        self.interference = Some(Interference { writes_left: writes, act: Box::new(act) });
    }

    /// Before each of the next `writes`, another worker writes the same cell without changing it: a compare-and-swap
    /// then mismatches.
    pub fn contend(&mut self, writes: usize) {
        self.interfere(writes, |cells, key| {
            if let Some(value) = cells.read(key).map(|(value, _)| value.to_vec()) {
                cells.put(key, value);
            }
        });
    }

    /// How many of the announced interferences did not happen, because nobody wrote.
    pub fn interferences_left(&self) -> usize {
        self.interference.as_ref().map_or(0, |interference| interference.writes_left)
    }

    /// Writes a cell as another worker would, without a condition and without being interfered with.
    pub fn put(&mut self, key: &[u8], value: Vec<u8>) {
        let number = self.next_number();
        self.cells.insert(key.to_vec(), Cell { value, number });
    }

    /// All keys in no order.
    pub fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.cells.keys().map(Vec::as_slice)
    }

    /// All values in no order.
    pub fn values(&self) -> impl Iterator<Item = &[u8]> {
        self.cells.values().map(|cell| cell.value.as_slice())
    }

    fn let_another_worker_act(&mut self, key: &[u8]) {
        if let Some(mut interference) = self.interference.take() {
            (interference.act)(self, key);
            interference.writes_left -= 1;
            if interference.writes_left > 0 {
                self.interference = Some(interference);
            }
        }
    }

    fn next_number(&mut self) -> u32 {
        self.last_number = self.last_number.checked_add(1).unwrap_or(1);
        self.last_number
    }
}
