//! Percent-decoding (RFC 3986 section 2.1) of names, keys and paths.

use std::borrow::Cow;

use crate::text::{self, Plus, percent_decode};

/// Decodes `%XX` and `+` as in application/x-www-form-urlencoded (WHATWG URL).
/// A `%` that begins no escape stands for itself.
pub(crate) fn decode_form(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|b| matches!(b, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    percent_decode(text, Plus::IsSpace, &mut out);
    Cow::Owned(out)
}

/// Decodes `%XX` and nothing else (RFC 3986 section 2.1).
pub(crate) fn decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    percent_decode(text, Plus::IsPlus, &mut out);
    out
}

/// The byte that an escape at the start of `text` stands for.
pub(crate) fn escaped_byte(text: &[u8]) -> Option<u8> {
    text::escaped_byte(text.strip_prefix(b"%")?)
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
