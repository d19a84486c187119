//! A glance at what may be a number: most that is none shows in the sizes of
//! its groups.

use super::super::eight;
use super::super::phone::PHONE_DIGITS_MIN;
use super::super::shapes::{Place, Shapes, Strength};
use super::super::view::View;
use super::RUN_GROUPS_MAX;

/// Most signs between two groups that are passed over.
const SIGNS_MAX: usize = 3;

/// How a number to be glanced at starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scan) struct Start {
    /// Where its first digit stands.
    pub(in crate::scan) at: usize,
    /// A bracket stands before it.
    pub(in crate::scan) bracket: bool,
    /// It may be read in other ways than by a form.
    pub(in crate::scan) free: bool,
}

/// What groups of digits look like at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scan) enum Glance {
    /// No number: no form has such groups, or there are too few digits in all.
    Nothing,
    /// At most a number that needs something that speaks for it, and ends here
    /// or earlier.
    Weak(usize),
    /// A glance does not tell.
    Unknown,
}

/// Glances at the groups of ASCII digits that start here, at how many digits
/// each has. Takes for one run what is one, and more: signs between groups are
/// not judged.
pub(in crate::scan) fn glance(view: &View, start: Start, shapes: &Shapes) -> Glance {
    let mut digits = 0usize;
    let mut place = Some(shapes.start());
    let mut weak = false;
    let mut brackets_open = usize::from(start.bracket);
    let mut at = start.at;
    let mut first = 0;
    for group in 0..RUN_GROUPS_MAX {
        let Some(size) = view.eight(at).map(eight::leading_digits) else { break };
        let end = at.saturating_add(size);
        if size == 8 || view.byte(end) >= 0x80 {
            break;
        }
        digits = digits.saturating_add(size);
        place = place.and_then(|place| shapes.behind(place, size));
        let card = match group {
            0 => matches!(size, 4 | 6),
            1 => matches!((first, size), (4, 4 | 6)),
            _ => false,
        };
        if group == 0 {
            first = size;
        } else if card {
            break;
        }
        match place.and_then(Place::strength_at_most) {
            None => {}
            Some(Strength::Weak) => weak = true,
            Some(_) => break,
        }
        if start.free && digits >= PHONE_DIGITS_MIN {
            break;
        }
        let over = place.is_none() && !card && !start.free;
        match next_group(view, end, &mut brackets_open) {
            Next::Group(next) if !over => at = next,
            Next::Unknown if !over => break,
            _ if weak => return Glance::Weak(end),
            _ => return Glance::Nothing,
        }
    }
    Glance::Unknown
}

enum Next {
    Group(usize),
    End,
    Unknown,
}

/// Where the group behind one that ends at `end` starts.
#[inline]
fn next_group(view: &View, end: usize, brackets_open: &mut usize) -> Next {
    let mut at = end;
    // By far the most are a single sign.
    let next = end.saturating_add(1);
    if matches!(view.byte(end), b' ' | b'-' | b'.' | b'/') && view.byte(next).is_ascii_digit() {
        return Next::Group(next);
    }
    while at.saturating_sub(end) <= SIGNS_MAX {
        match view.byte(at) {
            b'0'..=b'9' => return Next::Group(at),
            b'(' if *brackets_open < 2 => *brackets_open = brackets_open.saturating_add(1),
            b')' => *brackets_open = brackets_open.saturating_sub(1),
            b' ' | b'-' | b'.' | b'/' => {}
            0x80.. => return Next::Unknown,
            _ => return Next::End,
        }
        at = at.saturating_add(1);
    }
    Next::Unknown
}

/// Where digits end that end at `end`, with those joined to them by a single
/// sign with which no number starts: `1.2.3`, `12:30`. Only where the text is
/// whole; else it may end at `end`.
pub(in crate::scan) fn joint_end(view: &View, end: usize) -> usize {
    let mut end = end;
    if view.is_open() || !view.byte_before(end).is_ascii_digit() {
        return end;
    }
    while matches!(view.byte(end), b'.' | b'-' | b'/' | b':') {
        let mut next = end.saturating_add(1);
        if !view.byte(next).is_ascii_digit() {
            break;
        }
        while view.byte(next).is_ascii_digit() {
            next = next.saturating_add(1);
        }
        end = next;
    }
    end
}
