//! JSON (RFC 8259) to pieces, in one pass and without recursion.
//!
//! Accepted is what `serde_json` accepts as a value, with these exceptions,
//! none of which lets text by unread:
//! - a byte order mark before the text is skipped (RFC 8259, section 8.1,
//!   allows that, and upstreams do it);
//! - nesting may go to [`JSON_DEPTH_MAX`] rather than 127;
//! - a number may be as large as it likes: its value is of no interest here.
//!
//! Duplicate member names are all read. A lone surrogate (`"\ud800"`) is
//! refused: it is no Unicode scalar value, and UTF-8 cannot hold it.

use super::{CanonicalText, PieceKind, Source, TextError};

/// Objects and arrays within each other. Deeper is refused as malformed;
/// upstreams give up earlier (serde_json at 128, Python at 1000).
pub const JSON_DEPTH_MAX: usize = 1024;

/// The shortest number that is read as text: a PIN or a year. Shorter ones are
/// no entity, and arrays of them are common.
pub const JSON_NUMBER_BYTES_MIN: usize = 4;

/// The longest number that is read as text. Longer digit runs are no phone,
/// no card and no other entity.
pub const JSON_NUMBER_BYTES_MAX: usize = 64;

/// How many values the text holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    One,
    /// Any number, none included, one after another.
    Sequence,
}

/// Adds the strings, member names and numbers of `source`.
pub(super) fn decode(out: &mut CanonicalText, source: Source<'_>, shape: Shape) -> Result<(), TextError> {
    let text = source.text;
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut tokens = Tokens { out, source, at, nesting: Nesting::default() };
    let read = match shape {
        Shape::One => tokens.value(),
        Shape::Sequence => tokens.values(),
    };
    tokens.skip_space();
    if read.is_some() && tokens.at == text.len() { Ok(()) } else { Err(TextError::MalformedBody) }
}

/// `None` out of any of its functions: not JSON.
struct Tokens<'a> {
    out: &'a mut CanonicalText,
    source: Source<'a>,
    /// Where the next byte is. Never past the end, so never near overflow:
    /// additions to it wrap only in the type system.
    at: usize,
    nesting: Nesting,
}

impl Tokens<'_> {
    fn values(&mut self) -> Option<()> {
        loop {
            // RFC 7464 puts a record separator before each value.
            while {
                self.skip_space();
                self.eat(RECORD_SEPARATOR)
            } {}
            if self.peek().is_none() {
                return Some(());
            }
            self.value()?;
        }
    }

    /// One value with all that is in it.
    fn value(&mut self) -> Option<()> {
        loop {
            let opened = self.value_start()?;
            if opened {
                continue;
            }
            loop {
                let Some(container) = self.nesting.innermost() else {
                    return Some(());
                };
                self.skip_space();
                if self.eat(b',') {
                    if container == Container::Object {
                        self.skip_space();
                        self.name()?;
                    }
                    break;
                }
                self.expect(container.end())?;
                self.nesting.leave();
            }
        }
    }

    /// A scalar or an empty container, whole (`false`); or the start of a
    /// container up to where its first value is to start (`true`).
    fn value_start(&mut self) -> Option<bool> {
        self.skip_space();
        match self.peek()? {
            b'"' => self.string(PieceKind::JsonString)?,
            b'-' | b'0'..=b'9' => self.number()?,
            b'{' => return self.container_start(Container::Object),
            b'[' => return self.container_start(Container::Array),
            b't' => self.literal("true")?,
            b'f' => self.literal("false")?,
            b'n' => self.literal("null")?,
            _ => return None,
        }
        Some(false)
    }

    fn container_start(&mut self, container: Container) -> Option<bool> {
        self.bump(1);
        self.skip_space();
        self.nesting.enter(container)?;
        if self.eat(container.end()) {
            self.nesting.leave();
            return Some(false);
        }
        if container == Container::Object {
            self.name()?;
        }
        Some(true)
    }

    fn name(&mut self) -> Option<()> {
        self.string(PieceKind::JsonName)?;
        self.skip_space();
        self.expect(b':')
    }

    fn string(&mut self, kind: PieceKind) -> Option<()> {
        self.expect(b'"')?;
        let start = self.at;
        self.bump(plain_len(self.rest()));
        match self.peek()? {
            b'"' => {
                let text = self.source.text.get(start..self.at)?;
                self.out.push_verbatim(kind, self.source.origin, self.source.base.wrapping_add(start), text);
                self.bump(1);
                Some(())
            }
            b'\\' => self.string_with_escapes(kind, start),
            _ => None,
        }
    }

    /// The string from `start` on, of which the bytes up to `at` are plain.
    fn string_with_escapes(&mut self, kind: PieceKind, start: usize) -> Option<()> {
        let open = self.out.open_piece();
        let mut plain_start = start;
        loop {
            self.out.push_decoded(self.source.text.get(plain_start..self.at)?);
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    let (decoded, len) = unescape(self.rest())?;
                    self.out.push_decoded_char(decoded);
                    self.bump(len);
                }
                _ => return None,
            }
            plain_start = self.at;
            self.bump(plain_len(self.rest()));
        }
        let base = self.source.base;
        let source = base.wrapping_add(start)..base.wrapping_add(self.at);
        self.out.close_piece(open, kind, self.source.origin, source, false);
        self.bump(1);
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        self.bump(number_len(self.rest())?);
        self.scalar_end()?;
        let text = self.source.text.get(start..self.at)?;
        if (JSON_NUMBER_BYTES_MIN..=JSON_NUMBER_BYTES_MAX).contains(&text.len()) {
            let start = self.source.base.wrapping_add(start);
            self.out.push_verbatim(PieceKind::JsonNumber, self.source.origin, start, text);
        }
        Some(())
    }

    fn literal(&mut self, word: &str) -> Option<()> {
        self.rest().starts_with(word.as_bytes()).then(|| self.bump(word.len()))?;
        self.scalar_end()
    }

    /// In a sequence `1` and `2` must not be written `12`.
    fn scalar_end(&self) -> Option<()> {
        match self.peek() {
            Some(b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'+' | b'-' | b'.') => None,
            _ => Some(()),
        }
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.bump(1);
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.eat(byte).then_some(())
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.bump(1);
        }
        found
    }

    fn peek(&self) -> Option<u8> {
        self.source.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.source.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn bump(&mut self, bytes: usize) {
        self.at = self.at.wrapping_add(bytes);
    }
}

const RECORD_SEPARATOR: u8 = 0x1e;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    Array,
    Object,
}

impl Container {
    fn end(self) -> u8 {
        match self {
            Self::Array => b']',
            Self::Object => b'}',
        }
    }
}

/// The containers around the current value, one bit each.
#[derive(Default)]
struct Nesting {
    objects: [u64; JSON_DEPTH_MAX / 64],
    depth: usize,
}

impl Nesting {
    fn enter(&mut self, container: Container) -> Option<()> {
        let (word, bit) = Self::place(self.depth);
        let word = self.objects.get_mut(word)?;
        match container {
            Container::Object => *word |= bit,
            Container::Array => *word &= !bit,
        }
        self.depth = self.depth.wrapping_add(1);
        Some(())
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn innermost(&self) -> Option<Container> {
        let (word, bit) = Self::place(self.depth.checked_sub(1)?);
        let object = self.objects.get(word)? & bit != 0;
        Some(if object { Container::Object } else { Container::Array })
    }

    fn place(level: usize) -> (usize, u64) {
        (level / 64, 1 << (level % 64))
    }
}

/// How many bytes at the start of `bytes` stand for themselves in a JSON
/// string: up to a quote, a backslash or a control character. Eight bytes at
/// a time, as most text is long stretches of plain characters.
pub(crate) fn plain_len(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
    // A byte of `word` below `n` (at most 0x80) sets the high bit at its
    // place. Borrows make places after the first one unreliable, which are not
    // looked at.
    let below = |word: u64, n: u8| word.wrapping_sub(ONES.wrapping_mul(u64::from(n))) & !word & HIGHS;
    let (words, rest) = bytes.as_chunks::<8>();
    let mut len: usize = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let quote = below(word ^ ONES.wrapping_mul(u64::from(b'"')), 1);
        let backslash = below(word ^ ONES.wrapping_mul(u64::from(b'\\')), 1);
        let found = quote | backslash | below(word, 0x20);
        if found != 0 {
            return len.wrapping_add(found.trailing_zeros() as usize / 8);
        }
        len = len.wrapping_add(8);
    }
    let special = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
    len.wrapping_add(special.unwrap_or(rest.len()))
}

/// The length of the number `bytes` starts with, as long as it can be.
pub(crate) fn number_len(bytes: &[u8]) -> Option<usize> {
    let digits = |bytes: &mut &[u8]| -> Option<()> {
        let len = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
        *bytes = bytes.get(len..)?;
        (len > 0).then_some(())
    };
    let mut rest = bytes.strip_prefix(b"-").unwrap_or(bytes);
    match rest.strip_prefix(b"0") {
        Some(after) => rest = after,
        None => digits(&mut rest)?,
    }
    if let Some(after) = rest.strip_prefix(b".") {
        rest = after;
        digits(&mut rest)?;
    }
    if let [b'e' | b'E', after @ ..] = rest {
        rest = match after {
            [b'+' | b'-', after @ ..] => after,
            after => after,
        };
        digits(&mut rest)?;
    }
    bytes.len().checked_sub(rest.len())
}

/// The character of the escape `bytes` starts with, and the escape's length:
/// 2, 6, or 12 for a pair of surrogates. `None` if that is no escape.
pub(crate) fn unescape(bytes: &[u8]) -> Option<(char, usize)> {
    let character = match *bytes.get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unescape_unicode(bytes),
        _ => return None,
    };
    Some((character, 2))
}

fn unescape_unicode(bytes: &[u8]) -> Option<(char, usize)> {
    let first = u32::from(code_unit(bytes)?);
    if let Some(character) = char::from_u32(first) {
        return Some((character, 6));
    }
    let second = u32::from(code_unit(bytes.get(6..)?)?);
    if first >= 0xdc00 || !(0xdc00..0xe000).contains(&second) {
        return None;
    }
    // RFC 2781, section 2.2.
    let high = (first & 0x3ff) << 10;
    let low = second & 0x3ff;
    Some((char::from_u32(0x1_0000_u32.wrapping_add(high | low))?, 12))
}

/// The code unit of `\uXXXX`.
fn code_unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.first_chunk::<4>()?;
    digits.iter().try_fold(0, |unit: u16, &digit| {
        let value = char::from(digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(value).ok()?)
    })
}

#[cfg(test)]
mod tests;
