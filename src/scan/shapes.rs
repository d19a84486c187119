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

/// The forms of the configured regions.
#[derive(Debug)]
pub(super) struct Shapes {
    /// The forms, sorted by the sizes of their groups.
    forms: Vec<Form>,
    /// Which sizes there are, as a tree: from the first node, which stands for
    /// no groups at all, a step for each group.
    nodes: Vec<Node>,
    /// Lengths of numbers that start with the trunk prefix 0, as bits.
    pub(super) trunk_lengths: u32,
}

/// What groups of certain sizes can be.
#[derive(Debug, Default)]
struct Node {
    /// For each size of one more group its node, 0 where no form has it.
    next: [u16; FORM_DIGITS_MAX],
    /// The forms of just these sizes, in [`Shapes::forms`].
    forms: Range<usize>,
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
        let mut shapes = Shapes { forms: Vec::new(), nodes: vec![Node::default()], trunk_lengths: 0 };
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
        // Countries share plans, and where a bracket closes makes no difference.
        shapes.forms.dedup();
        let sizes: Vec<_> = shapes.forms.iter().map(|form| form.sizes).collect();
        let mut start = 0;
        for alike in sizes.chunk_by(|a, b| a == b) {
            let end = alike.len().saturating_add(start);
            let sizes = alike.iter().flatten().copied().take_while(|size| *size > 0);
            if let Some(node) = shapes.grow(sizes) {
                node.forms = start..end;
            }
            start = end;
        }
        shapes
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

    /// The node of groups of these sizes.
    fn node(&self, sizes: &[u8]) -> Option<&Node> {
        let mut node = self.nodes.first()?;
        for size in sizes {
            match node.next.get(usize::from(*size))? {
                0 => return None,
                next => node = self.nodes.get(usize::from(*next))?,
            }
        }
        Some(node)
    }

    /// Whether `written` is a form within the bounds.
    #[cfg(test)]
    pub(super) fn reads(written: &str) -> bool {
        Form::parse(written).is_some()
    }

    /// Whether a form can start with groups of these sizes.
    pub(super) fn may_start(&self, sizes: &[u8]) -> bool {
        self.node(sizes).is_some()
    }

    /// How many groups the longest form has that starts as groups of these
    /// sizes do, 0 where there is none.
    pub(super) fn groups_max(&self, sizes: &[u8]) -> usize {
        let mut longest = 0;
        let mut node = self.nodes.first();
        for (count, size) in (1..).zip(sizes) {
            let next = node.and_then(|node| node.next.get(usize::from(*size)));
            node = match next {
                None | Some(0) => break,
                Some(next) => self.nodes.get(usize::from(*next)),
            };
            if node.is_some_and(|node| !node.forms.is_empty()) {
                longest = count;
            }
        }
        longest
    }

    /// Whether the first `count` groups of `run` have a known form, and how
    /// far that speaks for itself.
    pub(super) fn strength(&self, run: &Run, count: usize) -> Option<Strength> {
        let node = self.node(run.sizes().get(..count)?)?;
        let form = self.forms.get(node.forms.clone())?.iter().find(|form| form.fits(run, count))?;
        Some(if form.weak { Strength::Weak } else { Strength::Fair })
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
