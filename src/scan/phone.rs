//! Phone numbers among the runs of digits.
//!
//! A number is recognized by its form: the international one by its calling
//! code and length, the one with a trunk prefix by length and grouping, all
//! others by the ways their country writes them ([`super::regions`]). Forms
//! that other numbers share need a word before them (`tel`, `call`), and a word
//! like `order` or `id` speaks against all but the international form.

mod extent;
mod lookalikes;
mod row;
#[cfg(test)]
mod tests;

use super::context::{self, Subject, Verdict};
use super::lexicon::{Lexicon, Sense};
use super::number::{Prefix, RUN_DIGITS_MAX, Run, follows_bank_code, follows_time};
use super::regions::calling_code;
use super::shapes::{Path, Shapes, Strength};
use super::view::View;
use row::{ROW_BYTES_MAX, ROW_BYTES_MAX_BEFORE};
use std::ops::Range;

/// Fewest digits of a phone number written at home without its area.
pub(super) const PHONE_DIGITS_MIN: usize = 6;
/// Most digits of an international number (E.164).
const E164_DIGITS_MAX: usize = 15;
/// Most digits with the international prefix: E.164 has 15, `011` before them.
const PHONE_DIGITS_MAX: usize = 18;
/// Below as many digits a number without area is short, and common.
const SHORT_DIGITS_MAX: usize = 8;
/// Most blanks and brackets between a number and its row that the quick answer
/// is given for.
const BLANKS_MAX: usize = 4;

/// Where a number stands and what is around it.
pub(super) struct Site<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) run: &'a Run,
    pub(super) prefix: Prefix,
    /// Where the first digit stands.
    pub(super) first: usize,
    /// Inside a URL only what is marked as a phone number counts.
    pub(super) in_url: bool,
    /// What is near was asked already whether it speaks for a number.
    pub(super) heard: bool,
}

/// The phone number at `site`, if there is one.
pub(super) fn at(
    site: &Site,
    shapes: &Shapes,
    lexicon: &Lexicon,
    memory: &mut context::Memory,
) -> Option<Range<usize>> {
    let mut verdict = None;
    let mut hopeless = site.heard.then_some(false);
    let path = shapes.path(site.run.sizes());
    for count in (1..=site.groups_max(&path)).rev() {
        if site.run.digit_count(count) < PHONE_DIGITS_MIN {
            break;
        }
        let Some(mut strength) = site.strength(shapes, &path, count) else {
            continue;
        };
        if strength == Strength::Weak && *hopeless.get_or_insert_with(|| site.is_hopeless(lexicon, memory)) {
            continue;
        }
        let plain = site.prefix.plus || lookalikes::plain_separators(site.run, count);
        if !plain || !site.ends_well(count, strength) {
            continue;
        }
        if strength < Strength::Strong
            && (site.in_url
                || lookalikes::like_decimal(site.run, count)
                || lookalikes::like_years(site.run, count)
                || lookalikes::like_record(site.run, count)
                || lookalikes::like_difference(site.run, count)
                || lookalikes::like_two_numbers(site.run, count)
                || lookalikes::like_status(site.run, count) && follows_time(site.view, site.prefix.start))
        {
            strength = Strength::Weak;
        }
        if strength < Strength::Strong {
            let start = site.start(count);
            if follows_bank_code(site.view, start) {
                continue;
            }
            let mut found = *verdict
                .get_or_insert_with(|| context::before(lexicon, memory, site.view, start, Subject::Phone));
            if strength == Strength::Weak && found == Verdict::Silent && site.in_contact_row(lexicon, count) {
                found = Verdict::For;
            }
            // The word behind can lift nothing but silence.
            let needed = site.needed(count, strength);
            let thousands = lookalikes::like_thousands(site.run, count);
            if found != Verdict::Silent && found < needed {
                continue;
            }
            if found == Verdict::Silent || thousands {
                match context::after(lexicon, site.view, site.end(count)) {
                    Some(Sense::Phone) if found == Verdict::Silent => found = Verdict::ForNear,
                    Some(Sense::Unit) if thousands => continue,
                    _ => {}
                }
            }
            if found < needed {
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

/// Whether ASCII digits that stand alone from `start` to `end` are surely no
/// phone number: no form has as many, or what is near speaks against it, or
/// does not speak for one that needs that.
#[inline]
pub(super) fn is_none(
    view: &View,
    Range { start, end }: Range<usize>,
    in_url: bool,
    shapes: &Shapes,
    lexicon: &Lexicon,
    memory: &mut context::Memory,
) -> bool {
    if matches!(view.byte(end), b'_' | b'@' | b'%' | b'$' | b'+' | b'=' | b'*') {
        return true;
    }
    let digits = view.slice(start, end);
    match shapes.strength_alone(digits).max(strength_by_zero(shapes, digits)) {
        None => true,
        Some(Strength::Weak) => nothing_speaks(view, start..end, false, in_url, lexicon, memory),
        Some(_) => context::before(lexicon, memory, view, start, Subject::Phone) == Verdict::Against,
    }
}

/// How far digits that stand alone may at best look like a phone number
/// because of the zero they start with.
#[inline]
fn strength_by_zero(shapes: &Shapes, digits: &[u8]) -> Option<Strength> {
    match digits {
        [b'0', b'0', ..] | [b'0', b'1', b'1', ..] => Some(Strength::Fair),
        [b'0', ..] if shapes.has_trunk_length(digits.len()) => match digits.len() {
            9..=12 => Some(Strength::Fair),
            _ => Some(Strength::Weak),
        },
        _ => None,
    }
}

/// Whether nothing near what stands in a stretch can speak for a phone number:
/// no word before, no letter behind, no address beside. A quick answer for rows
/// of numbers; `false` says nothing. With `bracket` it may start there or at
/// the bracket before.
#[inline]
pub(super) fn nothing_speaks(
    view: &View,
    Range { start, end }: Range<usize>,
    bracket: bool,
    in_url: bool,
    lexicon: &Lexicon,
    memory: &mut context::Memory,
) -> bool {
    // What may stand between a number and its row, as far as it is as usual.
    let (Some(blanks_before), Some(blanks_behind)) = (
        (0..BLANKS_MAX).find(|&count| !is_around(view.byte_before(start.saturating_sub(count)))),
        (0..BLANKS_MAX).find(|&count| !is_around(view.byte(end.saturating_add(count)))),
    ) else {
        return false;
    };
    let from = start.saturating_sub(blanks_before).saturating_sub(ROW_BYTES_MAX_BEFORE);
    let to = end.saturating_add(blanks_behind).saturating_add(ROW_BYTES_MAX);
    let mut no_address = || match in_url {
        true => memchr::memchr(b'@', view.slice(from, to.min(view.len()))).is_none(),
        false => memory.addresses.none_near(view, from, to),
    };
    context::no_letter_ahead(view, end)
        && no_address()
        && !(bracket && before_speaks(view, start.saturating_sub(1), lexicon, memory))
        && !before_speaks(view, start, lexicon, memory)
}

/// Whether the words before `start` speak for a phone number.
fn before_speaks(view: &View, start: usize, lexicon: &Lexicon, memory: &mut context::Memory) -> bool {
    memory.may_speak(lexicon, view, start)
        && context::before(lexicon, memory, view, start, Subject::Phone) >= Verdict::For
}

/// Whether `byte` may stand between a number and the edges of its field.
fn is_around(byte: u8) -> bool {
    matches!(byte, b' ' | b'(' | b')')
}

impl Site<'_> {
    /// Whether a number here that needs something that speaks for it is none.
    fn is_hopeless(&self, lexicon: &Lexicon, memory: &mut context::Memory) -> bool {
        let end = self.run.groups().last().map_or(self.first, |group| group.end);
        // Where the run is the last in the text so far, it says nothing.
        let nothing_speaks =
            || nothing_speaks(self.view, self.first..end, self.prefix.bracket, self.in_url, lexicon, memory);
        let usual = !self.prefix.plus && self.first.saturating_sub(self.prefix.start) <= 1;
        usual && self.view.try_out(nothing_speaks) == Some(true)
    }

    /// Of how many groups a number here can be at most, by what is quickly
    /// seen: behind a plus or a zero of all, else of those of a form, or of
    /// enough digits for the calling code in brackets.
    fn groups_max(&self, path: &Path) -> usize {
        let all = self.run.groups().len();
        let digits = self.run.digits(RUN_DIGITS_MAX);
        if self.prefix.plus || digits.first() == Some(&0) {
            return all;
        }
        let enough = |(code_length, (fewest, _)): (usize, (u8, u8))| {
            usize::from(self.run.group(0).digits) == code_length
                && digits.len() >= code_length.saturating_add(usize::from(fewest))
        };
        if self.has_head_in_brackets() && calling_code(digits).is_some_and(enough) {
            return all;
        }
        path.groups_max
    }

    /// Whether the first group, and no other, stands in brackets.
    fn has_head_in_brackets(&self) -> bool {
        self.run.bracket_first && self.run.separator_behind(0).closes
    }

    /// How far the first `count` groups, of digits enough, look like a phone
    /// number.
    fn strength(&self, shapes: &Shapes, path: &Path, count: usize) -> Option<Strength> {
        let digit_count = self.run.digit_count(count);
        if digit_count > PHONE_DIGITS_MAX {
            return None;
        }
        if self.prefix.plus {
            return self.international(count, 0);
        }
        let digits = self.run.digits(digit_count);
        let international = match digits {
            [0, 0, 1..=9, ..] => self.international(count, 2),
            [0, 1, 1, 1..=9, ..] if shapes.may_start(&[3, 3]) => self.international(count, 3),
            _ => None,
        };
        international
            .or_else(|| shapes.strength(path, self.run, count).max(self.with_trunk_prefix(shapes, count)))
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
        let known =
            fits(length) || fits(length.saturating_sub(zero)) || fits(length.saturating_sub(bracketed));
        if !(known || invented && digits.len() <= E164_DIGITS_MAX) {
            return None;
        }
        Some(match (zeros, skipped) {
            // `+20 000 000 people`
            (true, _) => Strength::Weak,
            (false, 0) => Strength::Strong,
            (false, _) => Strength::Fair,
        })
    }

    /// `030 1234567`, `(0123) 456-789`, `0612345678`.
    fn with_trunk_prefix(&self, shapes: &Shapes, count: usize) -> Option<Strength> {
        let digit_count = self.run.digit_count(count);
        let digits = self.run.digits(digit_count);
        let known_length = shapes.has_trunk_length(digit_count);
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
        let inner = self.run.groups().iter().skip(1).take(count.saturating_sub(2));
        if inner.clone().any(|group| group.digits < 2 && lead > 1) || tail < 2 {
            return None;
        }
        let sizes = |index| self.run.group(index).digits;
        let two_by_two = count == 4 && (0..4).all(|index| sizes(index) == 2);
        if two_by_two && self.run.separator_before(1) == self.run.separator_before(2) {
            return Some(Strength::Weak);
        }
        // Three, two and four digits are a social security number.
        if (count, sizes(0), sizes(1)) == (3, 3, 2) {
            return None;
        }
        // An account number: `DE89 3704 0044 0532 0130 00` lost its head.
        if count > 3 && (0..3).all(|index| sizes(index) == 4) {
            return None;
        }
        Some(if usual { Strength::Fair } else { Strength::Weak })
    }

    /// `(351) 912 345 678`: the calling code without its plus.
    fn with_code_in_brackets(&self, count: usize) -> Option<Strength> {
        if !self.has_head_in_brackets() || count < 2 {
            return None;
        }
        let digits = self.run.digits(self.run.digit_count(count));
        let (code_length, (fewest, most)) = calling_code(digits)?;
        let length = digits.len().saturating_sub(code_length);
        (usize::from(self.run.group(0).digits) == code_length
            && (usize::from(fewest)..=usize::from(most)).contains(&length))
        .then_some(Strength::Fair)
    }

    /// What the words before must say of a number as strong as this.
    fn needed(&self, count: usize, strength: Strength) -> Verdict {
        match strength {
            Strength::Strong => Verdict::Against,
            Strength::Fair => Verdict::Silent,
            Strength::Weak
                if self.run.digit_count(count) < SHORT_DIGITS_MAX && count < 3
                    || lookalikes::is_date(self.run, count)
                    || lookalikes::like_years(self.run, count)
                    || lookalikes::like_record(self.run, count) =>
            {
                Verdict::ForNear
            }
            Strength::Weak => Verdict::For,
        }
    }
}
