//! Payment card numbers: issuer range, length, grouping and check digit.

use super::number::Run;

/// Fewest digits of a card number: Maestro has some of 12, all others 13.
pub(super) const CARD_DIGITS_MIN: usize = 12;
/// Most digits (ISO/IEC 7812-1).
pub(super) const CARD_DIGITS_MAX: usize = 19;

/// First digits of an issuer and the lengths its numbers have.
struct Issuer {
    /// First and last prefix, both inclusive, of `digits` digits.
    from: u32,
    to: u32,
    digits: u32,
    /// Bit `n` is set where numbers of `n` digits exist.
    lengths: u32,
}

const fn issuer(from: u32, to: u32, digits: u32, lengths: &[u32]) -> Issuer {
    let mut bits = 0u32;
    let mut rest = lengths;
    while let [length, tail @ ..] = rest {
        bits |= 1 << *length;
        rest = tail;
    }
    Issuer {
        from,
        to,
        digits,
        lengths: bits,
    }
}

/// Ranges as the networks publish them.
const ISSUERS: [Issuer; 27] = [
    issuer(4, 4, 1, &[13, 16, 19]),                           // Visa
    issuer(51, 55, 2, &[16]),                                 // Mastercard
    issuer(2221, 2720, 4, &[16]),                             // Mastercard, 2-series
    issuer(34, 34, 2, &[15]),                                 // American Express
    issuer(37, 37, 2, &[15]),                                 // American Express
    issuer(6011, 6011, 4, &[16, 17, 18, 19]),                 // Discover
    issuer(644, 649, 3, &[16, 17, 18, 19]),                   // Discover
    issuer(65, 65, 2, &[16, 17, 18, 19]),                     // Discover, RuPay, Troy
    issuer(300, 305, 3, &[14, 16]),                           // Diners Club
    issuer(3095, 3095, 4, &[14, 16]),                         // Diners Club
    issuer(36, 36, 2, &[14, 16]),                             // Diners Club
    issuer(38, 39, 2, &[14, 16]),                             // Diners Club
    issuer(3528, 3589, 4, &[16, 17, 18, 19]),                 // JCB
    issuer(2131, 2131, 4, &[15]),                             // JCB
    issuer(1800, 1800, 4, &[15]),                             // JCB
    issuer(62, 62, 2, &[16, 17, 18, 19]),                     // UnionPay
    issuer(81, 82, 2, &[16]),                                 // RuPay, UnionPay
    issuer(60, 60, 2, &[16]),                                 // RuPay
    issuer(508, 508, 3, &[16]),                               // RuPay
    issuer(353, 356, 3, &[16]),                               // RuPay with JCB
    issuer(2200, 2205, 4, &[16, 17, 18, 19]),                 // Mir, Humo
    issuer(9792, 9792, 4, &[16]),                             // Troy
    issuer(50, 50, 2, &[12, 13, 14, 15, 16, 17, 18, 19]),     // Maestro
    issuer(56, 58, 2, &[12, 13, 14, 15, 16, 17, 18, 19]),     // Maestro
    issuer(6304, 6304, 4, &[12, 13, 14, 15, 16, 17, 18, 19]), // Maestro
    issuer(6390, 6390, 4, &[12, 13, 14, 15, 16, 17, 18, 19]), // Maestro
    issuer(6759, 6763, 4, &[12, 13, 14, 15, 16, 17, 18, 19]), // Maestro
];

/// Ways to print a card number in groups.
const GROUPINGS: [&[u8]; 11] = [
    &[4, 4, 4, 4],
    &[4, 4, 4, 4, 3],
    &[4, 4, 4, 4, 2],
    &[4, 4, 4, 4, 1],
    &[4, 4, 4, 1],
    &[4, 4, 4],
    &[4, 4, 4, 2],
    &[4, 4, 4, 3],
    &[4, 6, 5],
    &[4, 6, 4],
    &[6, 13],
];

/// Whether a card number can start with groups of these sizes.
pub(super) fn may_start(first: u8, second: u8) -> bool {
    matches!((first, second), (4, 4 | 6) | (6, 13))
}

/// How many groups of `run`, from its first, are a card number.
pub(super) fn groups(run: &Run) -> Option<usize> {
    let separator = run.separator_behind(0);
    let mut digits = 0usize;
    let mut found = None;
    for (index, group) in run.groups().iter().enumerate() {
        let alike = index == 0 || run.separator_before(index) == separator;
        if !alike || (index > 0 && !(separator.is_single_blank() || separator.is_single_dash())) {
            break;
        }
        digits = digits.saturating_add(usize::from(group.digits));
        if digits > CARD_DIGITS_MAX {
            break;
        }
        let count = index.saturating_add(1);
        let known_grouping = count == 1
            || GROUPINGS.iter().any(|grouping| {
                grouping.len() == count
                    && grouping
                        .iter()
                        .zip(run.groups())
                        .all(|(size, group)| *size == group.digits)
            });
        if digits >= CARD_DIGITS_MIN && known_grouping && is_card(run.digits(digits)) {
            found = Some(count);
        }
    }
    found
}

/// Whether `digits`, values 0 to 9, are a number an issuer could have printed.
pub(super) fn is_card(digits: &[u8]) -> bool {
    let length = digits.len();
    if !(CARD_DIGITS_MIN..=CARD_DIGITS_MAX).contains(&length) || !luhn(digits) {
        return false;
    }
    // All alike (0000 0000 0000 0000) passes every check and is no card.
    if digits.windows(2).all(|pair| pair.first() == pair.last()) {
        return false;
    }
    ISSUERS.iter().any(|issuer| {
        let prefix = digits
            .iter()
            .take(issuer.digits as usize)
            .fold(0u32, |value, digit| {
                value.saturating_mul(10).saturating_add(u32::from(*digit))
            });
        (issuer.from..=issuer.to).contains(&prefix) && issuer.lengths >> length & 1 == 1
    })
}

/// The check of ISO/IEC 7812-1 annex B: every second digit from the right
/// doubled, digits of the results summed, divisible by ten.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, &digit)| match (index % 2, u32::from(digit)) {
            (0, value) => value,
            (_, value @ 0..=4) => value.saturating_mul(2),
            (_, value) => value.saturating_mul(2).saturating_sub(9),
        })
        .sum();
    sum.is_multiple_of(10)
}
