//! How many URLs a reader sees in a text, after what the well-known suites of link
//! extractors are about. `tools/link-suites` runs the suites themselves.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use serde_json::Value;
use tollgate::inspection::Inspection;
use tollgate::scan::{EntityKind, KindSet, Scanner};

/// Texts of our own: `text`, the number of `urls` in it, and the `suite` it is modelled on.
const CASES: &str = include_str!("data/link_suites.jsonl");

#[test]
fn as_many_urls_are_found_as_a_reader_sees() {
    let scanner = Scanner::new(KindSet::ALL, &[], Vec::new());
    let mut seen = BTreeSet::new();
    let mut differing = Vec::new();
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).expect("the cases are JSON lines");
        let text = case["text"].as_str().expect("each has a text");
        let expected = case["urls"].as_u64().expect("each has a number of URLs");
        assert!(seen.insert(text.to_owned()), "twice: {text:?}");
        let inspection = Inspection::of_text(&scanner, text);
        let urls = inspection.entities().iter().filter(|entity| entity.kind == EntityKind::Url);
        let found = u64::try_from(urls.count()).expect("they fit");
        if found != expected {
            differing.push(format!("{expected} expected, {found} found: {text:?}"));
        }
    }
    assert!(seen.len() >= 150, "{} cases", seen.len());
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
