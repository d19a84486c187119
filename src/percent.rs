//! Percent-decoding (RFC 3986 section 2.1) of names, keys and paths.

use std::borrow::Cow;

/// Decodes `%XX` and `+` as in application/x-www-form-urlencoded (WHATWG URL).
/// A `%` that begins no escape stands for itself.
pub(crate) fn decode_form(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|b| matches!(b, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        let escape = escaped_byte(rest);
        out.push(match byte {
            b'+' => b' ',
            _ => escape.unwrap_or(*byte),
        });
        rest = if escape.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    Cow::Owned(out)
}

/// The byte that an escape at the start of `text` stands for.
pub(crate) fn escaped_byte(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    let high = char::from(*high).to_digit(16)?;
    let low = char::from(*low).to_digit(16)?;
    u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded_once() {
        for (text, expected) in [
            ("plain", "plain"),
            ("a+b%20c", "a b c"),
            ("%61%5f%5F", "a__"),
            ("%2561", "%61"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%", "%zz%"),
            ("%%41", "%A"),
            ("", ""),
        ] {
            assert_eq!(decode_form(text.as_bytes()), expected.as_bytes(), "{text}");
        }
    }
}
