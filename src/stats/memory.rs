//! Counters for tests: process-global by name, as Envoy's are.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::Meters;

#[derive(Default)]
pub(crate) struct MemoryMeters(RefCell<BTreeMap<String, u64>>);

impl MemoryMeters {
    /// The counter whose name ends in these labels.
    pub(crate) fn value(&self, name: &str) -> u64 {
        self.0.borrow().get(name).copied().unwrap_or_default()
    }

    /// All counters that are not zero, by name.
    pub(crate) fn all(&self) -> Vec<(String, u64)> {
        let counters = self.0.borrow();
        counters.iter().filter(|(_, value)| **value > 0).map(|(name, value)| (name.clone(), *value)).collect()
    }
}

impl Meters for MemoryMeters {
    fn add(&self, _: usize, name: &dyn Fn() -> String, by: u64) {
        let mut counters = self.0.borrow_mut();
        let value = counters.entry(name()).or_default();
        *value = value.saturating_add(by);
    }

    fn read(&self, _: usize, name: &dyn Fn() -> String) -> u64 {
        self.value(&name())
    }
}
