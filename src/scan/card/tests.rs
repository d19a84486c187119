//! Which numbers are card numbers.
#![allow(clippy::arithmetic_side_effects)]

use super::{issued, luhn};
use crate::scan::EntityKind;
use crate::scan::tests::{check, scanner};
use proptest::prelude::*;

/// `head` with the check digit that makes it pass.
fn with_check_digit(head: &str) -> String {
    ('0'..='9').map(|last| format!("{head}{last}")).find(|number| luhn(&values(number))).unwrap()
}

fn values(digits: &str) -> Vec<u8> {
    digits.bytes().map(|byte| byte - b'0').collect()
}

#[test]
fn labels_in_many_languages_speak_for_a_card() {
    check("Kartennummer: {C:5216 5221 2644 4233}, Numer karty: {C:341624248290731}");
    check("Číslo karty: {C:4593-4131-1557-5284}, Nomor kartu: {C:2291679210545252}");
    check("<dt>Karta</dt><dd>{C:6596899830138568}</dd>");
    check("{\"text\":\"A {C:4375 7743 4041 9067} kártyával\"}");
    check("no such product. A(z) {C:2244 4248 5066 0022} kártya");
    check("GB21 LJYO 5083 9395 3280 1");
}

#[test]
fn every_network() {
    for head in [
        "411111111111111",
        "422222222222",
        "491761000000000000",
        "555555555555444",
        "222300312200322",
        "37828224631000",
        "601111111111111",
        "3056930902590",
        "353011133330000",
        "620000000000000",
        "220000000000000",
        "652111111111111",
        "979203000000000",
        "675964982643845",
        "18000000000000",
        "508500000000000",
        "676770000000",
    ] {
        check(&format!("paid with {{C:{}}} today", with_check_digit(head)));
    }
}

#[test]
fn groups_as_printed() {
    check("{C:4111 1111 1111 1111}, {C:4111-1111-1111-1111}; {C:3782 822463 10005}");
    check("{C:3056 930902 5904}, {C:4111 1111 1111 1111} 2024-01-31, {C:4111111111111111} 123");
    check("{C:４１１１１１１１１１１１１１１１} カード{C:4111111111111111}です");
    check("\"pan\": {C:4111111111111111}, \"n\": 1");
}

#[test]
fn what_only_looks_like_one() {
    for text in [
        "4111111111111112, 4111 1111 1111 1112, 411111111111111",
        "1234567812345670 7777777777777777 0000000000000000",
        "0.4111111111111111 4111111111111111.5 x4111111111111111 4111111111111111x",
        "41111111111111111111, 4111-1111 1111-1111, 4111  1111 1111 1111",
        "4111 1111 1111 1111 1111",
        "AB-4111111111111111, 4111111111111111-01, id_4111111111111111",
        "order 4111111111111111, EAN 4006381333931, IMEI 490154203237518",
        "FR14 4111 1111 1111 1111 00",
    ] {
        check(text);
    }
}

proptest! {
    /// The check digit, made the way the standard words it, and no other,
    /// makes the check pass.
    #[test]
    fn luhn_agrees_with_its_definition(
        head in prop::collection::vec(0u8..10, 11..18),
        last in 0u8..10,
    ) {
        let mut sum = 0;
        for (place, digit) in head.iter().rev().enumerate() {
            let weighed = u32::from(*digit) * if place % 2 == 0 { 2 } else { 1 };
            sum += weighed / 10 + weighed % 10;
        }
        let mut digits = head;
        digits.push(last);
        prop_assert_eq!(luhn(&digits), (sum + u32::from(last)) % 10 == 0);
    }

    /// Bare digits are found if and only if a plain look at them says so.
    #[test]
    fn only_numbers_that_pass_are_found(digits in "[0-9]{12,19}") {
        let mut found = Vec::new();
        scanner().scan(&digits, &mut found);
        let values = values(&digits);
        let expected = luhn(&values) && issued(&values) && values.iter().any(|digit| *digit != values[0]);
        let card = found.iter().any(|entity| entity.kind == EntityKind::CreditCard);
        prop_assert_eq!(card, expected);
    }
}
