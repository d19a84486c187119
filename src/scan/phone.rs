//! Phone numbers among the runs of digits.
//!
//! A number is recognized by its form: the international one by its calling
//! code and length, the one with a trunk prefix by length and grouping, all
//! others by the ways their country writes them ([`super::regions`]). Forms
//! that other numbers share need a word before them (`tel`, `call`), and a word
//! like `order` or `id` speaks against all but the international form.

use super::chars::{digit, is_blank, is_dash, is_unspaced};
use super::context::{Lexicon, Subject, Verdict};
use super::email;
use super::number::{Prefix, Run, Sign, follows_number};
use super::regions::calling_code;
use super::shapes::{Shapes, Strength};
use super::view::View;
use std::ops::Range;

/// Fewest digits of a phone number written at home without its area.
pub(super) const PHONE_DIGITS_MIN: usize = 6;
/// Most digits of an international number (E.164).
const E164_DIGITS_MAX: usize = 15;
/// Most digits with the international prefix: E.164 has 15, `011` before them.
const PHONE_DIGITS_MAX: usize = 18;
/// Below as many digits a number without area is short, and common.
const SHORT_DIGITS_MAX: usize = 8;
/// How far beside a number an address makes a row of contacts, in bytes.
const ROW_BYTES_MAX: usize = 48;
/// Most digits of an extension.
const EXTENSION_DIGITS_MAX: usize = 6;
/// Words that announce an extension, the longer before those they start with.
const EXTENSIONS: [&str; 12] = [
    "extension",
    "extn.",
    "extn",
    "ext.",
    "ext",
    "durchwahl",
    "poste",
    "доб.",
    "доб",
    "内線",
    "x",
    "#",
];

/// Where a number stands and what is around it.
pub(super) struct Site<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) run: &'a Run,
    pub(super) prefix: Prefix,
    /// Where the first digit stands.
    pub(super) first: usize,
    /// Inside a URL only what is marked as a phone number counts.
    pub(super) in_url: bool,
}

/// The phone number at `site`, if there is one.
pub(super) fn at(site: &Site, shapes: &Shapes, lexicon: &Lexicon) -> Option<Range<usize>> {
    let mut verdict = None;
    for count in (1..=site.run.groups().len()).rev() {
        let Some(mut strength) = site.strength(shapes, count) else {
            continue;
        };
        if !site.ends_well(count, strength) {
            continue;
        }
        if strength < Strength::Strong
            && (site.in_url || site.like_decimal(count) || site.like_years(count))
        {
            strength = Strength::Weak;
        }
        if strength < Strength::Strong {
            let start = site.start(count);
            let mut found =
                *verdict.get_or_insert_with(|| lexicon.verdict(site.view, start, Subject::Phone));
            if strength == Strength::Weak && found == Verdict::Silent && site.in_contact_row(count)
            {
                found = Verdict::For;
            }
            if strength == Strength::Weak
                && found == Verdict::Silent
                && lexicon.names_line(site.view, site.end(count))
            {
                found = Verdict::ForNear;
            }
            if found < site.needed(count, strength) {
                continue;
            }
            if found < Verdict::ForNear && site.beside_numbers(count) {
                continue;
            }
        }
        return Some(site.start(count)..site.end_with_extension(count));
    }
    None
}

impl Site<'_> {
    /// How far the first `count` groups look like a phone number.
    fn strength(&self, shapes: &Shapes, count: usize) -> Option<Strength> {
        let digit_count = self.run.digit_count(count);
        if !(PHONE_DIGITS_MIN..=PHONE_DIGITS_MAX).contains(&digit_count)
            || !self.plain_separators(count)
        {
            return None;
        }
        if self.prefix.plus {
            return self.international(count, 0);
        }
        let digits = self.run.digits(digit_count);
        let international = match digits {
            [0, 0, 1..=9, ..] => self.international(count, 2),
            [0, 1, 1, 1..=9, ..] if shapes.may_start(3, 3) => self.international(count, 3),
            _ => None,
        };
        international
            .or_else(|| shapes.strength(self.run, count))
            .or_else(|| self.with_trunk_prefix(shapes, count))
            .or_else(|| self.with_code_in_brackets(count))
    }

    /// `+49 30 1234567`; `skipped` digits stand for the plus.
    fn international(&self, count: usize, skipped: usize) -> Option<Strength> {
        let digits = self.run.digits(self.run.digit_count(count));
        let behind_prefix = digits.get(skipped..)?;
        let (code_length, (fewest, most)) = match calling_code(behind_prefix) {
            Some(found) => found,
            // A bracket behind a plus is no arithmetic, whatever the code.
            None if skipped == 0 && self.run.group(1).before.opens => (2, (8, 12)),
            None => return None,
        };
        let national = behind_prefix.get(code_length..)?;
        let zero = usize::from(national.first() == Some(&0));
        let length = national.len();
        let fits = |length: usize| (usize::from(fewest)..=usize::from(most)).contains(&length);
        let zeros = national.starts_with(if skipped == 0 { &[0, 0, 0] } else { &[0, 0] });
        // `+52 (1) 55 1234 5678`: a bracket may hold one digit more.
        let second = self.run.group(1);
        let bracketed = usize::from(second.before.opens);
        // `+73(8)8506925566` is invented, but meant to be a phone number.
        let invented = skipped == 0 && bracketed == 1 && second.digits == 1;
        let known = !zeros
            && (fits(length)
                || fits(length.saturating_sub(zero))
                || fits(length.saturating_sub(bracketed)));
        if !(known || invented && digits.len() <= E164_DIGITS_MAX) {
            return None;
        }
        Some(if skipped == 0 {
            Strength::Strong
        } else {
            Strength::Fair
        })
    }

    /// `030 1234567`, `(0123) 456-789`, `0612345678`.
    fn with_trunk_prefix(&self, shapes: &Shapes, count: usize) -> Option<Strength> {
        let digit_count = self.run.digit_count(count);
        let digits = self.run.digits(digit_count);
        let known_length = shapes.trunk_lengths >> digit_count & 1 == 1;
        if !known_length || digits.first() != Some(&0) {
            return None;
        }
        // No area starts with a zero, but people also invent numbers.
        let usual = matches!(digits, [_, 1..=9, ..]);
        let lead = self.run.group(0).digits;
        let tail = self.run.group(count.saturating_sub(1)).digits;
        match count {
            1 if usual && matches!(digit_count, 9..=12) => return Some(Strength::Fair),
            1 => return usual.then_some(Strength::Weak),
            2 if !(2..=6).contains(&lead) || tail < 4 => return None,
            // A postal code: `05414-4728`.
            2 if (lead, tail) == (5, 4) && !self.run.bracket_first => return None,
            _ if count > 6 || lead > 6 => return None,
            _ => {}
        }
        let inner = self
            .run
            .groups()
            .iter()
            .skip(1)
            .take(count.saturating_sub(2));
        if inner.clone().any(|group| group.digits < 2 && lead > 1) || tail < 2 {
            return None;
        }
        let sizes = |index| self.run.group(index).digits;
        let two_by_two = count == 4 && (0..4).all(|index| sizes(index) == 2);
        if two_by_two && self.run.separator_before(1) == self.run.separator_before(2) {
            return Some(Strength::Weak);
        }
        // An account number: `DE89 3704 0044 0532 0130 00` lost its head.
        if count > 3 && (0..3).all(|index| sizes(index) == 4) {
            return None;
        }
        Some(if usual {
            Strength::Fair
        } else {
            Strength::Weak
        })
    }

    /// `(351) 912 345 678`: the calling code without its plus.
    fn with_code_in_brackets(&self, count: usize) -> Option<Strength> {
        let closes = self.run.bracket_first && self.run.separator_behind(0).closes;
        let digits = self.run.digits(self.run.digit_count(count));
        let (code_length, (fewest, most)) = calling_code(digits)?;
        let length = digits.len().saturating_sub(code_length);
        (closes
            && count > 1
            && usize::from(self.run.group(0).digits) == code_length
            && (usize::from(fewest)..=usize::from(most)).contains(&length))
        .then_some(Strength::Fair)
    }

    /// Whether the separators among the first `count` groups are ones a phone
    /// number has: a slash only behind the area, dots never mixed, no IPv4
    /// address, no decimal.
    fn plain_separators(&self, count: usize) -> bool {
        let groups = self.run.groups();
        let signs = || {
            groups
                .iter()
                .take(count)
                .skip(1)
                .map(|group| group.before.sign)
        };
        if self.prefix.plus {
            return true;
        }
        if signs().skip(2).any(|sign| sign == Sign::Slash) || self.holds_date(count) {
            return false;
        }
        if signs().all(|sign| sign != Sign::Dot) {
            return true;
        }
        let octets = count == 4 && groups.iter().take(4).all(|group| group.digits <= 3);
        signs().all(|sign| matches!(sign, Sign::Dot | Sign::None)) && !octets
    }

    /// Whether three neighbouring groups are a date: `31.12.2024`, `2024-12-31`,
    /// or `01/02/03` alone.
    fn holds_date(&self, count: usize) -> bool {
        let groups = self.run.groups().get(..count).unwrap_or(&[]);
        groups.windows(3).any(|window| {
            let [first, second, third] = window else {
                return false;
            };
            let alike = second.before == third.before && second.before.sign != Sign::None;
            let tight = second.before.sign != Sign::Blank;
            alike
                && match (first.digits, second.digits, third.digits) {
                    (2, 2, 4) => count == 3 || tight,
                    (4, 2, 2) => tight,
                    (2, 2, 2) => tight && count == 3,
                    _ => false,
                }
        })
    }

    /// Whether dots part two groups, as in a decimal, or groups of three, as
    /// thousands.
    fn like_decimal(&self, count: usize) -> bool {
        let before = self.run.separator_before(1);
        let groups = self.run.groups().get(..count).unwrap_or(&[]);
        let thousands = groups.iter().all(|group| group.digits == 3);
        before.sign == Sign::Dot && !before.closes && (count == 2 || thousands)
    }

    /// Whether these are two years: `1998-2004`.
    fn like_years(&self, count: usize) -> bool {
        let century = |digits: &[u8]| matches!(digits, [1, 9, ..] | [2, 0, ..]);
        let digits = self.run.digits(8);
        count == 2
            && self.run.group(0).digits == 4
            && self.run.group(1).digits == 4
            && century(digits)
            && century(digits.get(4..).unwrap_or(&[]))
    }

    /// What the words before must say of a number as strong as this.
    fn needed(&self, count: usize, strength: Strength) -> Verdict {
        match strength {
            Strength::Strong => Verdict::Against,
            Strength::Fair => Verdict::Silent,
            Strength::Weak
                if self.run.digit_count(count) < SHORT_DIGITS_MAX
                    || self.is_date(count)
                    || self.like_years(count) =>
            {
                Verdict::ForNear
            }
            Strength::Weak => Verdict::For,
        }
    }

    /// Whether the first group is a date without separators, `20241231`.
    fn is_date(&self, count: usize) -> bool {
        let date = matches!(
            self.run.digits(self.run.digit_count(count)),
            [1, 9, ..] | [2, 0, ..]
        );
        count == 1 && date && self.run.group(0).digits == 8
    }

    /// Whether the number is a field of its own beside an email address, as in
    /// a row of contacts: `Jo Doe;4155550132;jo@example.com`.
    fn in_contact_row(&self, count: usize) -> bool {
        let view = self.view;
        let mut before = self.start(count);
        while matches!(view.byte_before(before), b' ' | b'(') {
            before = before.saturating_sub(1);
        }
        if !matches!(
            view.byte_before(before),
            0 | b'\n' | b',' | b';' | b'|' | b'\t' | b'/'
        ) {
            return false;
        }
        let mut end = self.end(count);
        while matches!(view.byte(end), b' ' | b')') {
            end = end.saturating_add(1);
        }
        if !matches!(
            view.byte(end),
            0 | b'\n' | b'\r' | b',' | b';' | b'|' | b'\t' | b'/'
        ) {
            return false;
        }
        let back = before.saturating_sub(ROW_BYTES_MAX);
        (end..end.saturating_add(ROW_BYTES_MAX))
            .take_while(|at| view.byte(*at) != 0)
            .chain(back..before)
            .any(|at| view.byte(at) == b'@' && email::is_bounded(view, at))
    }

    /// Where the number starts, sign and bracket included.
    fn start(&self, count: usize) -> usize {
        let closes = self
            .run
            .groups()
            .iter()
            .take(count)
            .any(|group| group.before.closes);
        if !self.prefix.bracket || closes {
            return self.prefix.start;
        }
        // The bracket was opened around the number, not around its area.
        let (_, width) = self.view.char_before(self.first);
        if self.prefix.plus {
            self.first.saturating_sub(width)
        } else {
            self.first
        }
    }

    fn end(&self, count: usize) -> usize {
        self.run.group(count.saturating_sub(1)).end
    }

    /// Whether what follows the first `count` groups lets a number end there.
    fn ends_well(&self, count: usize, strength: Strength) -> bool {
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
        let word = first.is_ascii_alphabetic()
            && self.view.byte(at.saturating_add(1)).is_ascii_lowercase();
        word || !first.is_alphanumeric() || dash == '\u{2014}'
    }

    /// Whether blanks join the number to digits before or behind it, so that
    /// it is but a part of something longer. Only groups parted by blanks can
    /// be mistaken so.
    fn beside_numbers(&self, count: usize) -> bool {
        let own = self
            .run
            .groups()
            .iter()
            .take(count)
            .skip(1)
            .map(|group| group.before);
        let tight = own
            .clone()
            .any(|before| before.sign != Sign::Blank || before.opens || before.closes);
        if count > 1 && tight {
            return false;
        }
        let (char, width) = self.view.char_at(self.end(count));
        let digit_behind = is_blank(char) && {
            digit(self.view.char_at(self.end(count).saturating_add(width)).0).is_some()
        };
        digit_behind || follows_number(self.view, self.prefix.start)
    }

    fn end_with_extension(&self, count: usize) -> usize {
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
