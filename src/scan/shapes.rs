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
use std::ops::Range;

/// Most digits of a form.
const FORM_DIGITS_MAX: usize = 16;
/// Most groups of a form.
const FORM_GROUPS_MAX: usize = 7;

/// Most forms with groups of the same sizes.
const ALIKE_MAX: usize = 128;

/// The forms of the configured regions, compared all at once: each node has a
/// bit for each of its forms, and each digit and sign leaves those that allow it.
#[derive(Debug)]
pub(super) struct Shapes {
    /// Which sizes there are, as a tree: from the first node, which stands for
    /// no groups at all, a step for each group.
    nodes: Vec<Node>,
    /// What nodes ask of digits and signs.
    digit_checks: Vec<DigitCheck>,
    sign_checks: Vec<SignCheck>,
    /// Lengths of numbers that start with the trunk prefix 0, as bits.
    trunk_lengths: u32,
}

/// What groups of certain sizes can be.
#[derive(Debug, Default)]
struct Node {
    /// For each size of one more group its node, 0 where no form has it.
    next: [u16; FORM_DIGITS_MAX],
    /// The forms of just these sizes, as bits.
    forms: u128,
    /// Those that speak for themselves.
    fair: u128,
    /// Those that need no bracket.
    unbracketed: u128,
    digit_checks: Range<usize>,
    sign_checks: Range<usize>,
}

/// A digit that some forms of a node restrict.
#[derive(Debug)]
struct DigitCheck {
    index: u8,
    /// For each value the forms that allow it.
    allowing: [u128; 10],
}

/// A separator that some forms of a node restrict.
#[derive(Debug)]
struct SignCheck {
    group: u8,
    /// For each [`Sign`] the forms that allow it.
    allowing: [u128; 5],
}

/// The nodes of a run of groups, from the first group on.
#[derive(Debug, Default)]
pub(super) struct Path {
    nodes: [u16; FORM_GROUPS_MAX],
    /// How many groups the longest form has, 0 where there is none.
    pub(super) groups_max: usize,
}

#[derive(Debug, PartialEq, Eq)]
struct Form {
    /// How many digits each group has; 0 behind the last.
    sizes: [u8; FORM_GROUPS_MAX],
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
        let mut shapes = Shapes {
            nodes: vec![Node::default()],
            digit_checks: Vec::new(),
            sign_checks: Vec::new(),
            trunk_lengths: 0,
        };
        let mut forms = Vec::new();
        for region in regions {
            let plan = region.plan();
            let (fewest, most) = plan.trunk;
            if most > 0 {
                for length in fewest..=most {
                    shapes.trunk_lengths |= 1 << length;
                }
            }
            forms.extend(plan.forms.iter().filter_map(|written| Form::parse(written)));
        }
        forms.sort_by_key(|form| (form.sizes, form.weak));
        // Countries share plans, and where a bracket closes makes no difference.
        forms.dedup();
        for alike in forms.chunk_by(|a, b| a.sizes == b.sizes) {
            shapes.add(alike);
        }
        shapes
    }

    /// Whether numbers that start with the trunk prefix 0 have so many digits.
    #[inline]
    pub(super) fn has_trunk_length(&self, digits: usize) -> bool {
        let lengths = u32::try_from(digits).ok().and_then(|digits| self.trunk_lengths.checked_shr(digits));
        lengths.is_some_and(|lengths| lengths & 1 == 1)
    }

    /// Adds forms with groups of the same sizes.
    fn add(&mut self, alike: &[Form]) {
        debug_assert!(alike.len() <= ALIKE_MAX, "{} forms alike", alike.len());
        let alike = alike.get(..ALIKE_MAX).unwrap_or(alike);
        let Some(first) = alike.first() else { return };
        let those = |fits: &dyn Fn(&Form) -> bool| {
            alike.iter().rev().fold(0, |bits: u128, form| bits << 1 | u128::from(fits(form)))
        };
        let forms = those(&|_| true);
        let digits_start = self.digit_checks.len();
        for (index, place) in (0u8..).zip(0..FORM_DIGITS_MAX) {
            let mut value = 0;
            let allowing = [(); 10].map(|()| {
                let allowed = those(&|form| form.allowed.get(place).is_some_and(|set| set >> value & 1 == 1));
                value = u8::saturating_add(value, 1);
                allowed
            });
            let in_forms = place < first.sizes.iter().map(|size| usize::from(*size)).sum();
            if in_forms && allowing != [forms; 10] {
                self.digit_checks.push(DigitCheck { index, allowing });
            }
        }
        let signs_start = self.sign_checks.len();
        for (group, place) in (0u8..).zip(0..FORM_GROUPS_MAX) {
            let allowing = [Sign::None, Sign::Blank, Sign::Dash, Sign::Dot, Sign::Slash].map(|sign| {
                those(&|form| {
                    form.signs.get(place).is_none_or(|asked| asked.is_none_or(|asked| asked == sign))
                })
            });
            if allowing != [forms; 5] {
                self.sign_checks.push(SignCheck { group, allowing });
            }
        }
        let node = Node {
            next: [0; FORM_DIGITS_MAX],
            forms,
            fair: those(&|form| !form.weak),
            unbracketed: those(&|form| !form.bracket),
            digit_checks: digits_start..self.digit_checks.len(),
            sign_checks: signs_start..self.sign_checks.len(),
        };
        let sizes = first.sizes.into_iter().take_while(|size| *size > 0);
        if let Some(place) = self.grow(sizes) {
            *place = Node { next: place.next, ..node };
        }
    }

    /// The node of groups of these sizes, which is made if there is none.
    fn grow(&mut self, sizes: impl Iterator<Item = u8>) -> Option<&mut Node> {
        let mut at = 0;
        for size in sizes {
            let new = u16::try_from(self.nodes.len()).ok()?;
            let next = self.nodes.get_mut(at)?.next.get_mut(usize::from(size))?;
            if *next == 0 {
                *next = new;
                at = usize::from(new);
                self.nodes.push(Node::default());
            } else {
                at = usize::from(*next);
            }
        }
        self.nodes.get_mut(at)
    }

    /// Whether `written` is a form within the bounds.
    #[cfg(test)]
    pub(super) fn reads(written: &str) -> bool {
        Form::parse(written).is_some()
    }

    /// The node behind `node` for one more group of `size` digits; `None`
    /// where no form goes on so. The first node is 0.
    #[inline]
    pub(super) fn step(&self, node: u16, size: u8) -> Option<u16> {
        let next = *self.nodes.get(usize::from(node))?.next.get(usize::from(size))?;
        (next != 0).then_some(next)
    }

    /// The place before the first group.
    pub(super) fn start(&self) -> Place<'_> {
        Place(self.nodes.first().unwrap_or(&NOWHERE))
    }

    /// The place behind one more group, of `size` digits; `None` where no form
    /// goes on so.
    #[inline]
    pub(super) fn behind(&self, place: Place, size: usize) -> Option<Place<'_>> {
        match *place.0.next.get(size)? {
            0 => None,
            next => self.nodes.get(usize::from(next)).map(Place),
        }
    }

    /// Whether a form can start with groups of these sizes.
    pub(super) fn may_start(&self, sizes: &[u8]) -> bool {
        sizes.iter().try_fold(0, |node, size| self.step(node, *size)).is_some()
    }

    /// The nodes of groups of these sizes, as far as there are any.
    #[inline]
    pub(super) fn path(&self, sizes: &[u8]) -> Path {
        let mut path = Path::default();
        let mut node = 0;
        for (count, (place, size)) in (1..).zip(path.nodes.iter_mut().zip(sizes)) {
            let Some(next) = self.step(node, *size) else { break };
            (*place, node) = (next, next);
            if self.nodes.get(usize::from(next)).is_some_and(|node| node.forms != 0) {
                path.groups_max = count;
            }
        }
        path
    }

    /// Whether digits that stand alone, as text, have a known form.
    #[inline]
    pub(super) fn strength_alone(&self, digits: &[u8]) -> Option<Strength> {
        let node = self.step(0, u8::try_from(digits.len()).ok()?)?;
        let node = self.nodes.get(usize::from(node))?;
        let mut forms = node.forms & node.unbracketed;
        for check in self.digit_checks.get(node.digit_checks.clone())? {
            let value = digits.get(usize::from(check.index))?.wrapping_sub(b'0');
            forms &= *check.allowing.get(usize::from(value))?;
            if forms == 0 {
                return None;
            }
        }
        node.strength(forms)
    }

    /// Whether the first `count` groups of `run`, whose nodes are `path`, have
    /// a known form, and how far that speaks for itself.
    #[inline]
    pub(super) fn strength(&self, path: &Path, run: &Run, count: usize) -> Option<Strength> {
        let node = match *path.nodes.get(count.checked_sub(1)?)? {
            0 => return None,
            node => self.nodes.get(usize::from(node))?,
        };
        let mut forms = node.forms;
        let digits = run.digits(run.digit_count(count));
        for check in self.digit_checks.get(node.digit_checks.clone())? {
            let value = *digits.get(usize::from(check.index))?;
            forms &= *check.allowing.get(usize::from(value))?;
            if forms == 0 {
                return None;
            }
        }
        for check in self.sign_checks.get(node.sign_checks.clone())? {
            let sign = run.separator_before(usize::from(check.group)).sign;
            forms &= *check.allowing.get(sign as usize)?;
        }
        if forms & !node.unbracketed != 0 {
            let groups = run.groups().iter().take(count);
            let bracket = run.bracket_first || groups.fold(false, |any, group| any | group.before.opens);
            if !bracket {
                forms &= node.unbracketed;
            }
        }
        node.strength(forms)
    }
}

/// A place in the tree of forms.
#[derive(Clone, Copy)]
pub(super) struct Place<'a>(&'a Node);

/// Where no form is.
static NOWHERE: Node = Node {
    next: [0; FORM_DIGITS_MAX],
    forms: 0,
    fair: 0,
    unbracketed: 0,
    digit_checks: 0..0,
    sign_checks: 0..0,
};

impl Place<'_> {
    /// How far a number with groups up to here speaks for itself at best.
    #[inline]
    pub(super) fn strength_at_most(self) -> Option<Strength> {
        self.0.strength(self.0.forms)
    }
}

impl Node {
    /// How far the best of `forms` speaks for itself.
    #[inline]
    fn strength(&self, forms: u128) -> Option<Strength> {
        match (forms, forms & self.fair) {
            (0, _) => None,
            (_, 0) => Some(Strength::Weak),
            _ => Some(Strength::Fair),
        }
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
            sizes: [0; FORM_GROUPS_MAX],
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
        for (index, size) in group_sizes.into_iter().enumerate() {
            *form.sizes.get_mut(index)? = size;
        }
        Some(form)
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
