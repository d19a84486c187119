//! Form fields (WHATWG URL, section 5.1): a body of
//! `application/x-www-form-urlencoded`, and the query of a URL.

use super::marks::Marks;
use super::{Draft, PieceKind, Source, TextError};

/// What to do about a `%` that starts no escape.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rigour {
    /// Refuse it: no encoder writes one.
    Strict,
    /// It stands for itself, as browsers read it.
    Lenient,
}

/// Adds names and values. A field without `=` is a value: it is all the text
/// its sender gave, and so counts.
pub(super) fn decode(out: &mut Draft, source: Source<'_>, rigour: Rigour) -> Result<(), TextError> {
    let bytes = source.bytes();
    let is_marked = |byte| (byte == b'&') | (byte == b'=') | (byte == b'%') | (byte == b'+');
    let mut marks = Marks::new(bytes, is_marked);
    let mark = out.mark();
    let mut any_coded = false;
    let mut in_name = true;
    let mut start = 0;
    while start < bytes.len() {
        let open = out.open_piece();
        let mut copied_to = start;
        let mut end = marks.next(start);
        let stop = loop {
            match bytes.get(end).copied() {
                Some(b'+') => {
                    out.push_plain(source, copied_to..end);
                    out.push_byte(b' ');
                    copied_to = end.wrapping_add(1);
                }
                Some(b'%') => {
                    let digits = end.wrapping_add(1);
                    if let Some(byte) = escaped_byte(bytes.get(digits..).unwrap_or_default()) {
                        out.push_plain(source, copied_to..end);
                        out.push_byte(byte);
                        copied_to = digits.wrapping_add(2);
                    } else if rigour == Rigour::Strict {
                        return out.check_utf8(&mark, Some(&open)).and(Err(TextError::MalformedBody));
                    }
                }
                // Only names end at `=`.
                Some(b'=') if !in_name => {}
                stop => break stop,
            }
            end = marks.next(end.wrapping_add(1));
        };
        let kind = if stop == Some(b'=') { PieceKind::FormName } else { PieceKind::FormValue };
        if copied_to == start {
            out.push_verbatim(kind, source, start..end);
        } else {
            any_coded = true;
            out.push_plain(source, copied_to..end);
            out.close_piece(&open, kind, source, &(start..end));
        }
        in_name = stop != Some(b'=');
        // Behind the separator, at most one past the end.
        start = end.wrapping_add(1);
    }
    // Once for all: what parts components is no part of a longer sequence.
    if any_coded { out.check_utf8(&mark, None) } else { Ok(()) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plus {
    IsSpace,
    IsPlus,
}

/// Whether every `%` started an escape. One that does not stands for itself.
#[inline]
pub(crate) fn percent_decode(raw: &[u8], plus: Plus, decoded: &mut Vec<u8>) -> bool {
    let mut sound = true;
    let mut rest = raw;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let byte = match byte {
            b'%' => match escaped_byte(after) {
                Some(escaped) => {
                    rest = after.get(2..).unwrap_or_default();
                    escaped
                }
                None => {
                    sound = false;
                    byte
                }
            },
            b'+' if plus == Plus::IsSpace => b' ',
            _ => byte,
        };
        decoded.push(byte);
    }
    sound
}

/// The byte of an escape whose two digits `after_percent` starts with.
#[inline]
pub(crate) fn escaped_byte(after_percent: &[u8]) -> Option<u8> {
    let [high, low] = *after_percent.first_chunk::<2>()?;
    Some(hex_value(high)? << 4 | hex_value(low)?)
}

/// The value of a hexadecimal digit, without a jump that text could mislead.
#[inline]
pub(super) fn hex_value(digit: u8) -> Option<u8> {
    let decimal = digit.wrapping_sub(b'0');
    let letter = (digit | 0x20).wrapping_sub(b'a');
    let value = if decimal < 10 { decimal } else { letter.saturating_add(10) };
    (value < 16).then_some(value)
}

/// Whether undeclared text is so surely a form that it should be read as one:
/// `name=value` fields in the alphabet of a form encoder, with at least one
/// escape, all of them sound. Text that people write has spaces.
pub(super) fn looks_encoded(text: &str) -> bool {
    let bytes = text.as_bytes();
    let alphabet = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'*' | b'-' | b'.' | b'_' | b'~' | b'%' | b'+' | b'=' | b'&' | b'[' | b']')
    };
    let is_sound = |at: usize| bytes.get(at.saturating_add(1)..).and_then(escaped_byte).is_some();
    let Some(first) = memchr::memchr(b'%', bytes) else {
        return false;
    };
    is_sound(first)
        && memchr::memchr(b'=', bytes).is_some()
        && bytes.iter().all(alphabet)
        && memchr::memchr_iter(b'%', bytes).all(is_sound)
}

#[cfg(test)]
mod tests;
