//! The host's counters and gauges, each defined once per VM.
//!
//! Envoy hands out a new id for every definition, also of a name it knows, and never frees
//! one. So ids are remembered by name for as long as the VM lives, over all configurations,
//! and by slot for as long as a configuration does.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proxy_wasm::types::MetricType;
use tollgate::stats;

use crate::host;

thread_local! {
    static IDS: RefCell<BTreeMap<String, u32>> = const { RefCell::new(BTreeMap::new()) };
}

/// The counters of one configuration.
#[derive(Default)]
pub(crate) struct Meters {
    ids: RefCell<Vec<Option<u32>>>,
}

impl stats::Meters for Meters {
    fn add(&self, slot: usize, name: &dyn Fn() -> String, by: u64) {
        if let Some(id) = self.id(slot, name) {
            host::add_to_counter(id, by);
        }
    }

    fn read(&self, slot: usize, name: &dyn Fn() -> String) -> u64 {
        self.id(slot, name).and_then(host::metric).unwrap_or_default()
    }
}

impl Meters {
    fn id(&self, slot: usize, name: &dyn Fn() -> String) -> Option<u32> {
        let mut ids = self.ids.borrow_mut();
        if slot >= ids.len() {
            ids.resize(slot.saturating_add(1), None);
        }
        let id = ids.get_mut(slot)?;
        if id.is_none() {
            *id = defined(MetricType::Counter, name());
        }
        *id
    }
}

/// Sets a gauge.
pub(crate) fn set_gauge(name: String, value: u64) {
    if let Some(id) = defined(MetricType::Gauge, name) {
        host::set_gauge(id, value);
    }
}

fn defined(kind: MetricType, name: String) -> Option<u32> {
    IDS.with_borrow_mut(|ids| {
        if let Some(id) = ids.get(&name) {
            return Some(*id);
        }
        let id = host::define_metric(kind, &name)?;
        ids.insert(name, id);
        Some(id)
    })
}
