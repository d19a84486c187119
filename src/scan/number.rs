//! Runs of digit groups: the raw material of phone and card numbers.

mod edges;
mod glance;

pub(super) use edges::{
    continues, follows_bank_code, follows_number, follows_time, is_alone, is_thousands, may_go_on, may_start,
    starts_time,
};
pub(super) use glance::{Glance, Start, glance, joint_end};

use super::chars::{digit, is_blank, is_dash};
use super::eight;
use super::view::View;

/// Most digits of a run. A card has 19, a phone number with its international
/// prefix 18; one more tells that there are too many.
pub(super) const RUN_DIGITS_MAX: usize = 24;
/// Most groups of a run: `+33 (0)1 23 45 67 89` has seven.
pub(super) const RUN_GROUPS_MAX: usize = 9;

/// The first byte of full-width characters.
pub(super) const FULL_WIDTH_LEAD: u8 = 0xef;

/// What stands between two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Separator {
    pub(super) sign: Sign,
    /// Blanks stand around the sign.
    pub(super) spaced: bool,
    /// A bracket opens before the next group.
    pub(super) opens: bool,
    /// A bracket closes behind the last group.
    pub(super) closes: bool,
}

/// The visible part of a separator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Sign {
    /// Nothing but brackets.
    #[default]
    None,
    Blank,
    Dash,
    Dot,
    Slash,
}

impl Separator {
    pub(super) fn is_single_blank(self) -> bool {
        self == Separator { sign: Sign::Blank, ..Separator::default() }
    }

    pub(super) fn is_single_dash(self) -> bool {
        self == Separator { sign: Sign::Dash, ..Separator::default() }
    }
}

/// Digits without anything between them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Group {
    /// Where its first digit stands, as a byte offset.
    start: usize,
    /// Behind its last digit.
    pub(super) end: usize,
    pub(super) digits: u8,
    /// How many brackets are open in it.
    brackets_open: u8,
    /// How the group before it is parted from it.
    pub(super) before: Separator,
}

/// Digit groups as they stand in the text, from the first digit on.
#[derive(Default)]
pub(super) struct Run {
    /// With room for eight at once behind the last.
    digits: [u8; RUN_DIGITS_MAX + 8],
    digit_count: usize,
    groups: [Group; RUN_GROUPS_MAX],
    /// The digits of each group.
    sizes: [u8; RUN_GROUPS_MAX],
    /// The digits of the groups up to and with each.
    totals: [u8; RUN_GROUPS_MAX],
    group_count: usize,
    /// A bracket stands before the first digit.
    pub(super) bracket_first: bool,
}

impl Run {
    /// Reads the run whose first digit stands at `start`. Behind each group
    /// `goes_on` is asked whether groups of these sizes can begin anything;
    /// where not, the run ends there.
    ///
    /// Groups that were read before, as part of a longer run, are kept, so that
    /// a chain of groups in which a number could start anywhere is read once.
    ///
    /// False where the first group has more digits than any number; the run is
    /// of no use then.
    #[inline]
    pub(super) fn read(
        &mut self,
        view: &View,
        start: usize,
        bracket_first: bool,
        mut goes_on: impl FnMut(&[u8]) -> bool,
    ) -> bool {
        let brackets_open = u8::from(bracket_first);
        let known = |group: &Group| group.start == start && group.brackets_open == brackets_open;
        let kept = self.groups().iter().position(known);
        self.bracket_first = bracket_first;
        match kept {
            Some(count) => self.drop_groups(count),
            None => {
                (self.digit_count, self.group_count) = (0, 0);
                if !self.push(view, Group { start, brackets_open, ..Group::default() }) {
                    return false;
                }
            }
        }
        let mut asked = 1;
        while asked <= RUN_GROUPS_MAX {
            if !goes_on(self.sizes.get(..asked).unwrap_or(&[])) {
                self.keep_groups(asked);
                break;
            }
            if asked == self.group_count && !self.read_next(view) {
                break;
            }
            asked = asked.saturating_add(1);
        }
        true
    }

    /// Reads the group behind the last one; whether there is one.
    #[inline]
    fn read_next(&mut self, view: &View) -> bool {
        if self.group_count == RUN_GROUPS_MAX {
            return false;
        }
        let last = self.group(self.group_count.saturating_sub(1));
        let Some((start, before)) = separator(view, last.end, last.brackets_open) else {
            return false;
        };
        let brackets_open =
            last.brackets_open.saturating_sub(u8::from(before.closes)).saturating_add(u8::from(before.opens));
        self.push(view, Group { start, brackets_open, before, ..Group::default() })
    }

    /// Forgets the first `count` groups.
    fn drop_groups(&mut self, count: usize) {
        let digits = self.digit_count(count);
        self.digits.copy_within(digits.., 0);
        self.digit_count = self.digit_count.saturating_sub(digits);
        self.groups.copy_within(count.., 0);
        self.sizes.copy_within(count.., 0);
        self.totals.copy_within(count.., 0);
        for total in &mut self.totals {
            *total = total.saturating_sub(u8::try_from(digits).unwrap_or(u8::MAX));
        }
        self.group_count = self.group_count.saturating_sub(count);
        if let Some(first) = self.groups.first_mut() {
            first.before = Separator::default();
        }
    }

    /// Forgets all but the first `count` groups.
    fn keep_groups(&mut self, count: usize) {
        self.digit_count = self.digit_count(count);
        self.group_count = count;
    }

    /// Reads the digits of `group`, whose end is not known yet, and appends it;
    /// false where there are too many.
    #[inline]
    fn push(&mut self, view: &View, mut group: Group) -> bool {
        let first = self.digit_count;
        let end = self.read_digits(view, group.start);
        let digits = u8::try_from(self.digit_count.saturating_sub(first));
        let (Some(end), Ok(digits), Ok(total)) = (end, digits, u8::try_from(self.digit_count)) else {
            self.digit_count = first;
            return false;
        };
        (group.end, group.digits) = (end, digits);
        let index = self.group_count;
        let (Some(to), Some(size), Some(digits_so_far)) =
            (self.groups.get_mut(index), self.sizes.get_mut(index), self.totals.get_mut(index))
        else {
            return false;
        };
        (*to, *size, *digits_so_far) = (group, digits, total);
        self.group_count = index.saturating_add(1);
        true
    }

    /// Reads digits from `at`; where they end, `None` where there are too many.
    #[inline]
    fn read_digits(&mut self, view: &View, at: usize) -> Option<usize> {
        let mut at = at;
        loop {
            let room = self.digits.get_mut(self.digit_count..)?.first_chunk_mut();
            let (count, width) = match (view.eight(at), room) {
                (Some(bytes), Some(room)) if eight::leading_digits(bytes) > 0 => {
                    *room = eight::digit_values(bytes);
                    let count = eight::leading_digits(bytes);
                    (count, count)
                }
                _ => {
                    let (char, width) = view.char_at(at);
                    let Some(value) = digit(char) else {
                        return Some(at);
                    };
                    *self.digits.get_mut(self.digit_count)? = value;
                    (1, width)
                }
            };
            self.digit_count = self.digit_count.saturating_add(count);
            if self.digit_count > RUN_DIGITS_MAX {
                return None;
            }
            at = at.saturating_add(width);
            let next = view.byte(at);
            if !next.is_ascii_digit() && next != FULL_WIDTH_LEAD {
                return Some(at);
            }
        }
    }

    /// The groups in order.
    pub(super) fn groups(&self) -> &[Group] {
        self.groups.get(..self.group_count).unwrap_or(&[])
    }

    /// How many digits each group has.
    pub(super) fn sizes(&self) -> &[u8] {
        self.sizes.get(..self.group_count).unwrap_or(&[])
    }

    /// The group at `index`, the default one behind the last.
    pub(super) fn group(&self, index: usize) -> Group {
        self.groups().get(index).copied().unwrap_or_default()
    }

    /// The first `count` digits, as values 0 to 9.
    pub(super) fn digits(&self, count: usize) -> &[u8] {
        self.digits.get(..count.min(self.digit_count)).unwrap_or(&[])
    }

    /// How many digits the first `groups` groups have.
    pub(super) fn digit_count(&self, groups: usize) -> usize {
        let last = groups.min(self.group_count).checked_sub(1);
        last.and_then(|last| self.totals.get(last)).map_or(0, |total| usize::from(*total))
    }

    /// What parts the group at `index` from the one before it.
    pub(super) fn separator_before(&self, index: usize) -> Separator {
        self.group(index).before
    }

    /// What parts the group at `index` from the next one.
    pub(super) fn separator_behind(&self, index: usize) -> Separator {
        self.group(index.saturating_add(1)).before
    }
}

/// What parts a group that ends at `at` from the next, and where that starts;
/// `None` where no group follows.
fn separator(view: &View, at: usize, brackets_open: u8) -> Option<(usize, Separator)> {
    // By far the most are a single sign.
    let sign = match view.byte(at) {
        b' ' => Sign::Blank,
        b'-' => Sign::Dash,
        b'.' => Sign::Dot,
        b'/' => Sign::Slash,
        b'(' | b')' | 0x80.. => Sign::None,
        _ => return None,
    };
    let next = at.saturating_add(1);
    if sign != Sign::None && view.byte(next).is_ascii_digit() {
        return Some((next, Separator { sign, ..Separator::default() }));
    }
    let mut found = Separator::default();
    let mut at = at;
    let mut blanks = 0u8;
    loop {
        let (char, width) = view.char_at(at);
        let next = at.saturating_add(width);
        match char {
            _ if digit(char).is_some() => {
                let any = found != Separator::default();
                return any.then_some((at, found));
            }
            ')' | '）' if brackets_open > 0 && !found.closes && !found.opens && found.sign == Sign::None => {
                found.closes = true
            }
            '(' | '（' if brackets_open < 2 && !found.opens => found.opens = true,
            _ if is_blank(char) && !found.opens && blanks < 2 => {
                blanks = blanks.saturating_add(1);
                match found.sign {
                    Sign::None => found.sign = Sign::Blank,
                    Sign::Blank | Sign::Dot => return None,
                    _ => found.spaced = true,
                }
            }
            _ => {
                let sign = match char {
                    '.' | '．' => Sign::Dot,
                    '/' | '／' => Sign::Slash,
                    _ if is_dash(char) => Sign::Dash,
                    _ => return None,
                };
                match found.sign {
                    Sign::None => {}
                    Sign::Blank if sign != Sign::Dot => found.spaced = true,
                    _ => return None,
                }
                if found.opens {
                    return None;
                }
                found.sign = sign;
            }
        }
        at = next;
    }
}

/// What stands before the first digit of a number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prefix {
    /// Where the number starts with its sign and bracket.
    pub(super) start: usize,
    pub(super) plus: bool,
    pub(super) bracket: bool,
}

/// Reads the sign and bracket before the digit at `at`: `+`, `(`, `(+`, `+(`.
pub(super) fn prefix(view: &View, at: usize) -> Prefix {
    let mut prefix = Prefix { start: at, plus: false, bracket: false };
    for _ in 0..2 {
        let (char, width) = view.char_before(prefix.start);
        match char {
            '(' | '（' if !prefix.bracket => prefix.bracket = true,
            '+' | '＋' if !prefix.plus => prefix.plus = true,
            _ => break,
        }
        prefix.start = prefix.start.saturating_sub(width);
    }
    prefix
}
