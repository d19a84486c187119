//! The text of a configuration, of which only a piece is in memory at a time.
//!
//! A module's memory never shrinks: a text of 12 megabytes that was there as a whole, once,
//! would be paid for by every worker for good.

use std::io::{self, BufReader, Read};
use std::ops::Range;

/// Reads a range of the bytes, as far as they are there.
pub type ReadText<'t> = &'t dyn Fn(Range<usize>) -> Vec<u8>;

/// A range of bytes that are all in memory, as far as they are there.
pub fn range_of(bytes: &[u8], range: Range<usize>) -> Vec<u8> {
    let start = range.start.min(bytes.len());
    bytes.get(start..range.end.min(bytes.len())).unwrap_or_default().to_vec()
}

/// Reads a text piece by piece. Behind a buffer, because a parser takes single bytes.
pub(super) fn pieces(text: ReadText<'_>) -> BufReader<Pieces<'_>> {
    const PIECE_BYTES: usize = 64 << 10;
    BufReader::with_capacity(PIECE_BYTES, Pieces { text, read: 0 })
}

pub(super) struct Pieces<'t> {
    text: ReadText<'t>,
    /// How much of the text was read.
    read: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let piece = (self.text)(self.read..self.read.saturating_add(out.len()));
        out.iter_mut().zip(&piece).for_each(|(to, from)| *to = *from);
        self.read = self.read.saturating_add(piece.len());
        Ok(piece.len())
    }
}
