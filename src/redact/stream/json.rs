//! JSON as it streams: its strings and numbers, by their looks alone. Whether
//! brackets match and commas are where they should be changes no string, so no
//! stack of open brackets is kept.

use super::window::Window;
use super::{Ending, plain};
use crate::redact::Coding;
use crate::text::{JSON_NUMBER_BYTES_MAX, JSON_NUMBER_BYTES_MIN, number_len, plain_len, unescape};

/// The longest escape, a pair of surrogates.
const ESCAPE_BYTES_MAX: usize = 12;

/// Where in JSON the stream is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reader {
    /// Between strings.
    #[default]
    Outside,
    InString,
    /// In a number longer than any entity.
    InLongNumber,
    /// No JSON any more.
    Text,
}

impl Reader {
    pub(super) fn read(&mut self, bytes: &[u8], ending: Ending, window: &mut Window) -> usize {
        let mut rest = bytes;
        while !rest.is_empty() {
            let before = *self;
            let read = match self {
                Self::Outside => self.read_outside(rest, ending, window),
                Self::InString => self.read_string(rest, ending, window),
                Self::InLongNumber => Some(self.read_long_number(rest, window)),
                Self::Text => Some(plain::read(rest, ending, window)),
            };
            match read {
                Some(0) if *self == before => break,
                Some(len) => rest = rest.get(len..).unwrap_or_default(),
                None => break,
            }
        }
        bytes.len().saturating_sub(rest.len())
    }

    /// `None`: more bytes are needed. Nothing read: the state has changed.
    fn read_outside(&mut self, bytes: &[u8], ending: Ending, window: &mut Window) -> Option<usize> {
        match bytes.first()? {
            b'"' => {
                window.push_silent(b"\"");
                *self = Self::InString;
                Some(1)
            }
            b'-' | b'0'..=b'9' => self.read_number(bytes, ending, window),
            b't' => self.read_word(bytes, b"true", ending, window),
            b'f' => self.read_word(bytes, b"false", ending, window),
            b'n' => self.read_word(bytes, b"null", ending, window),
            0xef => self.read_word(bytes, "\u{feff}".as_bytes(), ending, window),
            first if is_structure(*first) => {
                let len = bytes.iter().take_while(|byte| is_structure(**byte)).count();
                window.push_silent(bytes.get(..len)?);
                Some(len)
            }
            _ => Some(self.give_up()),
        }
    }

    fn read_word(&mut self, bytes: &[u8], word: &[u8], ending: Ending, window: &mut Window) -> Option<usize> {
        if bytes.starts_with(word) {
            window.push_silent(word);
            return Some(word.len());
        }
        if word.starts_with(bytes) && ending == Ending::Open {
            return None;
        }
        Some(self.give_up())
    }

    fn read_number(&mut self, bytes: &[u8], ending: Ending, window: &mut Window) -> Option<usize> {
        let token_len = bytes.iter().take_while(|byte| is_of_number(**byte)).count();
        if token_len > JSON_NUMBER_BYTES_MAX {
            *self = Self::InLongNumber;
            return Some(0);
        }
        if token_len == bytes.len() && ending == Ending::Open {
            return None;
        }
        let token = bytes.get(..token_len)?;
        if number_len(token) != Some(token_len) {
            return Some(self.give_up());
        }
        if token_len < JSON_NUMBER_BYTES_MIN {
            window.push_silent(token);
        } else {
            window.push_number(core::str::from_utf8(token).ok()?);
            window.end_piece();
        }
        Some(token_len)
    }

    fn read_long_number(&mut self, bytes: &[u8], window: &mut Window) -> usize {
        let len = bytes.iter().take_while(|byte| is_of_number(**byte)).count();
        window.push_silent(bytes.get(..len).unwrap_or_default());
        if len < bytes.len() {
            *self = Self::Outside;
        }
        len
    }

    fn read_string(&mut self, bytes: &[u8], ending: Ending, window: &mut Window) -> Option<usize> {
        let plain = bytes.get(..plain_len(bytes))?;
        if !plain.is_empty() {
            // A character cut by a quote is none.
            let ending = if plain.len() < bytes.len() { Ending::Closed } else { ending };
            let read = plain::read_coded(plain, Coding::Json, ending, window);
            return (read > 0).then_some(read);
        }
        match bytes.first()? {
            b'"' => {
                window.push_silent(b"\"");
                window.end_piece();
                *self = Self::Outside;
                Some(1)
            }
            b'\\' => self.read_escape(bytes, ending, window),
            _ => Some(self.give_up()),
        }
    }

    fn read_escape(&mut self, bytes: &[u8], ending: Ending, window: &mut Window) -> Option<usize> {
        if let Some((character, len)) = unescape(bytes) {
            window.push_unit(character, bytes.get(..len)?, Coding::Json);
            return Some(len);
        }
        if bytes.len() < ESCAPE_BYTES_MAX && ending == Ending::Open {
            return None;
        }
        // JSON allows half a surrogate pair. It is no character.
        let lone = bytes.get(1) == Some(&b'u')
            && bytes.get(2..6).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        if !lone {
            return Some(self.give_up());
        }
        window.push_silent(bytes.get(..6)?);
        window.end_piece();
        Some(6)
    }

    fn give_up(&mut self) -> usize {
        *self = Self::Text;
        0
    }
}

/// White space, brackets, commas, colons; the record separator of RFC 7464.
fn is_structure(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'{' | b'}' | b'[' | b']' | b',' | b':' | 0x1e)
}

fn is_of_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
}
