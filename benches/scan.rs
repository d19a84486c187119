//! How fast the scanner is: `cargo bench --bench scan`.
//!
//! Prints, for each text, the best of many rounds in MB/s and the cost a byte
//! compared with clean prose. The texts: prose without an entity, text with one
//! every forty bytes, and what an attacker would send to make scanning slow.

#![allow(clippy::arithmetic_side_effects, reason = "a benchmark may stop where a server may not")]

use std::hint::black_box;
use std::time::{Duration, Instant};
use tollgate::scan::{CustomPattern, KindSet, Region, Scanner};

/// Size of each text in bytes, about.
const TEXT_BYTES: usize = 8 << 10;
/// How long each text is scanned over and over.
const ROUND_TIME: Duration = Duration::from_millis(400);

const PROSE: &str = "The committee met on Tuesday to discuss the draft, and most members agreed that the \
    second chapter still needs work. \"We should not hurry\", said the chair, \"because nobody \
    gains if the text is unclear.\" After the break the group looked at three examples: one from \
    the north, one from the coast and one from the hills. ";
const PROSE_JSON: &str = "{\"title\":\"Notes of the meeting\",\"status\":\"open\",\"tags\":[\"draft\",\"review\"],\"body\":\
    \"Most members agreed that chapter 2 still needs work; 14 of 17 comments were about style.\"},";
const PROSE_CJK: &str = "委員会は火曜日に集まり、草案について話し合いました。多くの委員は、第二章にはまだ手直しが必要だと考えています。";
const DENSE: &str = "jo.doe@example.com wrote on Tuesday that +49 30 1234567 is the number; see \
    https://example.com/a?b=c for it, or 4111 1111 1111 1111 as card, tel 415-555-0132 too. ";

fn main() {
    let regions: Vec<Region> = Region::supported().filter_map(|code| code.parse().ok()).collect();
    let scanner = Scanner::new(KindSet::ALL, &regions, Vec::new());
    println!("all recognizers, all {} phone regions", regions.len());
    let clean = report(&scanner, "clean prose", PROSE, None);
    for (name, piece) in [
        ("clean JSON prose", PROSE_JSON),
        ("clean Japanese", PROSE_CJK),
        ("dense, an entity every 40 bytes", DENSE),
    ] {
        report(&scanner, name, piece, Some(clean));
    }
    println!("adversarial");
    let dots = "a.".repeat(4000) + "@";
    for (name, piece) in [
        ("a. x4000, @", dots.as_str()),
        ("1-", "1-"),
        ("1 ", "1 "),
        ("12 34 ", "12 34 "),
        ("0 ", "0 "),
        ("+", "+"),
        ("+1", "+1"),
        ("@", "@"),
        ("a@", "a@"),
        ("a@a.", "a@a."),
        ("[", "["),
        ("(", "("),
        ("(0", "(0"),
        ("http://", "http://"),
        ("http://a", "http://a"),
        ("http://a,", "http://a,"),
        ("http://[", "http://["),
        ("www.", "www."),
        ("www.a", " www.a"),
        (":/", ":/"),
        ("9", "9"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112 "),
        ("12345678 ", "12345678 "),
        ("0123456789;", "0123456789;"),
        ("tel 555-1234 ", "tel 555-1234 "),
        ("full-width digits", "１２３ "),
        ("full-width commas", "，"),
        ("NUL", "\0"),
    ] {
        report(&scanner, name, piece, Some(clean));
    }
    println!("with a custom pattern");
    let custom = CustomPattern::new("ticket", "TCK-[0-9]{6}").into_iter().collect();
    let scanner = Scanner::new(KindSet::ALL, &regions, custom);
    report(&scanner, "clean prose", PROSE, Some(clean));
}

/// Scans a text made of `piece`, prints how fast, and returns the seconds a
/// byte costs.
fn report(scanner: &Scanner, name: &str, piece: &str, clean: Option<f64>) -> f64 {
    let text = piece.repeat(TEXT_BYTES.div_ceil(piece.len()));
    let mut found = Vec::new();
    let mut best = Duration::MAX;
    let end = now() + ROUND_TIME;
    while now() < end {
        let start = now();
        for _ in 0..8 {
            found.clear();
            scanner.scan(black_box(&text), &mut found);
            black_box(&found);
        }
        best = best.min(start.elapsed() / 8);
    }
    let bytes = u32::try_from(text.len()).map_or(f64::NAN, f64::from);
    let cost = best.as_secs_f64() / bytes;
    let ratio = clean.map_or(1.0, |clean| cost / clean);
    let rate = 1e-6 / cost;
    println!("  {name:32} {rate:8.0} MB/s  {ratio:6.1} x clean  {:5} entities", found.len());
    cost
}

#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn now() -> Instant {
    Instant::now()
}
