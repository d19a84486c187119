//! Form fields (WHATWG URL, section 5.1): a body of
//! `application/x-www-form-urlencoded`, and the query of a URL.

use super::{CanonicalText, Origin, PieceKind, TextError};

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
pub(super) fn decode(
    out: &mut CanonicalText,
    origin: Origin,
    base: usize,
    form: &[u8],
    rigour: Rigour,
) -> Result<(), TextError> {
    let mut at = base;
    for field in form.split(|&byte| byte == b'&') {
        match memchr::memchr(b'=', field).and_then(|equals| field.split_at_checked(equals)) {
            None => component(out, PieceKind::FormValue, origin, at, field, rigour)?,
            Some((name, value)) => {
                component(out, PieceKind::FormName, origin, at, name, rigour)?;
                let value_at = at.saturating_add(name.len()).saturating_add(1);
                let value = value.strip_prefix(b"=").unwrap_or(value);
                component(out, PieceKind::FormValue, origin, value_at, value, rigour)?;
            }
        }
        at = at.saturating_add(field.len()).saturating_add(1);
    }
    Ok(())
}

fn component(
    out: &mut CanonicalText,
    kind: PieceKind,
    origin: Origin,
    at: usize,
    raw: &[u8],
    rigour: Rigour,
) -> Result<(), TextError> {
    if memchr::memchr2(b'%', b'+', raw).is_none() {
        let text = core::str::from_utf8(raw).map_err(|_| TextError::InvalidUtf8)?;
        out.push_verbatim(kind, origin, at, text);
        return Ok(());
    }
    let mut decoded = core::mem::take(&mut out.scratch);
    let sound = percent_decode(raw, Plus::IsSpace, &mut decoded);
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
            || matches!(
                byte,
                b'*' | b'-' | b'.' | b'_' | b'~' | b'%' | b'+' | b'=' | b'&' | b'[' | b']'
            )
    };
    let mut escapes = 0_usize;
    let sound = memchr::memchr_iter(b'%', bytes).all(|at| {
        escapes = escapes.saturating_add(1);
        bytes
            .get(at.saturating_add(1)..)
            .and_then(escaped_byte)
            .is_some()
    });
    sound && escapes > 0 && memchr::memchr(b'=', bytes).is_some() && bytes.iter().all(alphabet)
}

#[cfg(test)]
mod tests;
