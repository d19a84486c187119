//! PRIVACY.md says of every field of a record what it holds, and of no field that is not there.
#![allow(clippy::expect_used)]

use std::collections::BTreeSet;

use serde_json::Value;
use tollgate::audit::{RECORD_FIELDS, erasure_line};
use tollgate::time::UnixNanos;

const PRIVACY: &str = include_str!("../PRIVACY.md");
const HEADER: &str = "| seen | field | what is kept | where |";

/// The cells of each row of the table of what is seen.
fn rows() -> Vec<Vec<&'static str>> {
    let table = PRIVACY.lines().skip_while(|line| *line != HEADER).skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// The fields that a row's second cell names.
fn fields(row: &[&'static str]) -> Vec<&'static str> {
    row.get(1)
        .into_iter()
        .flat_map(|cell| cell.split(", "))
        .map(|field| field.trim_matches('`'))
        .filter(|field| !field.is_empty())
        .collect()
}

/// The fields of a record, and those that only the record of an erasure has.
fn recorded() -> BTreeSet<String> {
    let erasure: Value =
        serde_json::from_str(&erasure_line("acme", UnixNanos::from_seconds(0))).expect("JSON");
    let of_erasure = erasure.as_object().expect("an object").keys().cloned();
    RECORD_FIELDS.iter().map(|field| (*field).to_owned()).chain(of_erasure).collect()
}

#[test]
fn every_field_of_a_record_has_one_row_and_no_row_names_another() {
    let named: Vec<String> = rows().iter().flat_map(|row| fields(row)).map(str::to_owned).collect();
    let once: BTreeSet<String> = named.iter().cloned().collect();
    assert_eq!(once, recorded());
    assert_eq!(once.len(), named.len(), "a field has two rows: {named:?}");
}

#[test]
fn every_row_says_what_is_kept_and_in_which_of_the_places() {
    for row in rows() {
        let [seen, _, kept, places] = row.as_slice() else { panic!("{row:?} has not four cells") };
        assert!(!seen.is_empty() && !kept.is_empty(), "{row:?}");
        assert_eq!(places.is_empty(), *kept == "nothing", "{row:?}");
        let letters = places
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| matches!(word.as_bytes(), [b'A'..=b'Z']));
        for letter in letters {
            assert!(PRIVACY.contains(&format!("\n| {letter} | ")), "no place {letter}: {row:?}");
        }
    }
}
