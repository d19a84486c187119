//! Patterns of the operator.
#![allow(clippy::arithmetic_side_effects)]

use super::{CustomPattern, PATTERN_BYTES_MAX, PatternError, literal_head};
use crate::scan::tests::check_with;
use crate::scan::{KindSet, Scanner};

fn scanner(patterns: &[&str]) -> Scanner {
    let custom = patterns.iter().map(|pattern| CustomPattern::new("name", pattern).unwrap()).collect();
    Scanner::new(KindSet::ALL, &["US".parse().unwrap()], custom)
}

#[test]
fn matches_are_found_and_win_over_what_they_overlap() {
    let scanner = scanner(&["TCK-[0-9]{6}", "ACC [0-9-]+"]);
    check_with(&scanner, "see {X:TCK-123456} and tck-123456, {X:ACC 415-555-0132}, {P:415-555-0132}");
    check_with(&scanner, "{U:http://a.example/{X:TCK-123456}} {E:jo@example.com}");
}

#[test]
fn the_first_to_start_wins_then_the_first_configured() {
    check_with(&scanner(&["b+", "ab+", "abc"]), "{X:abb}c {X:bb}");
}

#[test]
fn a_pattern_sees_one_line() {
    check_with(&scanner(&["^x.*y$"]), "{X:x-y}");
    check_with(&scanner(&["(?s)a.b"]), "a\nb {X:a b}");
}

#[test]
fn a_long_line_is_cut_beside_no_digit() {
    let scanner = scanner(&["END"]);
    let filler = "word ".repeat(600) + &"1 ".repeat(530);
    check_with(&scanner, &format!("{filler} {{P:415-555-0132}} {{X:END}} {filler} {{X:END}}"));
}

#[test]
fn what_is_refused() {
    let refused = |pattern: &str| CustomPattern::new("name", pattern).unwrap_err();
    assert_eq!(refused("("), PatternError::Invalid);
    assert_eq!(refused("a*"), PatternError::MatchesEmpty);
    assert_eq!(refused(&"a".repeat(PATTERN_BYTES_MAX + 1)), PatternError::TooLong);
    assert_eq!(refused("(a{100}){1000}"), PatternError::TooLong);
}

#[test]
fn the_head_is_only_what_every_match_starts_with() {
    for (pattern, head) in [
        ("TCK-[0-9]{6}", "TCK-"),
        ("ab*", "a"),
        ("ab?c", "a"),
        ("ab{0,2}", "a"),
        ("ab+", "ab"),
        ("a|b", ""),
        ("(?i)ab", ""),
        ("^ab", ""),
        ("a.b", "a"),
    ] {
        assert_eq!(literal_head(pattern), head.as_bytes(), "{pattern}");
    }
}

#[test]
fn debug_tells_the_name_alone() {
    let pattern = CustomPattern::new("ticket", "secret[0-9]").unwrap();
    assert_eq!(format!("{pattern:?}"), "CustomPattern { name: \"ticket\", .. }");
}
