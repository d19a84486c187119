//! Payment card numbers: issuer range, length, grouping and check digit.

#[cfg(test)]
mod tests;

use super::chars::{digit, is_blank, is_dash, is_unspaced};
use super::context::{self, Subject, Verdict};
use super::lexicon::Lexicon;
use super::number::{Run, Sign, follows_bank_code, follows_number};
use super::view::View;

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
    Issuer { from, to, digits, lengths: bits }
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
    issuer(35, 35, 2, &[16]),                                 // JCB, RuPay with JCB
    issuer(2131, 2131, 4, &[15]),                             // JCB
    issuer(1800, 1800, 4, &[15]),                             // JCB
    issuer(62, 62, 2, &[16, 17, 18, 19]),                     // UnionPay
    issuer(81, 82, 2, &[16]),                                 // RuPay, UnionPay
    issuer(60, 60, 2, &[16]),                                 // RuPay
    issuer(508, 508, 3, &[16]),                               // RuPay
    issuer(2200, 2205, 4, &[16, 17, 18, 19]),                 // Mir, Humo
    issuer(9792, 9792, 4, &[16]),                             // Troy
    issuer(50, 50, 2, &[12, 13, 14, 15, 16, 17, 18, 19]),     // Maestro
    issuer(56, 58, 2, &[12, 13, 14, 15, 16, 17, 18, 19]),     // Maestro
    issuer(6304, 6304, 4, &[12, 13, 14, 15, 16, 17, 18, 19]), // Maestro
    issuer(639, 639, 3, &[12, 13, 14, 15, 16, 17, 18, 19]),   // Maestro
    issuer(67, 67, 2, &[12, 13, 14, 15, 16, 17, 18, 19]),     // Maestro
    issuer(604, 604, 4, &[12]),                               // Maestro, 0604
];

/// Ways to print a card number in groups.
const GROUPINGS: [&[u8]; 8] = [
    &[4, 4, 4, 4],
    &[4, 4, 4, 4, 3],
    &[4, 4, 4, 4, 2],
    &[4, 4, 4, 4, 1],
    &[4, 4, 4, 1],
    &[4, 6, 5],
    &[4, 6, 4],
    &[6, 13],
];
/// How far a colon or equals sign may stand before a number it labels.
const LABEL_BYTES_MAX: usize = 4;
/// Groups of the longest of them.
const GROUPS_MAX: usize = 5;

/// Whether a card number can start with groups of these sizes.
pub(super) fn may_start(sizes: &[u8]) -> bool {
    matches!(sizes, [4 | 6] | [4, 4 | 6, ..] | [6, 13, ..])
}

/// Where the card number ends that starts at `start` with the groups of `run`.
pub(super) fn end(
    view: &View,
    start: usize,
    run: &Run,
    lexicon: &Lexicon,
    memory: &mut context::Memory,
) -> Option<usize> {
    let may_be = match run.sizes() {
        [first, ..] if usize::from(*first) >= CARD_DIGITS_MIN => true,
        sizes => sizes.len() > 1 && may_start(sizes),
    };
    if !may_be || run.digit_count(run.groups().len()) < CARD_DIGITS_MIN {
        return None;
    }
    if follows_bank_code(view, start) {
        return None;
    }
    let mut verdict = None;
    for count in (1..=run.groups().len().min(GROUPS_MAX)).rev() {
        let end = run.group(count.saturating_sub(1)).end;
        let digits = run.digits(run.digit_count(count));
        if !is_grouped(run, count) || !may_be_card(digits) || !ends_alone(view, run, count) {
            continue;
        }
        if count > 1 && run.separator_before(1).is_single_blank() && follows_number(view, start) {
            continue;
        }
        let found =
            *verdict.get_or_insert_with(|| context::before(lexicon, memory, view, start, Subject::Card));
        let needed = match issued(digits) {
            // So few digits pass the check by chance too often.
            true if digits.len() > CARD_DIGITS_MIN || !is_labelled(view, start) => Verdict::Silent,
            true => Verdict::For,
            // An issuer that is not known here, but a word that says card.
            false => Verdict::ForNear,
        };
        if found >= needed {
            return Some(end);
        }
    }
    None
}

/// Whether the first `count` groups are parted alike and as on a card.
fn is_grouped(run: &Run, count: usize) -> bool {
    let separator = run.separator_behind(0);
    let groups = || run.groups().iter().take(count);
    count == 1
        || (separator.is_single_blank() || separator.is_single_dash())
            && groups().skip(1).all(|group| group.before == separator)
            && GROUPINGS.iter().any(|grouping| {
                grouping.len() == count
                    && grouping.iter().zip(groups()).all(|(size, group)| *size == group.digits)
            })
}

/// Whether no letter, decimal or further group follows the first `count`
/// groups.
fn ends_alone(view: &View, run: &Run, count: usize) -> bool {
    let end = run.group(count.saturating_sub(1)).end;
    let (char, width) = view.char_at(end);
    let behind = view.char_at(end.saturating_add(width)).0;
    match char {
        '_' | '@' => false,
        '.' | ':' | '/' => digit(behind).is_none(),
        _ if is_dash(char) => !behind.is_ascii_alphanumeric() && digit(behind).is_none(),
        // `4111 1111 1111 1111 1111` is none, `... 1111 2024-01-31` is.
        _ if is_blank(char) && count > 1 => {
            let next = run.group(count);
            next.digits != 4
                || run.separator_behind(count).sign != Sign::Blank
                    && run.groups().len() > count.saturating_add(1)
        }
        _ => !char.is_alphanumeric() || (is_unspaced(char) && digit(char).is_none()),
    }
}

/// Whether a label of unknown meaning stands before `start`: `txn=`, `"id": `.
fn is_labelled(view: &View, start: usize) -> bool {
    let mut at = start;
    while matches!(view.byte_before(at), b' ' | b'"' | b'\'') && start.saturating_sub(at) < LABEL_BYTES_MAX {
        at = at.saturating_sub(1);
    }
    matches!(view.byte_before(at), b'=' | b':')
}

/// Whether `digits`, values 0 to 9, have the length and check digit of a card.
fn may_be_card(digits: &[u8]) -> bool {
    // All alike (0000 0000 0000 0000) passes the check and is no card.
    (CARD_DIGITS_MIN..=CARD_DIGITS_MAX).contains(&digits.len())
        && luhn(digits)
        && digits.windows(2).any(|pair| pair.first() != pair.last())
}

/// Whether an issuer has numbers of this length that start so.
fn issued(digits: &[u8]) -> bool {
    let length = digits.len();
    ISSUERS.iter().any(|issuer| {
        let prefix = digits
            .iter()
            .take(issuer.digits as usize)
            .fold(0u32, |value, digit| value.saturating_mul(10).saturating_add(u32::from(*digit)));
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
