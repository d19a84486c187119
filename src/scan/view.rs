//! The text as recognizers see it: bytes that can be read anywhere without
//! panic, and that remember whether anybody asked for more than there is.

use std::cell::Cell;

/// Bytes of valid UTF-8, closed at the end or still growing there.
///
/// A recognizer reads to the right as far as it needs. Where the text is open
/// (more may follow), a read behind the end means that the decision could turn
/// out differently later; [`View::undecided`] says so. This one rule is what
/// makes a stream and the whole text agree: no recognizer has to think of it.
#[derive(Clone)]
pub(super) struct View<'a> {
    bytes: &'a [u8],
    open: bool,
    read_past_end: Cell<bool>,
}

impl<'a> View<'a> {
    pub(super) fn new(text: &'a str, open: bool) -> Self {
        View { bytes: text.as_bytes(), open, read_past_end: Cell::new(false) }
    }

    /// The same text, ended at `end` for good. `end` must be a character
    /// boundary; behind the end of the text it is the end of the text.
    pub(super) fn closed_at(&self, end: usize) -> View<'a> {
        View {
            bytes: self.bytes.get(..end).unwrap_or(self.bytes),
            open: false,
            read_past_end: Cell::new(false),
        }
    }

    /// Whether more text may follow.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Whether a read since the last [`View::rest`] went behind the end of
    /// open text.
    pub(super) fn undecided(&self) -> bool {
        self.open && self.read_past_end.get()
    }

    /// Forgets earlier reads: the next decision starts.
    pub(super) fn rest(&self) {
        self.read_past_end.set(false);
    }

    /// What `look` says, `None` where that could turn out differently later.
    /// The decision that is being made does not depend on it yet.
    pub(super) fn try_out<T>(&self, look: impl FnOnce() -> T) -> Option<T> {
        let before = self.read_past_end.replace(false);
        let found = look();
        let undecided = self.undecided();
        self.read_past_end.set(before);
        (!undecided).then_some(found)
    }

    /// The byte at `at`, 0 where there is none. A NUL in the text ends every
    /// entity just as the end of the text does, so the two need no telling
    /// apart.
    #[inline]
    pub(super) fn byte(&self, at: usize) -> u8 {
        match self.bytes.get(at) {
            Some(&byte) => byte,
            None => {
                self.read_past_end.set(true);
                0
            }
        }
    }

    /// The byte before `at`, 0 at the start of the text.
    #[inline]
    pub(super) fn byte_before(&self, at: usize) -> u8 {
        at.checked_sub(1).and_then(|before| self.bytes.get(before)).copied().unwrap_or(0)
    }

    /// The character that starts at `at`, and its bytes; `('\0', 0)` at the
    /// end. `at` must be a character boundary.
    #[inline]
    pub(super) fn char_at(&self, at: usize) -> (char, usize) {
        let lead = self.byte(at);
        if lead < 0x80 {
            return (char::from(lead), usize::from(at < self.bytes.len()));
        }
        let tail = self.bytes.get(at..).unwrap_or(&[]);
        let width = match lead {
            0xf0.. => 4,
            0xe0.. => 3,
            _ => 2,
        };
        decode(tail.get(..width).unwrap_or(&[]))
    }

    /// The character that ends before `at`, and its bytes; `('\0', 0)` at the
    /// start. `at` must be a character boundary.
    #[inline]
    pub(super) fn char_before(&self, at: usize) -> (char, usize) {
        let last = self.byte_before(at);
        if last < 0x80 {
            return (char::from(last), usize::from(at > 0));
        }
        match *self.bytes.get(..at).unwrap_or(&[]) {
            [.., a @ 0xc0..=0xdf, b] => decode(&[a, b]),
            [.., a @ 0xe0..=0xef, b, c] => decode(&[a, b, c]),
            [.., a @ 0xf0..=0xf7, b, c, d] => decode(&[a, b, c, d]),
            _ => ('\0', 0),
        }
    }

    /// The bytes from `start` to `end`, empty where there are none.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'a [u8] {
        self.bytes.get(start..end).unwrap_or(&[])
    }

    /// The `length` bytes from `start` on, as far as there are so many.
    pub(super) fn ahead(&self, start: usize, length: usize) -> &'a [u8] {
        let ahead = self.bytes.get(start..).unwrap_or(&[]);
        if ahead.len() < length {
            self.read_past_end.set(true);
        }
        ahead.get(..length).unwrap_or(ahead)
    }

    /// The eight bytes from `at` on, the first in the lowest byte, if there are so many.
    #[inline]
    pub(super) fn eight(&self, at: usize) -> Option<u64> {
        self.bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// Whether `word` stands at `at`, in any ASCII case.
    pub(super) fn has_word(&self, at: usize, word: &str) -> bool {
        word.bytes()
            .enumerate()
            .all(|(index, byte)| self.byte(at.saturating_add(index)).eq_ignore_ascii_case(&byte))
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }
}

/// Whether `byte` continues a character of several bytes.
#[inline]
pub(super) fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// One character of several bytes. The input is a piece of a `str`, so the
/// shape is known; anything else is read as the end.
fn decode(bytes: &[u8]) -> (char, usize) {
    let low = |byte: u8| u32::from(byte & 0x3f);
    let code = match *bytes {
        [a, b] => u32::from(a & 0x1f) << 6 | low(b),
        [a, b, c] => u32::from(a & 0x0f) << 12 | low(b) << 6 | low(c),
        [a, b, c, d] => u32::from(a & 0x07) << 18 | low(b) << 12 | low(c) << 6 | low(d),
        _ => return ('\0', 0),
    };
    match char::from_u32(code) {
        Some(char) => (char, bytes.len()),
        None => ('\0', 0),
    }
}
