//! Eight bytes at once, as one number with the first byte in the lowest place.
//!
//! Numbers and words are short: where vectors would not pay, plain arithmetic
//! on a machine word looks at all of one.

/// `byte` in each of eight places.
const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The highest bit of each byte.
const HIGHS: u64 = each(0x80);

/// How many of the first bytes are ASCII digits, up to eight.
#[inline]
pub(super) fn leading_digits(bytes: u64) -> usize {
    first(!digits(bytes) & HIGHS)
}

/// The values of the bytes that are ASCII digits; others are of no use.
#[inline]
pub(super) fn digit_values(bytes: u64) -> [u8; 8] {
    (bytes ^ each(b'0')).to_le_bytes()
}

/// The highest bits of those bytes that are ASCII digits.
#[inline]
pub(super) fn digits(bytes: u64) -> u64 {
    // 0 to 9 for a digit, more for all else.
    let values = bytes ^ each(b'0');
    !((values & !HIGHS).wrapping_add(each(0x80 - 10)) | values) & HIGHS
}

/// The highest bits of those bytes that are ASCII letters or beyond ASCII.
#[inline]
pub(super) fn letters(bytes: u64) -> u64 {
    let lower = (bytes | each(0x20)) & !HIGHS;
    let from_a = lower.wrapping_add(each(0x80 - b'a'));
    let behind_z = lower.wrapping_add(each(0x80 - b'z' - 1));
    (from_a & !behind_z | bytes) & HIGHS
}

/// The highest bits of those bytes that are `byte`, which is ASCII.
#[inline]
pub(super) fn equal(bytes: u64, byte: u8) -> u64 {
    let others = bytes ^ each(byte);
    !((others & !HIGHS).wrapping_add(each(0x7f)) | others) & HIGHS
}

/// How many of the highest bits of bytes `marks` has.
#[inline]
pub(super) fn count(marks: u64) -> usize {
    ((marks >> 7).wrapping_mul(each(1)) >> 56) as usize
}

/// The place of the lowest byte marked, 8 if there is none.
#[inline]
pub(super) fn first(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

/// The place behind the highest byte marked, 0 if there is none.
#[inline]
pub(super) fn behind_last(marks: u64) -> usize {
    8usize.saturating_sub(marks.leading_zeros() as usize / 8)
}

#[cfg(test)]
mod tests;
