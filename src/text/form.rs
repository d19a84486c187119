//! Form fields (WHATWG URL, section 5.1): a body of
//! `application/x-www-form-urlencoded`, and the query of a URL.

use super::{CanonicalText, Origin, PieceKind, Source, TextError};

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
pub(super) fn decode(out: &mut CanonicalText, source: Source<'_>, rigour: Rigour) -> Result<(), TextError> {
    let mut at = 0;
    let mut in_name = true;
    while at < source.text.len() {
        let (len, coded, end) = measure(source.text.as_bytes().get(at..).unwrap_or_default(), in_name);
        let kind = if in_name && end == Some(b'=') { PieceKind::FormName } else { PieceKind::FormValue };
        let raw = source.text.get(at..at.wrapping_add(len)).unwrap_or_default();
        let raw_at = source.base.wrapping_add(at);
        if coded {
            push_coded(out, kind, source.origin, raw_at, raw, rigour)?;
        } else {
            out.push_verbatim(kind, source.origin, raw_at, raw);
        }
        in_name = end != Some(b'=');
        // Behind the separator, at most one past the end.
        at = at.wrapping_add(len).wrapping_add(1);
    }
    Ok(())
}

/// The length of the component that `bytes` starts with, whether it is coded
/// in any way, and what ends it. Only names end at `=`.
fn measure(bytes: &[u8], in_name: bool) -> (usize, bool, Option<u8>) {
    let mut coded = false;
    for (len, &byte) in bytes.iter().enumerate() {
        match byte {
            b'&' => return (len, coded, Some(byte)),
            b'=' if in_name => return (len, coded, Some(byte)),
            b'%' | b'+' => coded = true,
            _ => {}
        }
    }
    (bytes.len(), coded, None)
}

fn push_coded(
    out: &mut CanonicalText,
    kind: PieceKind,
    origin: Origin,
    at: usize,
    raw: &str,
    rigour: Rigour,
) -> Result<(), TextError> {
    let mut decoded = core::mem::take(&mut out.scratch);
    let sound = percent_decode(raw.as_bytes(), Plus::IsSpace, &mut decoded);
    let added = match core::str::from_utf8(&decoded) {
        _ if !sound && rigour == Rigour::Strict => Err(TextError::MalformedBody),
        Err(_) => Err(TextError::InvalidUtf8),
        Ok(text) => {
            let open = out.open_piece();
            out.push_decoded(text);
            out.close_piece(open, kind, origin, at..at.saturating_add(raw.len()), false);
            Ok(())
        }
    };
    decoded.clear();
    out.scratch = decoded;
    added
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plus {
    IsSpace,
    IsPlus,
}

/// Whether every `%` started an escape. One that does not stands for itself.
pub(crate) fn percent_decode(raw: &[u8], plus: Plus, decoded: &mut Vec<u8>) -> bool {
    let mut sound = true;
    let mut rest = raw;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, escaped_byte(after)) {
            (b'%', Some(escaped)) => {
                decoded.push(escaped);
                rest = after.get(2..).unwrap_or_default();
            }
            (b'%', None) => {
                sound = false;
                decoded.push(byte);
            }
            (b'+', _) if plus == Plus::IsSpace => decoded.push(b' '),
            _ => decoded.push(byte),
        }
    }
    sound
}

/// The byte of an escape whose two digits `after_percent` starts with.
pub(crate) fn escaped_byte(after_percent: &[u8]) -> Option<u8> {
    let [high, low] = *after_percent.first_chunk::<2>()?;
    let high = char::from(high).to_digit(16)?;
    let low = char::from(low).to_digit(16)?;
    u8::try_from(high << 4 | low).ok()
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
    let mut escapes = 0_usize;
    let sound = memchr::memchr_iter(b'%', bytes).all(|at| {
        escapes = escapes.saturating_add(1);
        bytes.get(at.saturating_add(1)..).and_then(escaped_byte).is_some()
    });
    sound && escapes > 0 && memchr::memchr(b'=', bytes).is_some() && bytes.iter().all(alphabet)
}

#[cfg(test)]
mod tests;
