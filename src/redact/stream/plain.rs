//! Text as it is.

use super::Ending;
use super::window::Window;
use crate::redact::Coding;

/// Reads text that is not coded in any way.
pub(super) fn read(bytes: &[u8], ending: Ending, window: &mut Window) -> usize {
    read_coded(bytes, Coding::Plain, ending, window)
}

/// Reads characters that stand for themselves in `coding`. What is no UTF-8
/// passes, and is the end of a piece.
pub(super) fn read_coded(bytes: &[u8], coding: Coding, ending: Ending, window: &mut Window) -> usize {
    let mut rest = bytes;
    loop {
        let error = match core::str::from_utf8(rest) {
            Ok(text) => {
                window.push_verbatim(text, coding);
                return bytes.len();
            }
            Err(error) => error,
        };
        let (valid, invalid) = rest.split_at_checked(error.valid_up_to()).unwrap_or((rest, b""));
        window.push_verbatim(core::str::from_utf8(valid).unwrap_or_default(), coding);
        let invalid_len = match error.error_len() {
            Some(len) => len,
            None if ending == Ending::Open => return bytes.len().saturating_sub(invalid.len()),
            None => invalid.len(),
        };
        let (invalid, after) = invalid.split_at_checked(invalid_len).unwrap_or((invalid, b""));
        window.push_silent(invalid);
        window.end_piece();
        rest = after;
    }
}
