#![allow(clippy::arithmetic_side_effects)]

use proptest::prelude::*;

use super::super::Operator;
use super::super::tests::{FORM, JSON, redactor, scanner, spliced, streamed};
use super::*;
use crate::scan::KindSet;

fn whole(content_type: &str, answer: &[u8]) -> String {
    String::from_utf8_lossy(&streamed(content_type, &[answer], Operator::Replace).0).into_owned()
}

fn answer_of(content_type: &str) -> Answer {
    Answer::of_type(&ContentType::parse([content_type.as_bytes()]))
}

/// What each push lets through.
fn flow(scanner: &Scanner, content_type: &str, chunks: &[&str]) -> Vec<String> {
    let Answer::Redact(mut answer) = answer_of(content_type) else { panic!("passes") };
    let redactor = redactor(Operator::Replace);
    let push = |chunk: &&str| {
        let mut out = Vec::new();
        answer.push(scanner, &redactor, chunk.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    };
    chunks.iter().map(push).collect()
}

#[test]
fn entities_are_replaced_in_every_format() {
    for (content_type, answer, expected) in [
        ("text/plain", "Ask jo@example.org.", "Ask [EMAIL]."),
        (
            JSON,
            r#"{"a":"jo\u0040example.org\n","n":4111111111111111, "x":-0.5e1}"#,
            r#"{"a":"[EMAIL]\n","n":"[CREDIT_CARD]", "x":-0.5e1}"#,
        ),
        ("text/plain", r#"["jo\u0040example.org"]"#, r#"["[EMAIL]"]"#),
        (
            "application/x-ndjson",
            "{\"a\":\"jo\\u0040x.org\"}\nbroken jo@x.org\n[\"jo\\u0040x.org\"]",
            "{\"a\":\"[EMAIL]\"}\nbroken [EMAIL]\n[\"[EMAIL]\"]",
        ),
        (FORM, "a=jo%40example.org&b=%zz", "a=%5BEMAIL%5D&b=%zz"),
        (FORM, "=+1 415 555 2671=", "=+1 415 555 2671="),
        (
            "text/event-stream",
            "data: {\"a\":\"jo\\u0040x.org\"}\r\n\r\nid: 7\ndata: jo@x.org\n\n",
            "data: {\"a\":\"[EMAIL]\"}\r\n\r\nid: 7\ndata: [EMAIL]\n\n",
        ),
        ("text/html; charset=iso-8859-1", "<a>jo@x.org</a>", "<a>[EMAIL]</a>"),
    ] {
        assert_eq!(whole(content_type, answer.as_bytes()), expected, "{content_type}");
    }
}

#[test]
fn types_that_are_no_text_pass() {
    for binary in ["image/png", "application/octet-stream", "application/grpc", "video/mp4"] {
        assert!(matches!(answer_of(binary), Answer::Pass), "{binary}");
    }
    assert!(matches!(answer_of("application/json; charset=utf-16"), Answer::Unreadable));
    assert!(matches!(Answer::of_type(&ContentType::parse([])), Answer::Redact(_)));
}

#[test]
fn events_flow() {
    let events = ["data: {\"delta\":\"hello\"}\n\n", "data: mail jo@example.org\n\n", "data: [DONE]\n\n"];
    let out = flow(scanner(), "text/event-stream", &events);
    assert_eq!(out, ["data: {\"delta\":\"hello\"}\n\n", "data: mail [EMAIL]\n\n", "data: [DONE]\n\n"]);
}

#[test]
fn only_what_an_entity_can_reach_is_held() {
    let built_in = Scanner::new(KindSet::ALL, &[], Vec::new());
    let chunks = ["Dear all, please write", " to jo@exam", "ple.org, or don't. "];
    let out = flow(&built_in, "text/plain", &chunks);
    assert!(out[0].starts_with("Dear all, "), "{out:?}");
    assert!("Dear all, please write to ".starts_with(&out[..2].concat()), "{out:?}");
    assert!(out.concat().starts_with("Dear all, please write to [EMAIL], "), "{out:?}");
    // A custom pattern may reach over a line, and no further.
    let out = flow(scanner(), "text/plain", &["Ticket ", "TCK-123456\nand", " more\n"]);
    assert_eq!(out, ["", "Ticket [TICKET]\n", "and more\n"]);
}

#[test]
fn bytes_that_are_no_text_pass_and_end_entities() {
    for (content_type, answer, expected) in [
        ("text/plain", &b"\xffjo@x.org\xc3(\xf0\x9f\x98"[..], &b"\xff[EMAIL]\xc3(\xf0\x9f\x98"[..]),
        (JSON, b"[\"\xff jo@x.org \xe2\x82\"]", b"[\"\xff [EMAIL] \xe2\x82\"]"),
        (JSON, br#"["\ud800jo@x.org","\udc00"]"#, br#"["\ud800[EMAIL]","\udc00"]"#),
        (
            FORM,
            b"a=%ffjo@x.org&b=%C3&c=%C3%A9+jo%40x.org%E2%82",
            b"a=%ff%5BEMAIL%5D&b=%C3&c=%C3%A9+%5BEMAIL%5D%E2%82",
        ),
    ] {
        let (out, _) = streamed(content_type, &[answer], Operator::Replace);
        assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(expected), "{content_type}");
        assert_eq!(out, expected);
    }
}

#[test]
fn what_turns_out_to_be_no_json_is_text_from_there() {
    for (answer, expected) in [
        (r#"{"a":1} jo@x.org "jo\u0040x.org""#, r#"{"a":1} [EMAIL] "jo\u0040x.org""#),
        ("[2026-11-23] jo@x.org", "[2026-11-23] [EMAIL]"),
        ("[\"a\njo@x.org\"]", "[\"a\n[EMAIL]\"]"),
        (r#"["\x41 jo@x.org"]"#, r#"["\x41 [EMAIL]"]"#),
        ("[trUe, jo@x.org", "[trUe, [EMAIL]"),
        ("[tru", "[tru"),
        ("[1.", "[1."),
        (r#"["\u00"#, r#"["\u00"#),
    ] {
        assert_eq!(whole("text/plain", answer.as_bytes()), expected);
        assert_eq!(whole(JSON, answer.as_bytes()), expected);
    }
}

#[test]
fn long_numbers_and_blanks_stay_bounded() {
    let long = format!("[{}1,\"jo@x.org\"{}]", "1".repeat(300_000), " ".repeat(300_000));
    let chunks: Vec<&[u8]> = long.as_bytes().chunks(10_000).collect();
    let (out, counts) = streamed(JSON, &chunks, Operator::Replace);
    assert_eq!(out.len(), long.len() - 1);
    assert_eq!(counts.emails, 1);
}

#[test]
fn blanks_before_text_do_not_tell_how_it_was_cut() {
    for answer in [
        "\u{c}\"\"4111 1111 1111 1111\r",
        "\u{feff} \u{feff}{\"a\":\"jo\\u0040x.org\"}",
        " \u{feff}{\"a\":\"jo\\u0040x.org\"}",
        "\u{feff}",
        "\n\n{\"a\":4111111111111111}",
    ] {
        let whole = streamed("text/html", &[answer.as_bytes()], Operator::Replace);
        let single: Vec<&[u8]> = answer.as_bytes().chunks(1).collect();
        assert_eq!(streamed("text/html", &single, Operator::Replace), whole, "{answer:?}");
    }
    assert_eq!(whole("text/html", "\u{feff}\n[\"jo\\u0040x.org\"]".as_bytes()), "\u{feff}\n[\"[EMAIL]\"]");
}

#[test]
fn debug_shows_no_text() {
    let Answer::Redact(mut answer) = answer_of("text/plain") else { panic!("passes") };
    answer.push(scanner(), &redactor(Operator::Replace), b"hunter2", &mut Vec::new());
    let shown = format!("{answer:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("104"), "{shown}");
}

const FRAGMENTS: [&str; 40] = [
    "jo@example.org",
    "jo\\u0040example.org",
    "jo%40example.org",
    "4111111111111111",
    "4111 1111 1111 1111",
    "+1 415 555 2671",
    "(415) 555-2671",
    "TCK-123456",
    "https://example.com/?a=b@c.org",
    "www.example.com",
    "\"",
    "\\",
    "\\\"",
    "\\ud83d\\ude00",
    "\\ud83d",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    " ",
    "\n",
    "\r\n",
    "data: ",
    "data:",
    "\n\n",
    "&",
    "=",
    "+",
    "%",
    "%C3%A9",
    "é",
    "😀",
    "true",
    "null",
    "-1.5e3",
    "phone",
    ".",
    "a",
];

const TYPES: [&str; 6] =
    ["text/plain", JSON, "application/x-ndjson", "text/event-stream", FORM, "multipart/mixed"];

fn answer_bytes() -> impl Strategy<Value = Vec<u8>> {
    let fragment = prop_oneof![
        8 => prop::sample::select(&FRAGMENTS[..]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop::collection::vec(fragment, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_cut_gives_the_same(
        content_type in prop::sample::select(&TYPES[..]),
        answer in answer_bytes(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let whole = streamed(content_type, &[&answer], Operator::Replace);
        let single: Vec<&[u8]> = answer.chunks(1).collect();
        prop_assert_eq!(&streamed(content_type, &single, Operator::Replace), &whole, "byte by byte");
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(answer.len() + 1)).collect();
        cuts.extend([0, answer.len()]);
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &answer[pair[0]..pair[1]]).collect();
        prop_assert_eq!(&streamed(content_type, &chunks, Operator::Replace), &whole, "cut at {:?}", cuts);
    }

    #[test]
    fn a_stream_gives_what_a_body_held_whole_gives(
        content_type in prop::sample::select(&[JSON, FORM, "application/x-ndjson"][..]),
        parts in prop::collection::vec(prop::sample::select(&FRAGMENTS[..]), 0..12),
    ) {
        let text = parts.concat();
        let body = match content_type {
            FORM => text,
            _ => format!("[{}, {{\"k\":\"{}\"}}]\n", serde_json::Value::from(text.clone()), text),
        };
        let declared = ContentType::parse([content_type.as_bytes()]);
        if crate::text::CanonicalText::new().add_body(&declared, body.as_bytes()).is_err() {
            return Ok(());
        }
        let spliced = spliced(content_type, body.as_bytes(), Operator::Mask);
        prop_assert_eq!(streamed(content_type, &[body.as_bytes()], Operator::Mask), spliced);
    }
}
