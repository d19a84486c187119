#![allow(clippy::arithmetic_side_effects)]

use proptest::prelude::*;

use super::*;

const SECOND: u64 = NANOS_PER_SECOND;
const YEAR: u64 = 365 * 86_400 * SECOND;
const START: UnixNanos = UnixNanos(1_800_000_000 * SECOND);

fn quota(rate: u64, burst: u64) -> Quota {
    Quota::new(rate, burst).unwrap()
}

/// Asks at each moment and keeps the bucket as the store would; how many were let in.
fn admitted(bucket: &mut Bucket, quota: Quota, moments: impl IntoIterator<Item = UnixNanos>) -> u64 {
    let mut count = 0;
    for now in moments {
        let (answer, after) = bucket.take(quota, now);
        if answer.allowed || after.must_be_kept_after(*bucket) {
            *bucket = after;
        }
        count += u64::from(answer.allowed);
    }
    count
}

fn every(step: u64, from: UnixNanos, count: u64) -> impl Iterator<Item = UnixNanos> {
    (0..count).map(move |i| from.plus(i * step))
}

#[test]
fn a_burst_then_the_rate() {
    let quota = quota(10, 20);
    let mut bucket = Bucket::full(quota, START);
    assert_eq!(admitted(&mut bucket, quota, std::iter::repeat_n(START, 50)), 20);
    assert_eq!(admitted(&mut bucket, quota, every(SECOND / 100, START.plus(1), 1000)), 99);
}

#[test]
fn answers_count_down_and_say_when_there_is_more() {
    let quota = quota(10, 2);
    let (first, bucket) = Bucket::full(quota, START).take(quota, START);
    assert_eq!(first, Answer { allowed: true, remaining: 1, next_token_nanos: SECOND / 10 });
    let (second, bucket) = bucket.take(quota, START);
    assert_eq!((second.allowed, second.remaining), (true, 0));
    let (third, after) = bucket.take(quota, START.plus(SECOND / 20));
    assert_eq!(third, Answer { allowed: false, remaining: 0, next_token_nanos: SECOND / 20 });
    assert_eq!(third.next_token_seconds(), 1);
    assert!(!after.must_be_kept_after(bucket));
}

#[test]
fn a_rate_that_does_not_divide_a_second_does_not_drift() {
    let quota = quota(7, 2);
    let mut bucket = Bucket::full(quota, START);
    // Asked every microsecond for ten seconds: 2 + 7 x 10, never one fewer.
    assert_eq!(admitted(&mut bucket, quota, every(1_000, START, 10_000_001)), 72);
}

#[test]
fn a_clock_that_jumps_a_year_ahead_gives_one_burst() {
    let quota = quota(10, 20);
    let mut bucket = Bucket::full(quota, START);
    admitted(&mut bucket, quota, std::iter::repeat_n(START, 20));
    assert_eq!(admitted(&mut bucket, quota, std::iter::repeat_n(START.plus(YEAR), 100)), 20);
}

#[test]
fn a_clock_that_steps_back_neither_gives_nor_starves() {
    let quota = quota(10, 20);
    let mut bucket = Bucket::full(quota, START);
    admitted(&mut bucket, quota, std::iter::repeat_n(START, 20));
    let back = UnixNanos(START.0 - YEAR);
    assert_eq!(admitted(&mut bucket, quota, [back]), 0);
    assert_eq!(admitted(&mut bucket, quota, every(SECOND / 100, back, 101)), 10);
}

#[test]
fn workers_that_read_the_clock_late_do_not_earn_twice() {
    let quota = quota(1000, 1);
    let mut bucket = Bucket::full(quota, START);
    // Two workers whose readings alternate 5 ms apart for a second: the rate, not twice the rate.
    let readings =
        (0..200).flat_map(|i| [START.plus(i * SECOND / 200 + SECOND / 200), START.plus(i * SECOND / 200)]);
    let let_in = admitted(&mut bucket, quota, readings.flat_map(|now| std::iter::repeat_n(now, 20)));
    assert!(let_in <= 1001, "{let_in}");
}

#[test]
fn a_changed_quota_keeps_what_was_spent() {
    let old = quota(1, 100);
    let mut bucket = Bucket::full(old, START);
    admitted(&mut bucket, old, std::iter::repeat_n(START, 95));
    assert_eq!(
        admitted(&mut bucket, quota(1, 3), std::iter::repeat_n(START, 10)),
        3,
        "never above the new burst"
    );
}

#[test]
fn zero_and_too_much_are_no_quotas() {
    for (rate, burst) in [(0, 1), (1, 0), (RATE_MAX + 1, 1), (1, BURST_MAX + 1)] {
        assert_eq!(Quota::new(rate, burst), None);
    }
}

#[test]
fn fields_follow_the_draft() {
    let answer = Answer { allowed: true, remaining: 19, next_token_nanos: 1 };
    assert_eq!(fields::policy(quota(10, 20)), "\"default\";q=10;w=1");
    assert_eq!(fields::remaining(answer), "\"default\";r=19;t=1");
}

#[test]
fn the_least_remaining_of_an_upstream_is_found() {
    for (lines, expected) in [
        (vec!["\"default\";r=50;t=30"], Some(50)),
        (vec!["\"a\";r=999;pk=:dHJpYWwxMjEzMjM=:, \"b\";t=1; r=7"], Some(7)),
        (vec!["\"a,\\\"r=1\";r=9", "\"b\";r=3"], Some(3)),
        (vec!["default;r=50"], None),
        (vec!["\"a\";r=-1", "\"a\";r=1.5", "\"a\";r=\"5\"", "\"a\"", "\"a\";r=9999999999999999"], None),
        (vec!["", ",,", "\"", "\"\\"], None),
    ] {
        assert_eq!(fields::least_remaining(lines.iter().map(|l| l.as_bytes())), expected, "{lines:?}");
    }
}

/// The obvious bucket, in wide arithmetic and with every step taken.
fn naive(quota: Quota, gaps: &[u64]) -> Vec<bool> {
    let capacity = u128::from(quota.burst()) * u128::from(SECOND);
    let mut level = capacity;
    gaps.iter()
        .map(|gap| {
            level = (level + u128::from(*gap) * u128::from(quota.rate())).min(capacity);
            let allowed = level >= u128::from(SECOND);
            level -= if allowed { u128::from(SECOND) } else { 0 };
            allowed
        })
        .collect()
}

proptest! {
    #[test]
    fn equals_the_obvious_bucket(
        rate in 1..=RATE_MAX, burst in 1..=BURST_MAX,
        gaps in prop::collection::vec(prop_oneof![0..1000u64, 0..SECOND, 0..YEAR], 0..200),
    ) {
        let quota = quota(rate, burst.min(20));
        let mut now = START;
        let mut bucket = Bucket::full(quota, START);
        let answers: Vec<bool> = gaps.iter().map(|gap| {
            now = now.plus(*gap);
            admitted(&mut bucket, quota, [now]) == 1
        }).collect();
        prop_assert_eq!(answers, naive(quota, &gaps));
    }

    /// Refused at every moment before the promised one, admitted exactly at it.
    #[test]
    fn the_promise_is_exact(rate in 1..=RATE_MAX, burst in 1..50u64, spent_for in 0..SECOND) {
        let quota = quota(rate, burst);
        let mut bucket = Bucket::full(quota, START);
        admitted(&mut bucket, quota, std::iter::repeat_n(START, burst as usize));
        let now = START.plus(spent_for % (SECOND / rate));
        let (answer, _) = bucket.take(quota, now);
        prop_assert!(!answer.allowed);
        let promised = now.plus(answer.next_token_nanos);
        prop_assert!(!bucket.take(quota, UnixNanos(promised.0 - 1)).0.allowed);
        prop_assert!(bucket.take(quota, promised).0.allowed);
    }

    #[test]
    fn any_bytes_are_a_bucket(bytes: [u8; 16], rate in 1..=RATE_MAX, burst in 1..=BURST_MAX, now: u64) {
        let quota = quota(rate, burst);
        let (answer, after) = Bucket::from_bytes(bytes).take(quota, UnixNanos(now));
        prop_assert!(answer.remaining < burst);
        prop_assert_eq!(Bucket::from_bytes(after.to_bytes()), after);
    }
}
