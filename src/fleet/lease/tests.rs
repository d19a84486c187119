#![allow(clippy::arithmetic_side_effects)]

use std::num::NonZeroU32;

use super::*;
use crate::fleet::FleetRule;

const NOW: UnixNanos = UnixNanos::from_seconds(1_800_000_000);

fn terms(rate: u32) -> Terms {
    let rule = FleetRule {
        service: 0,
        lease_max: 10,
        on_failure: OnFailure::Local,
        replicas: NonZeroU32::new(2).unwrap(),
    };
    Terms { rule, rate, shadow: false }
}

fn moment(now: UnixNanos, link: Link) -> Moment {
    Moment { now, link, patience: Patience::Waits, timeout_nanos: 50_000_000, blocks: None }
}

#[test]
fn it_survives_shared_state() {
    let asked = Lease::default().take(terms(200), moment(NOW, Link::Up)).1;
    let granted = asked.settle(5, Counted::Granted { remaining: 195 }, NOW);
    let over = asked.settle(5, Counted::OverLimit, NOW);
    for lease in [Lease::default(), asked, granted, over] {
        assert_eq!(Lease::from_bytes(&lease.to_bytes()), lease);
    }
}

#[test]
fn shared_state_of_any_length_and_content_reads() {
    for length in 0..2 * Lease::BYTES {
        let lease = Lease::from_bytes(&vec![0xff; length]);
        let (verdict, ..) = lease.take(terms(200), moment(NOW, Link::Up));
        assert_eq!(verdict, Verdict::Pass(Mode::Credit), "{length}");
    }
}

#[test]
fn tokens_die_with_their_second() {
    let lease = Lease::default().take(terms(200), moment(NOW, Link::Up)).1;
    let granted = lease.settle(10, Counted::Granted { remaining: 190 }, NOW);
    assert_eq!(granted.left(), 9);
    let later = NOW.plus(NANOS_PER_SECOND);
    assert_eq!(granted.take(terms(200), moment(later, Link::Down)).1.left(), 0);
    // An answer of the last second says nothing of this one.
    let next = lease.take(terms(200), moment(later, Link::Up)).1;
    assert_eq!(next.settle(10, Counted::Granted { remaining: 190 }, NOW), next);
}

#[test]
fn only_one_asks_at_a_time() {
    let (_, lease, ask) = Lease::default().take(terms(200), moment(NOW, Link::Up));
    assert_eq!(ask, Some(Ask { hits: 1, looks: false, calm: true }));
    assert_eq!(lease.take(terms(200), moment(NOW, Link::Up)).2, None);
    assert!(lease.give_up(NOW).take(terms(200), moment(NOW, Link::Up)).2.is_some());
    let late = NOW.plus(50_000_000 + GRACE_NANOS);
    assert!(lease.take(terms(200), moment(late, Link::Up)).2.is_some(), "an answer may get lost");
}

#[test]
fn over_limit_early_in_a_second_is_doubted_once() {
    let lease = Lease::default().take(terms(200), moment(NOW, Link::Up)).1;
    let over = lease.settle(1, Counted::OverLimit, NOW);
    assert_eq!(over.take(terms(200), moment(NOW, Link::Up)).0, Verdict::Refuse(Mode::Fleet));
    let later = NOW.plus(CLOCK_SKEW_MAX_NANOS);
    let (verdict, over, ask) = over.take(terms(200), moment(later, Link::Up));
    assert_eq!((verdict, ask.map(|ask| ask.hits)), (Verdict::Wait, Some(1)));
    let over = over.settle(1, Counted::OverLimit, later);
    let end = NOW.plus(NANOS_PER_SECOND - 1);
    assert_eq!(over.take(terms(200), moment(end, Link::Up)).0, Verdict::Refuse(Mode::Fleet));
}

#[test]
fn what_passed_with_the_service_counts_without_it() {
    let mut lease = Lease::default().take(terms(20), moment(NOW, Link::Up)).1;
    lease = lease.settle(8, Counted::Granted { remaining: 12 }, NOW);
    let mut passed = 0;
    for _ in 0..100 {
        let (verdict, after, _) = lease.take(terms(20), moment(NOW, Link::Down));
        passed += usize::from(matches!(verdict, Verdict::Pass(_)));
        lease = after;
    }
    assert_eq!(passed, 9, "one had passed before, and ten are this Envoy's share");
}
