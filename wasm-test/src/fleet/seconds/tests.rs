use super::{Attempt, Outcome, Second, Seconds};
use std::time::Duration;

fn attempt(gate: usize, taken_ms: u64, given_ms: u64, status: u16) -> Attempt {
    let (taken, given) = (Duration::from_millis(taken_ms), Duration::from_millis(given_ms));
    Attempt {
        gate,
        sent: taken,
        latency: given - taken,
        outcome: Outcome::Answered(status),
        judged: Some((taken, given)),
    }
}

#[test]
fn who_was_judged_on_the_edge_counts_for_neither_bound_against_the_filter() {
    let attempts = [
        attempt(0, 1_000, 1_999, 200),
        attempt(1, 1_999, 2_000, 200),
        attempt(1, 2_500, 2_501, 200),
        attempt(0, 2_600, 2_601, 429),
        attempt(0, 2_600, 2_601, 503),
        attempt(0, 3_000, 3_001, 404),
    ];
    let seconds = Seconds::of(&attempts);
    assert_eq!(seconds.second(1), Second { admitted: [1, 0], on_the_edge: 1, ..Second::default() });
    assert_eq!(
        seconds.second(2),
        Second { admitted: [0, 1], on_the_edge: 1, refused: 1, failed: 1, lost: 0 }
    );
    assert_eq!(seconds.second(3).lost, 1);
    assert_eq!(seconds.full(), 2..=2);
    assert_eq!((seconds.second(1).at_least(), seconds.second(1).at_most()), (1, 2));
    assert_eq!((seconds.sum(1..=2).at_least(), seconds.sum(1..=2).at_most()), (3, 3));
    assert_eq!((seconds.sum(2..=2).at_least(), seconds.sum(2..=2).at_most()), (1, 2));
}
