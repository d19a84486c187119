//! Form fields as they stream.

use super::Ending;
use super::window::Window;
use crate::redact::Coding;
use crate::text::escaped_byte;

/// Where in a field the stream is.
#[derive(Debug)]
pub(super) struct Reader {
    /// Only names end at `=`.
    in_name: bool,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { in_name: true }
    }

    /// Reads form fields; a `%` that starts no escape stands for itself.
    pub(super) fn read(&mut self, bytes: &[u8], ending: Ending, window: &mut Window) -> usize {
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            let len = match first {
                b'&' | b'=' if first == b'&' || self.in_name => {
                    window.push_silent(&[first]);
                    window.end_piece();
                    self.in_name = first == b'&';
                    1
                }
                b'+' => {
                    window.push_unit(' ', b"+", Coding::Form);
                    1
                }
                b'%' | 0x80.. => match read_character(rest, ending, window) {
                    Some(len) => len,
                    None => break,
                },
                // One `=` of a value, then what is up to the next.
                _ => {
                    let plain = |byte: &&u8| !matches!(byte, b'&' | b'=' | b'+' | b'%' | 0x80..);
                    let after = rest.get(1..).unwrap_or_default();
                    let len = after.iter().take_while(plain).count().saturating_add(1);
                    let text = rest.get(..len).and_then(|text| core::str::from_utf8(text).ok());
                    window.push_verbatim(text.unwrap_or_default(), Coding::Form);
                    len
                }
            };
            rest = rest.get(len..).unwrap_or_default();
        }
        bytes.len().saturating_sub(rest.len())
    }
}

/// Reads one character whose bytes are escaped or not, each as it likes; or
/// what is none. `None`: more bytes are needed to tell.
fn read_character(bytes: &[u8], ending: Ending, window: &mut Window) -> Option<usize> {
    let mut decoded = [0_u8; 4];
    let mut source_len = 0_usize;
    for decoded_len in 1..=decoded.len() {
        let next = next_byte(bytes.get(source_len..).unwrap_or_default(), ending);
        let (byte, byte_len) = match next {
            Next::Byte(byte, len) => (byte, len),
            Next::Unknown => return None,
            Next::End => break,
        };
        let so_far = decoded.get_mut(..decoded_len).unwrap_or_default();
        if let Some(last) = so_far.last_mut() {
            *last = byte;
        }
        match core::str::from_utf8(so_far) {
            Ok(text) => {
                source_len = source_len.saturating_add(byte_len);
                let character = text.chars().next().unwrap_or_default();
                window.push_unit(character, bytes.get(..source_len).unwrap_or_default(), Coding::Form);
                return Some(source_len);
            }
            // The byte may start a character of its own.
            Err(error) if error.error_len().is_some() => {
                if decoded_len == 1 {
                    source_len = byte_len;
                }
                break;
            }
            Err(_) => source_len = source_len.saturating_add(byte_len),
        }
    }
    window.push_silent(bytes.get(..source_len).unwrap_or_default());
    window.end_piece();
    Some(source_len)
}

enum Next {
    /// A byte and the length it is written in.
    Byte(u8, usize),
    Unknown,
    End,
}

fn next_byte(bytes: &[u8], ending: Ending) -> Next {
    match bytes {
        [] if ending == Ending::Open => Next::Unknown,
        [] => Next::End,
        [b'%', digits @ ..] => match escaped_byte(digits) {
            Some(byte) => Next::Byte(byte, 3),
            None if digits.len() < 2 && ending == Ending::Open => Next::Unknown,
            None => Next::Byte(b'%', 1),
        },
        // A separator ends what came before.
        [b'&' | b'=', ..] => Next::End,
        [byte, ..] => Next::Byte(*byte, 1),
    }
}
