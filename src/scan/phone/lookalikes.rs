//! What looks like a phone number and is something else: dates, decimals,
//! addresses of machines, scores.

use super::super::number::{Group, Run, Sign};

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
    // `0.0.5143.178`: a version.
    let zero = || first.digits == 1 && run.digits(1) == [0] && !run.separator_before(1).opens;
    dots == 0 || (slashes == 0 && others == 0 && !octets && !zero())
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
    // No decimal starts with `030.`
    let area = run.digits(1) == [0] && run.group(0).digits > 1;
    before.sign == Sign::Dot && !before.closes && !area && (count == 2 || thousands)
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

/// Whether a dash or slash parts a number from the year it is of, as in
/// `2024-001234` and `1234/2024`.
pub(super) fn like_record(run: &Run, count: usize) -> bool {
    let digits = run.digits(8);
    let (first, second) = (run.group(0).digits, run.group(1).digits);
    let year = |from: usize| matches!(digits.get(from..), Some([1, 9, ..] | [2, 0, ..]));
    let slash = run.separator_before(1).sign == Sign::Slash;
    let dash = run.separator_before(1).sign == Sign::Dash;
    count == 2
        && (first == 4 && year(0) && (slash || dash && second != 4)
            || first <= 4 && second == 4 && slash && year(usize::from(first)))
}

/// Whether one blank parts a short number from a longer one, as two columns of a
/// log: `39 809805`.
pub(super) fn like_two_numbers(run: &Run, count: usize) -> bool {
    count == 2
        && run.group(0).digits <= 3
        && run.group(1).digits >= 5
        && run.digit_count(2) < 10
        && run.digits(1) != [0]
        && !run.bracket_first
        && run.separator_before(1).is_single_blank()
}

/// Whether these may be the status of an HTTP answer and the bytes sent.
pub(super) fn like_status(run: &Run, count: usize) -> bool {
    count == 2
        && run.group(0).digits == 3
        && matches!(run.digits(1), [1..=5])
        && run.separator_before(1).is_single_blank()
}

/// Whether dashes with blanks around them part the groups, and nothing else is
/// as in a phone number: `79599 - 25946`.
pub(super) fn like_difference(run: &Run, count: usize) -> bool {
    let groups = run.groups().get(1..count).unwrap_or(&[]);
    let spaced =
        |group: &Group| group.before.sign == Sign::Dash && group.before.spaced && !group.before.closes;
    run.digits(1) != [0] && !groups.is_empty() && groups.iter().all(spaced)
}

/// Whether the first group is a date without separators, `20241231`.
pub(super) fn is_date(run: &Run, count: usize) -> bool {
    let date = matches!(run.digits(run.digit_count(count)), [1, 9, ..] | [2, 0, ..]);
    count == 1 && date && run.group(0).digits == 8
}
