//! The search for the few places where an entity can be recognized.
//!
//! Every entity holds a byte that is rare in prose: a digit, an `@`, the `:/`
//! of a scheme, the `ww` of `www.`. Whole blocks without one are passed over
//! at the speed of a handful of vector instructions; the loop below is plain
//! arithmetic on bytes so that the compiler turns it into SSE2 or simd128.

/// Bytes judged at once.
const BLOCK: usize = 64;
/// Bytes of a block that one word of marks covers.
const LANE: usize = 8;

/// Finds triggers from left to right.
pub(super) struct Triggers<'a> {
    bytes: &'a [u8],
    /// Where the block judged last starts.
    block_start: usize,
    /// One bit a byte of that block, set where a trigger stands: finding the
    /// next is counting trailing zeros.
    marks: u64,
}

impl<'a> Triggers<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Triggers {
            bytes,
            // No offset is near: the first search judges a block.
            block_start: usize::MAX / 2,
            marks: 0,
        }
    }

    /// The first trigger at or behind `from`.
    #[inline]
    pub(super) fn next(&mut self, from: usize) -> Option<usize> {
        let offset = from.wrapping_sub(self.block_start);
        if offset < BLOCK {
            let left = self.marks & u64::MAX << offset;
            if left != 0 {
                return Some(self.first_of(left));
            }
            self.search(self.block_start.saturating_add(BLOCK))
        } else {
            self.search(from)
        }
    }

    /// Where the first of `marks` stands, some of those of the present block.
    #[inline]
    fn first_of(&self, marks: u64) -> usize {
        self.block_start.saturating_add(marks.trailing_zeros() as usize)
    }

    /// Judges blocks from `from` until one holds a trigger.
    fn search(&mut self, from: usize) -> Option<usize> {
        let mut at = from;
        while let Some(block) = self.bytes.get(at..).and_then(|rest| rest.first_chunk()) {
            let lanes = mark(block);
            if lanes.iter().fold(0, |all, lane| all | lane) != 0 {
                self.marks = bits(&lanes);
                self.block_start = at;
                return Some(self.first_of(self.marks));
            }
            at = at.saturating_add(BLOCK);
        }
        let rest = self.bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let mut block = [0; BLOCK + 1];
        for (to, from) in block.iter_mut().zip(rest) {
            *to = *from;
        }
        self.marks = bits(&mark(&block));
        self.block_start = at;
        (self.marks != 0).then(|| self.first_of(self.marks))
    }
}

/// Marks the triggers of a block, each with a 1 in its byte of a word; the byte
/// behind the block is looked at, not judged.
#[inline]
fn mark(block: &[u8; BLOCK + 1]) -> [u64; BLOCK / LANE] {
    let mut found = [0u8; BLOCK];
    let next = block.iter().skip(1);
    for ((mark, &byte), &next) in found.iter_mut().zip(block).zip(next) {
        *mark = u8::from(is_trigger(byte, next));
    }
    let mut words = [0; BLOCK / LANE];
    let (lanes, _) = found.as_chunks::<LANE>();
    for (word, lane) in words.iter_mut().zip(lanes) {
        *word = u64::from_le_bytes(*lane);
    }
    words
}

/// The marks of all lanes, one bit each.
#[inline]
fn bits(lanes: &[u64; BLOCK / LANE]) -> u64 {
    // Moves the lowest bit of each byte into the highest byte, in order: the
    // factor has one bit for each, and no two sums meet.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    lanes.iter().rev().fold(0, |bits, lane| bits << LANE | lane.wrapping_mul(GATHER) >> (BLOCK - LANE))
}

/// Whether `byte`, followed by `next`, may belong to an entity. Without
/// branches: both sides of every `|` are computed.
#[inline]
fn is_trigger(byte: u8, next: u8) -> bool {
    let digit = byte.wrapping_sub(b'0') < 10;
    let full_width = (byte == 0xef) & (next == 0xbc);
    let scheme = (byte == b':') & (next == b'/');
    let www = (byte | 0x20 == b'w') & (next | 0x20 == b'w');
    let word = (next.wrapping_sub(b'0') < 10) | ((next | 0x20).wrapping_sub(b'a') < 26) | (next >= 0x80);
    let address = (byte == b'@') & word;
    digit | address | full_width | scheme | www
}

#[cfg(test)]
mod tests;
