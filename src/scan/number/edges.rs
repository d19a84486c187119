//! What may stand before and behind the digits of a number.

use super::super::chars::{digit, is_blank, is_dash, is_unspaced};
use super::super::view::View;
use super::Prefix;

/// Most bytes of the word before a number that are looked at.
const TOKEN_BYTES_MAX: usize = 12;

/// Bytes of `GB14 VSYS `.
const HEAD_BYTES: usize = 10;
/// Most digits between commas.
const THOUSANDS_DIGITS: usize = 3;

/// Whether the digits behind a comma may be thousands or decimals, `1,234`.
fn goes_behind_comma(view: &View, first: usize, digits_end: usize) -> bool {
    digits_end.saturating_sub(first) <= THOUSANDS_DIGITS && view.byte(first) != b'0'
}

/// Whether the comma before `first` is inside a number, `1,234`, and no field ends there.
pub(in crate::scan) fn is_thousands(view: &View, first: usize, digits_end: usize) -> bool {
    goes_behind_comma(view, first, digits_end) && view.byte_before(first.saturating_sub(1)).is_ascii_digit()
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
        // Hebrew prefixes are joined to numbers so.
        '-' => matches!(before(), 'א'..='ת') || prefix.plus && !before().is_alphanumeric(),
        '$' | '#' | '@' | '\\' | '^' | '~' => false,
        '+' => false,
        ')' | ']' => !prefix.plus || digit(before()).is_none(),
        // A field of its own, or the decimals of a number.
        ',' => {
            digit(before()).is_none()
                || prefix.plus
                || prefix.bracket
                || !goes_behind_comma(view, first, digits_end)
        }
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
    !matches!(joint(view, end), Some(b':' | b'/' | b'-' | b'.'))
}

/// Whether a blank parts `start` from a time of day before it.
pub(in crate::scan) fn follows_time(view: &View, start: usize) -> bool {
    let end = start.saturating_sub(1);
    let digit_before = view.byte_before(end).is_ascii_digit();
    view.byte(end) == b' ' && digit_before && matches!(joint(view, end), Some(b':' | b',' | b'.'))
}

/// Whether a time of day starts at `at`: `9:30`, `10:23`.
pub(in crate::scan) fn starts_time(view: &View, at: usize) -> bool {
    let digits = (0..3).take_while(|&index| view.byte(at.saturating_add(index)).is_ascii_digit()).count();
    let end = at.saturating_add(digits);
    matches!(digits, 1 | 2) && view.byte(end) == b':' && view.byte(end.saturating_add(1)).is_ascii_digit()
}

/// The last sign inside the word that ends at `end`.
fn joint(view: &View, end: usize) -> Option<u8> {
    (end.saturating_sub(TOKEN_BYTES_MAX)..end)
        .rev()
        .map(|at| view.byte(at))
        .find(|byte| !byte.is_ascii_alphanumeric() && *byte < 0x80)
}

/// Whether `start` stands behind the head of an account number (ISO 13616),
/// country, check digits and a bank of four letters: `GB14 VSYS 0024 9805`.
pub(in crate::scan) fn follows_bank_code(view: &View, start: usize) -> bool {
    let [head @ .., b' ', bank_1, bank_2, bank_3, bank_4, b' '] =
        view.slice(start.saturating_sub(HEAD_BYTES), start)
    else {
        return false;
    };
    let is_bank = [bank_1, bank_2, bank_3, bank_4].into_iter().all(u8::is_ascii_uppercase);
    let is_head = head.len() == 4
        && head.iter().take(2).all(u8::is_ascii_uppercase)
        && head.iter().skip(2).all(u8::is_ascii_digit);
    is_bank && is_head
}
