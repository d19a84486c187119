//! The forms of national phone numbers, compiled for quick comparison.
//!
//! A form is written as people write the number, one character a digit:
//! `d` any digit, `P` 1 to 9, `N` 2 to 9, `[3-58]` a set, or the digit itself.
//! A blank stands for any separator, `~` for a blank, `-` and `/` for
//! themselves. `(` asks for
//! a bracket in the number. `?` at the start marks a form too common among
//! other numbers: it counts only where the words before it speak of a phone.

use super::number::{Run, Sign};
use super::regions::Region;

/// Most digits of a form.
const FORM_DIGITS_MAX: usize = 16;
/// Most groups of a form.
const FORM_GROUPS_MAX: usize = 7;
/// Bits that hold one group size.
const SIZE_BITS: u32 = 4;

/// The forms of the configured regions.
#[derive(Debug)]
pub(super) struct Shapes {
    /// The group sizes of each form, in order.
    sizes: Vec<u64>,
    /// The forms, sorted by their sizes.
    forms: Vec<Form>,
    /// Bit `b` of entry `a` is set where a form starts with groups of `a` and
    /// `b` digits.
    pairs: [u16; 1 << SIZE_BITS],
    /// Lengths of numbers that start with the trunk prefix 0, as bits.
    pub(super) trunk_lengths: u32,
}

#[derive(Debug)]
struct Form {
    sizes: u64,
    /// For each digit the set of values it may have, as bits.
    allowed: [u16; FORM_DIGITS_MAX],
    /// The separator before each group, `None` for any.
    signs: [Option<Sign>; FORM_GROUPS_MAX],
    bracket: bool,
    weak: bool,
}

/// How far a form speaks for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// Only where the words before it say so.
    Weak,
    /// Unless the words before it say otherwise.
    Fair,
    /// Always.
    Strong,
}

impl Shapes {
    pub(super) fn new(regions: &[Region]) -> Shapes {
        let mut shapes =
            Shapes { sizes: Vec::new(), forms: Vec::new(), pairs: [0; 1 << SIZE_BITS], trunk_lengths: 0 };
        for region in regions {
            let plan = region.plan();
            let (fewest, most) = plan.trunk;
            if most > 0 {
                for length in fewest..=most {
                    shapes.trunk_lengths |= 1 << length;
                }
            }
            for written in plan.forms {
                shapes.forms.extend(Form::parse(written));
            }
        }
        shapes.forms.sort_by_key(|form| (form.sizes, form.weak));
        shapes.sizes = shapes.forms.iter().map(|form| form.sizes).collect();
        for form in &shapes.forms {
            let (first, second) = (form.sizes & 0xf, form.sizes >> SIZE_BITS & 0xf);
            if let Some(seconds) = shapes.pairs.get_mut(usize::try_from(first).unwrap_or(0)) {
                *seconds |= 1 << second;
            }
        }
        shapes
    }

    /// How many forms there are.
    #[cfg(test)]
    pub(super) fn form_count(&self) -> usize {
        self.forms.len()
    }

    /// Whether a form can start with groups of these sizes.
    pub(super) fn may_start(&self, first: u8, second: u8) -> bool {
        second < 16 && self.pairs.get(usize::from(first)).is_some_and(|seconds| seconds >> second & 1 == 1)
    }

    /// Whether the first `count` groups of `run` have a known form, and how
    /// far that speaks for itself.
    pub(super) fn strength(&self, run: &Run, count: usize) -> Option<Strength> {
        let sizes = sizes(run.groups().iter().take(count).map(|group| group.digits))?;
        let from = self.sizes.partition_point(|other| *other < sizes);
        let same = self.sizes.get(from..)?.iter().take_while(|other| **other == sizes);
        self.forms.get(from..)?.iter().zip(same).map(|(form, _)| form).find(|form| form.fits(run, count)).map(
            |form| {
                if form.weak { Strength::Weak } else { Strength::Fair }
            },
        )
    }
}

impl Form {
    /// `None` for a form longer than the bounds above; the tables have none.
    fn parse(written: &str) -> Option<Form> {
        let (weak, text) = match written.strip_prefix('?') {
            Some(text) => (true, text),
            None => (false, written),
        };
        let mut form = Form {
            sizes: 0,
            allowed: [0; FORM_DIGITS_MAX],
            signs: [None; FORM_GROUPS_MAX],
            bracket: false,
            weak,
        };
        let mut group_sizes = vec![0u8];
        let mut digits = 0usize;
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            let set = match char {
                '(' | ')' => {
                    form.bracket = true;
                    // `8(dddd)`: the bracket alone parts the groups.
                    if char == '(' && group_sizes.last() != Some(&0) {
                        group_sizes.push(0);
                    }
                    continue;
                }
                ' ' | '-' | '/' | '~' => {
                    if group_sizes.last() != Some(&0) {
                        group_sizes.push(0);
                    }
                    *form.signs.get_mut(group_sizes.len().checked_sub(1)?)? = match char {
                        '-' => Some(Sign::Dash),
                        '/' => Some(Sign::Slash),
                        '~' => Some(Sign::Blank),
                        _ => None,
                    };
                    continue;
                }
                'd' => 0x3ff,
                'P' => 0x3fe,
                'N' => 0x3fc,
                '[' => set(&mut chars),
                _ => 1 << char.to_digit(10)?,
            };
            *form.allowed.get_mut(digits)? = set;
            digits = digits.saturating_add(1);
            let size = group_sizes.last_mut()?;
            *size = size.saturating_add(1);
        }
        form.sizes = sizes(group_sizes.into_iter())?;
        Some(form)
    }

    fn fits(&self, run: &Run, count: usize) -> bool {
        let digits = run.digits(run.digit_count(count));
        let bracket = || run.bracket_first || run.groups().iter().take(count).any(|group| group.before.opens);
        digits.iter().zip(self.allowed).all(|(digit, set)| set >> digit & 1 == 1)
            && run
                .groups()
                .iter()
                .take(count)
                .zip(self.signs)
                .all(|(group, sign)| sign.is_none_or(|sign| sign == group.before.sign))
            && (!self.bracket || bracket())
    }
}

/// Reads the rest of `[3-58]`.
fn set(chars: &mut std::str::Chars<'_>) -> u16 {
    let mut set = 0u16;
    let mut last = 0;
    let mut range = false;
    for char in chars.by_ref() {
        match (char, char.to_digit(10)) {
            (']', _) => break,
            ('-', _) => range = true,
            (_, Some(value)) => {
                let from = if range { last } else { value };
                for member in from..=value {
                    set |= 1 << member;
                }
                last = value;
                range = false;
            }
            _ => {}
        }
    }
    set
}

/// Group sizes packed into one number; `None` where one does not fit.
fn sizes(groups: impl Iterator<Item = u8>) -> Option<u64> {
    let mut packed = 0u64;
    for (index, size) in groups.enumerate() {
        let shift = u32::try_from(index).ok()?.checked_mul(SIZE_BITS)?;
        if size > 15 || index >= 16 {
            return None;
        }
        packed |= u64::from(size).checked_shl(shift)?;
    }
    Some(packed)
}
