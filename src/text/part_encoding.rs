//! Content transfer encodings of multipart parts (RFC 2045, section 6).

use super::TextError;

/// How a part's content is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartEncoding {
    /// `7bit`, `8bit`, `binary` or not named: as it is.
    Identity,
    Base64,
    QuotedPrintable,
}

/// Encoded lines are at most 76 characters long (RFC 2045, section 6.7, 6.8).
const LINE_CHARS_MAX: usize = 76;

impl PartEncoding {
    pub(super) fn parse(name: &[u8]) -> Result<Self, TextError> {
        match name.to_ascii_lowercase().as_slice() {
            b"" | b"7bit" | b"8bit" | b"binary" => Ok(Self::Identity),
            b"base64" => Ok(Self::Base64),
            b"quoted-printable" => Ok(Self::QuotedPrintable),
            _ => Err(TextError::UnsupportedEncoding),
        }
    }

    /// Undoes the encoding; strict, for what one reader ignores another reads.
    pub(super) fn decode(self, encoded: &[u8]) -> Result<Vec<u8>, TextError> {
        match self {
            Self::Identity => Some(encoded.to_vec()),
            Self::Base64 => decode_base64(encoded),
            Self::QuotedPrintable => decode_quoted_printable(encoded),
        }
        .ok_or(TextError::MalformedBody)
    }

    /// Writes `bytes` in the encoding; in lines if `in_lines`.
    pub(crate) fn encode(self, bytes: &[u8], in_lines: bool, out: &mut Vec<u8>) {
        match self {
            Self::Identity => out.extend_from_slice(bytes),
            Self::Base64 => encode_base64(bytes, in_lines, out),
            Self::QuotedPrintable => encode_quoted_printable(bytes, out),
        }
    }
}

fn decode_base64(encoded: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut symbols = encoded.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).peekable();
    while symbols.peek().is_some() {
        let group = [symbols.next()?, symbols.next()?, symbols.next()?, symbols.next()?];
        let padding = group.iter().rev().take_while(|&&symbol| symbol == b'=').count();
        let mut bits = 0_u32;
        for symbol in group.iter().take(4_usize.saturating_sub(padding)) {
            bits = bits << 6 | u32::from(base64_value(*symbol)?);
        }
        bits <<= padding.saturating_mul(6);
        let [_, bytes @ ..] = bits.to_be_bytes();
        let len = 3_usize.checked_sub(padding).filter(|len| *len > 0)?;
        let (bytes, cut) = bytes.split_at_checked(len)?;
        // Padding ends the content, and the bits it cuts off are zero.
        if padding > 0 && (symbols.peek().is_some() || cut.iter().any(|byte| *byte != 0)) {
            return None;
        }
        decoded.extend_from_slice(bytes);
    }
    Some(decoded)
}

fn base64_value(symbol: u8) -> Option<u8> {
    let (first, value) = match symbol {
        b'A'..=b'Z' => (b'A', 0_u8),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'+' => (b'+', 62),
        b'/' => (b'/', 63),
        _ => return None,
    };
    Some(symbol.wrapping_sub(first).wrapping_add(value))
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn encode_base64(bytes: &[u8], in_lines: bool, out: &mut Vec<u8>) {
    let mut line_chars = 0_usize;
    for group in bytes.chunks(3) {
        if in_lines && line_chars == LINE_CHARS_MAX {
            out.extend_from_slice(b"\r\n");
            line_chars = 0;
        }
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (place, shift) in [18_u32, 12, 6, 0].into_iter().enumerate() {
            let symbol = BASE64.get((bits >> shift & 0x3f) as usize).copied().unwrap_or(b'A');
            out.push(if place <= group.len() { symbol } else { b'=' });
        }
        line_chars = line_chars.saturating_add(4);
    }
}

fn decode_quoted_printable(encoded: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some(equals) = memchr::memchr(b'=', rest) {
        let (plain, escape) = rest.split_at_checked(equals)?;
        decoded.extend_from_slice(plain);
        let escape = escape.get(1..)?;
        if let Some(byte) = super::form::escaped_byte(escape) {
            decoded.push(byte);
            rest = escape.get(2..)?;
        } else {
            // A soft line break: white space may have been added in transport.
            let blanks = escape.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let line_end = escape.get(blanks..)?;
            rest = line_end.strip_prefix(b"\r\n").or_else(|| line_end.strip_prefix(b"\n"))?;
        }
    }
    decoded.extend_from_slice(rest);
    Some(decoded)
}

fn encode_quoted_printable(bytes: &[u8], out: &mut Vec<u8>) {
    let mut line_chars = 0_usize;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        if let Some(next_line) = rest.strip_prefix(b"\r\n") {
            out.extend_from_slice(b"\r\n");
            line_chars = 0;
            rest = next_line;
            continue;
        }
        let line_ends = after.is_empty() || after.starts_with(b"\r\n");
        let plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~') || matches!(byte, b' ' | b'\t') && !line_ends;
        let chars = if plain { 1 } else { 3 };
        // One character is kept for the `=` of a soft line break.
        if line_chars.saturating_add(chars) >= LINE_CHARS_MAX {
            out.extend_from_slice(b"=\r\n");
            line_chars = 0;
        }
        if plain {
            out.push(byte);
        } else {
            out.extend_from_slice(&percent_like(b'=', byte));
        }
        line_chars = line_chars.saturating_add(chars);
        rest = after;
    }
}

/// `byte` as `mark` and two upper-case hexadecimal digits.
pub(crate) fn percent_like(mark: u8, byte: u8) -> [u8; 3] {
    let digit = |value: u8| {
        char::from_digit(u32::from(value), 16).map_or(b'0', |digit| digit.to_ascii_uppercase() as u8)
    };
    [mark, digit(byte >> 4), digit(byte & 0xf)]
}

#[cfg(test)]
mod tests;
