//! What may stand before and behind the digits of a number.

use super::super::chars::{digit, is_blank, is_dash, is_unspaced};
use super::super::view::View;
use super::Prefix;

/// Most bytes of the word before a number that are looked at.
const TOKEN_BYTES_MAX: usize = 12;

/// Most digits between commas.
const THOUSANDS_DIGITS: usize = 3;

/// Whether the comma before `first` is one of thousands, `1,234`.
pub(in crate::scan) fn is_thousands(view: &View, first: usize, digits_end: usize) -> bool {
    digits_end.saturating_sub(first) <= THOUSANDS_DIGITS
        && view.byte_before(first.saturating_sub(1)).is_ascii_digit()
}

/// Whether a number may start at `first` with `prefix`: not inside a word, an
/// identifier, a decimal, a date, a path. `digits_end` is where its first
/// digits end.
pub(in crate::scan) fn may_start(view: &View, prefix: &Prefix, first: usize, digits_end: usize) -> bool {
    let (char, width) = view.char_before(prefix.start);
    if char.is_ascii_alphanumeric() || char == '_' {
        return false;
    }
    if !char.is_ascii() {
        let before = view.char_before(prefix.start.saturating_sub(width)).0;
        return if is_dash(char) {
            digit(before).is_none()
        } else {
            !char.is_alphanumeric() || (is_unspaced(char) && digit(char).is_none())
        };
    }
    let before = || view.char_before(prefix.start.saturating_sub(width)).0;
    match char {
        '.' | '\'' | ':' => digit(before()).is_none(),
        '/' => prefix.plus || !before().is_ascii_alphanumeric(),
        '-' => prefix.plus && !before().is_alphanumeric(),
        '$' | '#' | '@' | '\\' | '^' | '~' => false,
        '+' => false,
        ')' | ']' => !prefix.plus || digit(before()).is_none(),
        ',' => digit(before()).is_none() || digits_end.saturating_sub(first) > THOUSANDS_DIGITS,
        _ => true,
    }
}

/// Whether six or more digits between these two bytes can start nothing but a
/// number of one group, and may start that: no sign or bracket before them, no
/// separator behind.
#[inline]
pub(in crate::scan) fn is_alone(before: u8, behind: u8) -> bool {
    let stops = |byte| EDGES.get(usize::from(byte)).copied().unwrap_or(0);
    stops(before) & BEFORE != 0 && stops(behind) & BEHIND != 0
}

const BEFORE: u8 = 1;
const BEHIND: u8 = 2;

/// The ASCII characters that say nothing about a number beside them.
static EDGES: [u8; 128] = {
    let mut edges = [0; 128];
    let mut rest: &mut [u8] = &mut edges;
    let mut byte = 0u8;
    while let [edge, tail @ ..] = rest {
        let word = byte.is_ascii_alphanumeric();
        let joins_before = matches!(
            byte,
            b'_' | b'.'
                | b'\''
                | b':'
                | b'/'
                | b'-'
                | b'$'
                | b'#'
                | b'@'
                | b'\\'
                | b'^'
                | b'~'
                | b'+'
                | b'('
                | b')'
                | b']'
        );
        let joins_behind = matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')');
        if !word && !joins_before {
            *edge |= BEFORE;
        }
        if !word && !joins_behind {
            *edge |= BEHIND;
        }
        byte = byte.wrapping_add(1);
        rest = tail;
    }
    edges
};

/// Whether a further group may follow the digits that end at `end`.
pub(in crate::scan) fn may_go_on(view: &View, end: usize) -> bool {
    let behind = |byte: u8| byte.is_ascii_digit() || byte >= 0x80;
    let next = view.byte(end.saturating_add(1));
    match view.byte(end) {
        b'.' | b'(' => behind(next),
        b' ' | b'-' | b'/' | b')' => behind(next) || matches!(next, b' ' | b'-' | b'/' | b'.' | b'('),
        byte => byte >= 0x80,
    }
}

/// Whether blanks part the number that starts at `start`, and whose first group
/// ends at `end`, from digits on both sides. Then it is but a part of a longer
/// one, or of a table.
pub(in crate::scan) fn continues(view: &View, start: usize, end: usize) -> bool {
    let (char, width) = view.char_at(end);
    let next = end.saturating_add(width);
    let digit_behind = view.byte(next).is_ascii_digit() || digit(view.char_at(next).0).is_some();
    is_blank(char) && digit_behind && follows_number(view, start)
}

/// Whether a blank parts `start` from a plain number before it. Dates, times
/// and the like do not count: they end where they end.
pub(in crate::scan) fn follows_number(view: &View, start: usize) -> bool {
    let (blank, width) = view.char_before(start);
    let end = start.saturating_sub(width);
    if !is_blank(blank) || digit(view.char_before(end).0).is_none() {
        return false;
    }
    let joint = (end.saturating_sub(TOKEN_BYTES_MAX)..end)
        .rev()
        .map(|at| view.byte(at))
        .find(|byte| !byte.is_ascii_alphanumeric() && *byte < 0x80);
    !matches!(joint, Some(b':' | b'/' | b'-' | b'.'))
}
