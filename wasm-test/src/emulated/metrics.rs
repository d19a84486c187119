//! Counters, gauges and histograms, process-global by name as in Envoy.

use super::abi::Status;
use std::collections::BTreeMap;

/// All metrics of a [`World`](super::World).
///
/// A name is one metric whoever defines it; an id is handed out anew at every definition, as Envoy does, so a module
/// that defines in a loop is seen to leak by [`Metrics::definitions`].
#[derive(Default)]
pub struct Metrics {
    by_id: Vec<String>,
    values: BTreeMap<String, Metric>,
}

#[derive(Clone, Debug)]
enum Metric {
    Counter(u64),
    Gauge(u64),
    Histogram(Vec<u64>),
}

impl Metrics {
    /// The value of a counter or gauge of that name.
    pub fn value(&self, name: &str) -> Option<u64> {
        match self.values.get(name)? {
            Metric::Counter(value) | Metric::Gauge(value) => Some(*value),
            Metric::Histogram(_) => None,
        }
    }

    /// All counters and gauges, by name.
    pub fn all(&self) -> impl Iterator<Item = (&str, u64)> {
        self.values.keys().filter_map(|name| Some((name.as_str(), self.value(name)?)))
    }

    /// How often a metric was defined, known names included.
    pub fn definitions(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn define(&mut self, kind: i32, name: &str) -> Result<u32, Status> {
        let metric = match kind {
            0 => Metric::Counter(0),
            1 => Metric::Gauge(0),
            2 => Metric::Histogram(Vec::new()),
            _ => return Err(Status::BadArgument),
        };
        self.values.entry(name.to_owned()).or_insert(metric);
        self.by_id.push(name.to_owned());
        Ok(u32::try_from(self.by_id.len()).expect("fewer metrics than 2^32"))
    }

    pub(crate) fn increment(&mut self, id: u32, offset: i64) -> Status {
        match self.metric(id) {
            Some(Metric::Counter(value)) => match u64::try_from(offset) {
                Ok(offset) if offset > 0 => {
                    *value += offset;
                    Status::Ok
                }
                _ => Status::BadArgument,
            },
            Some(Metric::Gauge(value)) => {
                *value = value.wrapping_add_signed(offset);
                Status::Ok
            }
            Some(Metric::Histogram(_)) => Status::BadArgument,
            None => Status::NotFound,
        }
    }

    pub(crate) fn record(&mut self, id: u32, recorded: u64) -> Status {
        match self.metric(id) {
            Some(Metric::Counter(value)) => *value += recorded,
            Some(Metric::Gauge(value)) => *value = recorded,
            Some(Metric::Histogram(values)) => values.push(recorded),
            None => return Status::NotFound,
        }
        Status::Ok
    }

    pub(crate) fn get(&mut self, id: u32) -> Result<u64, Status> {
        match self.metric(id) {
            Some(Metric::Counter(value) | Metric::Gauge(value)) => Ok(*value),
            Some(Metric::Histogram(_)) => Err(Status::BadArgument),
            None => Err(Status::NotFound),
        }
    }

    fn metric(&mut self, id: u32) -> Option<&mut Metric> {
        let name = self.by_id.get(usize::try_from(id).ok()?.checked_sub(1)?)?;
        self.values.get_mut(name)
    }
}
