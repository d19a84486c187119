//! The few bytes of a text at which a decoder has to look.

/// Bytes judged at once.
const BLOCK: usize = 64;

/// Finds the bytes for which `is_marked` holds, from left to right.
///
/// A block is judged by plain arithmetic without jumps, which the compiler
/// turns into vector instructions, and remembered as one bit a byte. So many
/// short pieces cost little more than few long ones: the way from one mark to
/// the next is counting zeros, not a walk over the bytes between.
pub(super) struct Marks<'a, F> {
    bytes: &'a [u8],
    is_marked: F,
    /// Where the block judged last starts.
    block_start: usize,
    /// Its marks, the first byte's in the lowest bit.
    block: u64,
}

impl<'a, F: Fn(u8) -> bool> Marks<'a, F> {
    /// `is_marked` should compute both sides of `|` and `&`, and not jump.
    #[inline]
    pub(super) fn new(bytes: &'a [u8], is_marked: F) -> Self {
        // No place is near: the first search judges a block.
        Self { bytes, is_marked, block_start: usize::MAX / 2, block: 0 }
    }

    /// The first marked byte at or behind `from`; the end, if there is none.
    #[inline]
    pub(super) fn next(&mut self, from: usize) -> usize {
        let offset = from.wrapping_sub(self.block_start);
        if offset < BLOCK {
            let left = self.block & u64::MAX << offset;
            if left != 0 {
                return self.block_start.wrapping_add(left.trailing_zeros() as usize);
            }
            return self.search(self.block_start.wrapping_add(BLOCK));
        }
        self.search(from)
    }

    /// Judges blocks from `from` on until one holds a mark.
    #[inline(never)]
    fn search(&mut self, from: usize) -> usize {
        let mut at = from;
        while let Some(block) = self.bytes.get(at..).and_then(|rest| rest.first_chunk()) {
            self.judge(at, block);
            if self.block != 0 {
                return at.wrapping_add(self.block.trailing_zeros() as usize);
            }
            at = at.wrapping_add(BLOCK);
        }
        let rest = self.bytes.get(at..).unwrap_or_default();
        let mut block = [0; BLOCK];
        for (to, from) in block.iter_mut().zip(rest) {
            *to = *from;
        }
        self.judge(at, &block);
        // What was filled in may be marked, too.
        at.wrapping_add(self.block.trailing_zeros() as usize).min(self.bytes.len())
    }

    fn judge(&mut self, start: usize, block: &[u8; BLOCK]) {
        let found = block.map(|byte| u8::from((self.is_marked)(byte)));
        self.block_start = start;
        self.block = 0;
        let (lanes, _) = found.as_chunks::<8>();
        for lane in lanes.iter().rev() {
            // Moves the lowest bits of eight bytes together: the bit of byte
            // `i`, 8i, goes to 56 + i, by the factor's bit 56 - 7i.
            let bits = u64::from_le_bytes(*lane).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            self.block = self.block << 8 | bits;
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_mark_is_found_and_no_other(
            bytes in proptest::collection::vec(prop_oneof![4 => Just(b'a'), 1 => Just(b'&'), 1 => any::<u8>()], 0..300),
            skips in proptest::collection::vec(0_usize..90, 1..40),
        ) {
            let mut marks = Marks::new(&bytes, |byte| (byte == b'&') | (byte == 0));
            let mut from = 0;
            for skip in skips {
                let obvious = (from..bytes.len()).find(|at| matches!(bytes[*at], b'&' | 0));
                let found = marks.next(from);
                prop_assert_eq!(found, obvious.unwrap_or(bytes.len()).max(from.min(bytes.len())));
                from = (found + skip).min(bytes.len());
            }
        }
    }
}
