#![allow(clippy::arithmetic_side_effects)]

use super::*;

fn at(seconds: f64) -> UnixNanos {
    UnixNanos((seconds * 1e9) as u64)
}

#[test]
fn a_mark_tells_when_the_block_ends() {
    for length_s in [1, 7, 300, 86_400] {
        for began in [1_800_000_000.0, 1_800_000_299.999, 1_800_123_456.789] {
            let slice = Slice::of(length_s, at(began));
            let end = slice.block_end(slice.mark(at(began))).unwrap();
            let wanted = at(began).plus(u64::from(length_s) * NANOS_PER_SECOND);
            let tolerance = u64::from(length_s) * NANOS_PER_SECOND / POSITIONS + 1;
            assert!(wanted.since(end) <= tolerance && end <= wanted, "{length_s} s from {began}: {end:?}");
        }
    }
}

#[test]
fn envoys_that_tell_of_the_same_block_agree() {
    let began = at(1_800_000_123.4);
    let slice = Slice::of(300, began);
    let end = slice.block_end(slice.mark(began)).unwrap();
    for envoys in [2, 5, 255] {
        assert_eq!(slice.block_end(slice.mark(began) * envoys), Some(end), "{envoys}");
    }
}

#[test]
fn a_counter_at_zero_tells_of_no_block() {
    assert_eq!(Slice::of(300, at(1_800_000_000.0)).block_end(0), None);
}

#[test]
fn the_slice_before_is_the_one_a_block_reaches_in_from() {
    let (began, later) = (at(1_800_000_200.0), at(1_800_000_450.0));
    assert_eq!(Slice::of(300, later).before(), Slice::of(300, began));
}
