//! One contender at one kind of work, and what was measured of it.

use crate::contender::Contender;
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use wasm_test::client::{Trial, bytes_of};
use wasm_test::workload::{KEYS, Work};

/// One contender at one kind of work, for so many keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell {
    pub(crate) contender: Contender,
    pub(crate) work: Work,
    pub(crate) keys: usize,
}

/// Numbers of keys that are compared.
pub(crate) const KEY_COUNTS: [usize; 3] = [100, 10_000, 100_000];

impl Cell {
    /// All that can be measured.
    pub(crate) fn all() -> Vec<Self> {
        let usual = Work::ALL.into_iter().flat_map(|work| {
            let contenders = Contender::ALL.into_iter().filter(move |contender| contender.does(work));
            contenders.map(move |contender| Self { contender, work, keys: KEYS })
        });
        let by_keys = KEY_COUNTS.map(|keys| Self { contender: Contender::Tollgate, work: Work::Get, keys });
        usual.chain(by_keys).collect()
    }

    /// As commands and tables call the work.
    pub(crate) fn work_name(self) -> String {
        match self.keys {
            KEYS => self.work.name().to_owned(),
            keys => format!("{}-{keys}-keys", self.work.name()),
        }
    }

    /// What is sent, in turn.
    pub(crate) fn requests(self) -> Arc<[Bytes]> {
        self.work.requests(self.keys).iter().map(|request| Bytes::from(bytes_of(request))).collect()
    }

    /// How many requests make a round: about as long for each.
    pub(crate) fn round(self) -> usize {
        match self.work {
            Work::PostClean | Work::PostEntities | Work::LargeAnswer => 1_500,
            _ if self.contender == Contender::ExtAuthz => 1_500,
            _ => 4_000,
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.contender.name(), self.work_name())
    }
}

/// What was measured of a cell, round by round.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples {
    /// µs of Envoy's processor time a request.
    pub(crate) cpu: Vec<f64>,
    /// µs of the authorization service's.
    pub(crate) service_cpu: Vec<f64>,
    /// Requests a second.
    pub(crate) rps: Vec<f64>,
    /// µs, of all rounds together.
    pub(crate) latencies: Vec<f64>,
}

impl Samples {
    pub(crate) fn add(&mut self, trial: &Trial, cpu: Duration, service_cpu: Option<Duration>) {
        let requests = trial.latencies.len() as f64;
        self.cpu.push(cpu.as_secs_f64() * 1e6 / requests);
        self.service_cpu.extend(service_cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / requests));
        self.rps.push(requests / trial.time.as_secs_f64());
        self.latencies.extend(trial.latencies.iter().map(|latency| latency.as_secs_f64() * 1e6));
    }
}

/// Median and spread of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    /// A quarter lies below.
    pub(crate) low: f64,
    /// A quarter lies above.
    pub(crate) high: f64,
}

impl Spread {
    pub(crate) fn of(values: &[f64]) -> Self {
        Self { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) }
    }
}

/// The value below which so much of a list lies; not a number where the list is empty.
pub(crate) fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = (sorted.len() as f64 * part) as usize;
    sorted.get(index.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
