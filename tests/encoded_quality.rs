//! What is found in a text is found in it however it is encoded.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use serde_json::Value;
use tollgate::inspection::Inspection;
use tollgate::scan::{Entity, KindSet, Region, Scanner};
use tollgate::text::ContentType;

/// Made by `tools/corpus`.
const SAMPLE: &str = include_str!("data/scan_sample.jsonl");

/// A name that says nothing about what follows, so that it cannot help or hinder.
const NAME: &str = "t";

fn scanner() -> Scanner {
    let regions: Vec<Region> = Region::supported().filter_map(|code| code.parse().ok()).collect();
    Scanner::new(KindSet::ALL, &regions, Vec::new())
}

fn texts() -> impl Iterator<Item = String> {
    SAMPLE.lines().map(|line| {
        let document: Value = serde_json::from_str(line).expect("the sample is JSON lines");
        document["text"].as_str().expect("each has a text").to_owned()
    })
}

/// The entities of the one value in the body, counted from its start.
fn found(scanner: &Scanner, content_type: &str, body: &str) -> Vec<Entity> {
    let declared = ContentType::parse([content_type.as_bytes()]);
    let inspection = Inspection::read(scanner, None, &declared, body.as_bytes()).expect("the body is right");
    let start = inspection.text().find('\n').expect("the name, then the value").saturating_add(1);
    let from_start = |e: &Entity| {
        e.start.checked_sub(start).map(|at| Entity { start: at, end: e.end.saturating_sub(start), ..*e })
    };
    inspection.entities().iter().filter_map(from_start).collect()
}

fn plain(scanner: &Scanner, text: &str) -> Vec<Entity> {
    Inspection::of_text(scanner, text).entities().to_vec()
}

fn all_escapes(text: &str) -> String {
    let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
    format!("{{\"{NAME}\":\"{units}\"}}")
}

fn form(text: &str) -> String {
    let escaped = text.bytes().map(|byte| match byte {
        b' ' => "+".to_owned(),
        byte => format!("%{byte:02X}"),
    });
    format!("{NAME}={}", escaped.collect::<String>())
}

#[test]
fn escaped_json_holds_what_the_plain_text_holds() {
    let scanner = scanner();
    for text in texts() {
        assert_eq!(
            found(&scanner, "application/json", &all_escapes(&text)),
            plain(&scanner, &text),
            "{text}"
        );
    }
}

#[test]
fn a_form_holds_what_the_plain_text_holds() {
    let scanner = scanner();
    for text in texts() {
        let body = form(&text);
        assert_eq!(
            found(&scanner, "application/x-www-form-urlencoded", &body),
            plain(&scanner, &text),
            "{text}"
        );
    }
}
