//! The smallest parts of JSON: plain stretches, escapes, numbers.

use crate::text::form::hex_value;

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
#[inline]
pub(crate) fn number_len(bytes: &[u8]) -> Option<usize> {
    let len = digits_len(bytes);
    // Most are whole numbers, and end here.
    match (bytes.first(), bytes.get(len)) {
        (Some(b'1'..=b'9'), None | Some(b',' | b']' | b'}' | b'\n')) => Some(len),
        _ => number_len_in_parts(bytes),
    }
}

fn number_len_in_parts(bytes: &[u8]) -> Option<usize> {
    let digits = |bytes: &mut &[u8]| -> Option<()> {
        let len = digits_len(bytes);
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

fn digits_len(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
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
    digits.iter().try_fold(0, |unit: u16, &digit| Some(unit << 4 | u16::from(hex_value(digit)?)))
}
