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

use super::marks::Marks;
use super::{Draft, PieceKind, Source, TextError};
pub(crate) use lexeme::{number_len, plain_len, unescape};

mod lexeme;

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
pub(super) fn decode(out: &mut Draft, source: Source<'_>, shape: Shape) -> Result<(), TextError> {
    let text = source.text;
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let ends_plain_text = Marks::new(source.bytes(), |byte| (byte == b'"') | (byte == b'\\') | (byte < 0x20));
    let mut tokens = Tokens { out, source, at, ends_plain_text, nesting: Nesting::default() };
    let read = match shape {
        Shape::One => tokens.value(),
        Shape::Sequence => tokens.values(),
    };
    tokens.skip_space();
    if read.is_some() && tokens.at == text.len() { Ok(()) } else { Err(TextError::MalformedBody) }
}

/// `None` out of any of its functions: not JSON.
struct Tokens<'a, F> {
    out: &'a mut Draft,
    source: Source<'a>,
    /// Where the next byte is. Never past the end, so never near overflow:
    /// additions to it wrap only in the type system.
    at: usize,
    /// The bytes that do not stand for themselves in a string.
    ends_plain_text: Marks<'a, F>,
    nesting: Nesting,
}

impl<F: Fn(u8) -> bool> Tokens<'_, F> {
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
                let Some(container) = self.nesting.innermost else {
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
        self.at = self.ends_plain_text.next(start);
        match self.peek()? {
            b'"' => {
                self.out.push_verbatim(kind, self.source, start..self.at);
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
            self.at = self.ends_plain_text.next(self.at);
        }
        self.out.close_piece(&open, kind, self.source, &(start..self.at));
        self.bump(1);
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        self.bump(number_len(self.rest())?);
        self.scalar_end()?;
        if (JSON_NUMBER_BYTES_MIN..=JSON_NUMBER_BYTES_MAX).contains(&self.at.wrapping_sub(start)) {
            self.out.push_verbatim(PieceKind::JsonNumber, self.source, start..self.at);
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
    innermost: Option<Container>,
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
        self.innermost = Some(container);
        Some(())
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.innermost = self.depth.checked_sub(1).map(|level| {
            let (word, bit) = Self::place(level);
            let is_object = self.objects.get(word).is_some_and(|word| word & bit != 0);
            if is_object { Container::Object } else { Container::Array }
        });
    }

    fn place(level: usize) -> (usize, u64) {
        (level / 64, 1 << (level % 64))
    }
}

#[cfg(test)]
mod tests;
