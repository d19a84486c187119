//! What happens when.

use std::time::Duration;
use wasm_test::fleet::Victim;

/// acme's limit in the shipped file, over both Envoys.
pub(crate) const LIMIT: u64 = 200;
/// Requests a second that are made, over both Envoys.
pub(crate) const OFFERED: f64 = 600.0;

/// What can be asked of a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// All parts are there.
    Whole,
    /// One is not.
    Without,
    /// It is back, since a moment.
    Back,
}

/// Seconds that have something in common.
#[derive(Clone, Copy)]
pub(crate) struct Act {
    /// What is printed before.
    pub(crate) title: &'static str,
    /// How long it lasts.
    pub(crate) seconds: u64,
    /// What can be asked of it.
    pub(crate) phase: Phase,
    /// What dies at its beginning.
    pub(crate) kills: Option<Victim>,
    /// What comes back at its beginning.
    pub(crate) starts: Option<Victim>,
}

/// Seconds from the service's first answer to when it is asked by all again, by the promise.
pub(crate) const RECOVERY: Duration = Duration::from_secs(2);

pub(crate) const ACTS: [Act; 5] = [
    Act { title: "", seconds: 5, phase: Phase::Whole, kills: None, starts: None },
    without("the service is killed", Victim::Service),
    back("the service is started again", 6, Victim::Service),
    without("Redis is killed", Victim::Redis),
    // The service tries its connections to Redis again at growing intervals, of up to 4 s.
    back("Redis is started again, with nothing in it", 9, Victim::Redis),
];

const fn without(title: &'static str, victim: Victim) -> Act {
    Act { title, seconds: 5, phase: Phase::Without, kills: Some(victim), starts: None }
}

const fn back(title: &'static str, seconds: u64, victim: Victim) -> Act {
    Act { title, seconds, phase: Phase::Back, kills: None, starts: Some(victim) }
}
