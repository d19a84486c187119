#![allow(clippy::arithmetic_side_effects)]

use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::super::tests::{pieces, read};
use super::*;
use crate::text::CanonicalText;
use PieceKind::{JsonName, JsonNumber, JsonString};

fn json(text: &str) -> Result<CanonicalText, TextError> {
    read("application/json", text)
}

#[test]
fn strings_names_and_numbers_are_text() {
    let text = json(r#" {"a" : "x\"y", "n":[-1.5e+3, 4111111111111111], "a":"\ud83d\ude00\n"} "#).unwrap();
    let expected = [
        (JsonName, "a"),
        (JsonString, "x\"y"),
        (JsonName, "n"),
        (JsonNumber, "-1.5e+3"),
        (JsonNumber, "4111111111111111"),
        (JsonName, "a"),
        (JsonString, "😀\n"),
    ];
    assert_eq!(pieces(&text), expected);
}

#[test]
fn pieces_know_their_source() {
    let body = r#"{"mail":"jo\u0040x.org","n":1200}"#;
    let text = json(body).unwrap();
    let sources: Vec<&str> = text.pieces().iter().map(|piece| &body[piece.source.clone()]).collect();
    assert_eq!(sources, ["mail", "jo\\u0040x.org", "n", "1200"]);
}

#[test]
fn what_the_grammar_refuses_is_refused() {
    let long = format!("[{}1]", "1,".repeat(10_000) + "]");
    for bad in [
        " ",
        "{",
        "[",
        "]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{\"a\":1,}",
        "{1:2}",
        "[1}",
        "{\"a\":1]",
        "[]]",
        "[][]",
        "1 2",
        "\"",
        "\"\\\"",
        "\"\\x41\"",
        "\"\\u12g4\"",
        "\"\\u123",
        "\"\n\"",
        "\"\0\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\ud800x\"",
        "01",
        "-",
        "+1",
        "1.",
        ".5",
        "1e",
        "1e+",
        "0x10",
        "1_000",
        "NaN",
        "Infinity",
        "tru",
        "True",
        "nulll",
        "'a'",
        "[1]//",
        "/**/1",
        "{\"a\":1 \"b\":2}",
        "\u{feff}\u{feff}1",
        "1\u{a0}",
        "\u{c}1",
        "[\"a\":1]",
        "{\"a\",1}",
        long.as_str(),
    ] {
        assert_eq!(json(bad).map(|text| text.as_str().to_owned()), Err(TextError::MalformedBody), "{bad:?}");
    }
}

#[test]
fn what_the_grammar_allows_is_read() {
    for good in [
        "1",
        "-0",
        "0.0e-0",
        "1E9999",
        "\"\"",
        "null",
        "[]",
        "{}",
        "[ ]",
        "{ }",
        "[[],{}]",
        "\"\u{7f}\u{2028}\"",
        "\"\\/\\b\\f\"",
        "{\"\":0}",
        "\r\n\t 1 ",
        "\u{feff}{\"a\":1}",
        "\"\\u0000\"",
    ] {
        assert!(json(good).is_ok(), "{good:?}");
    }
}

#[test]
fn depth_is_bounded_and_costs_no_stack() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(json(&nested(JSON_DEPTH_MAX)).is_ok());
    assert!(json(&nested(JSON_DEPTH_MAX + 1)).is_err());
    assert!(json(&"[".repeat(65536)).is_err());
    assert!(json(&"{\"a\":".repeat(65536)).is_err());
    let mixed = "[{\"a\":".repeat(500) + "1000" + &"}]".repeat(500);
    assert_eq!(json(&mixed).unwrap().pieces().len(), 501);
}

#[test]
fn numbers_too_short_or_too_long_to_be_anything_are_no_text() {
    assert_eq!(json("[100,2e3,1000,1.25]").unwrap().as_str(), "1000\n1.25");
    let digits = "1".repeat(JSON_NUMBER_BYTES_MAX);
    assert_eq!(json(&digits).unwrap().as_str(), digits);
    assert_eq!(json(&format!("{digits}1")).unwrap().as_str(), "");
}

#[test]
fn sequences_of_values() {
    let sequence = |body| read("application/x-ndjson", body).map(|text| text.as_str().to_owned());
    assert_eq!(sequence("{\"a\":1000}\n{\"b\":\"x\"}\n").unwrap(), "a\n1000\nb\nx");
    assert_eq!(sequence("\u{1e}[\"x\"]\n\u{1e}2000\n").unwrap(), "x\n2000");
    assert_eq!(sequence("1000 2000\n[]\"x\"").unwrap(), "1000\n2000\nx");
    assert_eq!(sequence("\n").unwrap(), "");
    for bad in ["1-2", "true1", "{\"a\":1},{\"b\":2}", "{\"a\":1}\n{", "nullnull"] {
        assert_eq!(sequence(bad), Err(TextError::MalformedBody), "{bad}");
    }
}

/// The strings and names `serde_json` reads, empty ones left out.
fn strings_of(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings_of(item, out)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            out.push(name.clone());
            strings_of(value, out);
        }),
        _ => {}
    }
}

fn assert_same_as_serde(text: &str) {
    let ours = json(text);
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        assert!(ours.is_err() || text.is_empty(), "only we accept {text:?}");
    }
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let ours = ours.unwrap_or_else(|_| panic!("only we refuse {text:?}"));
    let mut theirs = Vec::new();
    strings_of(&value, &mut theirs);
    theirs.retain(|text| !text.is_empty());
    let mut our_strings: Vec<&str> =
        pieces(&ours).into_iter().filter(|piece| piece.0 != JsonNumber).map(|piece| piece.1).collect();
    // Order and duplicates of members are lost in a `Value`.
    our_strings.sort_unstable();
    our_strings.dedup();
    theirs.sort_unstable();
    theirs.dedup();
    if !theirs.iter().all(|text| our_strings.contains(&text.as_str())) {
        panic!("{our_strings:?} lacks some of {theirs:?}");
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[\"\\\\\n\u{0}-\u{1f}é😀]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn decodes_what_serde_json_decodes(value in json_value(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        assert_same_as_serde(&text);
    }

    #[test]
    fn accepts_what_serde_json_accepts(text in "[\\[\\]{}:,\"\\\\u0-9a-fd8 \n.eE+truefalsn-]{0,24}") {
        assert_same_as_serde(&text);
    }

    #[test]
    fn plain_len_is_the_obvious_one(bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'a'), 0x80..0xff_u8], 0..40)) {
        let obvious = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).unwrap_or(bytes.len());
        prop_assert_eq!(plain_len(&bytes), obvious);
    }
}
