//! What all workers of one Envoy share.

use super::{metrics::Metrics, shared_data::SharedData};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// Clocks, shared data, environment, log and metrics. Clones are handles on the same world, also from other threads.
#[derive(Clone)]
pub struct World(Arc<Mutex<State>>);

struct State {
    wall_ns: u64,
    monotonic_ns: u64,
    environment: Vec<(String, String)>,
    shared_data: SharedData,
    metrics: Metrics,
    log: Vec<LogLine>,
    random: u64,
}

/// One line that the module wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// 0 trace, 1 debug, 2 info, 3 warn, 4 error, 5 critical.
    pub level: i32,
    /// The text.
    pub text: String,
}

/// When a world begins: 2026-11-23T12:00:00Z, in nanoseconds since 1970.
const BEGINNING_NS: u64 = 1_795_435_200_000_000_000;

impl World {
    /// A world at 2026-11-23T12:00:00Z with nothing in it.
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            wall_ns: BEGINNING_NS,
            monotonic_ns: 1_000_000_000,
            environment: Vec::new(),
            shared_data: SharedData::default(),
            metrics: Metrics::default(),
            log: Vec::new(),
            random: 1,
        })))
    }

    /// Sets an environment variable that VMs started from now on will see.
    pub fn set_env(&self, name: &str, value: &str) {
        self.state().environment.push((name.to_owned(), value.to_owned()));
    }

    /// Lets time pass on both clocks.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state();
        state.wall_ns += nanoseconds(by);
        state.monotonic_ns += nanoseconds(by);
    }

    /// Somebody sets the wall clock forward; no time passes.
    pub fn jump_wall_clock(&self, by: Duration) {
        self.state().wall_ns += nanoseconds(by);
    }

    /// Somebody sets the wall clock back; no time passes.
    pub fn step_wall_clock_back(&self, by: Duration) {
        self.state().wall_ns -= nanoseconds(by);
    }

    /// The wall clock, nanoseconds since 1970.
    pub fn wall_ns(&self) -> u64 {
        self.state().wall_ns
    }

    /// The clock that only runs forward, nanoseconds.
    pub fn monotonic_ns(&self) -> u64 {
        self.state().monotonic_ns
    }

    /// Looks at, or interferes with, the shared data.
    pub fn shared_data<T>(&self, look: impl FnOnce(&mut SharedData) -> T) -> T {
        look(&mut self.state().shared_data)
    }

    /// Looks at the metrics.
    pub fn metrics<T>(&self, look: impl FnOnce(&mut Metrics) -> T) -> T {
        look(&mut self.state().metrics)
    }

    /// All lines logged so far.
    pub fn log(&self) -> Vec<LogLine> {
        self.state().log.clone()
    }

    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        self.state().environment.clone()
    }

    pub(crate) fn write_log(&self, level: i32, text: &[u8]) {
        self.state().log.push(LogLine { level, text: String::from_utf8_lossy(text).into_owned() });
    }

    /// Numbers that look random and are the same in every run (splitmix64, Steele et al. 2014).
    pub(crate) fn random(&self, bytes: &mut [u8]) {
        let mut state = self.state();
        for chunk in bytes.chunks_mut(8) {
            state.random = state.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut word = state.random;
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^= word >> 31;
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no thread of this world has panicked")
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).expect("less than 584 years")
}
