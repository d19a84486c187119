#![allow(clippy::arithmetic_side_effects)]

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::scan::CustomPattern;

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    let ticket = CustomPattern::new("ticket", "TCK-[0-9]{6}").unwrap();
    Scanner::new(KindSet::ALL, &["US".parse().unwrap()], vec![ticket])
});

fn scanner() -> &'static Scanner {
    &SCANNER
}

fn line(text: impl AsRef<[u8]>) -> String {
    LogLine::new(scanner(), text, LOG_LINE_BYTES_MAX).to_string()
}

#[test]
fn plain_text_stays() {
    assert_eq!(line("GET /v1/items?page=2 Grüße 日本 😀"), "GET /v1/items?page=2 Grüße 日本 😀");
}

#[test]
fn personal_data_is_masked_however_it_is_encoded() {
    assert_eq!(line("mail jo@example.org now"), "mail [EMAIL] now");
    assert_eq!(line("/u/jo%40example.org/x%20y"), "/u/[EMAIL]/x%20y");
    assert_eq!(line("/?tel=415-555-2671"), "/?tel=[PHONE]");
    assert_eq!(line("/?card=4111+1111+1111+1111"), "/?card=[CREDIT_CARD]");
    assert_eq!(line("call +1 415 555 2671"), "call [PHONE]");
    assert_eq!(line("see TCK-123456"), "see [TICKET]");
}

#[test]
fn credentials_are_masked() {
    assert_eq!(line("/?api_key=s3cr3t&a=1"), "/?api_key=[CREDENTIAL]\\u{26}a=1");
    assert_eq!(line("/?api%5Fkey=s3cr3t"), "/?api%5Fkey=[CREDENTIAL]");
    assert_eq!(line("https://jo:pw@example.org/"), "https://[CREDENTIAL]@example.org/");
}

#[test]
fn what_forges_lines_or_markup_is_escaped() {
    let forged = "a\r\nb\u{1b}[31m\0\u{7f}\u{85}\u{9b}c\u{2028}\u{2029}<i>&\"'\\";
    let safe = "a\\u{d}\\u{a}b\\u{1b}[31m\\u{0}\\u{7f}\\u{85}\\u{9b}c\\u{2028}\\u{2029}\\u{3c}i\\u{3e}\\u{26}\\u{22}\\u{27}\\\\";
    assert_eq!(line(forged), safe);
    for invisible in
        "\u{202a}\u{202e}\u{2066}\u{2069}\u{200e}\u{61c}\u{200b}\u{200d}\u{2060}\u{feff}\u{ad}\u{e0041}"
            .chars()
    {
        assert_eq!(line(format!("a{invisible}b")), format!("a\\u{{{:x}}}b", u32::from(invisible)));
    }
}

#[test]
fn bytes_that_are_no_text_are_shown_as_bytes() {
    assert_eq!(line(b"a\xff\xe2\x82b"), "a\\xff\\xe2\\x82b");
    assert_eq!(line(b"jo@example.org\xff"), "[EMAIL]\\xff");
}

#[test]
fn the_length_is_bounded() {
    let short = |text: &str, max| LogLine::new(scanner(), text, max).to_string();
    assert_eq!(short("abcdefghij", 10), "abcdefghij");
    assert_eq!(short("abcdefghijk", 10), "abcdefg...");
    assert_eq!(short("<<<<<", 12), "\\u{3c}...");
    assert_eq!(short("abc", 2), "..");
    assert_eq!(short("abc", 0), "");
    assert_eq!(line("a".repeat(100_000)).len(), LOG_LINE_BYTES_MAX);
    let both = LogLine::new(scanner(), "a".repeat(LOG_LINE_BYTES_MAX), LOG_LINE_BYTES_MAX);
    assert_eq!(both.clone().and(&both).as_str().len(), LOG_LINE_BYTES_MAX);
    assert_eq!(LogLine::from_static("a").and(&LogLine::from_static("b")).as_str(), "ab");
}

#[test]
fn an_entity_at_the_cut_is_not_shown_in_part() {
    for before in 0..60 {
        for max in [20, 30, 40] {
            let text = format!("{} 4111 1111 1111 1111 and more", "x".repeat(before));
            assert!(!LogLine::new(scanner(), &text, max).as_str().contains("4111"), "{before} {max}");
        }
    }
    let far = format!("{} 4111 1111 1111 1111{}", "word ".repeat(1700), " word".repeat(5000));
    for max in 8180..=LOG_LINE_BYTES_MAX {
        assert!(!LogLine::new(scanner(), &far, max).as_str().contains("4111"));
    }
}

/// Nothing in the line can do harm, and it fits.
fn assert_safe(line: &str, bytes_max: usize) {
    assert!(line.len() <= bytes_max);
    assert!(!line.chars().any(needs_escape), "{line:?}");
}

proptest! {
    #[test]
    fn any_bytes_make_a_safe_line(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0x20..0x7f_u8, Just(b'%')], 0..200),
        bytes_max in 0_usize..300,
    ) {
        assert_safe(LogLine::new(scanner(), &bytes, bytes_max).as_str(), bytes_max);
    }

    #[test]
    fn any_text_makes_a_safe_line(text in "[\\PC\\p{C}]{0,60}") {
        assert_safe(&line(&text), LOG_LINE_BYTES_MAX);
    }

    #[test]
    fn planted_data_never_shows(before in "[ -~\u{80}-\u{ff}\n%]{0,30}", after in "[ -~\n%]{0,30}", bytes_max in 0_usize..100) {
        for planted in ["canary@example.org", "canary%40example.org"] {
            let text = format!("{before} {planted} {after}");
            let line = LogLine::new(scanner(), &text, bytes_max);
            prop_assert!(!line.as_str().contains("canary"), "{} {}", text, line);
        }
    }
}

#[test]
fn numbers_in_queries_are_seen_whatever_stands_beside_them() {
    for query in [
        "?%2B1+415+555+2671=1",
        "?a=1&%2B1+415+555+2671=1",
        "?x=4111111111111111=2",
        "/v1/4111+1111+1111+1111",
    ] {
        let line = LogLine::new(&scanner(), query, 200);
        assert!(!line.as_str().contains("2671") && !line.as_str().contains("4111"), "{line}");
    }
}

#[test]
fn a_glance_is_enough_only_for_what_a_closer_look_would_leave_alone() {
    let harmless = ["/v1/acme/orders/42?page=2", "curl/8.5", "a b; c (d)", "192.0.2.1", "2001:db8::1"];
    let uuid = "f9d2ceef-08db-430b-8fb7-c49aaad4ba7b";
    for text in harmless.into_iter().chain([uuid]) {
        assert_eq!(super::harmless(scanner_without_patterns(), text.as_bytes()), Some(text));
        assert_eq!(
            LogLine::new(scanner(), text, 100).as_str(),
            text,
            "a scanner with patterns looks closely"
        );
    }
    for text in
        ["jo@example.org", "?token=a", "12345", "a+b", "<", "é", "\n", "Bearer abcd1234", "f9d2ceef-08911"]
    {
        assert_eq!(super::harmless(scanner_without_patterns(), text.as_bytes()), None, "{text}");
    }
}

fn scanner_without_patterns() -> &'static Scanner {
    static SCANNER: LazyLock<Scanner> =
        LazyLock::new(|| Scanner::new(KindSet::ALL, &["US".parse().unwrap()], Vec::new()));
    &SCANNER
}
