//! What each second was, and whether what is promised held.

use super::script::{LIMIT, Phase, RECOVERY};
use std::fmt;
use std::time::Duration;
use wasm_test::fleet::{Modes, Second};

/// One second.
pub(crate) struct Line {
    /// Its number since 1970.
    pub(crate) second: u64,
    /// Since the beginning of the demo.
    number: u64,
    phase: Phase,
    /// In the phase [`Phase::Back`], when the service answered again.
    answered: Option<Duration>,
    /// What the clients saw.
    pub(crate) seen: Second,
    calls: u64,
    modes: Modes,
}

/// A promise, and whether it held.
pub(crate) struct Verdict {
    pub(crate) text: String,
    pub(crate) held: bool,
}

/// Over the limit at most, in a second in which all parts are there: a hundredth.
const OVER_MAX: u64 = LIMIT / 100;
/// In any second, whatever is missing: one and a half times the limit.
const WITHOUT_MAX: u64 = LIMIT * 3 / 2;

impl Line {
    pub(crate) fn new(second: u64, number: u64, phase: Phase) -> Self {
        Self {
            second,
            number,
            phase,
            answered: None,
            seen: Second::default(),
            calls: 0,
            modes: Modes::default(),
        }
    }

    /// Takes in what was counted until its end.
    pub(crate) fn count(&mut self, calls: u64, modes: Modes, answered: Option<Duration>) {
        self.calls = calls;
        self.modes = modes;
        self.answered = answered;
    }

    /// Whether all parts are there, and were long enough.
    fn is_whole(&self) -> bool {
        match self.phase {
            Phase::Whole => true,
            Phase::Without => false,
            Phase::Back => self.answered.is_some_and(|at| Duration::from_secs(self.second) >= at + RECOVERY),
        }
    }

    /// Whether it is within its own bound.
    pub(crate) fn holds(&self) -> bool {
        let most = if self.is_whole() { LIMIT + OVER_MAX } else { WITHOUT_MAX };
        self.seen.at_least() <= most && self.seen.failed == 0 && self.seen.lost == 0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Second { admitted: [a, b], on_the_edge, failed, lost, .. } = self.seen;
        let both = match on_the_edge {
            0 => (a + b).to_string(),
            _ => format!("{}-{}", a + b, a + b + on_the_edge),
        };
        let Modes { fleet, credit, local, .. } = self.modes;
        let judged = match (fleet + credit, local) {
            (_, 0) => "fleet".to_owned(),
            (0, _) => "local".to_owned(),
            (fleet, local) => format!("fleet {fleet}, local {local}"),
        };
        let Self { number, calls, .. } = self;
        write!(f, "{number:>6}   {a:>13} {b:>5} {both:>7} {failed:>5} {lost:>4}   {calls:>20}   {judged}")
    }
}

/// Every promise, judged over all seconds.
pub(crate) fn verdicts(lines: &[Line]) -> Vec<Verdict> {
    let whole: Vec<_> = lines.iter().filter(|line| line.is_whole()).collect();
    let highest = |lines: &mut dyn Iterator<Item = &Line>| {
        lines.map(|line| line.seen.at_least()).max().unwrap_or_default()
    };
    let highest_whole = highest(&mut whole.iter().copied());
    let highest_other = highest(&mut lines.iter().filter(|line| !line.is_whole()));
    let admitted: u64 = whole.iter().map(|line| line.seen.at_most()).sum();
    let possible = LIMIT * whole.len() as u64;
    let calls: u64 = whole.iter().map(|line| line.calls).sum();
    let bad: u64 = lines.iter().map(|line| line.seen.failed + line.seen.lost).sum();
    let alone = whole.iter().filter(|line| !line.modes.is_by_fleet()).count();
    let percent = |part: u64| part as f64 * 100.0 / possible as f64;
    vec![
        Verdict {
            text: format!(
                "with all parts there, at most {} in any second: {highest_whole}",
                LIMIT + OVER_MAX
            ),
            held: highest_whole <= LIMIT + OVER_MAX,
        },
        Verdict {
            text: format!("and in all at least 97 % of the limit: {:.1} %", percent(admitted)),
            held: admitted * 100 >= possible * 97,
        },
        Verdict {
            text: format!(
                "at most 0.15 calls for each admitted request: {:.3}",
                calls as f64 / admitted as f64
            ),
            held: calls * 100 <= admitted * 15,
        },
        Verdict {
            text: format!("while a part is missing, at most {WITHOUT_MAX} in any second: {highest_other}"),
            held: highest_other <= WITHOUT_MAX,
        },
        Verdict { text: format!("nobody was left without an answer or got a 5xx: {bad}"), held: bad == 0 },
        Verdict {
            text: format!(
                "from {RECOVERY:?} after the service answers again, seconds judged without it: {alone}"
            ),
            held: alone == 0,
        },
    ]
}
