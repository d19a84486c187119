//! Canonical text being written.

use core::ops::Range;

use super::form::{Plus, percent_decode};
use super::{EncodedPart, Origin, Piece, PieceKind, TextError};

/// Texts up to here are copied as if they were as long as this: a fixed number
/// of bytes is copied without a call, and most pieces are short.
const SHORT_BYTES_MAX: usize = 16;

/// Between any two pieces, and while writing also behind the last one.
const SEPARATOR: u8 = b'\n';

/// What the decoders write to. In bytes, each decoder having made sure that
/// its own are UTF-8, which [`finish`](Self::finish) checks again.
#[derive(Default)]
pub(super) struct Draft {
    bytes: Vec<u8>,
    pub(super) pieces: Vec<Piece>,
    pub(super) encoded_parts: Vec<EncodedPart>,
    /// As in [`CanonicalText::chars_counted`](super::CanonicalText::chars_counted).
    pub(super) chars_counted: usize,
    /// The bytes of pieces whose characters are not in `chars_counted` yet.
    bytes_to_count: usize,
    /// Where these pieces start.
    pieces_to_count: usize,
}

/// How far a draft was written.
#[derive(Default)]
pub(super) struct Mark {
    bytes: usize,
    pieces: usize,
    encoded_parts: usize,
    bytes_to_count: usize,
}

/// A piece that is being written.
pub(super) struct OpenPiece {
    start: usize,
}

/// Text to decode and where it lies in its origin.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) origin: Origin,
    pub(super) base: usize,
    pub(super) text: &'a str,
}

impl<'a> Source<'a> {
    /// All of an origin.
    pub(super) fn new(origin: Origin, text: &'a str) -> Self {
        Self { origin, base: 0, text }
    }

    /// A stretch of it, as a source of its own.
    pub(super) fn within(self, range: Range<usize>) -> Self {
        let base = self.base.saturating_add(range.start);
        Self { base, text: self.text.get(range).unwrap_or_default(), ..self }
    }

    pub(super) fn bytes(self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// `range` of it, counted in its origin.
    fn in_origin(self, range: &Range<usize>) -> Range<usize> {
        // Places within one text, that of the origin.
        self.base.wrapping_add(range.start)..self.base.wrapping_add(range.end)
    }
}

impl Draft {
    /// Goes on with the text of earlier pieces, if any, for which `bytes_more` will be added.
    pub(super) fn resume(&mut self, text: String, bytes_more: usize) {
        self.bytes_to_count = 0;
        self.pieces_to_count = self.pieces.len();
        self.bytes = text.into_bytes();
        // Decoded text is no longer than its source, but for separators.
        self.bytes.reserve(bytes_more.saturating_add(2 * SHORT_BYTES_MAX));
        if !self.pieces.is_empty() {
            self.bytes.push(SEPARATOR);
        }
    }

    /// The text of all pieces. The draft keeps the rest.
    pub(super) fn finish(&mut self) -> Result<String, TextError> {
        self.count_chars();
        if !self.pieces.is_empty() {
            self.bytes.pop();
        }
        String::from_utf8(core::mem::take(&mut self.bytes)).map_err(|_| TextError::InvalidUtf8)
    }

    fn count_chars(&mut self) {
        let pieces = self.pieces.get(self.pieces_to_count..).unwrap_or_default();
        let start = pieces.first().map_or(self.bytes.len(), |piece| piece.text.start);
        let chars = if self.bytes.get(start..).unwrap_or_default().is_ascii() {
            self.bytes_to_count
        } else {
            let uncounted = pieces.iter().filter(|piece| !piece.kind.counts_to_chars());
            let uncounted = uncounted.map(|piece| char_count(&self.bytes, &piece.text));
            let all = char_count(&self.bytes, &(start..self.bytes.len())).wrapping_sub(pieces.len());
            uncounted.fold(all, usize::wrapping_sub)
        };
        self.chars_counted = self.chars_counted.saturating_add(chars);
    }

    /// Forgets all and keeps the buffers.
    pub(super) fn clear(&mut self) {
        self.rewind(&Mark::default());
        self.chars_counted = 0;
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            bytes: self.bytes.len(),
            pieces: self.pieces.len(),
            encoded_parts: self.encoded_parts.len(),
            bytes_to_count: self.bytes_to_count,
        }
    }

    pub(super) fn rewind(&mut self, mark: &Mark) {
        self.bytes.truncate(mark.bytes);
        self.pieces.truncate(mark.pieces);
        self.encoded_parts.truncate(mark.encoded_parts);
        self.bytes_to_count = mark.bytes_to_count;
    }

    /// What `add` adds, or, if it fails, nothing.
    pub(super) fn all_or_nothing<T>(
        &mut self,
        add: impl FnOnce(&mut Self) -> Result<T, TextError>,
    ) -> Result<T, TextError> {
        let mark = self.mark();
        let added = add(self);
        if added.is_err() {
            self.rewind(&mark);
        }
        added
    }

    /// Adds a piece whose source bytes are its text: `range` of `source`.
    #[inline(always)]
    pub(super) fn push_verbatim(&mut self, kind: PieceKind, source: Source<'_>, range: Range<usize>) {
        let len = range.end.wrapping_sub(range.start);
        if len == 0 {
            return;
        }
        let start = self.bytes.len();
        let end = start.wrapping_add(len);
        self.push_plain(source, range.clone());
        self.bytes.push(SEPARATOR);
        self.note(kind, start..end, source, &range, true);
    }

    /// Starts a piece; its decoded text is then pushed by `push_decoded`.
    pub(super) fn open_piece(&self) -> OpenPiece {
        OpenPiece { start: self.bytes.len() }
    }

    pub(super) fn push_decoded(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Copies `range` of `source` into the open piece.
    #[inline]
    pub(super) fn push_plain(&mut self, source: Source<'_>, range: Range<usize>) {
        let len = range.end.wrapping_sub(range.start);
        if len == 0 {
            return;
        }
        match source.bytes().get(range.start..).and_then(|rest| rest.first_chunk::<SHORT_BYTES_MAX>()) {
            Some(more) if len <= SHORT_BYTES_MAX => {
                let end = self.bytes.len().wrapping_add(len);
                self.bytes.extend_from_slice(more);
                self.bytes.truncate(end);
            }
            _ => self.push_long(source.bytes().get(range).unwrap_or_default()),
        }
    }

    #[inline(never)]
    fn push_long(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Writes a byte into the open piece; it may be one of several of a
    /// character, to be checked with [`check_utf8`](Self::check_utf8).
    #[inline]
    pub(super) fn push_byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Decodes into the open piece, whose bytes are to be checked with
    /// [`check_utf8`](Self::check_utf8). Whether every `%` started an escape.
    pub(super) fn push_percent_decoded(&mut self, raw: &[u8], plus: Plus) -> bool {
        percent_decode(raw, plus, &mut self.bytes)
    }

    /// Whether what was written since `mark`, up to `open` if that is given, is UTF-8.
    pub(super) fn check_utf8(&self, mark: &Mark, open: Option<&OpenPiece>) -> Result<(), TextError> {
        let end = open.map_or(self.bytes.len(), |open| open.start);
        let written = self.bytes.get(mark.bytes..end).unwrap_or_default();
        core::str::from_utf8(written).map(drop).map_err(|_| TextError::InvalidUtf8)
    }

    pub(super) fn push_decoded_char(&mut self, c: char) {
        match u8::try_from(c) {
            Ok(byte) if byte.is_ascii() => self.bytes.push(byte),
            _ => self.bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    /// Ends a piece that was decoded from `range` of `source`.
    #[inline]
    pub(super) fn close_piece(
        &mut self,
        open: &OpenPiece,
        kind: PieceKind,
        source: Source<'_>,
        range: &Range<usize>,
    ) {
        let text = open.start..self.bytes.len();
        if text.is_empty() {
            return;
        }
        self.bytes.push(SEPARATOR);
        self.note(kind, text, source, range, false);
    }

    #[inline]
    fn note(
        &mut self,
        kind: PieceKind,
        text: Range<usize>,
        source: Source<'_>,
        range: &Range<usize>,
        verbatim: bool,
    ) {
        if kind.counts_to_chars() {
            self.bytes_to_count = self.bytes_to_count.wrapping_add(text.len());
        }
        let source_range = source.in_origin(range);
        self.pieces.push(Piece { kind, text, origin: source.origin, source: source_range, verbatim });
    }
}

/// The characters of a stretch of UTF-8: bytes that continue none.
fn char_count(bytes: &[u8], range: &Range<usize>) -> usize {
    let starts_character = |byte: &u8| u8::from(*byte & 0xc0 != 0x80);
    // So few at once that the sum is a byte, too, which vectors are good at.
    let (blocks, rest) = bytes.get(range.clone()).unwrap_or_default().as_chunks::<64>();
    let in_blocks = blocks.iter().map(|block| block.iter().map(starts_character).fold(0, u8::wrapping_add));
    let in_blocks: usize = in_blocks.map(usize::from).fold(0, usize::wrapping_add);
    in_blocks.wrapping_add(rest.iter().map(starts_character).map(usize::from).fold(0, usize::wrapping_add))
}
