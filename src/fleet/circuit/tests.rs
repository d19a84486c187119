#![allow(clippy::arithmetic_side_effects)]

use super::*;

const NOW: UnixNanos = UnixNanos::from_seconds(1_800_000_000);
const TIMEOUT: u64 = 50_000_000;

fn opened() -> Circuit {
    let mut circuit = Circuit::default();
    let changes: Vec<_> = (0..3).map(|_| circuit.failed(NOW)).collect();
    assert_eq!(changes, [None, None, Some(Change::Opened)]);
    circuit
}

#[test]
fn single_failures_do_not_open_it() {
    let mut circuit = Circuit::default();
    for _ in 0..10 {
        circuit.failed(NOW);
        circuit.failed(NOW);
        circuit.succeeded(NOW);
    }
    assert_eq!(circuit.link(NOW), Link::Up);
}

#[test]
fn an_open_one_lets_one_trial_through_at_a_time() {
    let mut circuit = opened();
    assert_eq!(circuit.link(NOW), Link::Down);
    let later = NOW.plus(RETRY_NANOS);
    assert_eq!(circuit.link(later), Link::Probing);
    circuit.called(TIMEOUT, later);
    assert_eq!(circuit.link(later), Link::Down);
    assert_eq!(circuit.link(later.plus(TIMEOUT + GRACE_NANOS)), Link::Probing, "a trial may get lost");
    assert_eq!(circuit.failed(later), None, "it is open already");
    assert_eq!(circuit.link(later.plus(RETRY_NANOS - 1)), Link::Down);
}

#[test]
fn it_closes_after_several_successes() {
    let mut circuit = opened();
    let later = NOW.plus(RETRY_NANOS);
    assert_eq!(circuit.succeeded(later), None);
    assert_eq!(circuit.link(later), Link::Probing);
    circuit.failed(later);
    let later = later.plus(RETRY_NANOS);
    let changes: Vec<_> = (0..3).map(|_| circuit.succeeded(later)).collect();
    assert_eq!(changes, [None, None, Some(Change::Closed)]);
    assert_eq!(circuit.link(later), Link::Up);
}
