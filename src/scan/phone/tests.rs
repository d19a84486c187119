//! Which numbers are phone numbers.

use crate::scan::tests::{check, check_in};

#[test]
fn international_numbers_in_any_grouping() {
    check("call {P:+1 (650) 333-6000} or {P:+49(0)30 1234567}, {P:+44113 496 0123}");
    check("{P:+33 (0)1 23 45 67 89}; {P:(+39) 02 36618 300}; ({P:+34 612 34 56 78})");
    check("{P:0049 30 1234567} and {P:＋１　（６５０）　３３３－６０００}");
    check("{P:+46 8 123 456 78}, {P:+358 9 1234567} x");
    check("UTC+05300530 and 5+49301234567 are none, nor is +999 123456789");
}

#[test]
fn national_numbers_as_each_country_writes_them() {
    check("{P:(415) 555-0132} {P:415-555-0132}; {P:415.555.0132}, {P:1-415-555-0132}");
    check("{P:030 1234567}, {P:0151 23456789}, {P:(0123) 456-789}, {P:0123/456789}");
    check("{P:01 23 45 67 89}, {P:06.12.34.56.78}");
    check("{P:8 (912) 345-67-89}, {P:(11) 96123-4567}, {P:090-1234-5678}, {P:139 3496 0199}");
    check("電話{P:03-1234-5678}です。 전화 {P:010-2000-0000}입니다");
    check("{P:12 34 56 78}, {P:612 345 678}, {P:21 234 5678}");
}

#[test]
fn regions_that_are_not_configured_are_not_recognized() {
    check_in(&["US"], "{P:(415) 555-0132}, 030 1234567, 01 23 45 67 89, {P:+33 1 23 45 67 89}");
    check_in(&["FR"], "(415) 555-0132, {P:01 23 45 67 89}");
    check_in(&[], "(415) 555-0132, {P:+1 415 555 0132}");
}

#[test]
fn extensions_belong_to_the_number() {
    check("{P:415-555-0132x4567}, {P:(415) 555-0132 ext. 12}, {P:030 1234567 Durchwahl 8}.");
    check("{P:415-555-0132} example");
}

#[test]
fn words_before_decide_where_the_form_does_not() {
    check("tel {P:555-0132}, Phone: {P:4155550132}, \"mobile\":\"{P:4155550132}\"");
    check("order 4155550132, \"id\": 4155550132, Invoice no. 415-555-0132");
    check("Bestellnummer 030 1234567, Kundennr. 0301234567, Sipariş No: 0301234567");
    check("customerPhone={P:4155550132}&order_id=4155550132");
    check("Order 77 is late, call {P:4155550132}");
    check("Телефон {P:1234567890}, заказ 1234567890");
    check("注文番号 0312345678、電話番号 {P:0312345678}");
    check("call {P:415-555-0132} or {P:4155550133}; seen 4155550134 times");
}

#[test]
fn a_label_reaches_its_value_through_markup() {
    check("<dt>Order</dt><dd>4155550132</dd> <dt>Phone</dt><dd>{P:4155550133}</dd>");
    check("<td>Kundennummer</td><td><b>0301234567</b></td>");
    check("<phone>{P:4155550132}</phone>\n<customer>4155550133</customer>");
    check("T {P:4155550132} | M {P:4155550133}\nP: {P:4155550134}, 📞{P:4155550135}");
}

#[test]
fn whose_number_it_is_does_not_make_it_a_phone() {
    check("customer number 030 1234567, numéro client 0612345678; customer_no = 0612345678");
    check("Zákaznické číslo: 0612345678, Číslo účtu: 0612345678, お客様番号0312345678");
    check("fax the contract to {P:030 1234567} today");
    check("the customer, {P:030 1234567}, telefon klienta {P:030 1234567}");
}

#[test]
fn a_word_that_has_its_number_says_nothing_of_the_next() {
    check("'1.2.3+build.85', '{P:030 1234567}'");
    check("Mobile/15E148 Safari/604.1 4155550132");
    check("id,phone,order_no\n{P:030 1234567},1,2");
}

#[test]
fn lines_of_logs_hold_other_pairs_of_numbers() {
    check("\"GET / HTTP/1.1\" 200 6755490 \"-\"");
    check("2022-09-16 23:18:43,456 200 9099644 x");
    check("wrote 9587893 buffers; 914 857729");
    check("voicemail from {P:030 1234567} 10:23, call back");
}

#[test]
fn fields_may_be_parted_by_commas_alone() {
    check("2168,{P:+30 697 331 0574},17 and 2168,{P:08-819 133 39},17");
    check("8,5, 1.234,056, 12,05 EUR");
}

#[test]
fn a_contact_is_a_number_beside_an_address() {
    check("write to {E:jo@example.com} or {P:4155550132}");
    check("Jo Doe - {P:4155550132} - {E:jo@example.com}");
    check("Jo Doe;4155550132;{E:jo@example.com};1234567");
}

#[test]
fn hebrew_prefixes_are_joined() {
    check("ל-{P:050-281-1518} או ל-{P:+972 50 281 1518}");
    check("AB-050-281-1518");
}

#[test]
fn words_behind_help_too() {
    check("{P:41555501} fax");
    check("41555502 sheep");
    check("{P:612 345 678} but 612 345 678 EUR");
}

#[test]
fn a_row_of_contacts_needs_no_word() {
    check("Jo Doe;{P:4155550132};{E:jo@example.com}");
    check("Jo Doe | {E:jo@example.com} | {P:4155550132}");
    check("Jo Doe;4155550132;blue");
    check("4155550132 pkg@1.2.3");
}

#[test]
fn what_only_looks_like_one() {
    for text in [
        "2024-01-15, 15.01.2024, 01/15/2024, 2024-01-15 10:30:00, 06 06 2010 2025-07-13",
        "10.0.19045.3570, v1.23.456.7890, 192.168.100.200, 12.34.56.78",
        "SSN 123-45-6789, 046-12-3456, 12-3456789",
        "978-3-16-148410-0, 0-306-40615-2, 4006381333931",
        "123-1234567-1234567, 12345-6789, 123456-1234",
        "40.712776, -74.005974; 748.223849 ms",
        "1700000000 and 1700000000123",
        "1 234 567, 12,345,678.90, 1.234.567,89 and 123 456 789 Kč",
        "1998-2004, 1999 2003, 100-200, 1920x1080",
        "DE89 3704 0044 0532 0130 00, GB64 WCYX 0497 2209 3117 26",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301, 1Z9998880123456784",
        "#4155550132 $4155550132 4155550132% 4155550132.5",
        "AB-415-555-0132, 415-555-0132-AB, 415-555-01324-1234, id_4155550132",
        "21-15 21-18 19-21",
        "+20 000 000 people, 1.5e+10, 3+49301234567",
        "2005-950053, 8765/2006, 79599 - 25946 - 669, 0.0.5143.178",
        "GB14 VSYS 0024 9805 6541 7, NL91 ABNA 0417 1643 00",
        "/4155550132/, img-20240115-123456.jpg, 555_0132",
    ] {
        check(text);
    }
}
