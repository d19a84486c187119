//! What looks like a phone number and is something else: dates, decimals,
//! addresses of machines, scores.

use super::super::number::{Run, Sign};

/// Whether the separators among the first `count` groups are ones a phone
/// number has: a slash only behind the area, dots never mixed, no IPv4
/// address, no decimal.
pub(super) fn plain_separators(run: &Run, count: usize) -> bool {
    let groups = run.groups().get(..count).unwrap_or(&[]);
    let [first, rest @ ..] = groups else { return true };
    if rest.is_empty() {
        return true;
    }
    let (mut slashes, mut dots, mut others) = (0u32, 0u32, 0u32);
    // `21-15 21-18`: scores, or pairs of something.
    let mut pairs = count > 3 && first.digits == 2;
    let mut octets = count == 4 && first.digits <= 3;
    let mut uneven = false;
    let mut last = None;
    for (index, group) in rest.iter().enumerate() {
        let sign = group.before.sign;
        match sign {
            // A slash parts the area from the rest, once.
            Sign::Slash if slashes > 0 || index > 1 => return false,
            Sign::Slash => slashes = slashes.saturating_add(1),
            Sign::Dot => dots = dots.saturating_add(1),
            Sign::None => {}
            Sign::Blank | Sign::Dash => others = others.saturating_add(1),
        }
        pairs &= group.digits == 2;
        octets &= group.digits <= 3;
        if index > 0 {
            uneven |= last.is_some_and(|last| last != sign);
            last = Some(sign);
        }
    }
    if (pairs && uneven) || holds_date(run, count) {
        return false;
    }
    dots == 0 || (slashes == 0 && others == 0 && !octets)
}

/// Whether three neighbouring groups are a date: `31.12.2024`, `2024-12-31`,
/// or `01/02/03` alone.
fn holds_date(run: &Run, count: usize) -> bool {
    let groups = run.groups().get(..count).unwrap_or(&[]);
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
pub(super) fn like_decimal(run: &Run, count: usize) -> bool {
    let before = run.separator_before(1);
    let groups = run.groups().get(..count).unwrap_or(&[]);
    let thousands = groups.iter().all(|group| group.digits == 3);
    before.sign == Sign::Dot && !before.closes && (count == 2 || thousands)
}

/// Whether blanks part groups of three, as in `1 234 567`.
pub(super) fn like_thousands(run: &Run, count: usize) -> bool {
    let groups = run.groups().get(..count).unwrap_or(&[]);
    let blanks = groups.iter().skip(1).all(|group| group.digits == 3 && group.before.is_single_blank());
    blanks && groups.first().is_some_and(|group| group.digits <= 3 || count == 1)
}

/// Whether these are two years: `1998-2004`.
pub(super) fn like_years(run: &Run, count: usize) -> bool {
    let century = |digits: &[u8]| matches!(digits, [1, 9, ..] | [2, 0, ..]);
    let digits = run.digits(8);
    count == 2
        && run.group(0).digits == 4
        && run.group(1).digits == 4
        && century(digits)
        && century(digits.get(4..).unwrap_or(&[]))
}

/// Whether the first group is a date without separators, `20241231`.
pub(super) fn is_date(run: &Run, count: usize) -> bool {
    let date = matches!(run.digits(run.digit_count(count)), [1, 9, ..] | [2, 0, ..]);
    count == 1 && date && run.group(0).digits == 8
}
