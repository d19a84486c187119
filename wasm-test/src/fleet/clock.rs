//! The machine's clock, by which the service counts and Envoys stamp their answers.

use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// The wall clock, read once and carried on by the monotonic one: all of a run lies on one line.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    wall: Duration,
    at: Instant,
}

impl Clock {
    /// The machine's, from now on.
    #[expect(clippy::disallowed_methods, reason = "the service counts in seconds of the machine's clock")]
    pub fn of_this_machine() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
        Self { wall, at: Instant::now() }
    }

    /// Time since 1970.
    pub fn now(&self) -> Duration {
        self.at(Instant::now())
    }

    /// Time since 1970 at a moment.
    pub fn at(&self, moment: Instant) -> Duration {
        self.wall + moment.duration_since(self.at)
    }

    /// Sleeps until a second of the wall clock is so far gone.
    pub async fn until(&self, second: u64, gone: Duration) {
        let then = Duration::from_secs(second) + gone;
        tokio::time::sleep_until(self.at + then.saturating_sub(self.wall)).await;
    }

    /// The second after this one.
    pub fn next_second(&self) -> u64 {
        self.now().as_secs() + 1
    }
}
