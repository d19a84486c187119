//! Where a phone number starts and ends, extension and brackets included.

use super::super::chars::{digit, is_blank, is_dash, is_unspaced};
use super::super::number::{Sign, follows_number, starts_time};
use super::super::shapes::Strength;
use super::Site;

/// Most digits of an extension.
const EXTENSION_DIGITS_MAX: usize = 6;
/// Words that announce an extension, the longer before those they start with.
const EXTENSIONS: [&str; 12] =
    ["extension", "extn.", "extn", "ext.", "ext", "durchwahl", "poste", "доб.", "доб", "内線", "x", "#"];

impl Site<'_> {
    /// Where the number starts, sign and bracket included.
    pub(super) fn start(&self, count: usize) -> usize {
        let closes = || self.run.groups().iter().take(count).any(|group| group.before.closes);
        if !self.prefix.bracket || closes() {
            return self.prefix.start;
        }
        // The bracket was opened around the number, not around its area.
        let (_, width) = self.view.char_before(self.first);
        if self.prefix.plus { self.first.saturating_sub(width) } else { self.first }
    }

    pub(super) fn end(&self, count: usize) -> usize {
        self.run.group(count.saturating_sub(1)).end
    }

    /// Whether what follows the first `count` groups lets a number end there.
    pub(super) fn ends_well(&self, count: usize, strength: Strength) -> bool {
        let end = self.end(count);
        if self.extension_end(end).is_some() {
            return true;
        }
        let (char, width) = self.view.char_at(end);
        let behind = self.view.char_at(end.saturating_add(width)).0;
        match char {
            '\0' => true,
            '_' | '@' | '%' | '°' | '€' | '$' | '£' | '¥' | '+' | '=' | '*' => false,
            '.' => !behind.is_ascii_alphanumeric(),
            ',' => {
                digit(behind).is_none()
                    || (strength > Strength::Weak && count != 1)
                    || self.run.digit_count(count) >= 9
            }
            ':' | '/' => digit(behind).is_none() || self.prefix.plus,
            '\'' => digit(behind).is_none(),
            _ if is_dash(char) => self.dash_ends(end.saturating_add(width), char),
            _ if char.is_alphanumeric() => is_unspaced(char) && digit(char).is_none(),
            _ => true,
        }
    }

    /// Whether the number ends before the dash behind which `at` stands: it
    /// does before a word, `-Office`, not before more of an identifier.
    fn dash_ends(&self, at: usize, dash: char) -> bool {
        let first = self.view.char_at(at).0;
        let word = first.is_ascii_alphabetic() && self.view.byte(at.saturating_add(1)).is_ascii_lowercase();
        word || !first.is_alphanumeric() || dash == '\u{2014}'
    }

    /// Whether blanks join the number to digits before or behind it, so that
    /// it is but a part of something longer. Only groups parted by blanks can
    /// be mistaken so.
    pub(super) fn beside_numbers(&self, count: usize) -> bool {
        let own = self.run.groups().iter().take(count).skip(1).map(|group| group.before);
        let tight = own.clone().any(|before| before.sign != Sign::Blank || before.opens || before.closes);
        if count > 1 && tight {
            return false;
        }
        let (char, width) = self.view.char_at(self.end(count));
        let behind = self.end(count).saturating_add(width);
        let digit_behind =
            is_blank(char) && digit(self.view.char_at(behind).0).is_some() && !starts_time(self.view, behind);
        digit_behind || follows_number(self.view, self.prefix.start)
    }

    pub(super) fn end_with_extension(&self, count: usize) -> usize {
        let end = self.end(count);
        self.extension_end(end).unwrap_or(end)
    }

    /// Where an extension that follows `end` ends: `x123`, ` ext. 123`.
    fn extension_end(&self, end: usize) -> Option<usize> {
        let view = self.view;
        let mut at = end;
        for _ in 0..2 {
            if matches!(view.byte(at), b' ' | b',' | b';') {
                at = at.saturating_add(1);
            }
        }
        // `4155550132,#431241`: another field.
        if view.byte(at) == b'#' && view.byte_before(at) == b',' {
            return None;
        }
        let lead = view.byte(at) | 0x20;
        if lead < 0x80 && !matches!(lead, b'x' | b'e' | b'd' | b'p' | b'#') {
            return None;
        }
        let word = EXTENSIONS.iter().find(|word| view.has_word(at, word))?;
        at = at.saturating_add(word.len());
        for _ in 0..2 {
            if matches!(view.byte(at), b' ' | b'.' | b':') {
                at = at.saturating_add(1);
            }
        }
        let first = at;
        while view.byte(at).is_ascii_digit() {
            at = at.saturating_add(1);
            if at.saturating_sub(first) > EXTENSION_DIGITS_MAX {
                return None;
            }
        }
        (at > first && !view.byte(at).is_ascii_alphanumeric()).then_some(at)
    }
}
